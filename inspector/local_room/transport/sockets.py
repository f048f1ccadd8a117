"""A UDP socket that the event loop drains at each wake-up, so that what came together is handled together.

Event loops that cannot watch a socket (the default one on Windows) get a thread that waits for it.
"""

from __future__ import annotations

import asyncio
import contextlib
import select
import socket
import threading
from collections.abc import Callable
from typing import Any, Final

Address = tuple[Any, ...]
"""As the socket module has it: host, port, and for IPv6 two numbers more."""

DATAGRAM_BYTES: Final = 4096
"""Longer ones are cut, and then refused by what reads them: peers send 1,200 to 1,500 bytes at most."""
MOST_AT_ONCE: Final = 128
"""Datagrams handled before the event loop looks at anything else."""
BUFFER_BYTES: Final = 4 * 1024 * 1024

Receive = Callable[["UdpSocket", bytes, Address], None]


class UdpSocket:
    """An open UDP socket."""

    def __init__(self, host: str, port: int, receive: Receive, batch_ended: Callable[[], None]) -> None:
        """Binds a socket; port 0 takes any.

        Raises:
            OSError: the address is not this machine's, or the port is taken.
        """
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self._receive = receive
        self._batch_ended = batch_ended
        self._socket = socket.socket(family, socket.SOCK_DGRAM)
        try:
            if family == socket.AF_INET6:
                self._socket.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
            for option in (socket.SO_RCVBUF, socket.SO_SNDBUF):
                # Systems with a lower limit refuse or take what they allow; both will do.
                with contextlib.suppress(OSError):
                    self._socket.setsockopt(socket.SOL_SOCKET, option, BUFFER_BYTES)
            self._socket.bind((host, port))
            self._socket.setblocking(False)
        except OSError:
            self._socket.close()
            raise
        self.host = host
        self.port: int = self._socket.getsockname()[1]
        self._watcher: _Watcher | None = None
        self._loop: asyncio.AbstractEventLoop | None = None

    def start(self) -> None:
        """Begins to receive, on the running event loop."""
        self._loop = asyncio.get_running_loop()
        try:
            self._loop.add_reader(self._socket, self._readable)
        except NotImplementedError:
            self._watcher = _Watcher(self._socket, self._loop, self._readable)

    def send(self, datagram: bytes, address: Address) -> None:
        """Sends a datagram; one that cannot be sent is lost, as datagrams may be."""
        with contextlib.suppress(OSError):
            self._socket.sendto(datagram, address)

    def _readable(self) -> None:
        receive, read = self._receive, self._socket.recvfrom
        for _ in range(MOST_AT_ONCE):
            try:
                datagram, address = read(DATAGRAM_BYTES)
            except BlockingIOError:
                break
            except OSError:
                # Windows reports here that an earlier datagram found nobody (WSAECONNRESET), or was too long.
                continue
            receive(self, datagram, address)
        self._batch_ended()

    def close(self) -> None:
        """Receives and sends no more. Closing twice is allowed."""
        if self._watcher is not None:
            self._watcher.stop()
        elif self._loop is not None:
            self._loop.remove_reader(self._socket)
        self._watcher = self._loop = None
        self._socket.close()


class _Watcher:
    """A thread that tells the event loop when a socket can be read."""

    def __init__(
        self, watched: socket.socket, loop: asyncio.AbstractEventLoop, readable: Callable[[], None]
    ) -> None:
        self._watched = watched
        self._loop = loop
        self._readable = readable
        self._read = threading.Event()
        self._stopped = False
        self._woken, self._waker = socket.socketpair()
        self._thread = threading.Thread(target=self._watch, name="UDP socket of the local room", daemon=True)
        self._thread.start()

    def _watch(self) -> None:
        while True:
            select.select([self._watched, self._woken], [], [])
            if self._stopped:
                return
            self._read.clear()
            try:
                self._loop.call_soon_threadsafe(self._on_loop)
            except RuntimeError:  # The event loop was closed first.
                return
            self._read.wait()

    def _on_loop(self) -> None:
        try:
            if not self._stopped:
                self._readable()
        finally:
            self._read.set()

    def stop(self) -> None:
        self._stopped = True
        self._waker.send(b"\0")
        self._read.set()
        self._thread.join()
        self._woken.close()
        self._waker.close()
