import hashlib
from base64 import b64encode
from urllib.parse import quote_plus, urlencode

import pytest

from broker.clients.authenticate import ClientAuthentication
from broker.clients.registry import ClientRegistry
from broker.oauth.client import Client
from broker.oauth.errors import InvalidClient, InvalidRequest, OAuthError
from broker.oauth.parameters import read_parameters
from tests.broker.samples import a_client

SECRET, NEW_SECRET, AWKWARD = "s" * 40, "n" * 40, "a:b+c d%e&å/" * 4


def _hash(secret: str) -> bytes:
    return hashlib.sha256(secret.encode()).digest()


CLIENTS = {
    "portal": a_client(secret_hashes=(_hash(SECRET), _hash(NEW_SECRET))),
    "awk:ward": a_client(client_id="awk:ward", secret_hashes=(_hash(AWKWARD),)),
    "post": a_client(
        client_id="post", auth_methods=("client_secret_post",), secret_hashes=(_hash(SECRET),)
    ),
    "basic": a_client(
        client_id="basic", auth_methods=("client_secret_basic",), secret_hashes=(_hash(SECRET),)
    ),
    "open": a_client(client_id="open", auth_methods=("none",)),
    "empty": a_client(client_id="empty", secret_hashes=()),
}


class Finder:
    """The clients above."""

    async def find(self, client_id: str) -> Client | None:
        return CLIENTS.get(client_id)


def _basic(client_id: str, secret: str) -> str:
    pair = f"{quote_plus(client_id)}:{quote_plus(secret)}"
    return "Basic " + b64encode(pair.encode()).decode()


async def _authenticate(authorization: str = "", **form: str) -> Client:
    parameters = read_parameters(urlencode(form).encode())
    return await ClientAuthentication(Finder())(authorization, parameters)


@pytest.mark.parametrize("secret", [SECRET, NEW_SECRET])
async def test_both_secrets_work_in_both_ways(secret: str) -> None:
    """Two are valid while one is being changed (requirement 56)."""
    assert (await _authenticate(_basic("portal", secret))).client_id == "portal"
    found = await _authenticate(client_id="portal", client_secret=secret)
    assert found.client_id == "portal"


async def test_both_parts_are_form_encoded_first() -> None:
    """RFC 6749 section 2.3.1: any character can be in either."""
    assert (await _authenticate(_basic("awk:ward", AWKWARD))).client_id == "awk:ward"


async def test_a_public_client_names_itself() -> None:
    """And proves itself by the code's verifier later."""
    assert (await _authenticate(client_id="open")).client_id == "open"


@pytest.mark.parametrize(
    ("authorization", "form", "error"),
    [
        ("", {}, InvalidClient),
        ("", {"client_id": "portal"}, InvalidClient),
        ("", {"client_id": "nobody"}, InvalidClient),
        ("", {"client_id": "nobody", "client_secret": SECRET}, InvalidClient),
        ("", {"client_id": "portal", "client_secret": "wrong"}, InvalidClient),
        ("", {"client_id": "portal", "client_secret": SECRET + " "}, InvalidClient),
        ("", {"client_secret": SECRET}, InvalidClient),
        ("", {"client_id": "empty", "client_secret": ""}, InvalidClient),
        ("", {"client_id": "open", "client_secret": SECRET}, InvalidClient),
        ("", {"client_id": "basic", "client_secret": SECRET}, InvalidClient),
        (_basic("post", SECRET), {}, InvalidClient),
        (_basic("open", "x"), {}, InvalidClient),
        (_basic("portal", ""), {}, InvalidClient),
        (_basic("portal", "wrong"), {}, InvalidClient),
        (_basic("", SECRET), {}, InvalidClient),
        (_basic("empty", hashlib.sha256(b"").hexdigest()), {}, InvalidClient),
        (_basic("portal", SECRET), {"client_secret": SECRET}, InvalidRequest),
        (_basic("portal", SECRET), {"client_id": "post"}, InvalidRequest),
        ("Basic", {}, InvalidClient),
        ("Basic !!!", {}, InvalidClient),
        ("Basic " + b64encode(b"no colon").decode(), {}, InvalidClient),
        ("Basic " + b64encode(b"\xff\xfe:x").decode(), {}, InvalidClient),
        ("Basic " + b64encode(b"%ff:x").decode(), {}, InvalidClient),
        ("Bearer " + SECRET, {"client_id": "open"}, InvalidClient),
        ("Digest x", {"client_id": "portal", "client_secret": SECRET}, InvalidRequest),
    ],
)
async def test_everything_else_fails(
    authorization: str, form: dict[str, str], error: type[OAuthError]
) -> None:
    """Exactly one method, and the registered one (requirement 54)."""
    with pytest.raises(error):
        await _authenticate(authorization, **form)


async def test_an_unknown_client_and_a_wrong_secret_look_the_same() -> None:
    """Which clients there are is not told (requirement 83)."""
    told = []
    for client_id in ("nobody", "portal"):
        with pytest.raises(InvalidClient) as raised:
            await _authenticate(_basic(client_id, "wrong"))
        told.append((raised.value.code, raised.value.description))
    assert told[0] == told[1]


class Stored:
    """Counts what it is asked for."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    async def find(self, client_id: str) -> None:
        self.asked.append(client_id)


async def test_the_database_is_asked_for_well_formed_ids_only() -> None:
    """Configured clients come first; RFC 6749 appendix A.1 says what an id can be."""
    stored = Stored()
    registry = ClientRegistry({"portal": a_client()}, stored, lambda *_: a_client())  # type: ignore[arg-type]
    assert await registry.find("portal") is not None
    for client_id in ("", "\x00", "å", "a\n", "x" * 256, "\ud800"):
        assert await registry.find(client_id) is None
    assert stored.asked == []
    assert await registry.find("well-formed") is None
    assert stored.asked == ["well-formed"]
