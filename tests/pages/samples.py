"""Every page, filled with invented people and companies, for the tests and the gallery."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from broker.pages import (
    choosing,
    coding,
    consenting,
    explaining,
    field_errors,
    leaving,
    newcomers,
    problems,
    verifying,
)
from broker.pages.brands import Brand, Logo
from broker.pages.faces import LANGUAGES, ClientFace, CompanyFace, Language, ProviderFace
from broker.pages.first_time import FirstTime
from broker.pages.page import Frame, LanguageLink, Page
from broker.pages.pausing import Pause

NOW = datetime(2026, 5, 3, 12, 5, tzinfo=UTC)

ELNAT = CompanyFace(
    id="elnat",
    name="Björkvik Elnät",
    legal_name="Björkvik Elnät AB",
    organisation_number="556000-0001",
    phone="0123-45 67 00",
    hours={"sv": "vardagar 8–17", "en": "weekdays 8–17"},
    email="kund@elnat.example.se",
    website="https://elnat.example.se",
    new_customer_help={
        "sv": "Är du ny kund? Säg koden i välkomstbrevet.",
        "en": "New customer? Say the code in your welcome letter.",
    },
)
ENERGI = CompanyFace(
    id="energi",
    name="Björkvik Energi",
    legal_name="Björkvik Energi AB",
    organisation_number="556000-0002",
    phone="0123-45 68 00",
    hours={"sv": "alla dagar 7–21", "en": "every day 7–21"},
    email="kund@energi.example.se",
    website="https://energi.example.se",
)
VARME = CompanyFace(
    id="varme",
    name="Björkvik Värme",
    phone="0123-45 69 00",
    hours={"sv": "vardagar 8–16", "en": "weekdays 8–16"},
)
COMPANIES = (ELNAT, ENERGI, VARME)

MICROSOFT = ProviderFace("microsoft", "microsoft")
GOOGLE = ProviderFace("google", "google")
FACEBOOK = ProviderFace("facebook", "facebook")
YAHOO = ProviderFace("yahoo", "yahoo")
MUNICIPAL = ProviderFace(
    "kommun", "oidc", {"sv": "Björkviks kommun", "en": "Björkvik Municipality"}
)
PROVIDERS = (MICROSOFT, GOOGLE, FACEBOOK, YAHOO)

_LOGO = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 190 40" width="190" height="40">'
    '<circle cx="20" cy="20" r="18" fill="#7a2e0e"/>'
    '<path d="M22 8 12 23h7l-2 10 11-15h-7z" fill="#fff"/>'
    '<text x="48" y="27" font-family="sans-serif" font-size="20" fill="#2b1a12">Björkvik</text>'
    "</svg>"
).encode()
PLAIN = Brand(id="default", name="Björkvik")
WARM = Brand(
    id="warm",
    name="Björkvik",
    primary="#7a2e0e",
    on_primary="#ffffff",
    background="#fffdf9",
    text="#2b1a12",
    accent="#f8ead9",
    logo=Logo(_LOGO, ".svg"),
)
BRANDS = (PLAIN, WARM)

CLIENT = ClientFace(
    id="mina-sidor",
    name="Mina sidor",
    home_uri="https://minasidor.example.se/",
    start_uri="https://minasidor.example.se/login",
)
DOORS = (
    choosing.Door("Mina sidor", "Björkvik Elnät", "https://minasidor.example.se/login"),
    choosing.Door("Min el", "Björkvik Energi", "https://minel.example.se/login"),
    choosing.Door("Min värme", "Björkvik Värme", "https://minvarme.example.se/login"),
)
EVIDENCE = (
    verifying.EvidenceCompany(
        ELNAT,
        14,
        customer_example="123456",
        invoice_example="4711023",
        sends_codes=True,
    ),
)
SISTERS = tuple(verifying.EvidenceCompany(company, 14) for company in COMPANIES)
LABEL = "m•••@example.se"
PLAINLY = FirstTime()
TYPED = verifying.Filled("123456", "4711024")


def frame(
    brand: Brand = PLAIN, language: Language = "sv", *, known: bool = True, reference: str = ""
) -> Frame:
    """A frame; `known` False is one without a client."""
    return Frame(
        brand=brand,
        language=language,
        companies=COMPANIES,
        company=ELNAT if known else None,
        client=CLIENT if known else None,
        languages=tuple(LanguageLink(other, f"?lang={other}") for other in LANGUAGES),
        reference=reference,
        ticket="t1cket",
    )


def pages() -> Mapping[str, Page]:
    """Every page in each of its states, by a name for the file."""
    return {**dict(_flow()), **dict(_newcomers()), **dict(_beside())}


def frame_of(name: str, brand: Brand, language: Language) -> Frame:
    """The frame that this page usually has."""
    if name.startswith("not-me"):
        around = replace(frame(brand, language), client=None)
        return around if name != "not-me-unknown" else replace(around, company=None)
    alone = {"doors", "bad-client", "direct", "help-plain", "not-found"}
    known = name not in alone and not name.startswith("account")
    around = frame(brand, language, known=known)
    if name.startswith("problem-") or name in {"bad-client", "not-found"}:
        around = replace(around, reference="K7P-4QX")
    if "wait" in name:
        around = replace(around, reference="V-7KQ2-M9XR")
    if "mismatch" in name or "wait" in name or name.startswith("ask-code-"):
        around = replace(around, languages=(), switches=around.languages)
    if name.startswith(("verify", "wait", "moment", "code", "ask")):
        around = replace(around, back="/flow?back")
    return around


def every() -> FirstTime:
    """A company that asks for all there is on an invoice."""
    return FirstTime(items=("amount_and_due_date", "ocr", "printed_code"))


def _choices(*, last: str = "") -> tuple[choosing.ProviderChoice, ...]:
    return tuple(choosing.ProviderChoice(p, last_used=p.name == last) for p in PROVIDERS)


def _codes(until: datetime) -> Iterator[tuple[str, Page]]:
    elnat, media = (ELNAT,), ("message", "letter")
    page = coding.CodePage("/flow", elnat, media)
    typed = replace(page, customer_number="123456", code="7KQ2M9XR4TBH")
    wrong = field_errors.FieldError("not_a_code")
    yield "code", page
    yield "code-mismatch", replace(typed, mismatch=True)
    yield "code-mistake", replace(typed, code="7KQ2M9XR4TBA", errors={"code": wrong})
    short = field_errors.FieldError("too_short", 12, 12, 11)
    yield "code-short", replace(typed, code="7KQ2M9XR4TB", errors={"code": short})
    digits = field_errors.FieldError("digits_alone")
    yield "code-digits", replace(typed, code="4711023", errors={"code": digits})
    yield "code-none-sent", replace(page, media=())
    pause = Pause(until, timedelta(seconds=30))
    yield "code-mismatch-wait", replace(typed, mismatch=True, pause=pause)
    wait = coding.CodeWaitPage("/flow", elnat, media, "123456", "7KQ2M9XR4TBH", pause=pause)
    yield "code-wait", wait
    yield (
        "code-wait-early",
        replace(wait, early=True, pause=replace(pause, left=timedelta(hours=1))),
    )
    yield "code-message", replace(page, customer_number="123456", on_its_way="message")
    yield "code-letter", replace(page, customer_number="123456", on_its_way="letter")
    own = coding.CodePage(
        "/account", COMPANIES, media, address="https://login.example.se/account/code", doors=DOORS
    )
    yield "account-code", own
    yield "account-code-message", replace(own, on_its_way="message")
    yield "account-code-letter", replace(own, on_its_way="letter")
    yield "account-code-taken", coding.CodeTakenPage(("Björkvik Elnät",), DOORS[:1])
    already = coding.CodeTakenPage(
        ("Björkvik Elnät",), DOORS[:1], already=True, more_href="?more=yes"
    )
    yield "account-code-already", already
    yield "account-nobody", coding.NotSignedInPage(DOORS, "https://login.example.se/account/code")
    yield "account-no-customer", coding.NotSignedInPage(DOORS, signed_in=True)
    yield "account-no-codes", coding.NotSignedInPage(DOORS, signed_in=True, is_customer=True)
    yield "ask-code", coding.AskCodePage("/flow", COMPANIES, media)
    yield "ask-code-letter", coding.AskCodePage("/flow", elnat, ("letter",))
    yield (
        "ask-code-empty",
        coding.AskCodePage(
            "/account",
            elnat,
            ("message",),
            errors={"customer_number": field_errors.FieldError("empty")},
        ),
    )
    long = field_errors.FieldError("too_long", 6, 8, 12)
    yield (
        "ask-code-long",
        coding.AskCodePage("/flow", elnat, media, "123456789012", {"customer_number": long}),
    )
    yield "ask-code-often", coding.AskCodePage("/flow", elnat, media, "123456", too_often=True)
    yield (
        "ask-code-letters",
        coding.AskCodePage("/flow", elnat, media, "123456", too_many_letters=True),
    )


def _flow() -> Iterator[tuple[str, Page]]:
    yield "choose", choosing.ChoosePage(_choices(), first_time=PLAINLY)
    yield "choose-more", choosing.ChoosePage(_choices(), first_time=every())
    yield "choose-by-code", choosing.ChoosePage(_choices(), first_time=FirstTime(by_code=True))
    yield (
        "choose-remembered",
        choosing.ChoosePage(_choices(last="google"), first_time=PLAINLY, in_app=True),
    )
    down = (
        choosing.ProviderChoice(MICROSOFT, choosing.Availability.DOWN, last_used=True),
        choosing.ProviderChoice(GOOGLE),
        choosing.ProviderChoice(FACEBOOK, choosing.Availability.CANNOT_REAUTHENTICATE),
        choosing.ProviderChoice(MUNICIPAL),
    )
    for kind in choosing.NoticeKind:
        notice = choosing.Notice(kind, MICROSOFT)
        yield f"choose-{kind}", choosing.ChoosePage(down, notice=notice)
    yield "not-recognised", verifying.NotRecognisedPage(MICROSOFT, LABEL)
    yield "not-recognised-codes", verifying.NotRecognisedPage(MICROSOFT, LABEL, codes=True)
    yield "not-recognised-here", verifying.NotRecognisedPage(MICROSOFT, LABEL, known=True)
    yield "not-recognised-unanswered", verifying.NotRecognisedPage(YAHOO, unanswered=True)
    yield "wrong-account", verifying.WrongAccountPage(GOOGLE, LABEL)
    yield "not-customer", verifying.NotCustomerPage()
    yield "whose", verifying.WhosePage()
    yield "whose-unanswered", verifying.WhosePage(unanswered=True)
    yield "verify", verifying.VerifyPage(EVIDENCE)
    yield "verify-helping", verifying.VerifyPage(SISTERS, helping=True)
    yield (
        "verify-mismatch",
        verifying.VerifyPage(EVIDENCE, filled=TYPED, mismatch=True),
    )
    yield (
        "verify-mistakes",
        verifying.VerifyPage(
            EVIDENCE,
            filled=verifying.Filled(invoice_number="471"),
            errors={
                "customer_number": field_errors.FieldError("personal_identity_number"),
                "invoice_number": field_errors.FieldError(
                    "too_short", shortest=6, longest=9, typed=3
                ),
            },
        ),
    )
    more = replace(TYPED, amount="1 250", due_date="31 maj")
    yield "verify-more", verifying.VerifyPage(EVIDENCE, filled=TYPED, more=True)
    yield (
        "verify-more-mismatch",
        verifying.VerifyPage(EVIDENCE, filled=more, more=True, mismatch=True),
    )
    yield (
        "verify-more-mistakes",
        verifying.VerifyPage(
            EVIDENCE,
            filled=more,
            more=True,
            errors={"due_date": field_errors.FieldError("not_a_date")},
        ),
    )
    ways = ("amount_and_due_date", "ocr", "printed_code")
    mixed = tuple(replace(each, second_item=way) for each, way in zip(SISTERS, ways, strict=True))
    yield "verify-more-sisters", verifying.VerifyPage(mixed, more=True)
    yield "moment", verifying.MomentPage(timedelta(seconds=7), EVIDENCE, filled=more, more=True)
    until = NOW + timedelta(minutes=2)
    long, short = Pause(until, timedelta(minutes=10)), Pause(until, timedelta(seconds=9))
    yield "wait", verifying.WaitPage(long, EVIDENCE, filled=TYPED)
    yield (
        "verify-mismatch-wait",
        verifying.VerifyPage(EVIDENCE, filled=TYPED, mismatch=True, pause=short),
    )
    yield (
        "wait-early",
        verifying.WaitPage(short, EVIDENCE, filled=TYPED, early=True),
    )
    yield from _codes(until)
    yield "done", verifying.DonePage(MICROSOFT, LABEL, ("Björkvik Elnät",), NOW)
    yield (
        "done-by-code",
        verifying.DonePage(MICROSOFT, LABEL, ("Björkvik Elnät",), NOW, by_code=True),
    )
    terms = verifying.DelegateTerms(
        ("facilities:read", "consumption:read", "invoices:read", "outages:read"),
        NOW + timedelta(days=365),
    )
    yield "done-helping", verifying.DonePage(FACEBOOK, "", ("Björkvik Elnät",), NOW, terms)
    scopes = ("openid", "profile", "email", "invoices:read", "consumption.interval:read")
    yield "consent", consenting.ConsentPage(scopes, ("Björkvik Elnät", "Björkvik Energi"))


def _newcomers() -> Iterator[tuple[str, Page]]:
    by_invoice = newcomers.NewcomerFace("l_1", ELNAT, NOW, by_invoice=True)
    ends = replace(by_invoice, ends=True)
    by_code = newcomers.NewcomerFace("l_2", VARME, NOW, by_invoice=False)
    yield "newcomer", newcomers.NewcomerPage((by_invoice,))
    yield "newcomer-ends", newcomers.NewcomerPage((ends,))
    yield "newcomer-by-code", newcomers.NewcomerPage((by_code,))
    yield (
        "newcomers",
        newcomers.NewcomerPage((by_invoice, replace(ends, link="l_3"), by_code)),
    )
    yield "newcomer-ended", newcomers.NewcomerEndedPage(ELNAT)
    yield "newcomer-passed-on", newcomers.NewcomerPassedOnPage(ELNAT)
    yield "not-me", newcomers.NotMePage(NOW)
    yield "not-me-help", newcomers.NotMePage(NOW, helps=True, provider=GOOGLE)
    yield "not-me-said", newcomers.NotMeSaidPage(NOW)
    yield "not-me-too-late", newcomers.NotMeOverPage()
    yield "not-me-unknown", newcomers.NotMeOverPage(unknown=True)


def _beside() -> Iterator[tuple[str, Page]]:
    yield (
        "logout",
        leaving.LogoutPage(("Mina sidor", "Min el"), GOOGLE, "https://accounts.example.com"),
    )
    yield "logout-unknown", leaving.LogoutPage(())
    yield (
        "signed-out",
        leaving.SignedOutPage(GOOGLE, "https://accounts.example.com", "https://elnat.example.se"),
    )
    yield "signed-out-plain", leaving.SignedOutPage()
    yield (
        "form-post",
        leaving.FormPostPage("https://minasidor.example.se/cb", {"code": "c", "state": '"><b>'}),
    )
    yield "doors", choosing.DoorsPage(DOORS)
    yield "problem-expired", problems.ExpiredPage()
    yield "problem-already-done", problems.AlreadyDonePage("/flow")
    yield "direct", problems.DirectPage(DOORS)
    yield "problem-cookies-off", problems.CookiesOffPage("login.example.se")
    yield "problem-in-app", problems.InAppPage(GOOGLE)
    yield "bad-client", problems.BadClientPage(DOORS)
    yield "problem-register-down", problems.RegisterDownPage("/flow")
    kept = {"customer_number": "123456", "invoice_number": "4711024"}
    down = problems.RegisterDownPage("/flow", "/flow/verify", kept)
    yield "problem-register-down-kept", down
    yield "problem-paused", problems.PausedPage("/flow/verify?t=x")
    yield "problem-error", problems.ErrorPage()
    yield "problem-busy", problems.BusyPage()
    yield "not-found", problems.NotFoundPage()
    yield "problem-bad-request", problems.BadRequestPage()
    yield "problem-method", problems.MethodPage()
    yield "problem-too-large", problems.TooLargePage()
    yield "help", explaining.HelpPage(PROVIDERS, PLAINLY)
    yield "help-by-code", explaining.HelpPage(PROVIDERS, FirstTime(by_code=True))
    yield "help-more", explaining.HelpPage(PROVIDERS, replace(every(), some_by_code=True))
    yield "help-plain", explaining.HelpPage((GOOGLE,), PLAINLY, offers_microsoft=False)
    yield "help-microsoft", explaining.MicrosoftHelpPage()
    yield "help-privacy", explaining.PrivacyPage(PROVIDERS)
    cookies = (
        explaining.CookieRow(
            "__Host-farstu-flow-1", explaining.CookiePurpose.FLOW, timedelta(minutes=60)
        ),
        explaining.CookieRow("__Host-farstu-session", explaining.CookiePurpose.SESSION),
        explaining.CookieRow(
            "__Host-farstu-last", explaining.CookiePurpose.LAST_USED, timedelta(days=180)
        ),
    )
    yield "help-cookies", explaining.CookiesPage(cookies)
    yield "help-accessibility", explaining.AccessibilityPage()
