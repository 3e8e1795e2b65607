"""What is sealed or signed opens for its own purpose and record, and for nothing else."""

import pytest

from broker.sealed import NotOurs, Sealer, TicketSigner, Vault

OLD, NEW, STRANGE = b"o" * 32, b"n" * 32, b"s" * 32


def test_a_sealed_value_opens() -> None:
    """Byte for byte; sealed twice, it looks different, so that nobody sees that it is the same."""
    sealer = Sealer([NEW])
    assert sealer.open("flow", sealer.seal("flow", b"\x00value")) == b"\x00value"
    assert sealer.seal("flow", b"value") != sealer.seal("flow", b"value")


def test_a_sealed_value_is_for_one_purpose() -> None:
    """A value of one cookie does not open as another."""
    sealer = Sealer([NEW])
    with pytest.raises(NotOurs):
        sealer.open("session", sealer.seal("flow", b"value"))


def test_the_first_key_seals_and_all_open() -> None:
    """To change a key, put the new one first; the old one alone does not open what it seals."""
    before, between = Sealer([OLD]), Sealer([NEW, OLD])
    assert between.open("flow", before.seal("flow", b"value")) == b"value"
    with pytest.raises(NotOurs):
        before.open("flow", between.seal("flow", b"value"))


@pytest.mark.parametrize("text", ["", "AAAA", "å", "\ud800", "A" * 41, "=", "AAAA AAAA", "\x00"])
def test_what_was_never_sealed_is_not_ours(text: str) -> None:
    """Whatever somebody writes into a cookie."""
    with pytest.raises(NotOurs):
        Sealer([NEW]).open("flow", text)


@pytest.mark.parametrize("place", [0, 12, -1])
def test_a_changed_value_is_not_ours(place: int) -> None:
    """Nonce, content and tag are each protected."""
    vault = Vault({"k01": NEW})
    sealed = bytearray(vault.seal(b"value", b"about"))
    sealed[len(b"k01\0") + place if place >= 0 else place] ^= 1
    with pytest.raises(NotOurs):
        vault.open(bytes(sealed), b"about")


def test_a_record_is_sealed_to_what_it_is_about() -> None:
    """Moved to another record it does not open."""
    vault = Vault({"k01": NEW})
    assert vault.open(vault.seal(b"value", b"one"), b"one") == b"value"
    with pytest.raises(NotOurs):
        vault.open(vault.seal(b"value", b"one"), b"two")


def test_the_last_name_seals_and_all_open() -> None:
    """A record says which key opens it; without that key it stays shut."""
    between = Vault({"k01": OLD, "k02": NEW})
    assert between.open(Vault({"k01": OLD}).seal(b"value", b""), b"") == b"value"
    assert Vault({"k02": NEW}).open(between.seal(b"value", b""), b"") == b"value"
    with pytest.raises(NotOurs):
        Vault({"k01": OLD}).open(between.seal(b"value", b""), b"")


@pytest.mark.parametrize("sealed", [b"", b"k01", b"k01\0", b"k01\0" + b"x" * 12, b"\xff\0" + b"x"])
def test_what_is_no_record_is_not_ours(sealed: bytes) -> None:
    """Nor is it an error of another kind."""
    with pytest.raises(NotOurs):
        Vault({"k01": NEW}).open(sealed, b"")


def test_a_ticket_comes_back_as_its_words() -> None:
    """In order, empty ones too."""
    signer = TicketSigner([NEW], "step")
    assert signer.read(signer.sign(["a", "", "å"]), max_age=60).words == ("a", "", "å")


def test_a_ticket_is_for_one_purpose() -> None:
    """The same words, signed with the same key for another purpose, are no ticket."""
    with pytest.raises(NotOurs):
        TicketSigner([NEW], "step").read(TicketSigner([NEW], "logout").sign(["a"]), max_age=60)


def test_the_first_key_signs_and_all_are_read() -> None:
    """As with what is sealed."""
    before, between = TicketSigner([OLD], "step"), TicketSigner([NEW, OLD], "step")
    assert between.read(before.sign(["a"]), max_age=60).words == ("a",)
    with pytest.raises(NotOurs):
        before.read(between.sign(["a"]), max_age=60)
    with pytest.raises(NotOurs):
        between.read(TicketSigner([STRANGE], "step").sign(["a"]), max_age=60)


@pytest.mark.parametrize(
    ("seconds", "good"), [(-6, False), (-3, True), (0, True), (59, True), (62, False)]
)
def test_a_ticket_has_its_time(seconds: int, *, good: bool) -> None:
    """Until it is too old; the machine that signed it may be some seconds ahead of this one."""
    signed = TicketSigner([NEW], "step", now=lambda: 1_770_000_000).sign(["a"])
    signer = TicketSigner([NEW], "step", now=lambda: 1_770_000_000 + seconds)
    if good:
        assert signer.read(signed, max_age=60).words == ("a",)
    else:
        with pytest.raises(NotOurs):
            signer.read(signed, max_age=60)


@pytest.mark.parametrize("text", ["", "a.b.c", "å", "a b", "\x00", "\ud800"])
def test_what_was_never_signed_is_not_ours(text: str) -> None:
    """Whatever somebody writes into an address."""
    with pytest.raises(NotOurs):
        TicketSigner([NEW], "step").read(text, max_age=60)
