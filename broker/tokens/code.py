"""What an authorization code stands for; the code itself is 256 random bits, kept by hash."""

import hashlib
from base64 import urlsafe_b64encode
from datetime import timedelta

import msgspec

from broker.tokens.login import Login

CODE_LIFE = timedelta(seconds=60)


class CodeContents(msgspec.Struct, frozen=True, array_like=True):
    """What was promised to which client: enough to mint its tokens, and to refuse anybody else.

    `login_id` is what the log calls the login; a new field goes last, with a default.
    """

    client_id: str
    redirect_uri: str
    code_challenge: str
    nonce: str
    scopes: tuple[str, ...]
    login: Login
    login_id: str = ""


def encode_code(contents: CodeContents) -> bytes:
    """Contents → msgpack."""
    return msgspec.msgpack.encode(contents)


_DECODER = msgspec.msgpack.Decoder(CodeContents)


def decode_code(raw: bytes) -> CodeContents:
    """Raises msgspec.DecodeError when it is not one."""
    return _DECODER.decode(raw)


def code_key(code: str) -> bytes:
    """Under which a code is kept: SHA-256 is enough for 256 random bits."""
    return hashlib.sha256(code.encode()).digest()


def grant_id(code: str) -> str:
    """The id of the grant that this code is for: whoever holds the code can name it for revoking.

    It stands in tokens (`jti`), so it says nothing about the code or its key.
    """
    digest = hashlib.sha256(b"farstu grant\0" + code.encode()).digest()[:18]
    return "g" + urlsafe_b64encode(digest).decode()
