"""Raw bytes of a query or form → parameters, each at most once.

Strict where the framework is lenient: bad UTF-8, lone surrogates, NUL and other control characters
are refused instead of being passed on or replaced. A parameter without a value counts as absent
(RFC 6749 section 3.1).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl

from broker.oauth.errors import InvalidRequest

MAX_PARAMETERS = 50


@dataclass(frozen=True, slots=True)
class Parameters:
    """What was sent; asking for a repeated one raises InvalidRequest."""

    values: Mapping[str, str]
    repeated: frozenset[str] = frozenset()

    def get(self, name: str) -> str:
        """The value, or empty when absent."""
        if name in self.repeated:
            raise InvalidRequest(f"{name} was sent more than once")
        return self.values.get(name, "")

    def require(self, name: str) -> str:
        """The value; InvalidRequest when absent."""
        value = self.get(name)
        if not value:
            raise InvalidRequest(f"{name} is missing")
        return value

    def words(self, name: str) -> tuple[str, ...]:
        """A space-separated list, each word once, in order."""
        return tuple(dict.fromkeys(word for word in self.get(name).split(" ") if word))

    def refuse_repeated(self) -> None:
        """Refuse any repeated parameter, known or not (RFC 6749 section 3.1)."""
        if self.repeated:
            raise InvalidRequest("a parameter was sent more than once")


def read_parameters(raw: bytes) -> Parameters:
    """Parse `application/x-www-form-urlencoded`; InvalidRequest when it is not readable text."""
    try:
        pairs = parse_qsl(
            raw.decode("utf-8"),
            keep_blank_values=True,
            errors="strict",
            max_num_fields=MAX_PARAMETERS,
        )
    except UnicodeDecodeError:
        raise InvalidRequest("the parameters are not UTF-8") from None
    except ValueError:
        raise InvalidRequest("there are too many parameters") from None
    values: dict[str, str] = {}
    repeated: set[str] = set()
    for name, value in pairs:
        if not _is_text(name) or not _is_text(value):
            raise InvalidRequest("a parameter holds a control character")
        if name in values:
            repeated.add(name)
        values[name] = value
    return Parameters(values, frozenset(repeated))


def _is_text(value: str) -> bool:
    """Whether there is no control character but line breaks and tabs."""
    return all(character >= " " or character in "\t\r\n" for character in value) and (
        "\x7f" not in value
    )
