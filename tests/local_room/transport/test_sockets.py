from __future__ import annotations

import asyncio
import socket
import threading

import pytest

from inspector.local_room.transport.sockets import Address, UdpSocket


class Inbox:
    def __init__(self) -> None:
        self.datagrams: list[bytes] = []
        self.batches: list[int] = []
        self.came = asyncio.Event()

    def receive(self, _socket: UdpSocket, datagram: bytes, _address: Address) -> None:
        self.datagrams.append(datagram)

    def batch_ended(self) -> None:
        self.batches.append(len(self.datagrams))
        self.came.set()

    async def until(self, count: int) -> None:
        async with asyncio.timeout(5):
            while len(self.datagrams) < count:
                self.came.clear()
                await self.came.wait()


@pytest.fixture(params=["watched by the event loop", "watched by a thread"])
async def inbox(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Inbox:
    if request.param == "watched by a thread":

        def cannot(*_: object) -> None:  # As Windows' proactor event loop.
            raise NotImplementedError

        monkeypatch.setattr(asyncio.get_running_loop(), "add_reader", cannot)
    return Inbox()


async def test_what_came_together_is_one_batch(inbox: Inbox) -> None:
    opened = UdpSocket("127.0.0.1", 0, inbox.receive, inbox.batch_ended)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        for number in range(10):
            sender.sendto(bytes((number,)), ("127.0.0.1", opened.port))
        opened.start()
        await inbox.until(10)
        assert inbox.datagrams == [bytes((number,)) for number in range(10)]
        assert inbox.batches == [10]
        sender.sendto(b"more", ("127.0.0.1", opened.port))
        await inbox.until(11)
    opened.close()


async def test_a_closed_socket_is_heard_no_more_and_its_port_is_free(inbox: Inbox) -> None:
    opened = UdpSocket("127.0.0.1", 0, inbox.receive, inbox.batch_ended)
    opened.start()
    opened.close()
    opened.send(b"into the void", ("127.0.0.1", 9))
    again = UdpSocket("127.0.0.1", opened.port, inbox.receive, inbox.batch_ended)
    again.start()
    again.close()
    assert not [thread for thread in threading.enumerate() if "UDP" in thread.name]


async def test_sending_to_nobody_does_not_stop_receiving(inbox: Inbox) -> None:
    opened = UdpSocket("127.0.0.1", 0, inbox.receive, inbox.batch_ended)
    opened.start()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as gone:
        gone.bind(("127.0.0.1", 0))
        address = gone.getsockname()
    for _ in range(5):
        opened.send(b"anybody there?", address)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        sender.sendto(b"hello", ("127.0.0.1", opened.port))
        await inbox.until(1)
    assert inbox.datagrams == [b"hello"]
    opened.close()
