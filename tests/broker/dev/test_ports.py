"""Taking three ports, or none."""

import socket

import pytest

from broker.dev.ports import EVERY_ADDRESS, PortBusy, take_free_ports, take_ports


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


def test_in_a_container_every_address_is_listened_on() -> None:
    """What is published from outside arrives; IPv4 and IPv6 do not stand in each other's way."""
    base, free = take_free_ports()
    for sockets in free:
        for each in sockets:
            each.close()
    listening = take_ports(base, EVERY_ADDRESS)
    hosts = {each.getsockname()[0] for sockets in listening for each in sockets}
    for sockets in listening:
        for each in sockets:
            each.close()
    assert "0.0.0.0" in hosts
    assert hosts <= set(EVERY_ADDRESS)


def test_fewer_servers_take_fewer_ports() -> None:
    """Beside a broker that has the first port already, only two are wanted."""
    base, listening = take_free_ports()
    for sockets in listening[1:]:
        for each in sockets:
            each.close()
    taken = take_ports(base + 1, servers=2)
    assert len(taken) == 2
    for sockets in (listening[0], *taken):
        for each in sockets:
            each.close()
