"""The Swedish catalogue is complete, fresh and in plain words."""

import re
from io import BytesIO

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po

from broker.pages import catalogue

PLACEHOLDER = re.compile(r"%\((\w+)\)s")
AVOIDED = ("ogiltig", "vänligen", "token", "autentiser", "identitetsleverantör", "användarkonto")


@pytest.fixture(scope="module")
def swedish() -> Catalog:
    """The catalogue as it is in the package."""
    return read_po(BytesIO(catalogue.path_of("sv").read_bytes()), locale="sv_SE")


@pytest.fixture(scope="module")
def messages(swedish: Catalog) -> list[Message]:
    """Every text but the header."""
    return [message for message in swedish if message.id]


def test_everything_is_translated(messages: list[Message]) -> None:
    """No text is missing and none is a guess."""
    assert [m.id for m in messages if not m.string or m.fuzzy] == []


def test_holds_exactly_the_texts_of_the_templates(messages: list[Message]) -> None:
    """What the templates say, no more and no less."""
    assert {m.id for m in messages} == {m.id for m in catalogue.extract() if m.id}


def test_is_written_as_update_writes_it() -> None:
    """`python -m broker.pages.catalogue update` would change nothing."""
    assert catalogue.stale(catalogue.extract()) == {}


def test_placeholders_are_the_same(messages: list[Message]) -> None:
    """A translation fills in what its original fills in."""
    for message in messages:
        original, translated = (
            sorted(PLACEHOLDER.findall(str(t))) for t in (message.id, message.string)
        )
        assert translated == original, message.id


def test_no_swedish_text_is_english(messages: list[Message]) -> None:
    """Nothing was copied over."""
    assert {m.id for m in messages if m.id == m.string} == set()


@pytest.mark.parametrize("word", AVOIDED)
def test_avoids_words_that_people_do_not_use(messages: list[Message], word: str) -> None:
    """The words of the trade stay out of the pages."""
    assert [m.string for m in messages if word in str(m.string).lower()] == []


def test_a_missing_translation_is_noticed() -> None:
    """A text that is new in the templates makes the catalogue stale."""
    template = catalogue.extract()
    template.add("A text that nobody has translated")
    assert list(catalogue.stale(template)) == [catalogue.path_of("sv")]
