"""Turns a page and its frame into HTML; templates are compiled once per language.

Autoescape is on, an unknown name in a template is an error. Knows no request and sets no header.
"""

from functools import cache, partial

from jinja2 import Environment, PackageLoader, StrictUndefined

from broker.pages import texts
from broker.pages.assets import StaticFiles
from broker.pages.faces import LANGUAGE_NAMES, LANGUAGES, Language
from broker.pages.page import Frame, Page
from broker.pages.policy import FORM_POST_SCRIPT


class Pages:
    """All pages, ready to be shown."""

    def __init__(self, static: StaticFiles) -> None:
        """Read the catalogues and compile every template, once in a process."""
        self._static = static
        self._environments = {language: _environment(language) for language in LANGUAGES}

    def render(self, page: Page, frame: Frame) -> str:
        """The whole HTML document."""
        template = self._environments[frame.language].get_template(page.template)
        return template.render(page=page, frame=frame, static_url=self._static.url)


@cache
def _environment(language: Language) -> Environment:
    """The templates in one language. They hold nothing of an installation: one copy serves all."""
    environment = Environment(
        loader=PackageLoader("broker.pages"),
        extensions=["jinja2.ext.i18n"],
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    catalogue = texts.read_catalogues()[language]
    environment.install_gettext_translations(catalogue, newstyle=True)  # type: ignore[attr-defined]
    environment.globals.update(
        language=language,
        language_names=LANGUAGE_NAMES,
        form_post_script=FORM_POST_SCRIPT,
    )
    environment.filters.update(
        clock=partial(texts.clock, language=language),
        day=partial(texts.day, language=language),
        listed=partial(texts.listed, language=language),
        duration=partial(texts.duration, language=language),
    )
    for name in environment.list_templates():
        environment.get_template(name)
    return environment
