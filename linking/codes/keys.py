"""What a code, and a customer's codes, are kept under: keyed hashes, under every key that holds.

The company is part of it: sister companies may number alike.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CodeKeys:
    """`tags` gives keyed hashes of a text, the newest key's first."""

    tags: Callable[[str], Sequence[bytes]]

    def of_customer(self, company: str, number: str) -> bytes:
        """What a customer's codes are found by when they are sent."""
        return self.all_of_customer(company, number)[0]

    def all_of_customer(self, company: str, number: str) -> Sequence[bytes]:
        """What they may be kept under, of a time when another key was the newest too."""
        return self.tags(f"codes of {company} {number}")

    def of_asker(self, who: str) -> bytes:
        """What the wishes of one who asks are told apart by."""
        return self.tags(f"asker of codes {who}")[0]

    def of_code(self, company: str, number: str, code: str) -> Sequence[bytes]:
        """What one code is found by when it is typed.

        The number's length comes first, so that no two pairs read alike.
        """
        return self.tags(f"code {company} {len(number)} {number} {code}")
