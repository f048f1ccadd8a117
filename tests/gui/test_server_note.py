"""What is said of rooms whose server does not show calls to methods with no mock."""

import msgspec
import pytest

from inspector.gui.models.server_note import ALL_SEEN, server_note
from inspector.session.connection_info import ConnectionInfo, ConnectionState
from inspector.session.ports import JoinTarget

NEVER = "method with no mock never reaches this program: the SDK answers 1400."


def joined(room: str, *, xray: bool = False) -> ConnectionInfo:
    target = JoinTarget(url="ws://fake", room=room, identity="me", source="a test")
    return ConnectionInfo(
        f"me@{room}", target, ConnectionState.CONNECTED, room, None, (), frozenset(), None, None, xray
    )


@pytest.mark.parametrize(
    ("connections", "note"),
    [
        ((), ""),
        ((joined("demo", xray=True),), ALL_SEEN),
        ((joined("staging"),), f"A {NEVER}"),
        ((joined("demo", xray=True), joined("staging"), joined("staging")), f"In staging a {NEVER}"),
        (
            (joined("demo", xray=True), joined("a"), joined("b"), joined("c")),
            f"In a and b and other rooms a {NEVER}",
        ),
    ],
)
def test_rooms_that_do_not_show_all_calls_are_pointed_out(
    connections: tuple[ConnectionInfo, ...], note: str
) -> None:
    assert server_note(connections) == note


def test_a_room_we_are_not_in_does_not_count() -> None:
    left = msgspec.structs.replace(joined("staging"), state=ConnectionState.LEFT)
    assert server_note([left]) == ""
