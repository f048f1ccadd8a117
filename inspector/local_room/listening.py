"""The addresses a room server listens on: TCP for signalling and HTTP, UDP for WebRTC."""

from __future__ import annotations

import contextlib
import ipaddress
import socket
from socket import socket as Socket  # noqa: N812 - it is a class

from inspector.local_room.access.bind_policy import is_loopback
from inspector.local_room.options import RoomServerOptions
from inspector.local_room.transport import TransportHub
from inspector.local_room.transport.addresses import own_addresses
from inspector.tasks import ReportUnexpected

_V4_LOOPBACK, _V6_LOOPBACK = "127.0.0.1", "::1"
_BACKLOG = 128


def listen(bind: str, port: int) -> list[Socket]:
    """Sockets that listen on an address; the first one has the port, where any was asked for.

    On this computer's own address there are two where there can be, since some clients take `localhost` for
    the one of IPv6 only.

    Raises:
        OSError: the address cannot be had.
    """
    host = address_of(bind)
    first = _listen(host, port)
    sockets = [first]
    if host == _V4_LOOPBACK:
        with contextlib.suppress(OSError):
            sockets.append(_listen(_V6_LOOPBACK, first.getsockname()[1]))
    return sockets


def _listen(host: str, port: int) -> Socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    return socket.create_server((host, port), family=family, backlog=_BACKLOG)


def address_of(bind: str) -> str:
    """The IP address that is meant.

    Raises:
        OSError: the name is nobody's.
    """
    if not bind:
        return "0.0.0.0"  # noqa: S104 - what an empty one means
    if bind == "localhost":
        return _V4_LOOPBACK
    address = socket.getaddrinfo(bind, None, type=socket.SOCK_STREAM)[0][4][0]
    return str(address)


async def open_hub(options: RoomServerOptions, tcp_port: int, report: ReportUnexpected) -> TransportHub:
    """The WebRTC side, on the UDP port that was asked for, else of the TCP port's number, else any.

    Raises:
        OSError: the port that was asked for cannot be had.
    """
    host = address_of(options.bind)
    extra = own_network_address() if is_loopback(host) else ()
    wanted = (tcp_port, 0) if options.udp_port is None else (options.udp_port,)
    for port in wanted[:-1]:
        with contextlib.suppress(OSError):
            return await TransportHub.open(host, port, report, extra_addresses=extra)
    try:
        return await TransportHub.open(host, wanted[-1], report, extra_addresses=extra)
    except OSError:
        return await TransportHub.open(host, wanted[-1], report)


def own_network_address() -> tuple[str, ...]:
    """An address of this computer that is no loopback address, for Firefox, which uses none of those."""
    for address in own_addresses():
        parsed = ipaddress.ip_address(address)
        if parsed.version == 4 and not parsed.is_loopback and not parsed.is_link_local:
            return (address,)
    return ()


def reachable_host(bind: str) -> str:
    """The host by which programs on this computer reach what listens there, as a URL has it."""
    try:
        address = ipaddress.ip_address(bind or "0.0.0.0")  # noqa: S104 - what an empty one means
    except ValueError:
        return bind
    if address.is_unspecified:
        return _V4_LOOPBACK if address.version == 4 else f"[{_V6_LOOPBACK}]"
    return bind if address.version == 4 else f"[{bind}]"
