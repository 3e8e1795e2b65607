"""Another pace than the usual one is kept whole, or refused."""

from dataclasses import replace
from datetime import timedelta

import pytest

from broker.app.pace import EVERYDAY


def test_nobody_is_forgotten_who_may_still_sign() -> None:
    """A fresh key would sign before such a worker publishes it."""
    lives = EVERYDAY.knows_for + EVERYDAY.says_so_every
    with pytest.raises(ValueError, match="forgotten"):
        replace(EVERYDAY, counted_for=timedelta(seconds=lives))
    assert replace(EVERYDAY, counted_for=timedelta(seconds=lives + 1))
