"""The tree of rooms changes by the smallest steps."""

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace
from PySide6.QtCore import QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtTest import QAbstractItemModelTester

from inspector.core.participants import Participant, ParticipantKind, ParticipantState
from inspector.gui.models.rooms_model import RoomRole, RoomsModel
from inspector.session.connection_info import ConnectionState
from tests.support.room_facts import AGENT, LOST, NOW, OBSERVER, REFUSED, ROBOT, WEB, connection


class Clock:
    now = NOW

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def model(qapp: object, clock: Clock) -> Iterator[RoomsModel]:
    model = RoomsModel(clock)
    tester = QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Warning)
    yield model
    tester.deleteLater()


def rows(model: RoomsModel, parent: QModelIndex | None = None) -> list[str]:
    """What stands under `parent`: name and note of each row."""
    parent = parent or QModelIndex()
    found = []
    for row in range(model.rowCount(parent)):
        index = model.index(row, 0, parent)
        sign = index.data(RoomRole.SIGN) or ""
        found.append(f"{sign} {index.data()} {index.data(RoomRole.NOTE)}".strip())
    return found


def test_lists_rooms_with_ourselves_first_then_agents_then_the_others_by_identity(model: RoomsModel) -> None:
    model.set_connections((connection("demo", WEB, ROBOT, OBSERVER, AGENT),))

    assert rows(model) == ["demo 4 here"]  # a hidden one is not here for the others
    assert rows(model, model.index(0, 0)) == [
        "● inspector you",
        "◆ agent-weather agent",
        "◌ observer hidden",
        "◐ robot-1 joining",
        "● web-frontend",
    ]


@pytest.mark.parametrize(
    ("info", "note"),
    [
        (connection(state=ConnectionState.CONNECTING), "connecting…"),
        (connection("demo", WEB, state=ConnectionState.RECONNECTING), "reconnecting…"),
        (connection(state=ConnectionState.REJOINING, problem=LOST, retry_at=NOW + 3.2), "rejoins in 4 s"),
        (connection(state=ConnectionState.REJOINING, problem=LOST, retry_at=NOW - 1), "rejoining…"),
        (connection(state=ConnectionState.LEFT), "left"),
        (
            connection(state=ConnectionState.FAILED, problem=REFUSED),
            "failed: The server refused the key or its secret.",
        ),
    ],
)
def test_says_in_words_how_a_connection_stands(model: RoomsModel, info: object, note: str) -> None:
    model.set_connections((info,))  # type: ignore[arg-type]

    assert rows(model) == [f"demo {note}"]
    assert note in model.index(0, 0).data(Qt.ItemDataRole.AccessibleTextRole)


def test_counts_down_to_the_next_try(model: RoomsModel, clock: Clock) -> None:
    model.set_connections((connection(state=ConnectionState.REJOINING, problem=LOST, retry_at=NOW + 4),))
    changed: list[str] = []
    model.dataChanged.connect(lambda first, _last: changed.append(first.data(RoomRole.NOTE)))

    clock.now += 1.5

    assert model.tick()
    assert changed == ["rejoins in 3 s"]


def test_has_nothing_to_count_down_while_all_are_connected(model: RoomsModel) -> None:
    model.set_connections((connection("demo", WEB),))

    assert not model.tick()


def test_nobody_is_listed_where_there_is_no_room_to_be_in(model: RoomsModel) -> None:
    model.set_connections((connection("demo", WEB, AGENT),))
    model.set_connections((connection(state=ConnectionState.REJOINING, problem=LOST, retry_at=NOW + 1),))

    assert rows(model, model.index(0, 0)) == []


def test_tells_equally_named_rooms_apart_by_identity_or_else_by_server(model: RoomsModel) -> None:
    here = connection("demo")
    second = connection("demo", identity="qa-bot")
    there = replace(connection("demo", url="wss://eu.example.com"), id="elsewhere")
    model.set_connections((here, second))
    assert rows(model) == ["demo 1 here · inspector", "demo 1 here · qa-bot"]

    model.set_connections((here, there))
    assert rows(model) == ["demo 1 here · localhost:7880", "demo 1 here · eu.example.com"]


def test_we_are_active_once_joined_whatever_the_sdk_says_of_our_state(model: RoomsModel) -> None:
    info = connection("demo")
    local = Participant(identity="inspector", state=ParticipantState.JOINED)
    model.set_connections((replace(info, local=local),))

    assert rows(model, model.index(0, 0)) == ["● inspector you"]


def test_marks_our_other_identities_in_the_same_room(model: RoomsModel) -> None:
    first = connection("demo", Participant(identity="qa-bot"))
    second = connection("demo", Participant(identity="inspector"), identity="qa-bot")
    model.set_connections((first, second))

    assert rows(model, model.index(0, 0)) == ["● inspector you", "● qa-bot also you"]


@pytest.mark.parametrize(
    ("attributes", "words"),
    [
        ({}, "agent"),
        ({"lk.publish_on_behalf": "x"}, "beside"),
        ({"lk.publish_on_behalf": "agent-weather"}, "for agent-weather"),
    ],
)
def test_tells_an_agent_from_one_that_stands_beside_or_for_another(
    model: RoomsModel, attributes: dict[str, str], words: str
) -> None:
    other = Participant(identity="x", kind=ParticipantKind.AGENT, attributes=attributes)
    model.set_connections((connection("demo", other),))

    assert rows(model, model.index(0, 0))[1].endswith(f"x {words}")


def test_a_change_of_one_participant_touches_no_other_row(model: RoomsModel) -> None:
    model.set_connections((connection("demo", WEB, ROBOT, AGENT),))
    robot = QPersistentModelIndex(model.index_of("inspector@demo", "robot-1"))
    changed: list[object] = []
    model.dataChanged.connect(lambda first, last: changed.append((first.data(), last.data())))
    model.modelReset.connect(lambda: pytest.fail("the model was reset"))
    model.rowsInserted.connect(lambda *_: pytest.fail("a row was inserted"))
    model.rowsRemoved.connect(lambda *_: pytest.fail("a row was removed"))

    model.set_connections((connection("demo", WEB, replace(ROBOT, state=ParticipantState.ACTIVE), AGENT),))

    assert changed == [("robot-1", "robot-1"), ("demo", "demo")]
    assert robot.data(RoomRole.NOTE) == ""


def test_the_same_facts_again_change_nothing(model: RoomsModel) -> None:
    model.set_connections((connection("demo", WEB, ROBOT, AGENT),))
    model.dataChanged.connect(lambda *_: pytest.fail("something was drawn again"))

    model.set_connections((connection("demo", WEB, ROBOT, AGENT),))


def test_shows_control_characters_of_a_peer_as_their_code(model: RoomsModel) -> None:
    model.set_connections((connection("demo", Participant(identity="a\u202eb\x1b")),))

    assert rows(model, model.index(0, 0))[1] == "● a\\u202eb\\u001b"


def test_a_tool_tip_shows_markup_of_a_peer_as_text(model: RoomsModel) -> None:
    model.set_connections((connection("demo", Participant(identity="x", name="<b>bold</b>")),))

    tip = model.index_of("inspector@demo", "x").data(Qt.ItemDataRole.ToolTipRole)

    assert "&lt;b&gt;bold&lt;/b&gt;" in tip
    assert "<b>" not in tip


identities = st.lists(st.sampled_from([f"p{n}" for n in range(12)]), unique=True, max_size=12)
worlds = st.lists(
    st.tuples(st.sampled_from("abcd"), identities), unique_by=lambda world: world[0], max_size=4
)


@given(before=worlds, after=worlds)
def test_any_change_of_the_world_ends_in_the_tree_built_afresh(
    qapp: object, before: list[tuple[str, list[str]]], after: list[tuple[str, list[str]]]
) -> None:
    def world(rooms: list[tuple[str, list[str]]]) -> tuple[object, ...]:
        return tuple(connection(room, *map(Participant, people)) for room, people in rooms)

    def tree(model: RoomsModel) -> list[tuple[str, list[str]]]:
        return [(name, rows(model, model.index(i, 0))) for i, name in enumerate(rows(model))]

    changed, fresh = RoomsModel(lambda: NOW), RoomsModel(lambda: NOW)
    tester = QAbstractItemModelTester(changed, QAbstractItemModelTester.FailureReportingMode.Warning)
    changed.set_connections(world(before))  # type: ignore[arg-type]
    changed.set_connections(world(after))  # type: ignore[arg-type]
    fresh.set_connections(world(after))  # type: ignore[arg-type]

    assert tree(changed) == tree(fresh)
    tester.deleteLater()


def test_a_room_whose_calls_are_all_seen_says_so(model: RoomsModel) -> None:
    info = replace(connection("demo", WEB), xray=True)
    model.set_connections((info,))
    assert rows(model)[0] == "demo 2 here · X-ray"
    assert model.index(0, 0).data(Qt.ItemDataRole.AccessibleTextRole).endswith("2 here, X-ray")
