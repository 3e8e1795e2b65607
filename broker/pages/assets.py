"""Our static files: the style sheet, each brand's colours and logo, the icon.

Names carry a hash of the content, so they may be cached for ever. Nothing else is served.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import resources
from types import MappingProxyType

from broker.pages.brands import ERROR, Brand


@dataclass(frozen=True, slots=True)
class StaticFile:
    """A file to serve as it is; `etag` is quoted (RFC 9110 section 8.8.3)."""

    content: bytes
    content_type: str
    etag: str


class StaticFiles:
    """All files by the name that they are served under, `/static/{name}`."""

    def __init__(self, brands: Sequence[Brand]) -> None:
        """Read the package's files and make those of the brands."""
        self._served: dict[str, StaticFile] = {}
        self._hashed: dict[str, str] = {}
        self._add("farstu.css", _read("farstu.css"), "text/css; charset=utf-8")
        self._add("icon.svg", _read("icon.svg"), "image/svg+xml")
        for brand in brands:
            self._add(f"brand-{brand.id}.css", brand_css(brand).encode(), "text/css; charset=utf-8")
            if brand.logo is not None:
                name = f"logo-{brand.id}{brand.logo.suffix}"
                self._add(name, brand.logo.content, brand.logo.content_type)

    @property
    def files(self) -> Mapping[str, StaticFile]:
        """What to serve, by served name (`farstu.0123456789abcdef.css`)."""
        return MappingProxyType(self._served)

    def url(self, name: str) -> str:
        """The path of a file by its plain name (`farstu.css`); KeyError if there is none."""
        return "/static/" + self._hashed[name]

    def _add(self, name: str, content: bytes, content_type: str) -> None:
        digest = hashlib.sha256(content).hexdigest()[:16]
        stem, _, suffix = name.rpartition(".")
        served = f"{stem}.{digest}.{suffix}"
        self._served[served] = StaticFile(content, content_type, f'"{digest}"')
        self._hashed[name] = served


def brand_css(brand: Brand) -> str:
    """The brand's colours as custom properties for `farstu.css`."""
    return (
        ":root{"
        f"--primary:{brand.primary};--on-primary:{brand.on_primary};"
        f"--background:{brand.background};--text:{brand.text};--accent:{brand.accent};"
        f"--error:{ERROR}"
        "}\n"
    )


def _read(name: str) -> bytes:
    return resources.files("broker.pages").joinpath("static", name).read_bytes()
