"""Taking three ports, or none."""

import socket

import pytest

from broker.dev.ports import PortBusy, take_free_ports, take_ports


def test_three_ports_in_a_row_are_taken() -> None:
    """Each server gets sockets of its own, on its own port."""
    base, listening = take_free_ports()
    ports = [{each.getsockname()[1] for each in sockets} for sockets in listening]
    for sockets in listening:
        for each in sockets:
            each.close()
    assert ports == [{base}, {base + 1}, {base + 2}]


def test_a_taken_port_is_named_and_none_is_kept() -> None:
    """The message can say which program to look for, and the others are free again."""
    base, listening = take_free_ports()
    for sockets in listening[:2]:
        for each in sockets:
            each.close()
    with pytest.raises(PortBusy) as busy:
        take_ports(base)
    assert busy.value.port == base + 2
    with socket.socket() as other:
        other.bind(("127.0.0.1", base))
    for each in listening[2]:
        each.close()
