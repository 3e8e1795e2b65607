"""Pages before and beside the provider: the doors, and the choice of service."""

from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar

from broker.pages.faces import ProviderFace
from broker.pages.first_time import FirstTime
from broker.pages.page import Page


class Availability(StrEnum):
    """Whether a provider can be used for this request."""

    AVAILABLE = "available"
    DOWN = "down"
    CANNOT_REAUTHENTICATE = "cannot_reauthenticate"


@dataclass(frozen=True, slots=True)
class ProviderChoice:
    """One button. `last_used`: the person used it last on this device and let us remember."""

    provider: ProviderFace
    availability: Availability = Availability.AVAILABLE
    last_used: bool = False

    @property
    def is_open(self) -> bool:
        """Whether its button can be pressed."""
        return self.availability is not Availability.CANNOT_REAUTHENTICATE


class NoticeKind(StrEnum):
    """Why the person sees the choice (again)."""

    CANCELLED = "cancelled"
    PROVIDER_DOWN = "provider_down"
    SWITCH_ACCOUNT = "switch_account"
    SIGN_IN_AGAIN = "sign_in_again"


@dataclass(frozen=True, slots=True)
class Notice:
    """What happened just before, and at which provider, where one is meant."""

    kind: NoticeKind
    provider: ProviderFace | None = None


@dataclass(frozen=True, slots=True)
class ChoosePage(Page):
    """Choose a service. POST /flow/choose: `provider` (a name); `stay`, `remember` = yes if ticked.

    `stay_idle_days` and `stay_days` are how long a remembered session lasts unused and at most;
    `first_time`: the client wants a customer, and what is asked for is announced. `in_app`: the
    browser looks like one inside another app.
    """

    template: ClassVar[str] = "choose.html"
    number: ClassVar[int] = 1

    choices: tuple[ProviderChoice, ...]
    notice: Notice | None = None
    stay_idle_days: int = 30
    stay_days: int = 90
    remember_days: int = 180
    first_time: FirstTime | None = None
    in_app: bool = False

    @property
    def ordered(self) -> tuple[ProviderChoice, ...]:
        """Last used first, those that cannot be used last, else in the configured order."""
        return tuple(
            sorted(
                self.choices,
                key=lambda choice: (
                    choice.availability is not Availability.AVAILABLE,
                    not choice.last_used,
                ),
            )
        )


@dataclass(frozen=True, slots=True)
class Door:
    """A portal that uses this sign-in: its name, its company, where it starts."""

    client: str
    company: str
    href: str


@dataclass(frozen=True, slots=True)
class DoorsPage(Page):
    """The front page `/`: where to go."""

    template: ClassVar[str] = "doors.html"
    number: ClassVar[int] = 12

    doors: tuple[Door, ...]
