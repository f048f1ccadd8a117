"""Which addresses a server listens on, and which of them it offers to its peers."""

from __future__ import annotations

import ipaddress
from typing import Final

import ifaddr

LOOPBACK: Final = "127.0.0.1"
_WILDCARDS: Final = ("0.0.0.0", "::")  # noqa: S104 - named here to be recognised, not to bind to


def is_wildcard(host: str) -> bool:
    """Whether it stands for all addresses of the machine."""
    return host in _WILDCARDS


def own_addresses() -> tuple[str, ...]:
    """All addresses of the machine's interfaces, without those that need a scope to be reached."""
    found: list[str] = []
    for adapter in ifaddr.get_adapters():
        for address in adapter.ips:
            if isinstance(address.ip, str):
                found.append(address.ip)
            elif not ipaddress.ip_address(address.ip[0]).is_link_local:
                found.append(address.ip[0])
    return tuple(dict.fromkeys(found))


def candidates(host: str) -> tuple[str, ...]:
    """The addresses under which a socket bound to `host` can be reached; loopback first.

    Raises:
        ValueError: `host` is no IP address.
    """
    bound = ipaddress.ip_address(host)
    if not is_wildcard(host):
        return (host,)
    found = [address for address in own_addresses() if ipaddress.ip_address(address).version == bound.version]
    if bound.version == 4 and LOOPBACK not in found:
        found.append(LOOPBACK)
    return tuple(sorted(found, key=lambda address: not ipaddress.ip_address(address).is_loopback))
