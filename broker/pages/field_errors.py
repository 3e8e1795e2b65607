"""What is wrong with one field of a form, as pages say it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class FieldError:
    """What is wrong with one number, with lengths.

    `mistake`: a value of `linking.Mistake`. `shortest`, `longest`: the lengths that the
    company's numbers have; `typed`: what was given.
    """

    mistake: str
    shortest: int | None = None
    longest: int | None = None
    typed: int | None = None
