"""What becomes of rooms and participants as time passes, by a clock that the test moves."""

from typing import Any, cast

import pytest
from livekit.protocol.models import DisconnectReason, ParticipantInfo
from livekit.protocol.room import CreateRoomRequest
from livekit.protocol.rtc import SignalResponse

from inspector.local_room.access.grants import Grants, VideoGrants
from inspector.local_room.access.refusals import Refused
from inspector.local_room.hooks import FaultSource, NoFaults, NoJoinFaults, RoomObserver
from inspector.local_room.joining.join_request import JoinWish, read_join
from inspector.local_room.joining.sessions import Session
from inspector.local_room.joining.signalling import SignalSocket
from inspector.local_room.options import RoomServerOptions
from inspector.local_room.rooms.participants import Participant
from inspector.local_room.rooms.room import Room
from inspector.local_room.services import Services

State = ParticipantInfo.State


class Hears(RoomObserver):
    """Notes what happens."""

    def __init__(self) -> None:
        self.heard: list[tuple[str, ...]] = []

    def participant_joined(self, room: str, identity: str) -> None:
        self.heard.append(("joined", identity))

    def participant_left(self, room: str, identity: str) -> None:
        self.heard.append(("left", identity))

    def room_closed(self, room: str) -> None:
        self.heard.append(("closed", room))


class Line:
    """In place of a signalling socket: keeps what was said."""

    def __init__(self) -> None:
        self.said: list[SignalResponse] = []
        self.is_closed = False

    def send(self, response: SignalResponse) -> None:
        if not self.is_closed:
            self.said.append(response)

    def close(self, *_: object) -> None:
        self.is_closed = True

    def when_flushed(self, do: Any) -> None:
        do()

    def last(self, what: str) -> Any:
        return next(getattr(r, what) for r in reversed(self.said) if r.WhichOneof("message") == what)


class World:
    """One room and its clock."""

    def __init__(self, faults: FaultSource | None = None, **request: Any) -> None:
        self.now = 1_000_000.0
        self.observer = Hears()
        self.reported: list[BaseException] = []
        self.services = Services(
            options=RoomServerOptions(keys={"devkey": "secret"}),
            hub=cast("Any", None),
            tasks=cast("Any", None),
            report=lambda error, _: self.reported.append(error),
            observers=[self.observer],
            faults=faults or NoFaults(),
            clock=lambda: self.now,
            wall_clock=lambda: self.now,
        )
        self.room = Room(CreateRoomRequest(name="r", **request), self.services)

    def join(self, identity: str, *, kind: str = "", **video: Any) -> tuple[Session, Line]:
        grants = Grants(
            api_key="devkey",
            identity=identity,
            kind=kind,
            video=VideoGrants(room_join=True, room="r", **video),
        )
        line = Line()
        return self.room.join(grants, wish(), cast("SignalSocket", line)), line

    def active(self, identity: str, **options: Any) -> tuple[Participant, Line]:
        session, line = self.join(identity, **options)
        session.data_ready()
        assert session.participant.state == State.ACTIVE
        return session.participant, line

    def pass_(self, seconds: float) -> None:
        """Lets time pass, a quarter of a second at once."""
        end = self.now + seconds
        while self.now < end:
            self.now += 0.25
            self.room.tick()


def wish() -> JoinWish:
    return read_join({"protocol": "16"}, packed_required=False, strict=False, max_bytes=1)


@pytest.mark.parametrize(("asked", "stays_s"), [({}, 300), ({"empty_timeout": 10}, 10)])
def test_a_room_that_nobody_joins_is_over_after_its_empty_timeout(asked: Any, stays_s: int) -> None:
    world = World(**asked)
    world.pass_(stays_s - 1)
    assert not world.room.is_closed
    world.pass_(1)
    assert world.room.is_closed
    assert world.observer.heard == [("closed", "r")]


@pytest.mark.parametrize(("asked", "stays_s"), [({}, 20), ({"departure_timeout": 3}, 3)])
def test_a_room_that_all_have_left_is_over_after_its_departure_timeout(asked: Any, stays_s: int) -> None:
    world = World(**asked)
    participant, _ = world.active("one")
    world.pass_(1000)
    world.room.remove(participant, DisconnectReason.CLIENT_INITIATED)
    world.pass_(stays_s - 1)
    assert not world.room.is_closed
    world.pass_(1)
    assert world.room.is_closed


def test_agents_keep_no_room_open_and_are_sent_out_of_one_that_closes() -> None:
    world = World(empty_timeout=5, departure_timeout=3)
    _, agent = world.active("agent", kind="agent")
    assert world.room.info().num_participants == 0
    world.pass_(5)
    assert world.room.is_closed
    assert agent.last("leave").reason == DisconnectReason.ROOM_CLOSED
    assert world.observer.heard == [("joined", "agent"), ("left", "agent"), ("closed", "r")]


def test_whose_data_channel_does_not_open_within_a_minute_is_removed() -> None:
    world = World()
    _, line = world.join("one")
    world.pass_(59)
    assert "one" in world.room.participants
    world.pass_(2)
    assert line.last("leave").reason == DisconnectReason.JOIN_FAILURE
    assert "one" not in world.room.participants


def test_whose_connection_ends_is_asked_back_after_a_moment_and_is_gone_after_five_seconds() -> None:
    world = World()
    _, watching = world.active("watching")
    participant, line = world.active("lost")

    world.room.connection_lost(participant)
    world.pass_(0.75)
    assert not line.is_closed, "a client that leaves may say so after it has closed its connection"
    world.pass_(0.5)
    assert line.is_closed
    assert line.last("leave").action == 1, "RESUME"
    world.pass_(3.5)
    assert "lost" in world.room.participants
    world.pass_(0.5)
    (left,) = watching.last("update").participants
    assert (left.identity, left.state) == ("lost", State.DISCONNECTED)
    assert left.disconnect_reason == DisconnectReason.CONNECTION_TIMEOUT


def test_a_lost_socket_alone_ends_nothing_while_data_flows() -> None:
    world = World()
    participant, line = world.active("one")
    world.room.signal_lost(participant, cast("SignalSocket", line))
    world.pass_(600)
    assert "one" in world.room.participants


def test_tokens_are_renewed_every_five_minutes() -> None:
    world = World()
    _, line = world.active("one")
    line.said.clear()
    world.pass_(299)
    assert line.said == []
    world.pass_(2)
    assert [message.WhichOneof("message") for message in line.said] == ["refresh_token"]


def test_a_room_takes_as_many_as_it_says_and_agents_on_top() -> None:
    world = World(max_participants=1)
    _, first = world.active("one")
    with pytest.raises(
        Refused, match="connection closed by media: room has exceeded its max participants"
    ) as full:
        world.join("two")
    assert full.value.status == 500
    world.join("agent", kind="agent")
    world.join("one")
    assert first.last("leave").reason == DisconnectReason.DUPLICATE_IDENTITY


def test_a_recording_is_shown_and_counts_for_nobody() -> None:
    world = World()
    world.active("recorder", recorder=True)
    info = world.room.info()
    assert (info.active_recording, info.num_participants) == (True, 0)


class ByName:
    """Faults of joining, for those who are named so."""

    def for_join(self, identity: str) -> NoJoinFaults:
        return NoJoinFaults(force_v1=identity == "v1", old_server=identity == "old")


def test_faults_of_joining_show_a_participant_without_v2_and_an_old_server() -> None:
    world = World(ByName())
    query = {"protocol": "16", "client_protocol": "2"}

    def joined(identity: str) -> Line:
        line = Line()
        grants = Grants(api_key="devkey", identity=identity, video=VideoGrants(room_join=True, room="r"))
        asked = read_join(query, packed_required=False, strict=False, max_bytes=1)
        world.room.join(grants, asked, cast("SignalSocket", line))
        return line

    plain, v1, old = joined("plain"), joined("v1"), joined("old")

    assert [p.client_protocol for p in v1.last("join").other_participants] == [0]
    assert {p.identity: p.client_protocol for p in old.last("join").other_participants} == {
        "plain": 2,
        "v1": 0,
    }
    assert v1.last("update").participants[0].client_protocol == 0, "of `old`, which speaks v2"
    assert plain.last("update").participants[0].client_protocol == 2
    assert old.last("join").server_info.version == "1.7.2"
    assert plain.last("join").server_info.version == "1.13.5"


def test_an_observer_that_fails_is_reported_and_keeps_nobody_out() -> None:
    class Broken(RoomObserver):
        def participant_joined(self, room: str, identity: str) -> None:
            raise ZeroDivisionError

    world = World()
    world.services.observers.insert(0, Broken())
    world.active("one")
    assert [type(error) for error in world.reported] == [ZeroDivisionError]
    assert ("joined", "one") in world.observer.heard
