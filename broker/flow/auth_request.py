"""Everything known so far of one login, as it is kept between two requests of the browser.

`AuthRequest` is what the client asked and never changes. Until the callback it travels in a sealed
cookie as `Outbound`; from the callback on it stands server-side as `Progress`, and no cookie,
ticket or form field says who the person is. Records are msgpack arrays: a new field goes last, with
a default, so that the previous release's records stay readable.
"""

import hashlib

import msgspec

from broker.oauth.return_address import ReturnAddress
from providers.base import LoginAttempt

FLOW_SECONDS = 3600


class AuthRequest(msgspec.Struct, frozen=True, array_like=True):
    """A client's authorization request, judged. Times are POSIX seconds."""

    id: str
    created_at: int
    client_id: str
    redirect_uri: str
    response_mode: str
    state: str
    scopes: tuple[str, ...]
    nonce: str
    code_challenge: str
    silent: bool
    reauthenticate: bool
    select_account: bool
    ask_consent: bool
    max_age: int | None
    hinted_subject: str
    login_hint: str
    idp_hint: str
    language: str

    @property
    def login_id(self) -> str:
        """What the log calls this login: 64 bits of a digest of its random `id`.

        Not `id` itself, which stands in tickets, and not a field: progress is compared byte for
        byte when it changes, by this release and by the previous one alike.
        """
        return hashlib.sha256(b"farstu login\0" + self.id.encode()).hexdigest()[:16]

    def return_address(self, issuer: str) -> ReturnAddress:
        """Where the answer goes; the address was proved before this record was made."""
        return ReturnAddress(self.redirect_uri, self.state, self.response_mode, issuer)

    def is_over(self, now: float) -> bool:
        """Whether the hour that a flow lives has passed."""
        return now >= self.created_at + FLOW_SECONDS


class Outbound(msgspec.Struct, frozen=True, array_like=True):
    """A login on its way to a provider: all that the browser's sealed cookie holds.

    `notice` is what the choice of provider should say first: `cancelled`, `down`, `switch` or
    `again`. `reference` leads to the log line of what went wrong. `stay` and
    `remember` are what the person ticked there.
    """

    request: AuthRequest
    attempt: LoginAttempt | None = None
    stay: bool = False
    notice: str = ""
    notice_provider: str = ""
    choose_account: bool = False
    remember: bool = False
    reference: str = ""


class Authenticated(msgspec.Struct, frozen=True, array_like=True):
    """Who came back: what the provider said, as we believe it. `auth_time` in POSIX seconds."""

    provider: str
    issuer: str
    subject: str
    label: str
    profile: dict[str, str | bool]
    auth_time: int
    acr: str = ""
    amr: tuple[str, ...] = ()
    upstream_sid: str = ""
    stay: bool = False
    sid: str = ""


class Connected(msgspec.Struct, frozen=True, array_like=True):
    """A customer that was connected in this flow, for the page that says so."""

    company: str
    relation: str
    customer: str


class Progress(msgspec.Struct, frozen=True, array_like=True):
    """A login after the callback (or on a live session), kept server-side only.

    `answer` is what the person said they are (`first`, `not_customer`), `whose` whose number they
    have (`mine`, `helping`); `connected` is told on a page before `told` is set.
    """

    request: AuthRequest
    who: Authenticated
    answer: str = ""
    whose: str = ""
    connected: tuple[Connected, ...] = ()
    told: bool = False
    agreed: bool = False


def encode(record: Outbound | Progress) -> bytes:
    """A record → msgpack."""
    return msgspec.msgpack.encode(record)


_OUTBOUND = msgspec.msgpack.Decoder(Outbound)
_PROGRESS = msgspec.msgpack.Decoder(Progress)


def decode_outbound(raw: bytes) -> Outbound:
    """Raises msgspec.DecodeError when it is not one."""
    return _OUTBOUND.decode(raw)


def decode_progress(raw: bytes) -> Progress:
    """Raises msgspec.DecodeError when it is not one."""
    return _PROGRESS.decode(raw)
