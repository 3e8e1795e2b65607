"""Only what can be reached is a recipient; nothing that begins a header or a command is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broker.notices.recipients import EmailAddress, PhoneNumber


@pytest.mark.parametrize(
    ("typed", "address"),
    [
        ("astrid@brev.example", "astrid@brev.example"),
        (" Astrid.Berg+el@Brev.Example ", "Astrid.Berg+el@Brev.Example"),
        ("o'neill@brev.example", "o'neill@brev.example"),
        ("astrid@brevlåda.example", "astrid@xn--brevlda-ixa.example"),
    ],
)
def test_an_address(typed: str, address: str) -> None:
    """As it was typed; a domain in Swedish as DNS knows it."""
    assert EmailAddress.read(typed) == EmailAddress(address)


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "-",
        "saknas",
        "@brev.example",
        "astrid@",
        "astrid@localhost",
        "astrid@[127.0.0.1]",
        "astrid@brev..example",
        "astrid@-brev.example",
        "a b@brev.example",
        "a..b@brev.example",
        '"a b"@brev.example',
        "astrid@brev.example,eve@evil.example",
        "astrid@brev.example eve@evil.example",
        "astrid@brev.example\r\nBcc: eve@evil.example",
        "astrid@brev.example\n",
        "\nastrid@brev.example",
        "astrid\r\nRCPT TO:<eve@evil.example>@brev.example",
        "<astrid@brev.example>",
        "Astrid <astrid@brev.example>",
        "åsa@brev.example",
        f"{'a' * 65}@brev.example",
        f"astrid@{'a' * 64}.example",
        f"astrid@{'a.' * 130}example",
    ],
)
def test_no_address(typed: str) -> None:
    """Nothing is repaired: a message must not reach somebody whom nobody named."""
    assert EmailAddress.read(typed) is None


@pytest.mark.parametrize(
    "typed",
    [
        "070-174 06 05",
        "0701740605",
        "+46 70 174 06 05",
        "+46 (0)70-174 06 05",
        "0046701740605",
        "070.174/0605",
    ],
)
def test_a_number(typed: str) -> None:
    """Swedish where no country is named; always the same number."""
    assert PhoneNumber.read(typed) == PhoneNumber("+46701740605")


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "0",
        "112",
        "070-174 06 05\n",
        "070 eller 08",
        "+0701740605",
        "701740605",
        "+46" + "1" * 15,
    ],
)
def test_no_number(typed: str) -> None:
    """Too short, too long, or several."""
    assert PhoneNumber.read(typed) is None


@given(st.text(alphabet=st.characters(max_codepoint=0x2100), max_size=80))
def test_no_recipient_has_a_line_s_end_in_it(typed: str) -> None:
    """Whatever stands in the register, also around what would be an address."""
    for each in (EmailAddress.read(typed), EmailAddress.read(f"a{typed}@b.example")):
        if each is not None:
            assert each.address.isascii()
            assert each.address.isprintable()
            assert " " not in each.address
    number = PhoneNumber.read(typed)
    if number is not None:
        assert number.number[1:].isdigit()
