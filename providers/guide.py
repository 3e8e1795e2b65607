"""What to paste and click in a provider's own console, for this installation: plain text, English.

The words are in `guide_texts`; here they are numbered and wrapped.
"""

import textwrap
from collections.abc import Iterable

from providers.guide_texts import TEXTS, Place, Text
from providers.registration import Registration

WIDTH = 88


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
    place = Place(
        name=registration.name,
        redirect_uri=redirect_uri,
        site_url=site_url,
        privacy_url=privacy_url,
        deletion_url=deletion_url,
    )
    text = TEXTS[registration.kind](registration, place)
    return "\n".join(_lines(text, place))


def _lines(text: Text, place: Place) -> Iterable[str]:
    yield text.title
    yield "=" * len(text.title)
    yield ""
    yield "Paste these exactly:"
    yield f"  Redirect address   {place.redirect_uri}"
    yield f"  Home page          {place.site_url}"
    yield f"  Privacy policy     {place.privacy_url}"
    yield f"  Data deletion      {place.deletion_url}"
    yield ""
    for number, step in enumerate(text.steps, 1):
        yield _wrapped(step, f"{number}. ")
    for heading, paragraphs in (("Reviews", text.reviews), ("Pitfalls", text.pitfalls)):
        yield ""
        yield heading
        for paragraph in paragraphs:
            yield _wrapped(paragraph, "- ")
    yield ""
    yield f"Then: farstu providers check {place.name}"
    yield ""


def _wrapped(text: str, mark: str) -> str:
    return textwrap.fill(
        text,
        width=WIDTH,
        initial_indent=mark,
        subsequent_indent=" " * len(mark),
        break_long_words=False,
        break_on_hyphens=False,
    )
