"""Makers of the values that many tests need, with every field that does not matter filled in."""

from typing import Any

from inspector.core.calls import Call, Direction
from inspector.core.participants import Participant

AT = 1_700_000_000.0
"""A moment, in seconds since the epoch: 2023-11-14 22:13:20 UTC."""


def a_call(call_id: str = "run-1", **fields: Any) -> Call:
    """Return a pending call from `me` to `agent` in room `demo`, with `fields` in place of its own."""
    known: dict[str, Any] = {
        "room": "demo",
        "connection": "me@demo",
        "direction": Direction.OUT,
        "caller": "me",
        "destination": "agent",
        "method": "greet",
        "started_at": AT,
    }
    return Call(id=call_id, **(known | fields))


def a_participant(identity: str = "agent", **fields: Any) -> Participant:
    """Return an active standard participant, with `fields` in place of its own."""
    return Participant(identity=identity, **fields)
