"""A broker with the clients of the test plans, shared by all that run on it."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from tests.house import TestHouse, open_house
from tests.interop.suite import Suite, suite_settings


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def provider(
    house_template: Path, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[TestHouse]:
    """The provider under test; nobody moves its clock."""
    directory = tmp_path_factory.mktemp("suite")
    async with open_house(house_template, directory, **suite_settings(directory)) as opened:
        yield opened


@pytest.fixture(params=["", "form_post"], ids=["basic", "form_post"])
def suite(provider: TestHouse, request: pytest.FixtureRequest) -> Suite:
    """A run of the basic plan, and the same of the form post plan."""
    return Suite(provider, mode=request.param)
