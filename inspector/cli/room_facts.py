"""What `serve` tells of a room that accepts connections: how to join it."""

from __future__ import annotations

import ipaddress

import msgspec

from inspector.local_room.access.token_endpoints import TOKEN_PATH
from inspector.local_room.transport.addresses import candidates
from inspector.sdk.addresses import http_url


class RoomFacts(msgspec.Struct, frozen=True):
    """The fields, in this order, are what `--json` prints."""

    url: str
    """Where clients connect; from other machines too, if they reach it at all."""
    urls: tuple[str, ...]
    """All addresses at which it can be reached."""
    port: int
    key: str
    secret: str
    token_endpoint: str | None
    """Gives tokens to front ends without a key; None: it does not."""

    def to_json(self) -> str:
        """One line of JSON."""
        return msgspec.json.encode(self).decode()

    def to_text(self) -> str:
        """Lines such as a `.env` file has."""
        lines = [
            f"LIVEKIT_URL={self.url}",
            f"LIVEKIT_API_KEY={self.key}",
            f"LIVEKIT_API_SECRET={self.secret}",
        ]
        lines += [f"# also at {url}" for url in self.urls if url != self.url]
        if self.token_endpoint:
            lines.append(f"# token endpoint: {self.token_endpoint}")
        return "\n".join(lines)


def facts_of(url: str, bind: str, port: int, key: str, secret: str, *, token_endpoint: bool) -> RoomFacts:
    """The facts of a room that listens at `bind` and `port`; `url` is its address for this machine."""
    others = [address for address in candidates(bind) if not ipaddress.ip_address(address).is_loopback]
    urls = tuple(_url(address, port) for address in others) or (url,)
    return RoomFacts(
        url=urls[0],
        urls=tuple(dict.fromkeys((*urls, url))),
        port=port,
        key=key,
        secret=secret,
        token_endpoint=http_url(urls[0]) + TOKEN_PATH if token_endpoint else None,
    )


def _url(address: str, port: int) -> str:
    return f"ws://[{address}]:{port}" if ":" in address else f"ws://{address}:{port}"
