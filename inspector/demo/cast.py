"""Who plays in the demo: what each peer's access token says of it."""

from __future__ import annotations

import msgspec

ROOM = "demo"
INSPECTOR = "inspector"
"""The identity under which the window joins; the peers call it by this name."""
AGENT = "agent-weather"
FRONTEND = "web-frontend"
ROBOT = "robot-1"


class Part(msgspec.Struct, frozen=True):
    """One peer as its token shows it."""

    identity: str
    name: str
    kind: str | None = None
    attributes: tuple[tuple[str, str], ...] = ()
    metadata: str | None = None


CAST = (
    Part(
        AGENT,
        "Weather agent",
        kind="agent",
        attributes=(("lk.agent.name", "weather"), ("lk.agent.state", "listening")),
    ),
    Part(FRONTEND, "Web front end", attributes=(("page", "/forecast"),), metadata='{"locale": "en"}'),
    Part(ROBOT, "Robot 1", attributes=(("model", "rover"), ("battery", "87"))),
)
"""The peers, in the order they join."""
