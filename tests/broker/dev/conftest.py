"""An issuer for the tests of portal and API."""

import pytest

from tests.broker.dev.issuer import Issuer


@pytest.fixture
def issuer() -> Issuer:
    """A broker that does as it is told."""
    return Issuer()
