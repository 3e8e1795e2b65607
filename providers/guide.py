"""What to paste and click in a provider's own console, for this installation: plain text, English.

The words are in `guide_texts`; here they are filled in, numbered and wrapped.
"""

import textwrap
from collections.abc import Iterable

from providers.guide_texts import ACCOUNT_TYPES, ONE_TENANT, TEXTS
from providers.registration import Registration

WIDTH = 88
PASTE = """\
Paste these exactly:
  Redirect address   {redirect_uri}
  Home page          {site_url}
  Privacy policy     {privacy_url}
  Data deletion      {deletion_url}"""


def guide(
    registration: Registration,
    *,
    redirect_uri: str,
    site_url: str,
    privacy_url: str,
    deletion_url: str,
) -> str:
    """Return the guide as text, ending in a line break.

    `deletion_url` is the section of the privacy page that tells how to have one's data deleted.
    """
    text = TEXTS[registration.kind]
    facts = {
        "name": registration.name,
        "issuer": registration.issuer,
        "account_type": ACCOUNT_TYPES.get(registration.tenant, ONE_TENANT),
        "redirect_uri": redirect_uri,
        "site_url": site_url,
        "privacy_url": privacy_url,
        "deletion_url": deletion_url,
    }
    title = text.title.format(**facts)
    parts = (
        f"{title}\n{'=' * len(title)}",
        PASTE.format(**facts),
        "\n".join(_numbered(text.steps.format(**facts))),
        "Reviews\n" + "\n".join(_listed(text.reviews.format(**facts))),
        "Pitfalls\n" + "\n".join(_listed(text.pitfalls.format(**facts))),
        f"Then: farstu providers check {registration.name}\n",
    )
    return "\n\n".join(parts)


def _numbered(text: str) -> Iterable[str]:
    return (_wrapped(p, f"{n}. ") for n, p in enumerate(text.strip().split("\n\n"), 1))


def _listed(text: str) -> Iterable[str]:
    return (_wrapped(paragraph, "- ") for paragraph in text.strip().split("\n\n"))


def _wrapped(paragraph: str, mark: str) -> str:
    return textwrap.fill(
        paragraph,
        width=WIDTH,
        initial_indent=mark,
        subsequent_indent=" " * len(mark),
        break_long_words=False,
        break_on_hyphens=False,
    )
