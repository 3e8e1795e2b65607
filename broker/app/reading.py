"""The daily readings of registers elsewhere, as chores."""

from broker.app.parts import Parts
from broker.chores.register_reading import EVERY, RegisterReading
from broker.chores.running import Chore


def reading_chores(parts: Parts) -> list[Chore]:
    """Return a chore for each register, so that one that is down does not hold up the others."""
    return [
        Chore(f"reading of {name}", EVERY, RegisterReading(name, reading, parts.log).run)
        for name, reading in parts.registers.readings.items()
    ]
