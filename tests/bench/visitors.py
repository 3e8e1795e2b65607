"""People with browsers, and the portal behind them: a login taken step by step.

Each step is one operation of the table, so that it can be measured alone. Whatever does not answer
as it should ends the run: a figure of a failing server is worth nothing.
"""

from base64 import b64encode
from dataclasses import dataclass, field
from urllib.parse import parse_qs, urlencode, urljoin, urlsplit

import msgspec

from broker.dev.browser import read_page
from tests.bench.installation import CALLBACK, CHALLENGE, SCOPES, VERIFIER, secret_of
from tests.bench.wire import Answer, Jar, Wire


class Astray(RuntimeError):
    """A server did not answer as it should."""


@dataclass(slots=True)
class Browser:
    """One browser of one person."""

    broker: Wire
    upstream: Wire
    person: str
    at_broker: Jar = field(default_factory=Jar)
    at_upstream: Jar = field(default_factory=Jar)

    def anew(self) -> "Browser":
        """The same person in a browser that the broker has not met."""
        return Browser(self.broker, self.upstream, self.person, Jar(), self.at_upstream)

    async def leave(self, client_id: str) -> str:
        """From the portal to the provider; where the provider is."""
        return await self._follow(await self._authorize(client_id, idp_hint="google"))

    async def choose(self, client_id: str) -> None:
        """From the portal to the page on which to choose an account."""
        path = await self._follow(await self._authorize(client_id))
        _expect(await self.broker.get(path, self.at_broker), 200)

    async def sign_in(self, address: str) -> str:
        """At the provider, by a session there where there is one; the callback's address."""
        answer = await self.upstream.get(address, self.at_upstream)
        if answer.status == 200:
            action, fields = _form(address, answer, {})
            form = fields | {"person": self.person}
            answer = await self.upstream.post(action, urlencode(form), self.at_upstream)
        return target_of(answer)

    async def come_back(self, callback: str) -> str:
        """Back at the broker; where it goes on."""
        return target_of(await self.broker.get(callback, self.at_broker))

    async def arrive(self, path: str) -> str:
        """To the end of a login whose customers are known; the code."""
        return code_in(await self._follow(path))

    async def single_sign_on(self, client_id: str) -> str:
        """From the portal and back, on the broker's own session; the code."""
        return await self.arrive(await self._authorize(client_id))

    async def prove(self, path: str, customer: str, invoice: str) -> str:
        """The pages of a first login; the code."""
        path = await self._follow(path)
        path = await self._fill(path, answer="first")
        path = await self._fill(path, whose="mine")
        path = await self._fill(path, customer_number=customer, invoice_number=invoice)
        return code_in(await self._fill(path))

    async def _authorize(self, client_id: str, **more: str) -> str:
        request = authorization_request(client_id, **more)
        return target_of(await self.broker.get(request, self.at_broker))

    async def _follow(self, path: str) -> str:
        return target_of(await self.broker.get(path, self.at_broker))

    async def _fill(self, path: str, **typed: str) -> str:
        """Fill in the page's form; where its answer leads after `/flow` has decided."""
        page = await self.broker.get(path, self.at_broker)
        _expect(page, 200)
        action, fields = _form(path, page, typed)
        answer = await self.broker.post(action, urlencode(fields), self.at_broker)
        return await self._follow(target_of(answer))


@dataclass(frozen=True, slots=True)
class Portal:
    """What a portal's server asks of the broker."""

    broker: Wire
    client_id: str
    token_path: str = "/token"

    async def redeem(self, code: str) -> str:
        """Exchange a code; the access token."""
        login = b64encode(f"{self.client_id}:{secret_of(self.client_id)}".encode()).decode()
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": CALLBACK,
            "code_verifier": VERIFIER,
        }
        answer = await self.broker.post(
            self.token_path, urlencode(form), more=f"authorization: Basic {login}\r\n"
        )
        _expect(answer, 200)
        tokens = msgspec.json.decode(answer.body)
        if not tokens["id_token"]:
            raise Astray("no ID token")
        return str(tokens["access_token"])


async def ask_userinfo(broker: Wire, access_token: str, path: str = "/userinfo") -> None:
    """Ask who it is."""
    _expect(await broker.get(path, more=f"authorization: Bearer {access_token}\r\n"), 200)


def authorization_request(client_id: str, path: str = "/authorize", **more: str) -> str:
    """An authorization request as a good client sends it."""
    parameters = {
        "client_id": client_id,
        "redirect_uri": CALLBACK,
        "response_type": "code",
        "scope": SCOPES,
        "state": "the-clients-state-of-some-length",
        "nonce": "the-clients-nonce-of-some-length",
        "code_challenge": CHALLENGE,
        "code_challenge_method": "S256",
    }
    return f"{path}?{urlencode(parameters | more)}"


def code_in(address: str) -> str:
    """The code that the client is answered with."""
    codes = parse_qs(urlsplit(address).query).get("code")
    if not address.startswith(CALLBACK) or codes is None:
        raise Astray(f"no code: {address.partition('?')[0]}")
    return codes[0]


def target_of(answer: Answer) -> str:
    """Where the browser is sent."""
    if answer.status not in {302, 303}:
        raise Astray(f"{answer.status}: {answer.body[:400]!r}")
    return answer.location


def _expect(answer: Answer, status: int) -> None:
    if answer.status != status:
        raise Astray(f"{answer.status}, not {status}: {answer.location} {answer.body[:400]!r}")


def _form(address: str, answer: Answer, typed: dict[str, str]) -> tuple[str, dict[str, str]]:
    """Where the page's form for this goes, and what it sends."""
    page = read_page(address, answer.status, answer.body.decode())
    for form in page.forms:
        if typed.keys() <= form.fields.keys() | form.choices:
            name, value = form.buttons[0]
            pressed = {name: value} if name and typed else {}
            return urljoin(address, form.action or address), form.fields | pressed | typed
    raise Astray(f"no form for {', '.join(typed)} at {page}")
