"""The help pages, filled from the configuration."""

from datetime import timedelta

from broker.endpoints.cookies import LAST_USED, REMEMBER_PROVIDER, SESSION, SIGNED_OUT, Cookies
from broker.flow.slots import SLOTS
from broker.pages.explaining import (
    AccessibilityPage,
    CookiePurpose,
    CookieRow,
    CookiesPage,
    HelpPage,
    MicrosoftHelpPage,
    PrivacyPage,
)
from broker.pages.first_time import first_time
from broker.pages.page import Page
from broker.settings.schema import Settings
from broker.wiring.faces import evidence, provider_faces


def help_topics(settings: Settings, cookies: Cookies) -> dict[str, Page]:
    """Help pages by the last part of their path."""
    enabled = tuple(
        face for name, face in provider_faces(settings).items() if settings.providers[name].enabled
    )
    return {
        "": HelpPage(
            enabled,
            first_time(evidence(settings).values()),
            offers_microsoft=any(face.kind == "microsoft" for face in enabled),
        ),
        "microsoft-account": MicrosoftHelpPage(),
        "privacy": PrivacyPage(enabled),
        "cookies": CookiesPage(_rows(cookies, settings.session.remembered_absolute_days)),
        "accessibility": AccessibilityPage(),
    }


def _rows(cookies: Cookies, stay_days: int) -> tuple[CookieRow, ...]:
    flow = tuple(CookieRow(cookies.full_name(name), CookiePurpose.FLOW) for name in SLOTS)
    return (
        *flow,
        CookieRow(
            cookies.full_name(SESSION),
            CookiePurpose.SESSION,
            chosen=timedelta(days=stay_days),
        ),
        CookieRow(cookies.full_name(SIGNED_OUT), CookiePurpose.FLOW),
        CookieRow(cookies.full_name(LAST_USED), CookiePurpose.LAST_USED, REMEMBER_PROVIDER),
    )
