"""Renders the emulated providers' pages: no script but the form_post one, no outside resource.

The policy has no `form-action`: Chromium applies it to the whole chain of redirects that a login
ends in, and where a client sends the browser next is nothing that a provider can know.
"""

import base64
import hashlib
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse

from providers.emulated.texts import TEXTS, choose_language

HERE = Path(__file__).parent
STYLESHEET = HERE / "static" / "emulated.css"
STYLESHEET_PATH = "/__emulated.css"
SUBMIT_SCRIPT = "document.forms[0].submit()"

_DIGEST = base64.b64encode(hashlib.sha256(SUBMIT_SCRIPT.encode()).digest()).decode()
_POLICY = "default-src 'none'; style-src 'self'; frame-ancestors 'none'; base-uri 'none'"


def compile_templates() -> Environment:
    """Return the template environment, made once for all providers."""
    return Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


class Pages:
    """One provider's pages."""

    def __init__(self, templates: Environment, *, provider: str, title: str, base: str) -> None:
        self._templates = templates
        self._fixed = {
            "provider": provider,
            "title": title,
            "base": base,
            "stylesheet": STYLESHEET_PATH,
            "submit_script": SUBMIT_SCRIPT,
        }

    def render(
        self, request: Request, template: str, *, status: int = 200, **values: object
    ) -> HTMLResponse:
        """Return a page in the language that the request wishes for."""
        language = choose_language(request.query_params, request.headers.get("accept-language", ""))
        html = self._templates.get_template(template).render(
            **self._fixed, t=TEXTS[language], language=language, **values
        )
        return HTMLResponse(
            html,
            status,
            {
                "Content-Security-Policy": _policy(template, values),
                "Cache-Control": "no-store",
                "Referrer-Policy": "strict-origin-when-cross-origin",
                "X-Content-Type-Options": "nosniff",
            },
        )

    def error(
        self, request: Request, *, status: int, code: str, text: str, footer: bool = False
    ) -> HTMLResponse:
        """Return an error page: the provider tells the person, the client never hears of it."""
        return self.render(
            request, "error.html", status=status, code=code, text=text, footer=footer
        )


def _policy(template: str, values: dict[str, object]) -> str:
    if template == "form_post.html":
        return f"{_POLICY}; script-src 'sha256-{_DIGEST}'"
    frames = values.get("frames")
    if isinstance(frames, tuple) and frames:
        return f"{_POLICY}; frame-src {' '.join(str(one).partition('?')[0] for one in frames)}"
    return _POLICY
