"""A desk to import at."""

import pytest

from tests.broker.registers.desk import Desk


@pytest.fixture
def desk() -> Desk:
    """Nothing has been imported yet."""
    return Desk()
