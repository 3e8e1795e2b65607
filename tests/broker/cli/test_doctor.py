"""`farstu doctor`: where all is well it finds nothing; each fault is found by one check alone."""

import asyncio
import json
import sqlite3
import ssl
import tomllib
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, closing
from datetime import timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any
from unittest.mock import ANY

import httpx2
import pytest
from pydantic import SecretStr
from typer.testing import Result

from broker.cli.clock import now
from broker.cli.examining.table import examine
from broker.registers.audit.saving import written
from broker.settings.operating import ServerSettings, StorageSettings
from broker.settings.outbound import (
    OutboundSettings,
    PrintFileSettings,
    SmtpSettings,
    WebhookSettings,
)
from broker.settings.verifying import LadderSettings
from broker.storage import migrate_storage
from broker.storage.ports import OutboxMessage
from broker.upkeep.finding import Finding, Outcome
from broker.wiring.storage import storage_urls
from tests.broker.registers.measured import figures
from tests.certificates import Certificates
from tests.house import TestHouse, a_key, settings_for
from tests.moment import Moment
from tests.servers.mail import mail_server
from tests.servers.postgresql import PostgreSQL

Run = Callable[..., Result]
BY_WEBHOOK = OutboundSettings(sms="webhook", webhook=WebhookSettings(url="https://sms.example.se"))


class Dated(httpx2.AsyncBaseTransport):
    """The town, whose answers say what time it is, and whose answers a test may change."""

    def __init__(self, house: TestHouse) -> None:
        self._house = house
        self.apart: dict[str, timedelta] = {}
        self.answers: dict[str, bytes | type[httpx2.HTTPError]] = {}

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        path = request.url.path
        if isinstance(answer := self.answers.get(path), bytes):
            response = httpx2.Response(200, content=answer)
        elif answer is not None:
            raise answer("made to fail")
        else:
            response = await self._house.town.handle_async_request(request)
        theirs = self._house.clock() + self.apart.get(request.url.netloc.decode(), timedelta())
        response.headers["date"] = format_datetime(theirs, usegmt=True)
        return response


@pytest.fixture
def town(house: TestHouse) -> Dated:
    """What answers."""
    return Dated(house)


Ask = Callable[..., Any]


@pytest.fixture
async def ask(house: TestHouse, town: Dated) -> AsyncIterator[Ask]:
    """Run the checks; `changes` replace parts of the settings."""
    for company in house.settings.companies:
        kept = written(figures(1e-12, company=company))
        await house.parts.storage.audits.keep(company, kept, at=house.clock())
    async with httpx2.AsyncClient(transport=town) as client:

        async def run(*, offline: bool = False, **changes: Any) -> list[Finding]:
            settings = house.settings.model_copy(update=changes)
            return await examine(
                settings, offline=offline, http=client, upstreams=client, now=house.clock
            )

        yield run


def wrong(findings: list[Finding]) -> dict[str, Outcome]:
    """What is not well; each has a remedy. That codes lack a way has a test of its own."""
    found = [each for each in findings if each.outcome is not Outcome.OK and each.name != "codes"]
    assert all(each.remedy for each in found)
    return {each.name: each.outcome for each in found}


def behind_our_back(house: TestHouse, *statements: str) -> None:
    """Change the database as nobody should."""
    path = house.settings.storage.database.removeprefix("sqlite:///")
    with closing(sqlite3.connect(path, isolation_level=None)) as database:
        for statement in statements:
            database.execute(statement)


async def test_all_is_well(ask: Ask) -> None:
    """Every check has said something, and nothing is wrong."""
    findings = await ask()
    assert wrong(findings) == {}
    names = {each.name.split(" ")[0] for each in findings}
    assert names >= {
        "storage", "transient", "file", "signing", "master", "register", "messages", "audit",
        "metadata", "keys", "provider", "clock,", "guessing", "second",
    }  # fmt: skip


async def test_guessing_that_pays_or_was_measured_long_ago(ask: Ask, house: TestHouse) -> None:
    """Numbers that are worth too little; another second item than was measured; an old audit."""
    weak = written(figures(1e-3, company="elnat"))
    await house.parts.storage.audits.keep("elnat", weak, at=house.clock())
    other = written(figures(1e-12, company="varme")).replace("amount_and_due_date", "ocr")
    await house.parts.storage.audits.keep("varme", other, at=house.clock())
    old, long_ago = written(figures(1e-12)), house.clock() - timedelta(days=500)
    await house.parts.storage.audits.keep("elhandel", old, at=long_ago)
    assert wrong(await ask()) == {
        "guessing at elnat": Outcome.WARNING,
        "guessing at varme": Outcome.WARNING,
        "guessing at elhandel": Outcome.WARNING,
    }


async def test_a_second_item_that_was_not_imported(ask: Ask, house: TestHouse) -> None:
    """Only slower tries, with what to do; an error where it is what customers begin with."""
    for private, outcome in (("invoice", Outcome.WARNING), ("second_item", Outcome.ERROR)):
        ladder = LadderSettings(second_item="printed_code", private=private)
        elnat = house.settings.companies["elnat"].model_copy(update={"ladder": ladder})
        findings = await ask(companies={**house.settings.companies, "elnat": elnat})
        assert wrong(findings) == {"second item at elnat": outcome, "guessing at elnat": ANY}
        [told] = [each for each in findings if each.name == "second item at elnat"]
        assert "imported for another one (amount_and_due_date)" in told.what
        assert "farstu register import" in told.remedy


@pytest.mark.parametrize(
    ("seconds", "outcome"), [(6, Outcome.WARNING), (-6, Outcome.WARNING), (61, Outcome.ERROR)]
)
async def test_clock(seconds: int, outcome: Outcome, ask: Ask, town: Dated) -> None:
    """Providers' answers say what time it is; so does our own proxy."""
    town.apart["localhost:8001"] = timedelta(seconds=seconds)
    assert wrong(await ask()) == {"clock, by localhost": outcome}
    town.apart = {"localhost:8000": timedelta(seconds=seconds)}
    assert wrong(await ask()) == {"clock, by our own address": outcome}


async def test_a_clock_that_is_nearly_right_is_right(ask: Ask, town: Dated) -> None:
    """A header has whole seconds, and an answer takes its time."""
    town.apart = {"localhost:8001": timedelta(seconds=4), "localhost:8000": timedelta(seconds=-4)}
    assert wrong(await ask()) == {}


async def test_a_provider_that_is_down_or_refuses_our_secret(
    ask: Ask, town: Dated, house: TestHouse
) -> None:
    """The others are well."""
    town.answers["/google/.well-known/openid-configuration"] = httpx2.ConnectError
    assert wrong(await ask()) == {"provider google": Outcome.ERROR}
    town.answers.clear()
    yahoo = house.settings.providers["yahoo"].model_copy(
        update={"client_secrets": (SecretStr("another"),)}
    )
    providers = {**house.settings.providers, "yahoo": yahoo}
    assert wrong(await ask(providers=providers)) == {"provider yahoo": Outcome.ERROR}


@pytest.mark.parametrize(
    ("days", "outcome"), [(30, Outcome.WARNING), (3, Outcome.WARNING), (-1, Outcome.ERROR)]
)
@pytest.mark.parametrize("offline", [True, False])
async def test_a_secret_that_ends(
    days: int, outcome: Outcome, offline: bool, ask: Ask, house: TestHouse
) -> None:
    """With the network and without, and once."""
    ends = (house.clock() + timedelta(days=days)).date()
    google = house.settings.providers["google"].model_copy(update={"secret_expires_on": ends})
    findings = await ask(offline=offline, providers={**house.settings.providers, "google": google})
    assert wrong(findings) == {"provider google": outcome}
    assert sum("secret end" in each.what for each in findings) == 1


async def test_no_provider_is_enabled(ask: Ask) -> None:
    """Nobody can sign in."""
    assert wrong(await ask(providers={})) == {"providers": Outcome.ERROR}


async def test_our_own_address(ask: Ask, town: Dated) -> None:
    """Nobody there, somebody else there, another configuration there, keys of long ago there."""
    metadata, keys = "/.well-known/openid-configuration", "/jwks"
    town.answers = {metadata: httpx2.ConnectTimeout}
    findings = await ask()
    assert wrong(findings) == {"our own address": Outcome.ERROR}
    assert any("does not answer: made to fail" in each.what for each in findings)
    for answer in (b"<h1>Welcome</h1>", b"[]", b'{"issuer": "https://else.example"}'):
        town.answers = {metadata: answer}
        assert wrong(await ask()) == {"metadata at the issuer's address": Outcome.ERROR}
    for answer in (b"<h1>Welcome</h1>", b'{"keys": []}', b'{"keys": 1}'):
        town.answers = {keys: answer}
        assert wrong(await ask()) == {"keys at the issuer's address": Outcome.ERROR}


@pytest.mark.parametrize(("days", "outcome"), [(3, Outcome.WARNING), (8, Outcome.ERROR)])
async def test_an_import_that_does_not_happen(
    days: int, outcome: Outcome, ask: Ask, house: TestHouse
) -> None:
    """Every company by itself."""
    house.clock.advance(days=days)
    names = [f"register of {name}" for name in house.settings.companies]
    assert wrong(await ask()) == dict.fromkeys(names, outcome)


async def test_a_company_without_a_register(ask: Ask, house: TestHouse) -> None:
    """Its customers cannot connect."""
    behind_our_back(house, "DELETE FROM register_current WHERE company = 'varme'")
    assert wrong(await ask()) == {"register of varme": Outcome.ERROR}


async def test_a_pepper_is_gone(ask: Ask, house: TestHouse) -> None:
    """Named for each company that needs it."""
    secrets = house.settings.secrets.model_copy(update={"peppers": {"p2": a_key("another")}})
    names = [f"register of {name}" for name in house.settings.companies]
    assert wrong(await ask(secrets=secrets)) == dict.fromkeys(names, Outcome.ERROR)


async def test_master_keys(ask: Ask, house: TestHouse) -> None:
    """One that is gone is an error; one that is retired is told, with what still needs it."""
    gone = house.settings.secrets.model_copy(update={"master_keys": {"m2": a_key("another")}})
    assert wrong(await ask(secrets=gone)) == {
        "master key m1": Outcome.ERROR, "signing keys": Outcome.ERROR,
    }  # fmt: skip
    masters = {"m0": a_key("old"), "m2": a_key("new"), **house.settings.secrets.master_keys}
    both = house.settings.secrets.model_copy(update={"master_keys": masters})
    findings = await ask(secrets=both)
    assert wrong(findings) == {}
    said = {each.name: each.what for each in findings}
    assert said["master key m0"] == "retired; nothing that was looked at needs it any more"
    assert said["master key m1"] == "retired, and still needed for signing keys"


async def test_a_key_that_signs_for_too_long(ask: Ask, house: TestHouse) -> None:
    """A year is long."""
    long_ago = "UPDATE signing_keys SET signing_from = signing_from - 370 * 86400000000"
    behind_our_back(house, f"{long_ago} WHERE algorithm = 'ES256' AND state = 'signing'")
    assert wrong(await ask()) == {"signing key ES256": Outcome.WARNING}


async def test_a_key_that_does_not_open(ask: Ask, house: TestHouse) -> None:
    """No broker starts with it."""
    spoil = "UPDATE signing_keys SET sealed_private = x'01' WHERE state = 'announced'"
    behind_our_back(house, spoil)
    findings = await ask()
    assert wrong(findings) == {"signing keys": Outcome.ERROR}
    [remedy] = [each.remedy for each in findings if each.name == "signing keys"]
    assert "farstu keys revoke --scope master --master NAME" in remedy


async def test_a_key_of_an_algorithm_that_only_a_newer_release_knows(
    ask: Ask, house: TestHouse
) -> None:
    """Said once, with what it means; all else is looked at."""
    behind_our_back(house, "UPDATE signing_keys SET algorithm = 'new' WHERE algorithm = 'PS256'")
    findings = await ask(offline=True)
    assert wrong(findings) == {"signing keys": Outcome.WARNING}
    [said] = [each.what for each in findings if "does not know" in each.what]
    assert said.startswith("2 are of an algorithm that this release does not know (new)")


async def test_a_key_in_a_state_that_is_not_known(ask: Ask, house: TestHouse) -> None:
    """Nothing that depends on the keys is called well."""
    behind_our_back(house, "UPDATE signing_keys SET state = 'new' WHERE algorithm = 'PS256'")
    found = wrong(await ask(offline=True))
    assert found == {"signing keys": Outcome.ERROR, "master keys": Outcome.ERROR}


@pytest.mark.parametrize("retried", [timedelta(), timedelta(days=1)])
async def test_messages_that_do_not_leave(retried: timedelta, ask: Ask, house: TestHouse) -> None:
    """Those too that wait for another try."""
    created = house.clock() - timedelta(hours=2)
    await house.parts.storage.outbox.put(
        OutboxMessage("n1", "linked", "elnat", b"", created, created + retried)
    )
    assert wrong(await ask(outbound=BY_WEBHOOK)) == {"messages": Outcome.WARNING}


async def test_messages_that_nobody_delivers(ask: Ask, house: TestHouse) -> None:
    """Each of them is told at once, and where to say how they leave."""
    await house.parts.storage.outbox.put(
        OutboxMessage("n1", "linked", "elnat", b"", house.clock(), house.clock())
    )
    findings = await ask(outbound=OutboundSettings())
    assert wrong(findings) == {"messages": Outcome.WARNING}
    [said] = [each for each in findings if each.name == "messages"]
    assert said.what.startswith("1 to customers wait, the oldest since ")
    assert "[outbound]" in said.remedy


async def test_the_folder_of_letters(ask: Ask, tmp_path: Path) -> None:
    """Made when it is needed; then for our own user alone, and to be written into."""
    folder = tmp_path / "letters"
    outbound = OutboundSettings(letter="print_file", print_file=PrintFileSettings(path=folder))
    assert wrong(await ask(outbound=outbound)) == {}
    folder.mkdir(mode=0o755)
    folder.chmod(0o755)
    assert wrong(await ask(outbound=outbound)) == {"letters": Outcome.WARNING}
    folder.chmod(0o700)
    assert wrong(await ask(outbound=outbound)) == {}
    folder.rmdir()
    folder.write_text("no folder")
    assert wrong(await ask(outbound=outbound)) == {"letters": Outcome.ERROR}


async def test_codes_that_could_not_leave(ask: Ask) -> None:
    """A way that the ladder names and nothing serves is named, by company; not before any is."""
    [told] = [each for each in await ask(outbound=BY_WEBHOOK) if each.name == "codes"]
    assert told.outcome is Outcome.WARNING
    assert "elnat: email" in told.what
    assert "sms" not in told.what
    both = OutboundSettings(email="webhook", sms="webhook", webhook=BY_WEBHOOK.webhook)
    [told] = [each for each in await ask(outbound=both) if each.name == "codes"]
    assert told.outcome is Outcome.OK
    assert not [each for each in await ask(outbound=OutboundSettings()) if each.name == "codes"]


async def test_a_company_without_codes(ask: Ask, house: TestHouse) -> None:
    """Where no class begins at a code, still only codes connect whoever said "not me"."""
    without = LadderSettings(organisation="invoice", codes=())
    companies = dict(house.settings.companies)
    companies["elnat"] = companies["elnat"].model_copy(update={"ladder": without})
    found = await ask(outbound=OutboundSettings(), companies=companies)
    [told] = [each for each in found if each.name == "codes"]
    assert told.outcome is Outcome.WARNING
    assert "none is ever sent by elnat:" in told.what
    assert "farstu links resume" in told.what


async def test_a_master_key_that_a_message_needs(ask: Ask, house: TestHouse) -> None:
    """It cannot leave without."""
    await house.parts.storage.outbox.put(
        OutboxMessage("n1", "linked", "elnat", b"m0\0sealed", house.clock(), house.clock())
    )
    assert wrong(await ask(outbound=BY_WEBHOOK)) == {"master key m0": Outcome.ERROR}


async def test_a_mail_server_that_takes_us_or_not(ask: Ask, house: TestHouse) -> None:
    """Connection, TLS and login are tried; nothing is sent. Offline, it is left alone."""
    async with mail_server() as server:
        smtp = SmtpSettings(host="localhost", port=server.port, security="none")
        outbound = OutboundSettings(email="smtp", smtp=smtp)
        assert wrong(await ask(outbound=outbound)) == {}
        assert server.messages == []
        strict = smtp.model_copy(update={"security": "starttls"})
        outbound = OutboundSettings(email="smtp", smtp=strict)
        assert wrong(await ask(outbound=outbound)) == {"mail server": Outcome.ERROR}
        assert wrong(await ask(outbound=outbound, offline=True)) == {}


async def test_a_message_under_way_is_no_backlog(ask: Ask, house: TestHouse) -> None:
    """It has an hour."""
    created = house.clock() - timedelta(minutes=50)
    await house.parts.storage.outbox.put(
        OutboxMessage("n1", "linked", "elnat", b"", created, created)
    )
    assert wrong(await ask(outbound=BY_WEBHOOK)) == {}


async def test_a_trail_that_was_cut_off(ask: Ask, house: TestHouse) -> None:
    """The head knows."""
    behind_our_back(house, "DELETE FROM audit WHERE number = (SELECT max(number) FROM audit)")
    assert wrong(await ask()) == {"audit trail": Outcome.ERROR}


async def test_files_that_others_may_read(ask: Ask, tmp_path: Path) -> None:
    """They are the owner's alone."""
    (tmp_path / "farstu.db").chmod(0o640)
    assert wrong(await ask()) == {"file farstu.db, modes": Outcome.ERROR}


def overwrite_page(path: Path, number: int) -> None:
    """As a failing disk does."""
    with path.open("r+b") as file:
        file.seek((number - 1) * 4096)
        file.write(b"\xff" * 4096)


async def test_a_damaged_page(ask: Ask, tmp_path: Path, house: TestHouse) -> None:
    """Also one that nobody has read since."""
    behind_our_back(house, "PRAGMA wal_checkpoint(TRUNCATE)")
    with closing(sqlite3.connect(tmp_path / "farstu.db")) as database:
        query = "SELECT rootpage FROM sqlite_master WHERE name = 'ix_wait_tries_issuer_subject'"
        [number] = database.execute(query).fetchone()
    overwrite_page(tmp_path / "farstu.db", number)
    assert wrong(await ask()) == {"file farstu.db, pages": Outcome.ERROR}


async def test_a_file_that_cannot_be_read_at_all(ask: Ask, tmp_path: Path) -> None:
    """The storage is told not to work, and its file to be the cause."""
    overwrite_page(tmp_path / "farstu-transient.db", 1)
    assert wrong(await ask()) == {
        "storage": Outcome.ERROR, "file farstu-transient.db, pages": Outcome.ERROR,
    }  # fmt: skip


def test_no_database_is_made_by_looking(tmp_path: Path) -> None:
    """What is not there is told, and still not there; what needs no storage is looked at."""
    settings = settings_for(tmp_path)
    assert wrong(asyncio.run(examine(settings, offline=True))) == {"storage": Outcome.ERROR}
    assert list(tmp_path.iterdir()) == []


async def test_a_database_of_another_schema(tmp_path: Path) -> None:
    """It is told in one finding."""
    settings = settings_for(tmp_path)
    await migrate_storage(*storage_urls(settings))
    with closing(sqlite3.connect(tmp_path / "farstu.db", isolation_level=None)) as database:
        database.execute("UPDATE farstu_version SET version_num = '0000'")
    findings = await examine(settings, offline=True)
    assert wrong(findings) == {"storage": Outcome.ERROR}


@pytest.mark.parametrize(
    ("shown", "outcome"), [("localhost", Outcome.OK), ("other.example", Outcome.ERROR)]
)
async def test_the_certificate_that_visitors_see(
    shown: str, outcome: Outcome, house: TestHouse, town: Dated
) -> None:
    """Trusted and for this host, or refused."""
    certificates = Certificates({"localhost", "other.example"}, foreign=())
    town.answers = {"/.well-known/openid-configuration": httpx2.ConnectError}
    async with serving(certificates.of(shown)) as port, httpx2.AsyncClient(transport=town) as http:
        findings = await examine(
            house.settings.model_copy(update={"issuer": f"https://localhost:{port}"}),
            offline=False,
            http=http,
            upstreams=http,
            trust=certificates.trust(),
            now=house.clock,
        )
    [finding] = [each for each in findings if each.name == "certificate of localhost"]
    assert finding.outcome is outcome, finding


async def test_the_certificate_that_we_show_ourselves(
    ask: Ask, house: TestHouse, tmp_path: Path
) -> None:
    """Its file is looked at without the network."""
    certificate = tmp_path / "cert.pem"
    certificate.write_bytes(Certificates({"localhost"}, foreign=()).pem_of("localhost"))
    server = ServerSettings(tls_certificate=certificate)
    assert wrong(await ask(offline=True, server=server)) == {}
    house.clock.advance(days=365 * 1_000)
    assert "certificate in cert.pem" in wrong(await ask(offline=True, server=server))


@asynccontextmanager
async def serving(context: ssl.SSLContext) -> AsyncIterator[int]:
    """A server that shows this certificate; its port."""

    def hang_up(_: object, writer: asyncio.StreamWriter) -> None:
        writer.close()

    async with await asyncio.start_server(hang_up, "localhost", 0, ssl=context) as server:
        yield server.sockets[0].getsockname()[1]


def test_the_command(installed: Run) -> None:
    """Exit code 1 with what must be done; for machines, the same as JSON."""
    result = installed("doctor", "--offline")
    assert result.exit_code == 1
    assert "✗ register of exempel-elnat: never imported" in result.stdout
    assert "Something must be done: 1." in result.stderr
    machine = installed("doctor", "--offline", "--json")
    assert machine.exit_code == 1
    found = {each["name"]: each["outcome"] for each in json.loads(machine.stdout)}
    assert found["storage"] == "ok"
    assert found["register of exempel-elnat"] == "error"


@pytest.mark.parametrize(("mode", "is_told"), [(0o600, False), (0o640, False), (0o604, True)])
def test_a_configuration_that_everybody_may_read(mode: int, is_told: bool, installed: Run) -> None:
    """What `init` wrote holds secrets; its group may have it, as the installation guide says."""
    Path("farstu.toml").chmod(mode)
    shown = installed("doctor", "--offline").stdout
    assert ("✗ configuration file" in shown) is is_told


def test_a_configuration_without_secrets(installed: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where they come from elsewhere, all may read what is left."""
    path = Path("farstu.toml")
    written = path.read_text()
    for key, value in tomllib.loads(written)["secrets"].items():
        given = value if isinstance(value, str) else json.dumps(value)
        monkeypatch.setenv(f"FARSTU_SECRETS__{key.upper()}", given)
    head, _, rest = written.partition("[secrets]")
    path.write_text(head + "[storage]" + rest.partition("[storage]")[2])
    path.chmod(0o644)
    assert "configuration file" not in installed("doctor", "--offline").stdout


async def test_the_clock_of_a_database_that_has_one(
    tmp_path: Path, postgresql_server: PostgreSQL
) -> None:
    """PostgreSQL says what time it is."""
    url = postgresql_server.url_with_password(postgresql_server.new_database(template="migrated"))
    settings = settings_for(tmp_path).model_copy(
        update={"storage": StorageSettings(database=url), "companies": {}, "providers": {}}
    )
    assert wrong(await examine(settings, offline=True)) == {}
    fast = Moment(now() + timedelta(seconds=90))
    findings = await examine(settings, offline=True, now=fast)
    assert wrong(findings) == {"clock, by the database": Outcome.ERROR}
