"""What messages say: plain words in both languages, and nothing that helps a stranger."""

import re

import pytest

from broker.notices.wording import UnknownKind, kinds, wording
from tests.broker.notices.samples import COMPANY, FACTS

SECRETS = {
    "delegation": "d_5fsecret",
    "number": "100423",
    "invoice": "4711023",
    "helper": "eva@x.se",
}
MESSAGES = [wording(each, COMPANY, FACTS | SECRETS) for each in kinds()]
"""Of each kind, with facts that none may say."""


def test_there_are_words_for_what_is_told() -> None:
    """`linking.admission` puts this kind into the outbox."""
    assert kinds() == ["delegation_by_invoice"]


def test_a_kind_without_words_is_not_guessed() -> None:
    """A later release may have put it there."""
    for kind in ("welcome", "../pages", "below.txt", ""):
        with pytest.raises(UnknownKind):
            wording(kind, COMPANY, FACTS)


def test_help_with_an_invoice_is_told_in_swedish_and_english() -> None:
    """What happened, until when, and what to do; Swedish first."""
    [message] = MESSAGES
    swedish, english = re.split(r"\n-{20,}\n", message.text)
    assert swedish.startswith("In English below.")
    assert "Någon som har visat ditt kundnummer och en av dina fakturor" in swedish
    assert "till och med 23 november 2027" in swedish
    assert "Ring oss, så tar vi bort rätten: 08-465 004 00, vardagar 8–16." in swedish
    assert "until 23 November 2027" in english
    assert "Call us and we end the access: 08-465 004 00, weekdays 8–16." in english
    for part in (swedish, english):
        assert "Provberga Elnät AB" in part


def test_english_first_where_that_is_the_language() -> None:
    """Also on a telephone."""
    message = wording("delegation_by_invoice", COMPANY, FACTS, first="en")
    assert message.text.startswith("På svenska nedan.")
    assert message.subject == "Somebody can now see your details at Provberga Elnät"
    assert "until 23 November 2027" in message.short


def test_a_text_for_a_telephone_is_one_short_line() -> None:
    """A single text message of 160 characters, in its own alphabet."""
    [message] = MESSAGES
    assert len(message.short) <= 160
    assert "\n" not in message.short
    assert "08-465 004 00" in message.short
    assert not set(message.short) - set(GSM), "a letter that halves the length"


GSM = "ABCDEFGHIJKLMNOPQRSTUVWXYZÅÄÖabcdefghijklmnopqrstuvwxyzåäöéÉüÜ0123456789 .,:;-+/()?!'&%@"


def test_no_message_helps_a_stranger_or_can_be_clicked_on() -> None:
    """No number, no helper's address, no id, no link: whoever reads it learns who to call."""
    for message in MESSAGES:
        said = f"{message.subject} {message.text} {message.short}"
        for secret in SECRETS.values():
            assert secret not in said
        assert not re.search(r"https?:|www\.|[\w.-]+@[\w.-]+|\.se\b", said)


def test_a_subject_is_one_line() -> None:
    """Whatever a company is called."""
    for message in MESSAGES:
        assert message.subject.isprintable()
