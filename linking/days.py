"""Days and months as a customer in Sweden counts them."""

from calendar import monthrange
from datetime import date, datetime
from typing import TypeVar
from zoneinfo import ZoneInfo

STOCKHOLM = ZoneInfo("Europe/Stockholm")

Day = TypeVar("Day", bound=date)


def swedish_day(moment: datetime) -> date:
    """The date in Sweden at a moment; it must know its time zone."""
    if moment.tzinfo is None:
        raise ValueError("a time without a zone says nothing about the day")
    return moment.astimezone(STOCKHOLM).date()


def months_from(day: Day, months: int) -> Day:
    """The same day of the month so many months later (or earlier), or that month's last day."""
    count = day.year * 12 + day.month - 1 + months
    year, month = count // 12, count % 12 + 1
    return day.replace(year=year, month=month, day=min(day.day, monthrange(year, month)[1]))
