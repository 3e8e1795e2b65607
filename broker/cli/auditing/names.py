"""How guessers and levels are called, in words and for machines; docs/audit.md explains each."""

from typing import Final

from linking.ladder import Level

FIRST: Final = {
    "range": "knows the range of the numbers",
    "month": "knows the numbers of a month",
    "day": "knows the day of an invoice, and its numbers",
    "frequent": "tries what many customers have",
    "own_1": "has 1 account of his own",
    "own_2": "has 2 accounts of his own",
    "own_5": "has 5 accounts of his own",
    "own_20": "has 20 accounts of his own",
    "own_100": "has 100 accounts of his own",
    "near_own": "has 100, and tries the tenth nearest to them",
    "neighbour_1": "has the next customer number's paper",
    "neighbour_10": "has the paper of a number 10 away",
    "neighbour_100": "has the paper of a number 100 away",
}

SECOND: Final = {
    "same_number": "types the same number again: it is taken in both fields",
    "frequent": "tries what stands on many papers",
    "in_run": "tries what is common in a billing run",
    "crowded": "tries where values crowd",
    "paper_before": "has the paper before or the neighbour's",
    "shape": "knows how the characters are spread",
}

KNOWING: Final = {
    "day": "… by who knows the day of an invoice",
    "neighbour_1": "… by who has the next customer number's paper",
    "neighbour_10": "… by who has the paper of a number 10 away",
    "neighbour_100": "… by who has the paper of a number 100 away",
}

LEVELS: Final = {
    Level.INVOICE: "invoice",
    Level.SECOND_ITEM: "second_item",
    Level.CODE: "code",
}
