"""Data packets between participants: whom they say they are from, whom they reach, and what is dropped."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Sequence

import pytest
from livekit.protocol.metrics import MetricsBatch
from livekit.protocol.models import (
    ChatMessage,
    DataPacket,
    DataStream,
    ParticipantInfo,
    RpcAck,
    RpcRequest,
    Transcription,
    UserPacket,
)

from inspector.local_room.hooks import Deliver
from inspector.local_room.limits import LimitReachedError, Limits
from inspector.local_room.server import RoomServer
from inspector.local_room.watching.watching import Watching
from tests.local_room.raw_peer import RawPeer
from tests.local_room.running import running
from tests.support.reports import Unexpected

Kind = DataPacket.Kind
State = ParticipantInfo.State


@contextlib.asynccontextmanager
async def peer(server: RoomServer, identity: str, **options: object) -> AsyncIterator[RawPeer]:
    """Somebody whose data channels are open."""
    async with RawPeer.joined(server.url, "r", identity, **options) as joined:  # type: ignore[arg-type]
        await joined.connect()
        yield joined


def user(payload: bytes = b"hi", **more: object) -> DataPacket:
    return DataPacket(user=UserPacket(payload=payload, **more))  # type: ignore[arg-type]


def ack(request_id: str, to: Sequence[str] = (), sequence: int = 0) -> DataPacket:
    return DataPacket(rpc_ack=RpcAck(request_id=request_id), destination_identities=to, sequence=sequence)


async def received_only(receiver: RawPeer, sender: RawPeer, *, to: str) -> None:
    """Returns if of all that was sent nothing came but what is sent now."""
    sender.send(ack("last", [to]))
    assert (await receiver.receive()).rpc_ack.request_id == "last"


async def test_a_packet_says_whom_it_is_from_whatever_its_sender_wrote() -> None:
    async with running() as server, peer(server, "one") as one, peer(server, "two") as two:
        one.send(
            DataPacket(
                kind=Kind.LOSSY,
                participant_identity="two",
                participant_sid="PA_forged",
                user=UserPacket(payload=b"hi", participant_identity="two", participant_sid="PA_forged"),
            )
        )
        packet = await two.receive()
        sid = one.join.participant.sid
        assert (packet.participant_identity, packet.participant_sid, packet.kind) == (
            "one",
            sid,
            Kind.RELIABLE,
        )
        assert (packet.user.participant_identity, packet.user.participant_sid) == ("one", sid)
        one.send(user(), "_lossy")
        assert (await two.receive()).kind == Kind.LOSSY


async def test_packets_reach_whom_they_name_and_everybody_else_where_they_name_nobody() -> None:
    async with (
        running() as server,
        peer(server, "one") as one,
        peer(server, "two") as two,
        peer(server, "three") as three,
    ):
        one.send(ack("to two", ["two", "two", "nobody"]))
        one.send(user(b"to three", destination_sids=[three.join.participant.sid]))
        one.send(user(b"also to three", destination_identities=["three"]))
        one.send(user(b"to the dead", destination_sids=["PA_dead"]))
        one.send(ack("to all"))

        assert [(await two.receive()).rpc_ack.request_id for _ in range(2)] == ["to two", "to all"]
        assert [(await three.receive()).user.payload for _ in range(2)] == [b"to three", b"also to three"]
        assert (await three.receive()).rpc_ack.request_id == "to all"
        await received_only(two, three, to="two")
        assert not one.has_received()


async def test_who_may_not_publish_data_is_dropped_without_a_word_and_still_receives() -> None:
    async with (
        running() as server,
        peer(server, "mute", can_publish_data=False) as mute,
        peer(server, "one") as one,
    ):
        mute.send(ack("unheard", ["one"]))
        one.send(ack("heard", ["mute"]))
        assert (await mute.receive()).rpc_ack.request_id == "heard"
        assert not one.has_received()


async def test_hidden_senders_are_nobody() -> None:
    async with running() as server, peer(server, "one") as one, peer(server, "ghost", hidden=True) as ghost:
        ghost.send(user())
        packet = await one.receive()
        assert (packet.participant_identity, packet.user.participant_identity) == ("", "")
        one.send(ack("to a ghost", ["ghost"]))
        assert (await ghost.receive()).rpc_ack.request_id == "to a ghost"


async def test_what_only_some_may_say_and_what_is_no_word_to_others() -> None:
    header = DataStream.Header(stream_id="s", text_header=DataStream.TextHeader())
    in_anothers_name = (
        DataPacket(participant_identity="one", chat_message=ChatMessage(message="hi")),
        DataPacket(participant_identity="one", stream_header=header),
    )
    async with (
        running() as server,
        peer(server, "one") as one,
        peer(server, "plain") as plain,
        peer(server, "agent", kind="agent") as agent,
    ):
        for packet in (
            DataPacket(transcription=Transcription()),
            DataPacket(metrics=MetricsBatch()),
            DataPacket(),
        ):
            plain.send(packet)
        await received_only(one, plain, to="one")
        agent.send(DataPacket(transcription=Transcription()))
        assert (await one.receive()).WhichOneof("value") == "transcription"
        for sender, name in ((plain, "plain"), (agent, "one")):
            for packet in in_anothers_name:
                sender.send(packet)
            chat, text = await one.receive(), await one.receive()
            assert (chat.participant_identity, text.participant_identity) == (name, name)
            assert chat.chat_message.generated is (sender is agent)
            assert text.stream_header.text_header.generated is (sender is agent)


async def test_packets_that_come_twice_are_passed_on_once() -> None:
    async with running() as server, peer(server, "one") as one, peer(server, "two") as two:
        for payload in (b"first", b"again"):
            one.send(user(payload, nonce=b"0123456789abcdef"))
        for request_id, sequence in (("a", 1), ("b", 2), ("a again", 1), ("b again", 2), ("c", 3)):
            one.send(ack(request_id, ["two"], sequence))
        assert (await two.receive()).user.payload == b"first"
        assert [(await two.receive()).rpc_ack.request_id for _ in range(3)] == ["a", "b", "c"]


async def test_reliable_packets_for_who_is_just_joining_arrive_once_it_is_there() -> None:
    async with (
        running() as server,
        peer(server, "one") as one,
        peer(server, "two") as two,
        RawPeer.joined(server.url, "r", "late") as late,
    ):
        one.send(ack("without a number", ["late"]))
        one.send(ack("held", ["late"], sequence=1))
        one.send(ack("for others", ["two"], sequence=2))
        assert (await two.receive()).rpc_ack.request_id == "for others"
        await late.connect()
        one.send(ack("then", ["late"], sequence=3))
        assert [(await late.receive()).rpc_ack.request_id for _ in range(2)] == ["held", "then"]


@pytest.mark.parametrize("garbage", [b"", b"\xff", b"\x0a\xff\xff\xff\xff\x7f", b"x" * 60_000])
async def test_garbage_is_dropped_and_harms_nobody(garbage: bytes) -> None:
    async with running() as server, peer(server, "bad") as bad, peer(server, "one") as one:
        assert bad.client is not None
        bad.client.send("_reliable", garbage)
        bad.client.send("_lossy", garbage)
        await received_only(one, bad, to="one")


async def test_a_packet_that_is_too_large_is_dropped_and_reported() -> None:
    report = Unexpected()
    async with running(report) as server, peer(server, "large") as large, peer(server, "one") as one:
        large.send(user(b"x" * 63_900, destination_identities=["one"]))
        assert len((await one.receive()).user.payload) == 63_900
        large.send(user(b"x" * 64_000, destination_identities=["one"]))
        await received_only(one, large, to="one")
        error = await report.next()
        assert isinstance(error, LimitReachedError)
        assert "64000" in str(error)
    assert report.rest() == []


async def test_who_takes_its_data_too_slowly_loses_packets_which_is_reported_once() -> None:
    report = Unexpected()
    limits = Limits(reliable_backlog_size=500_000)
    async with (
        running(report, limits=limits) as server,
        peer(server, "fast") as fast,
        peer(server, "slow") as slow,
    ):
        assert slow.client is not None
        slow.client.vanish()
        for _ in range(20):
            fast.send(user(b"x" * 60_000, destination_identities=["slow"]))
        assert isinstance(await report.next(), LimitReachedError)
        async with peer(server, "other") as other:
            fast.send(ack("to others", ["other"]))
            assert (await other.receive()).rpc_ack.request_id == "to others"
        slow.client = None
    assert report.rest() == []


class Watcher:
    """Takes charge of what it is told to, and notes all that it sees."""

    def __init__(self, room: str, deliver: Deliver) -> None:
        self.room = room
        self.deliver = deliver
        self.seen: list[tuple[str | None, str, tuple[str, ...]]] = []
        self.left: asyncio.Queue[str] = asyncio.Queue()
        self.is_closed = False

    def route(self, packet: DataPacket, sender: str, destinations: Sequence[str]) -> bool:
        self.seen.append((packet.WhichOneof("value"), sender, tuple(destinations)))
        match packet.rpc_request.method:
            case "raise":
                raise ValueError("the watcher's own mistake")
            case "drop":
                return True
            case "answer":
                answer = ack("from the room", sequence=packet.sequence)
                answer.participant_identity = destinations[0]
                self.deliver.deliver(answer, sender)
                self.deliver.deliver(ack("to nobody"), "nobody")
                return True
            case "throw out":
                self.deliver.disconnect(destinations[0])
                return True
            case "again":
                self.deliver.deliver(packet, destinations[0])
                self.deliver.deliver(packet, destinations[0])
                return True
        return False

    def participant_left(self, identity: str) -> None:
        self.left.put_nowait(identity)

    def closed(self) -> None:
        self.is_closed = True


def request(method: str, to: str, sequence: int = 0) -> DataPacket:
    return DataPacket(
        rpc_request=RpcRequest(id=method, method=method), destination_identities=[to], sequence=sequence
    )


async def test_a_watcher_sees_packets_first_and_may_take_charge_of_them(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    watchers: list[Watcher] = []

    def make(room: str, deliver: Deliver) -> Watcher:
        watchers.append(Watcher(room, deliver))
        return watchers[-1]

    monkeypatch.setattr(Watching, "make_watcher", lambda _, room, deliver: make(room, deliver))
    report = Unexpected()
    async with running(report) as server:
        async with peer(server, "one") as one, peer(server, "two") as two:
            for method in ("pass", "drop", "raise"):
                one.send(request(method, "two"))
            assert [(await two.receive()).rpc_request.method for _ in range(2)] == ["pass", "raise"]
            assert isinstance(await report.next(), ValueError)

            one.send(request("answer", "two"))
            answer = await one.receive()
            assert (answer.rpc_ack.request_id, answer.participant_identity) == ("from the room", "two")
            assert answer.participant_sid == two.join.participant.sid

            one.send(request("again", "two", sequence=7))
            copies = [await two.receive() for _ in range(2)]
            assert [copy.sequence for copy in copies] == [7, 0], "a client drops what it takes for seen"

            one.send(request("throw out", "two"))
            await one.until_told("two", state=State.DISCONNECTED)
            async with asyncio.timeout(10):
                assert await watchers[0].left.get() == "two"
        seen = watchers[0].seen
        assert seen[0] == ("rpc_request", "one", ("two",))
        assert watchers[0].room == "r"
    assert watchers[0].is_closed
    assert report.rest() == []
