"""The words on the emulated providers' pages, in Swedish and English."""

from collections.abc import Mapping

LANGUAGE_PARAMETERS = ("hl", "language", "locale", "ui_locales", "mkt")

TEXTS: Mapping[str, Mapping[str, str]] = {
    "sv": {
        "heading": "Emulerad {title} – bara för test",
        "sign": "Testmiljö. Det här är inte {title}, och inga riktiga konton finns här.",
        "continue_to": "Välj ett konto för att fortsätta till {client}.",
        "sign_in_again": "Logga in på nytt för att fortsätta till {client}.",
        "continue_as": "Fortsätt som {name}",
        "no_email": "utan e-postadress",
        "cancel": "Avbryt",
        "other_account": "Välj annat konto",
        "error_heading": "Det gick inte att logga in",
        "error_code": "Felkod",
        "developers": "Utvecklare: ange en giltig förfrågan och skicka den igen.",
        "returning": "Du skickas tillbaka till {client}.",
        "continue": "Fortsätt",
        "signed_out": "Du är utloggad.",
        "apps_heading": "Appar och webbplatser",
        "apps_none": "Du har inte loggat in någonstans med det här kontot i den här webbläsaren.",
        "apps_remove": "Ta bort {client}",
        "apps_delete": "Ta bort {client} och begär att uppgifterna raderas",
        "apps_result": "Svar från {client}",
        "apps_status": "Visa hur det går",
        "ticket_lost": "Sidan är för gammal. Börja om på webbplatsen som du kom ifrån.",
    },
    "en": {
        "heading": "Emulated {title} – for testing only",
        "sign": "Test environment. This is not {title}, and there are no real accounts here.",
        "continue_to": "Choose an account to continue to {client}.",
        "sign_in_again": "Sign in again to continue to {client}.",
        "continue_as": "Continue as {name}",
        "no_email": "without e-mail address",
        "cancel": "Cancel",
        "other_account": "Choose another account",
        "error_heading": "We could not sign you in",
        "error_code": "Error",
        "developers": "Developers: please specify a valid request and submit again.",
        "returning": "You are being sent back to {client}.",
        "continue": "Continue",
        "signed_out": "You have signed out.",
        "apps_heading": "Apps and websites",
        "apps_none": "You have not signed in anywhere with this account in this browser.",
        "apps_remove": "Remove {client}",
        "apps_delete": "Remove {client} and ask for deletion of your data",
        "apps_result": "Answer from {client}",
        "apps_status": "See how it goes",
        "ticket_lost": "This page is too old. Start again at the site that you came from.",
    },
}


def choose_language(parameters: Mapping[str, str], accept_language: str) -> str:
    """Return `sv` or `en`: from a language parameter of any provider, else the browser's wish.

    Whichever of the two is named first wins; Swedish where neither is.
    """
    asked = next((parameters[name] for name in LANGUAGE_PARAMETERS if name in parameters), "")
    for wished in f"{asked},{accept_language}".replace(" ", ",").lower().split(","):
        if wished[:2] in TEXTS:
            return wished[:2]
    return "sv"
