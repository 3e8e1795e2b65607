"""What single pages promise."""

from dataclasses import replace
from datetime import timedelta

import pytest

from broker.pages import choosing, coding, explaining, field_errors, leaving, problems, verifying
from broker.pages.faces import Language
from broker.pages.page import Page
from broker.pages.pausing import Pause
from broker.pages.policy import FORM_POST_SCRIPT
from broker.pages.render import Pages
from linking.scopes import ACTIONS
from linking.typed.mistakes import Mistake
from tests.pages import samples
from tests.pages.html_tree import Document


def shown(pages: Pages, page: Page, language: Language = "sv") -> Document:
    """The page in its usual frame, parsed."""
    return Document(pages.render(page, samples.frame(language=language)))


def test_buttons_are_in_order_with_the_last_used_first() -> None:
    """Last used first, those in trouble last, the rest as configured."""
    choices = (
        choosing.ProviderChoice(samples.MICROSOFT, choosing.Availability.DOWN),
        choosing.ProviderChoice(samples.GOOGLE),
        choosing.ProviderChoice(samples.FACEBOOK),
        choosing.ProviderChoice(samples.YAHOO, last_used=True),
    )
    page = choosing.ChoosePage(choices)
    assert [c.provider.name for c in page.ordered] == ["yahoo", "google", "facebook", "microsoft"]


def test_a_provider_that_cannot_reauthenticate_cannot_be_pressed(pages: Pages) -> None:
    """Its button is disabled; one that is merely down can be tried."""
    choices = (
        choosing.ProviderChoice(samples.MICROSOFT, choosing.Availability.DOWN),
        choosing.ProviderChoice(samples.FACEBOOK, choosing.Availability.CANNOT_REAUTHENTICATE),
    )
    buttons = shown(pages, choosing.ChoosePage(choices)).all("button")
    disabled = {b.attributes["value"]: "disabled" in b.attributes for b in buttons}
    assert disabled == {"microsoft": False, "facebook": True}


def test_staying_signed_in_is_a_choice_that_nobody_made_before(pages: Pages) -> None:
    """Neither box is ticked, and the first says how long."""
    page = choosing.ChoosePage((choosing.ProviderChoice(samples.GOOGLE),), stay_days=77)
    document = shown(pages, page)
    boxes = [e for e in document.all("input") if e.attributes["type"] == "checkbox"]
    assert [box.attributes["name"] for box in boxes] == ["stay", "remember"]
    assert all("checked" not in box.attributes for box in boxes)
    assert "77 dagar" in document.one("main").text


@pytest.mark.parametrize("language", ["sv", "en"])
@pytest.mark.parametrize("field", ["customer_number", "invoice_number"])
def test_every_mistake_has_words_of_its_own(pages: Pages, field: str, language: Language) -> None:
    """No mistake that the rules name falls back to the general text."""
    said = set()
    of_numbers = set(Mistake) - {
        Mistake.NOT_AN_AMOUNT,
        Mistake.NOT_A_DATE,
        Mistake.NOT_A_CODE,
        Mistake.DIGITS_ALONE,
    }
    for mistake in of_numbers:
        error = field_errors.FieldError(mistake.value, shortest=5, longest=9, typed=3)
        page = verifying.VerifyPage(samples.EVIDENCE, errors={field: error})
        document = shown(pages, page, language)
        (text,) = [e.text for e in document.all("p") if e.attributes.get("class") == "error"]
        said.add(text)
    general = field_errors.FieldError("something new")
    document = shown(
        pages, verifying.VerifyPage(samples.EVIDENCE, errors={field: general}), language
    )
    (fallback,) = [e.text for e in document.all("p") if e.attributes.get("class") == "error"]
    assert len(said) == len(of_numbers)
    assert fallback not in said


@pytest.mark.parametrize("language", ["sv", "en"])
@pytest.mark.parametrize(
    ("field", "mistakes"),
    [
        ("amount", ("empty", "not_an_amount")),
        ("due_date", ("empty", "not_a_date")),
        ("ocr", ("empty", "letters")),
        ("printed_code", ("empty",)),
    ],
)
def test_every_mistake_in_a_second_item_too(
    pages: Pages, field: str, mistakes: tuple[str, ...], language: Language
) -> None:
    """Each in the words of its field."""
    item = field if field in {"ocr", "printed_code"} else "amount_and_due_date"
    company = replace(samples.EVIDENCE[0], second_item=item)
    said = set()
    for mistake in mistakes:
        page = verifying.VerifyPage(
            (company,), more=True, errors={field: field_errors.FieldError(mistake)}
        )
        (text,) = [
            e.text
            for e in shown(pages, page, language).all("p")
            if e.attributes.get("class") == "error"
        ]
        said.add(text)
    assert len(said) == len(mistakes)


def test_a_length_without_figures_is_not_said(pages: Pages) -> None:
    """Where the companies' lengths say nothing, the page does not invent one."""
    error = field_errors.FieldError("too_short", typed=2)
    document = shown(
        pages, verifying.VerifyPage(samples.EVIDENCE, errors={"customer_number": error})
    )
    assert "None" not in document.one("main").text


def test_errors_stand_first_with_a_link_to_each_field(pages: Pages) -> None:
    """The title begins with "Fel:", the summary stands before the heading and takes the focus."""
    document = shown(pages, samples.pages()["verify-mistakes"])
    title = next(document.all("title")).text
    tags = [e.tag if e.attributes.get("role") != "alert" else "summary!" for e in document.elements]
    links = [
        e.attributes["href"]
        for e in document.all("a")
        if any(a.attributes.get("role") == "alert" for a in e.ancestors)
    ]
    (alert,) = [e for e in document.elements if e.attributes.get("role") == "alert"]
    assert title.startswith("Fel: ")
    assert tags.index("summary!") < tags.index("h1")
    assert links == ["#customer_number", "#invoice_number"]
    assert "autofocus" in alert.attributes


def test_a_mismatch_says_nothing_of_which_number_is_wrong(pages: Pages) -> None:
    """Both fields are marked alike, values are kept, help and phone stand open."""
    document = shown(pages, samples.pages()["verify-mismatch"])
    fields = [e for e in document.all("input") if e.attributes["type"] == "text"]
    assert [f.attributes.get("aria-invalid") for f in fields] == ["true", "true"]
    assert [f.attributes["value"] for f in fields] == ["123456", "4711024"]
    assert all("open" in details.attributes for details in document.all("details"))
    assert "Du blir aldrig utelåst" in document.one("main").text


def test_every_form_for_the_numbers_says_what_to_do_without_an_invoice(pages: Pages) -> None:
    """On the form and on every neutral answer, with the phone of each company of the form."""
    for name in ("verify", "verify-helping", "verify-mismatch", "verify-mistakes", "wait"):
        page = samples.pages()[name]
        text = shown(pages, page).one("main").text
        assert "Företag, förening, dödsbo, flyttat, ingen faktura? Så här gör du" in text
        assert all(evidence.company.phone in text for evidence in page.companies)


def test_letters_bring_the_whole_keyboard(pages: Pages) -> None:
    """The number pad is asked for only where every company has digits alone."""
    digits = shown(pages, verifying.VerifyPage(samples.EVIDENCE))
    letters = shown(pages, verifying.VerifyPage((replace(samples.EVIDENCE[0], digits_only=False),)))
    assert sum("inputmode" in e.attributes for e in digits.all("input")) == 2
    assert sum("inputmode" in e.attributes for e in letters.all("input")) == 0


def test_the_wait_is_a_clock_time_and_keeps_what_was_typed(pages: Pages) -> None:
    """No countdown, no script: when, and the form as it was."""
    document = shown(pages, samples.pages()["wait"])
    assert document.one("time").text == "14.07"
    values = [e.attributes["value"] for e in document.all("input") if "id" in e.attributes]
    assert values == ["123456", "4711024"]


def test_a_short_wait_is_told_to_the_second_everywhere(pages: Pages) -> None:
    """By length and by the clock alike: a rounded minute beside it would contradict it."""
    until = samples.NOW + timedelta(seconds=41, milliseconds=200)
    for left, said in ((30, "om 30 sekunder"), (120, "om 2 minuter")):
        pause = Pause(until, timedelta(seconds=left))
        for page in (
            verifying.WaitPage(pause, samples.EVIDENCE),
            coding.CodeWaitPage("/flow", (), (), pause=pause),
            verifying.VerifyPage(samples.EVIDENCE, mismatch=True, pause=pause),
            coding.CodePage("/flow", (), (), mismatch=True, pause=pause),
        ):
            text = shown(pages, page).one("main").text
            assert f"Du kan försöka igen {said} (klockan 14.05.42)" in text
            assert "14.06" not in text
    wait = verifying.WaitPage(Pause(until, timedelta(seconds=30)), samples.EVIDENCE)
    assert "Försök igen efter klockan 14.05.42" in shown(pages, wait).one("main").text
    assert "Klockan är inte 14.05.42 än" in shown(pages, replace(wait, early=True)).one("main").text
    assert "(at 14:05:42)" in shown(pages, wait, "en").one("main").text


def test_a_long_wait_is_told_by_the_clock_alone(pages: Pages) -> None:
    """To the minute, and never before its end."""
    pause = Pause(samples.NOW + timedelta(seconds=41), timedelta(minutes=10))
    for page in (
        verifying.WaitPage(pause, samples.EVIDENCE),
        coding.CodeWaitPage("/flow", (), (), pause=pause),
    ):
        text = shown(pages, page).one("main").text
        assert "Du kan försöka igen klockan 14.06 Du" in text.replace("14.06Du", "14.06 Du")
        assert "Försök igen efter klockan 14.06" in text


def test_both_waits_are_one_page_but_for_the_form(pages: Pages) -> None:
    """The same number, heading, clock and advice: staff are sent to one page."""
    told = []
    for name in ("wait", "code-wait-early"):
        page = replace(samples.pages()[name], early=False)  # type: ignore[call-arg]
        document = shown(pages, page)
        heads = [each.text for each in document.all("h1", "h2")]
        told.append((page.number, heads[:3], document.one("time").text))
        assert "Du är inte utelåst" in document.one("main").text
        assert "Ring oss. Numret står längst ner" in document.one("main").text
    assert told[0] == told[1]


def test_what_more_is_asked_for_stays_said(pages: Pages) -> None:
    """Left empty, wrong, or asked for just now: the heading says it; not where it is the rule."""
    for name in ("verify-more", "verify-more-mistakes", "verify-more-mismatch"):
        document = shown(pages, samples.pages()[name])
        text = document.one("main").text
        assert document.one("h1").text == "Lite till från fakturan, tack"
        assert "Det har gjorts flera försök som inte stämde" in text
        assert ("räknas inte som ett försök" in text) is (name != "verify-more-mismatch")
    always = replace(samples.EVIDENCE[0], begins_with_more=True)
    document = shown(pages, verifying.VerifyPage((always,), more=True))
    assert document.one("h1").text == "Koppla ditt kundnummer"


def test_the_drawing_shows_what_more_is_asked_for(pages: Pages) -> None:
    """With the number that it has in the list below."""
    drawn = [
        "5" in [e.text for e in shown(pages, page).all("text")]
        for page in (samples.pages()["verify"], samples.pages()["verify-more"])
    ]
    assert drawn == [False, True]


def test_after_a_letter_nobody_is_invited_to_ask_again(pages: Pages) -> None:
    """One leaves in a week; a message can be asked for once more."""
    for name, asks in (("code-letter", False), ("code-message", True), ("code-none-sent", False)):
        fields = [e.attributes["name"] for e in shown(pages, samples.pages()[name]).all("input")]
        assert ("ask" in fields) is asks


@pytest.mark.parametrize(
    ("media", "said"),
    [
        (("message",), "högst tre gånger om dagen."),
        (("letter",), "högst en gång i veckan."),
        (("message", "letter"), "högst tre gånger om dagen, och med brev en gång i veckan."),
    ],
)
def test_how_often_a_code_comes_is_said_of_what_is_offered(
    pages: Pages, media: tuple[str, ...], said: str
) -> None:
    """Of letters where there are letters."""
    page = coding.AskCodePage("/flow", (samples.ELNAT,), media)
    assert said in shown(pages, page).one("main").text


def test_who_is_signed_in_is_told_where_to_come_back_to(pages: Pages) -> None:
    """Within a login: to sign in again; outside, this very address, and the way to the portals."""
    own = shown(pages, samples.pages()["account-code-message"])
    links = [e.attributes["href"] for e in own.all("a")]
    assert "https://login.example.se/account/code" in links
    assert {door.href for door in samples.DOORS} <= set(links)
    assert "logga in igen" not in own.one("main").text
    assert "logga in igen" in shown(pages, samples.pages()["code-message"]).one("main").text


@pytest.mark.parametrize("language", ["sv", "en"])
def test_every_action_has_plain_words(pages: Pages, language: Language) -> None:
    """No scope word that the rules know is shown to people as it stands."""
    terms = verifying.DelegateTerms(tuple(ACTIONS), samples.NOW)
    page = verifying.DonePage(samples.GOOGLE, "", ("Björkvik Elnät",), samples.NOW, terms)
    text = shown(pages, page, language).one("main").text
    assert [word for word in ACTIONS if word in text] == []


def test_done_says_which_account_next_time(pages: Pages) -> None:
    """Provider and masked account, without any number of the customer's."""
    text = shown(pages, samples.pages()["done"]).one("main").text
    assert "Nästa gång Microsoft, m•••@example.se" in text


def test_signing_out_says_where_one_may_still_be_signed_in(pages: Pages) -> None:
    """With the provider's name, and nothing of the kind where there was no session."""
    known = shown(pages, samples.pages()["signed-out"]).one("main").text
    unknown = shown(pages, leaving.SignedOutPage()).one("main").text
    assert "Du kan fortfarande vara inloggad hos Google" in known
    assert "fortfarande" not in unknown


def test_the_self_sending_form_holds_just_the_answer(pages: Pages) -> None:
    """Its fields are the client's, no ticket of ours, and its script is the hashed one."""
    document = shown(pages, samples.pages()["form-post"])
    fields = {e.attributes["name"]: e.attributes["value"] for e in document.all("input")}
    assert fields == {"code": "c", "state": '"><b>'}
    assert "".join(document.one("script").words) == FORM_POST_SCRIPT


def test_facebooks_reviewers_find_how_deletion_works(pages: Pages) -> None:
    """The privacy page has a section on deletion under both names."""
    document = shown(pages, explaining.PrivacyPage(samples.PROVIDERS))
    ids = {e.attributes.get("id") for e in document.elements}
    assert {"radering", "deletion"} <= ids


def test_a_problem_leads_back_to_the_client(pages: Pages) -> None:
    """Start again at the client's own address; without a client, no such button."""
    document = shown(pages, problems.ExpiredPage())
    buttons = [
        e.attributes["href"] for e in document.all("a") if e.attributes.get("class") == "button"
    ]
    alone = Document(pages.render(problems.ExpiredPage(), samples.frame(known=False)))
    assert buttons == ["https://minasidor.example.se/login"]
    assert not [e for e in alone.all("a") if e.attributes.get("class") == "button"]


def test_help_links_keep_language_and_client(pages: Pages) -> None:
    """A help page looks like the page that it was opened from."""
    frame = samples.frame(language="en")
    assert frame.help_href("privacy") == "/help/privacy?lang=en&client_id=mina-sidor"
    assert samples.frame(known=False).help_href() == "/help?lang=sv"


@pytest.mark.parametrize("digits", [True, False])
def test_a_number_of_digits_brings_the_keypad_of_digits(pages: Pages, *, digits: bool) -> None:
    """On the pages of codes as on that of invoices; the code itself has letters."""
    for name in ("code", "ask-code"):
        page = samples.pages()[name]
        assert isinstance(page, coding.CodePage | coding.AskCodePage)
        document = shown(pages, replace(page, digits_only=digits))
        modes = {
            each.attributes["name"]: each.attributes.get("inputmode")
            for each in document.all("input")
            if each.attributes["type"] == "text"
        }
        assert modes["customer_number"] == ("numeric" if digits else None)
        assert modes.get("code") is None
