"""Connected by an invoice lately, and able to change things: told once for each connection."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from broker.alarms.writing import Minted, young_and_writing
from linking.entries import Entry
from linking.model import Customer, CustomerId, Proof, Relation
from tests.contracts.samples import DAY, NOW
from tests.house import open_house, settings_for
from tests.stories.telling import redeem_for, return_to
from tests.walking import sign_in, somebody_new

MINTED = Minted("p1", "portal", ("elnat",), ("openid", "invoices:read", "billing:write"), "login")
ENTRY = Entry(
    customer=Customer(CustomerId("c1"), "elnat", "100423"),
    relation=Relation.HOLDER,
    actions=("invoices:read", "billing:write"),
    proof=Proof.INVOICE,
    linked_at=NOW - 5 * DAY,
)


@pytest.mark.parametrize(
    ("entry", "minted", "is_told"),
    [
        (ENTRY, MINTED, True),
        (replace(ENTRY, linked_at=NOW - 14 * DAY), MINTED, False),
        (replace(ENTRY, linked_at=NOW - 14 * DAY + timedelta(seconds=1)), MINTED, True),
        (replace(ENTRY, proof=Proof.CODE), MINTED, False),
        (replace(ENTRY, actions=("invoices:read",)), MINTED, False),
        (replace(ENTRY, linked_at=None), MINTED, False),
        (ENTRY, replace(MINTED, scopes=("openid", "invoices:read")), False),
        (ENTRY, replace(MINTED, companies=("varme",)), False),
    ],
)
def test_what_is_worth_telling(entry: Entry, minted: Minted, *, is_told: bool) -> None:
    """Young, by an invoice, in this token, and more than looking."""
    assert list(young_and_writing(minted, [entry], now=NOW)) == ([entry] if is_told else [])


async def test_the_token_endpoint_tells_it_once(house_template: Path, tmp_path: Path) -> None:
    """Not while the link may only look; then once; and nothing but opaque names."""
    usual = settings_for(Path())
    words = ("openid", "invoices:read", "billing:write")
    resources = dict(usual.resources)
    resources["elnat"] = resources["elnat"].model_copy(update={"scopes": words[1:]})
    clients = dict(usual.clients)
    clients["portal"] = clients["portal"].model_copy(update={"scopes": words})
    changes = {"resources": resources, "clients": clients}
    asked, she = {"scope": "openid invoices:read billing:write"}, somebody_new()
    async with open_house(house_template, tmp_path, **changes) as house:
        with capture_logs() as lines:
            await redeem_for(house, (await sign_in(house.browser(), she, **asked))["code"])
            assert _told(lines) == []
            for _ in range(3):
                house.clock.advance(days=4)
                answer = await return_to(house.browser(), person=she, **asked)
                await redeem_for(house, answer["code"])
        [told] = _told(lines)
        assert told["log_level"] == "warning"
        assert str(told["customer"]).startswith("c_")
        assert told["client_id"] == "portal"


def _told(lines: list[dict[str, object]]) -> list[dict[str, object]]:
    return [line for line in lines if line["event"] == "alarm_verified_then_write"]
