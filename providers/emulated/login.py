"""An accepted authorization request, and how its client wants the person to be asked.

`LoginRequest` keeps the parameters as they came; `Wish` is what the provider understood of `prompt`
and its relatives, in one vocabulary for all.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Self


@dataclass(frozen=True, slots=True)
class LoginRequest:
    """One authorization request; nobody is asked before its client and address are accepted.

    `parameters` is the whole query (or form); `tenant` is Microsoft's path segment.
    """

    client_id: str
    redirect_uri: str
    parameters: Mapping[str, str] = field(default_factory=dict)
    tenant: str = ""

    @classmethod
    def of(cls, parameters: Mapping[str, str]) -> Self:
        """Return the request that these parameters make, before anything of it is accepted."""
        return cls(parameters.get("client_id", ""), parameters.get("redirect_uri", ""), parameters)

    def get(self, name: str) -> str:
        """Return a parameter, empty where it was not sent."""
        return self.parameters.get(name, "")

    @property
    def scopes(self) -> tuple[str, ...]:
        """The scopes asked for; Facebook and Yahoo separate them by commas too."""
        return tuple(self.get("scope").replace(",", " ").split())

    @property
    def prompts(self) -> tuple[str, ...]:
        """The words of `prompt`."""
        return tuple(self.get("prompt").split())


@dataclass(frozen=True, slots=True)
class Wish:
    """How to ask: `silent` never shows a page; `max_age` is in seconds; `hint` names an account."""

    silent: bool = False
    sign_in_again: bool = False
    choose_account: bool = False
    consent_again: bool = False
    hint: str = ""
    max_age: int | None = None
