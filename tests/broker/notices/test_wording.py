"""What messages say: plain words in both languages, and nothing that helps a stranger."""

import re

import pytest

from broker.notices.wording import UnknownKind, kinds, wording
from linking.model import Proof
from tests.broker.notices.samples import COMPANY, CONNECTED, FACTS, GOOGLE

SECRETS = {
    "delegation": "d_5fsecret",
    "number": "100423",
    "invoice": "4711023",
    "helper": "eva@x.se",
}
PLACE = "login.provberga.example/account/code"
TO_SAY_NO = f"https://login.provberga.example/account/not-me?t={43 * 'x'}"
SAYABLE = {
    "code": {
        "code": "7K2QX-M4ZTP",
        "until": "2026-11-24T13:05:00+00:00",
        "medium": "email",
        "place": PLACE,
    },
    "linked_by_invoice": {"not_me": TO_SAY_NO},
    "delegation_by_invoice": {"not_me": TO_SAY_NO},
}
"""What one kind may say, and no other."""
ALL = {name: value for facts in SAYABLE.values() for name, value in facts.items()}
MESSAGES = {
    each: wording(
        each, COMPANY, ALL | FACTS | CONNECTED | SECRETS | SAYABLE.get(each, {}), provider=GOOGLE
    )
    for each in kinds()
}
"""Of each kind, with facts that none may say, and those of others."""


def test_there_are_words_for_what_is_told() -> None:
    """`linking.newcomers.telling` puts these kinds into the outbox, and the code's."""
    connections = [f"{what}_by_{proof}" for what in ("delegation", "linked") for proof in Proof]
    assert kinds() == sorted(["code", *connections])


def test_a_kind_without_words_is_not_guessed() -> None:
    """A later release may have put it there."""
    for kind in ("welcome", "../pages", "below.txt", ""):
        with pytest.raises(UnknownKind):
            wording(kind, COMPANY, FACTS)


def test_help_with_an_invoice_is_told_in_swedish_and_english() -> None:
    """What happened, until when, and what to do; Swedish first."""
    message = wording("delegation_by_invoice", COMPANY, FACTS)
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
    """160 characters without an address, in its own alphabet; with one, two messages in one."""
    for kind, message in MESSAGES.items():
        assert len(message.short) <= (306 if kind in SAYABLE else 160), kind
        assert "\n" not in message.short
        assert not set(message.short) - set(GSM), "a letter that halves the length"
        if kind != "code":
            assert "08-465 004 00" in message.short
    without = wording("delegation_by_invoice", COMPANY, FACTS)
    assert len(without.short) <= 160


GSM = "\"=_ABCDEFGHIJKLMNOPQRSTUVWXYZÅÄÖabcdefghijklmnopqrstuvwxyzåäöéÉüÜ0123456789 .,:;-+/()?!'&%@"


def test_no_message_helps_a_stranger_or_signs_anybody_in() -> None:
    """No number, no helper's address, no id; no link but the one for saying no."""
    for kind, message in MESSAGES.items():
        said = f"{message.subject} {message.text} {message.short}"
        for secret in SECRETS.values():
            assert secret not in said
        own = SAYABLE.get(kind, {}).get("not_me", "")
        assert (own in said) if own else True
        assert not re.search(r"https?:|www\.|[\w.-]+@[\w.-]+|\.se\b", said.replace(own, ""))


def test_only_a_code_says_the_code() -> None:
    """In the text and on the telephone, once a language; never in a subject, which is shown."""
    for kind, message in MESSAGES.items():
        times = 1 if kind == "code" else 0
        assert message.short.count("7K2QX-M4ZTP") == times
        assert message.text.count("7K2QX-M4ZTP") == 2 * times
        assert "7K2QX-M4ZTP" not in message.subject


def test_a_code_says_what_it_is_for_and_what_never_to_do() -> None:
    """Where to type it in, until when to the minute, whom never to give it, if not asked for."""
    swedish, english = re.split(r"\n-{20,}\n", MESSAGES["code"].text)
    assert 'välj "Jag har en kod, eller vill få en"' in swedish
    assert f"Är du redan inloggad skriver du den här adressen i webbläsaren: {PLACE}." in swedish
    assert "://" not in MESSAGES["code"].text
    assert "till och med 24 november 2026 klockan 14.05" in swedish
    assert "Ge aldrig koden till någon som ringer" in swedish
    assert "Inget har hänt" in swedish
    assert "until 24 November 2026 at 14:05" in english
    assert "Never give the code to anybody who calls" in english


def test_a_code_by_letter_is_valid_to_the_end_of_a_day() -> None:
    """Without a time of the day."""
    message = wording("code", COMPANY, {"code": "7K2QX-M4ZTP", "until": "2026-12-24"})
    assert "till och med 24 december 2026." in message.text


def test_two_messages_can_be_told_apart() -> None:
    """By day, time and provider; on a telephone too where there is an address, and so two parts."""
    for kind, message in MESSAGES.items():
        swedish, english = re.split(r"\n-{20,}\n", message.text)
        is_told = kind != "code"
        assert ("23 november 2026 klockan 13.05, med ett konto hos Google" in swedish) is is_told
        assert ("23 November 2026 at 13:05, with an account at Google" in english) is is_told
    for kind in ("linked_by_invoice", "delegation_by_invoice"):
        assert "(23 nov. 13.05, Google)" in MESSAGES[kind].short
        assert "23 nov." not in wording(kind, COMPANY, FACTS | CONNECTED, provider=GOOGLE).short


def test_a_message_of_the_release_before_is_written_without() -> None:
    """It told neither when nor where."""
    for kind in kinds():
        message = wording(kind, COMPANY, FACTS | SAYABLE.get(kind, {}))
        assert "Google" not in message.text
        for part in re.split(r"\n-{20,}\n", message.text):
            assert "\n\n\n" not in part.strip()


def test_what_is_said_again_says_why() -> None:
    """And that there are two addresses now; the first message says none of it."""
    facts = FACTS | CONNECTED | SAYABLE["linked_by_invoice"]
    first = wording("linked_by_invoice", COMPANY, facts, provider=GOOGLE)
    again = wording("linked_by_invoice", COMPANY, facts | {"again": "yes"}, provider=GOOGLE)
    assert "Vi skriver igen, därför att någon som redan är kopplad" in again.text
    assert "Har vårt första meddelande en adress" in again.text
    assert "Vi skriver igen:" in again.short
    assert len(again.short) <= 306
    assert not set(again.short) - set(GSM)
    assert "igen" not in first.text + first.short
    to_nobody_young = wording("linked_by_invoice", COMPANY, CONNECTED | {"again": "yes"})
    assert "Vi skriver igen" in to_nobody_young.text
    assert "nedan är ny" not in to_nobody_young.text


def test_whoever_was_connected_can_be_said_no_to() -> None:
    """By an address that stands on a line of its own, or by telephone."""
    for kind in ("linked_by_invoice", "delegation_by_invoice"):
        message = MESSAGES[kind]
        assert message.text.splitlines().count(SAYABLE[kind]["not_me"]) == 2
        assert "08-465 004 00" in message.text
    assert "08-465 004 00" in MESSAGES["linked_by_code"].text


def test_a_subject_is_one_line() -> None:
    """Whatever a company is called."""
    for message in MESSAGES.values():
        assert message.subject.isprintable()
