"""Whatever is put into a page stays text (requirement 31: nothing is reflected as HTML)."""

from collections.abc import Mapping
from dataclasses import fields, is_dataclass, replace
from datetime import date
from enum import Enum
from typing import Any

import pytest

from broker.pages.brands import Brand, Logo
from broker.pages.faces import Language
from broker.pages.page import Frame
from broker.pages.render import Pages
from tests.pages import samples
from tests.pages.html_tree import Document

ATTACK = "\"'><script>alert(1)</script><img src=x onerror=alert(1)>{{ 7*7 }}%(x)s</title>"
KEPT = {"kind", "language", "mistake", "name"}


def poisoned(value: Any, name: str = "") -> Any:
    """The same value with the attack in every text that is not a word of ours."""
    if isinstance(value, Enum | Brand | Logo | date | int | bytes) or value is None:
        return value
    if isinstance(value, str):
        return value if name in KEPT else ATTACK
    if isinstance(value, Mapping):
        return {key: poisoned(part) for key, part in value.items()}
    if isinstance(value, tuple):
        return tuple(poisoned(part) for part in value)
    if is_dataclass(value):
        changes = {f.name: poisoned(getattr(value, f.name), f.name) for f in fields(value)}
        return replace(value, **changes)
    return value


@pytest.mark.parametrize("name", list(samples.pages()))
@pytest.mark.parametrize("language", ["sv", "en"])
def test_nothing_that_is_filled_in_becomes_markup(
    pages: Pages, name: str, language: Language
) -> None:
    """The attack in every text adds not one element or attribute, and is not evaluated."""
    page = samples.pages()[name]
    frame = samples.frame_of(name, samples.PLAIN, language)
    evil: Frame = replace(
        poisoned(frame), brand=replace(frame.brand, name=ATTACK), languages=frame.languages
    )
    html = pages.render(poisoned(page), evil)
    usual, attacked = Document(pages.render(page, frame)), Document(html)
    assert "<img src=x" not in html
    assert "49%(x)s" not in html
    assert [e for e in attacked.elements if e.tag == "script"] == [] or name == "form-post"
    assert {a for e in attacked.elements for a in e.attributes} <= {
        a for e in usual.elements for a in e.attributes
    } | {"disabled"}


@pytest.mark.parametrize("address", ["javascript:alert(1)", "data:text/html,x", "JaVaScRiPt:x"])
def test_a_clients_address_that_would_run_is_not_linked(pages: Pages, address: str) -> None:
    """Only http and https addresses of a client become links."""
    frame = samples.frame()
    client = replace(samples.CLIENT, home_uri=address, start_uri=address)
    for name in ("choose", "problem-expired", "logout"):
        html = pages.render(samples.pages()[name], replace(frame, client=client))
        assert address not in html
