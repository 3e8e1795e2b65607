"""The cast: invented people, and the accounts that they have at each emulated provider.

Addresses are written so that nobody can own them: `.example` domains, and at Google's and Yahoo's
own domains (which the e-mail rules look at) local parts that those services never hand out (an
underscore at Google, a digit in front at Yahoo). People named `load-<number>` exist without limit,
for load tests.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

PERSONAL_TENANT = "9188040d-6c67-4c5b-b112-36a304b66dad"
COUNCIL_TENANT = "5a1f0c3e-7d52-4c0e-9b1a-2f64e1c7a901"
ATTACKER_TENANT = "e0b7d6a4-13c8-4f7e-8a55-90d2bb3c4f02"
TENANT_DOMAINS: Mapping[str, str] = MappingProxyType(
    {"pahittkommun.example": COUNCIL_TENANT, "skurk.example": ATTACKER_TENANT}
)

_LOAD_KEY = re.compile(r"load-[0-9]{1,9}")


@dataclass(frozen=True, slots=True)
class Account:
    """What one provider knows about one person; fields that a provider lacks stay empty.

    `tenant` is Microsoft's, `hosted_domain` Google's. `declines_email` is a person who unticks
    the address in Facebook's dialog; `profile_in_token` is False where Google leaves the names
    out of the ID token; `edov` is Microsoft's "e-mail domain owner verified".
    """

    email: str = ""
    email_verified: bool = True
    tenant: str = PERSONAL_TENANT
    preferred_username: str = ""
    edov: bool = False
    hosted_domain: str = ""
    declines_email: bool = False
    profile_in_token: bool = True


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody invented, why they are in the cast, and their accounts by provider."""

    key: str
    given_name: str
    family_name: str
    role_sv: str
    role_en: str
    accounts: Mapping[str, Account] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The full name as the providers show it."""
        return f"{self.given_name} {self.family_name}".strip()


def _everywhere(google: str, microsoft: str, facebook: str, yahoo: str) -> dict[str, Account]:
    return {
        "microsoft": Account(email=microsoft),
        "google": Account(email=google),
        "facebook": Account(email=facebook),
        "yahoo": Account(email=yahoo),
        "generic": Account(email=facebook),
    }


CAST: tuple[Person, ...] = (
    Person(
        "karin",
        "Karin",
        "Provberg",
        "kund sedan länge",
        "customer for many years",
        _everywhere(
            "karin_provberg@gmail.com",
            "karin.provberg@hotmail.example",
            "karin.provberg@brev.example",
            "1karin.provberg@yahoo.com",
        ),
    ),
    Person(
        "nils",
        "Nils",
        "Testlund",
        "ny kund",
        "new customer",
        _everywhere(
            "nils_testlund@gmail.com",
            "nils.testlund@outlook.example",
            "nils.testlund@brev.example",
            "1nils.testlund@yahoo.com",
        ),
    ),
    Person(
        "eva",
        "Eva",
        "Låtsman",
        "hjälper sin gamla mamma",
        "helps her old mother",
        _everywhere(
            "eva_latsman@gmail.com",
            "eva.latsman@live.example",
            "eva.latsman@brev.example",
            "1eva.latsman@yahoo.com",
        ),
    ),
    Person(
        "asa",
        "Åsa-Märta",
        "Öberg Þórsdóttir",
        "namn med å, ä, ö och þ",
        "name with letters beyond ASCII",
        _everywhere(
            "asa_oberg@gmail.com",
            "asa.oberg@hotmail.example",
            "asa.oberg@brev.example",
            "1asa.oberg@yahoo.com",
        ),
    ),
    Person(
        "sven",
        "Sven",
        "Mobilsson",
        "har bara telefonnummer, ingen e-post",
        "phone number only, no e-mail",
        {
            "microsoft": Account(preferred_username="+46700000000"),
            "facebook": Account(),
            "yahoo": Account(),
            "generic": Account(),
        },
    ),
    Person(
        "gunnel",
        "Gunnel",
        "Gmailberg",
        "Microsoftkonto med Gmailadress",
        "Microsoft account with a Gmail address",
        {"microsoft": Account(email="gunnel_gmailberg@gmail.com")},
    ),
    Person(
        "birgit",
        "Birgit",
        "Kommunqvist",
        "jobbkonto på kommunen",
        "work account at the council",
        {"microsoft": Account(email="birgit@pahittkommun.example", tenant=COUNCIL_TENANT)},
    ),
    Person(
        "anders",
        "Anders",
        "Verifierström",
        "jobbkonto med bekräftad e-postdomän",
        "work account, e-mail domain verified",
        {
            "microsoft": Account(
                email="anders@pahittkommun.example", tenant=COUNCIL_TENANT, edov=True
            )
        },
    ),
    Person(
        "skurk",
        "Karin",
        "Provberg",
        "angripare: jobbkonto med Karins e-postadress",
        "attacker: work account with Karin's e-mail address",
        {
            "microsoft": Account(
                email="karin.provberg@hotmail.example",
                tenant=ATTACKER_TENANT,
                preferred_username="karin@skurk.example",
            )
        },
    ),
    Person(
        "lars",
        "Lars",
        "Arbetsmark",
        "Google Workspace på jobbet",
        "Google Workspace at work",
        {
            "google": Account(
                email="lars@pahittbolaget.example", hosted_domain="pahittbolaget.example"
            )
        },
    ),
    Person(
        "maria",
        "Maria",
        "Annandal",
        "Googlekonto med annan adress än Gmail",
        "Google account with an address outside Gmail",
        {"google": Account(email="maria.annandal@brev.example")},
    ),
    Person(
        "rosa",
        "Rosa",
        "",
        "inget efternamn",
        "no family name",
        {
            "google": Account(email="rosa_utan@gmail.com"),
            "facebook": Account(email="rosa@brev.example"),
        },
    ),
    Person(
        "tyra",
        "Tyra",
        "Tystberg",
        "namnet saknas i ID-token",
        "profile claims missing in the ID token",
        {"google": Account(email="tyra_tystberg@gmail.com", profile_in_token=False)},
    ),
    Person(
        "linnea",
        "Linnea",
        "Nejsson",
        "lämnar inte ut sin e-post",
        "declines to share the e-mail address",
        {"facebook": Account(email="linnea.nejsson@brev.example", declines_email=True)},
    ),
    Person(
        "olof",
        "Olof",
        "Obekräftad",
        "e-postadressen är inte bekräftad",
        "e-mail address not verified",
        {
            "yahoo": Account(email="olof.obekraftad@brev.example", email_verified=False),
            "generic": Account(email="olof.obekraftad@brev.example", email_verified=False),
        },
    ),
)

_BY_KEY = {person.key: person for person in CAST}


def find_person(key: str) -> Person | None:
    """Return the person with this key; a `load-<number>` is made on the spot."""
    person = _BY_KEY.get(key)
    if person is None and _LOAD_KEY.fullmatch(key):
        number = key.removeprefix("load-")
        return Person(
            key,
            "Last",
            f"Testsson {number}",
            "påhittad för lasttest",
            "made for a load test",
            _everywhere(
                f"load_{number}@gmail.com",
                f"load-{number}@hotmail.example",
                f"load-{number}@brev.example",
                f"1load.{number}@yahoo.com",
            ),
        )
    return person


def get_person(key: str) -> Person:
    """Return the person with this key, who must exist: the key came from a session or a code."""
    person = find_person(key)
    if person is None:
        raise LookupError(key)
    return person


def find_people(provider: str) -> tuple[Person, ...]:
    """Return those of the cast who have an account at the provider, in the page's order."""
    return tuple(person for person in CAST if provider in person.accounts)
