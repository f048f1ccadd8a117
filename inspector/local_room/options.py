"""How a room server is started."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from inspector.local_room.limits import Limits

SPOKEN_VERSION = "1.13.5"
"""The livekit-server release whose behaviour is the model. Below 1.8.0 SDKs refuse to do RPC."""
OLD_VERSION = "1.7.2"
"""What the fault `old_server` says instead: the last release before RPC."""


@dataclass(frozen=True, kw_only=True)
class RoomServerOptions:
    """What one room server is to be. `keys` maps API keys to their secrets."""

    keys: Mapping[str, str] = field(repr=False)
    bind: str = "127.0.0.1"
    port: int = 7880
    """For HTTP and WebSocket; 0 takes any free one."""
    udp_port: int | None = None
    """For WebRTC. None takes the number of the TCP port if that is free, else any."""
    token_endpoints: bool | None = None
    """Whether whoever asks gets a token. None: only where nothing but this computer can ask."""
    empty_timeout_s: int = 300
    """How long a room stays that nobody has joined, in seconds; who creates a room may say otherwise."""
    departure_timeout_s: int = 20
    """How long a room stays after its last participant left, in seconds; its creator may say otherwise."""
    limits: Limits = field(default_factory=Limits)
