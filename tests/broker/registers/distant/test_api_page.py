"""The published description of the API is true of what is asked and of what is answered."""

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from broker.registers.distant.api_page import billing_api_page
from broker.registers.distant.http import HttpSource
from broker.wiring.registers import opened_source
from tests.billing import Billing, CustomerRow, InvoiceRow
from tests.house import settings_for
from tests.registers_open import by_http, with_register
from tests.servers.billing_api import TOKEN, BillingApi, billing_api

PAGE = json.loads(billing_api_page())


def faults(name: str, value: Any) -> list[str]:
    """What a schema of the page says against a value."""
    schema = {"$ref": f"#/components/schemas/{name}", "components": PAGE["components"]}
    Draft202012Validator.check_schema(schema)
    return [each.message for each in Draft202012Validator(schema).iter_errors(value)]


def name_of(schema: dict[str, Any]) -> str:
    """Of a request or an answer."""
    reference: str = schema["content"]["application/json"]["schema"]["$ref"]
    return reference.rpartition("/")[2]


async def ask_everything(api: BillingApi, folder: Path) -> None:
    """Each question, as the wiring would have it asked."""
    settings = with_register(settings_for(folder), by_http(api))
    async with opened_source(settings, "billing") as source:
        assert isinstance(source, HttpSource)
        assert await source.invoices("varme", "300245", "3007001")
        assert await source.customers("elnat", ["100245", "999999"])
        assert await source.size("elnat")


async def test_what_is_asked_and_answered_is_as_described(tmp_path: Path) -> None:
    """Both directions of every question, and no question that is not described."""
    billing = Billing()
    billing.add(
        CustomerRow("100245", evidence_from="2026-01-01", contact_since="2026-01-02"),
        InvoiceRow("300245", "3007001", company="varme", ocr="300700117", code="7KQ2"),
    )
    async with billing_api(billing) as api:
        await ask_everything(api, tmp_path)
        asked = list(api.asked)
        assert {path for path, _ in asked} == {f"/v1{path}" for path in PAGE["paths"]}
        for path, question in asked:
            operation = PAGE["paths"][path.removeprefix("/v1")]["post"]
            assert faults(name_of(operation["requestBody"]), question) == []
            headers = {"authorization": f"Bearer {TOKEN}"}
            _, answer = api.answer(path, headers, json.dumps(question).encode())
            assert faults(name_of(operation["responses"]["200"]), json.loads(answer)) == []


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("Customers", {"customers": [{"customer_number": "1"}]}),
        ("Invoices", {"invoices": {}}),
        ("Size", {"customers": -1}),
    ],
)
def test_the_description_refuses_what_is_not_so(name: str, value: Any) -> None:
    """Or the test above would prove nothing."""
    assert faults(name, value)
