"""The server fixture itself: it starts, keeps its ports over a restart, and gives way to others."""

import socket
import urllib.request

import pytest

from tests.support import ports
from tests.support.livekit_server import LiveKitServer


def answers(server: LiveKitServer) -> bool:
    try:
        with urllib.request.urlopen(server.url.replace("ws", "http", 1), timeout=1) as response:
            return bool(response.status == 200)
    except OSError:
        return False


def test_it_answers_once_started(livekit_server: LiveKitServer) -> None:
    assert answers(livekit_server)


def test_it_comes_back_at_the_same_address(own_livekit_server: LiveKitServer) -> None:
    url = own_livekit_server.url

    own_livekit_server.kill()
    assert not answers(own_livekit_server)
    own_livekit_server.start()

    assert own_livekit_server.url == url
    assert answers(own_livekit_server)


def test_it_takes_other_ports_where_these_are_taken_meanwhile(
    own_livekit_server: LiveKitServer, tmp_path_factory: pytest.TempPathFactory
) -> None:
    other = LiveKitServer(own_livekit_server._program, tmp_path_factory.mktemp("other"))
    other._ports = own_livekit_server._ports

    try:
        other.start()
        assert other.url != own_livekit_server.url
        assert answers(other)
    finally:
        other.kill()


def test_a_free_port_is_one_that_nothing_holds() -> None:
    (port,) = ports.free_ports(1)
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", port))
        assert not ports._is_free(port)
    assert ports._is_free(port)
