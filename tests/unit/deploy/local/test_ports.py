"""The stack takes the ports that it is told, the usual ones, or free ones."""

import socket
from collections.abc import Iterator

import pytest

from deploy.local.ports import USUAL, choose_ports, held_ports
from services.common.serve import CannotStart


@pytest.fixture
def taken() -> Iterator[int]:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield listener.getsockname()[1]


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def test_zero_takes_different_free_ports_for_all() -> None:
    chosen = choose_ports(0, {})
    assert chosen.keys() == {"ENVOY_PORT", *USUAL}
    assert len(set(chosen.values())) == len(chosen)
    assert not set(chosen.values()) & {str(port) for port in USUAL.values()}


def test_taken_public_port_is_named_with_the_way_out(taken: int) -> None:
    with pytest.raises(CannotStart, match=f"port {taken} is taken; stop .* or set another PORT"):
        choose_ports(taken, {})


def test_taken_port_that_was_asked_for_is_named(taken: int) -> None:
    with pytest.raises(CannotStart, match=f"port {taken} is taken.*GATEWAY_PORT"):
        choose_ports(free_port(), {"GATEWAY_PORT": str(taken)})


def test_taken_usual_port_gives_way_to_a_free_one(taken: int) -> None:
    public = free_port()
    chosen = choose_ports(public, {}, usual={"GATEWAY_PORT": taken})
    assert chosen["ENVOY_PORT"] == str(public)
    assert chosen["GATEWAY_PORT"] not in ("0", str(taken))


def test_a_held_port_is_nobody_elses_until_the_end() -> None:
    with held_ports(0, {}) as ports:
        port = int(ports["GATEWAY_PORT"])
        for option in (socket.SO_KEEPALIVE, socket.SO_REUSEADDR):  # the first means nothing here
            with socket.socket() as thief:
                thief.setsockopt(socket.SOL_SOCKET, option, 1)
                with pytest.raises(OSError, match="in use"):
                    thief.bind(("127.0.0.1", port))
        with socket.socket() as ours:
            ours.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
            ours.bind(("127.0.0.1", port))
            ours.listen()
    with socket.socket() as later:
        later.bind(("127.0.0.1", port))


def test_two_stacks_that_start_at_once_share_no_port() -> None:
    usual = {"GATEWAY_PORT": free_port()}
    with held_ports(free_port(), {}, usual) as one, held_ports(free_port(), {}, usual) as other:
        assert one["GATEWAY_PORT"] == str(usual["GATEWAY_PORT"])
        assert not set(one.values()) & set(other.values())
