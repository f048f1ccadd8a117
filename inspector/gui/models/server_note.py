"""What the Mocks panel says of calls to methods that have no mock, by what the servers show of them."""

from __future__ import annotations

from collections.abc import Iterable

from inspector.core.payloads import shortened
from inspector.session.connection_info import ConnectionInfo, ConnectionState

_NEVER_REACHES = "method with no mock never reaches this program: the SDK answers 1400."
ALL_SEEN = "A call with no mock is in the log all the same: Ctrl+M on it makes one."
_ROOM_CHARS = 30


def server_note(connections: Iterable[ConnectionInfo]) -> str:
    """Where such calls are to be found, or that they never come here; empty where we are in no room."""
    live = [info for info in connections if info.state is ConnectionState.CONNECTED]
    unseen = dict.fromkeys(info.room for info in live if not info.xray)
    if not live:
        return ""
    if not unseen:
        return ALL_SEEN
    if not any(info.xray for info in live):
        return f"A {_NEVER_REACHES}"
    rooms = " and ".join(shortened(room, _ROOM_CHARS) for room in list(unseen)[:2])
    more = " and other rooms" if len(unseen) > 2 else ""
    return f"In {rooms}{more} a {_NEVER_REACHES}"
