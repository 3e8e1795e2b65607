"""Requirements 23 and 96: an e-mail address recognises nobody (nOAuth, pre-hijacking)."""

from pathlib import Path

import pytest
from pydantic import SecretStr

from broker.settings.schema import ProviderSettings
from providers.emulated import consoles
from tests.house import UPSTREAMS, TestHouse, first_login, open_house, settings_for
from tests.walking import RECOGNISE, cookies_of, page_number, to_first_question


async def test_a_work_account_with_a_customers_address_is_a_stranger(
    house_template: Path, tmp_path: Path
) -> None:
    """nOAuth: the attacker's own tenant says that the attacker has Karin's address."""
    microsoft = (
        settings_for(tmp_path).providers["microsoft"].model_copy(update={"tenant": "common"})
    )
    providers = {"microsoft": microsoft}
    async with open_house(house_template, tmp_path, providers=providers) as house:
        await first_login(house.browser(), provider="microsoft", person="karin")
        attacker = house.browser()
        await to_first_question(attacker, "skurk", "microsoft")
        assert page_number(attacker) == RECOGNISE
        assert "farstu-session" not in cookies_of(attacker)


async def test_a_work_account_is_not_let_in_where_none_is_expected(house: TestHouse) -> None:
    """With `consumers`, the default, a foreign tenant does not come back with an identity (24)."""
    attacker = house.browser()
    await to_first_question(attacker, "skurk", "microsoft")
    assert page_number(attacker) != RECOGNISE
    assert "farstu-session" not in cookies_of(attacker)


@pytest.mark.parametrize("provider", ["microsoft", "facebook", "yahoo"])
async def test_the_same_person_elsewhere_is_a_stranger(house: TestHouse, provider: str) -> None:
    """Karin at another provider has another identity, whatever her name and address there."""
    await first_login(house.browser(), provider="google", person="karin")
    elsewhere = await to_first_question(house.browser(), "karin", provider)
    assert page_number(elsewhere) == RECOGNISE


async def test_the_same_address_at_two_providers_is_two_people(
    house_template: Path, tmp_path: Path
) -> None:
    """A generic provider that vouches for the very address that Facebook told us."""
    generic = ProviderSettings(
        kind="oidc",
        client_id=consoles.GENERIC_CLIENT_ID,
        client_secrets=(SecretStr(consoles.GENERIC_SECRET),),
        issuer=f"{UPSTREAMS}/generic",
        email_trust="claim",
        label={"sv": "Annan", "en": "Other"},
    )
    providers = {**settings_for(tmp_path).providers, "generic": generic}
    async with open_house(house_template, tmp_path, providers=providers) as house:
        await first_login(house.browser(), provider="facebook", person="karin")
        attacker = await to_first_question(house.browser(), "karin", "generic")
        assert page_number(attacker) == RECOGNISE
