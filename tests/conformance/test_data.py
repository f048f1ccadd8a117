"""Data packets between participants: to whom they go, what comes with them, and how large they may be."""

import asyncio

import pytest
from livekit import api, rtc
from livekit.protocol.models import DataPacket
from livekit.rtc.participant import PublishDataError

from tests.conformance.stage import Stage
from tests.support.python_peer import PythonPeer

LIMIT_BYTES = 64_000
"""Of a whole packet, headers and all."""
REACHED_WITHIN_S = 20.0


def local(peer: PythonPeer) -> rtc.LocalParticipant:
    return peer.room.local_participant


async def received(peer: PythonPeer, *, until: str) -> list[rtc.DataPacket]:
    """Return what the peer received before the packet with this text, which is sent last."""
    await peer.told.until(lambda: any(packet.data == until.encode() for packet in peer.told.packets()))
    return [packet for packet in peer.told.packets() if packet.data != until.encode()]


async def until_reached(stage: Stage, peer: PythonPeer) -> None:
    """Return once data of the server reaches the peer: what is sent before its channel is open is lost."""
    async with asyncio.timeout(REACHED_WITHIN_S):
        while True:  # each question waits for an answer, so this does not spin
            try:
                await stage.call_by_server_api(peer.identity, "echo")
            except api.TwirpError as error:
                if error.code != "internal":
                    raise
            else:
                return


async def test_data_goes_to_all_others_and_says_whose_it_is_and_of_what(stage: Stage) -> None:
    sender, one, two = await stage.peer("sender"), await stage.peer("one"), await stage.peer("two")

    await local(sender).publish_data(b"\x00\xff", topic="räume")
    await local(sender).publish_data("text")
    await local(sender).publish_data("end")

    for peer in (one, two):
        packets = await received(peer, until="end")
        assert [(p.data, p.topic) for p in packets] == [(b"\x00\xff", "räume"), (b"text", "")]
        for packet in packets:
            assert packet.kind == rtc.DataPacketKind.KIND_RELIABLE
            assert packet.participant is not None
            assert packet.participant.identity == "sender"
    assert sender.told.packets() == []


async def test_data_with_destinations_goes_to_them_alone(stage: Stage) -> None:
    sender, one, two = await stage.peer("sender"), await stage.peer("one"), await stage.peer("two")
    me = local(sender)

    await me.publish_data("for one", destination_identities=["one"])
    await me.publish_data("for both", destination_identities=["one", "two", "nobody"])
    await me.publish_data("for nobody", destination_identities=["nobody"])
    await me.publish_data("for me", destination_identities=["sender"])
    await me.publish_data("end")

    assert [p.data for p in await received(one, until="end")] == [b"for one", b"for both"]
    assert [p.data for p in await received(two, until="end")] == [b"for both"]
    assert sender.told.packets() == []


async def test_lossy_data_arrives_and_says_that_it_is(stage: Stage) -> None:
    one, sender = await stage.peer("one"), await stage.peer("sender")

    await local(sender).publish_data("quick", reliable=False, topic="t", destination_identities=["one"])

    await one.told.until(one.told.packets)
    (packet,) = one.told.packets()
    assert (packet.data, packet.kind, packet.topic) == (b"quick", rtc.DataPacketKind.KIND_LOSSY, "t")


async def test_a_thousand_packets_arrive_in_order(stage: Stage) -> None:
    sender, one = await stage.peer("sender"), await stage.peer("one")

    for number in range(1000):
        await local(sender).publish_data(str(number))

    await one.told.until(lambda: len(one.told.packets()) == 1000)
    assert [int(packet.data) for packet in one.told.packets()] == list(range(1000))


@pytest.mark.parametrize("reliable", [True, False], ids=["reliable", "lossy"])
async def test_a_packet_has_64000_bytes_at_most(stage: Stage, reliable: bool) -> None:
    one, sender = await stage.peer("one"), await stage.peer("sender")

    with pytest.raises(PublishDataError, match=str(LIMIT_BYTES)):
        await local(sender).publish_data(b"x" * LIMIT_BYTES, reliable=reliable)
    await local(sender).publish_data(b"x" * (LIMIT_BYTES - 100), reliable=reliable)

    await one.told.until(one.told.packets)
    assert [len(packet.data) for packet in one.told.packets()] == [LIMIT_BYTES - 100]


async def test_data_of_who_may_not_publish_it_goes_nowhere(stage: Stage) -> None:
    mute = await stage.peer("mute", can_publish_data=False)
    one, sender = await stage.peer("one"), await stage.peer("sender")

    await local(mute).publish_data("unheard")
    with pytest.raises(rtc.RpcError):  # sent after it, and so lost after it
        await mute.perform("one", "echo", ack_timeout_s=0.2)
    await local(sender).publish_data("heard by mute and one")
    await local(sender).publish_data("end")

    assert [p.data for p in await received(one, until="end")] == [b"heard by mute and one"]
    assert [p.data for p in await received(mute, until="end")] == [b"heard by mute and one"]


async def test_the_hidden_send_without_a_name_and_hear_all(stage: Stage) -> None:
    one, ghost = await stage.peer("one"), await stage.peer("ghost", hidden=True)

    await local(ghost).publish_data("boo")
    await one.told.until(one.told.packets)
    await local(one).publish_data("who is there?")
    await local(one).publish_data("and you", destination_identities=["ghost"])

    await ghost.told.until(lambda: len(ghost.told.packets()) == 2)
    (packet,) = one.told.packets()
    assert (packet.data, packet.participant) == (b"boo", None)
    assert [p.data for p in ghost.told.packets()] == [b"who is there?", b"and you"]
    assert {p.participant.identity for p in ghost.told.packets() if p.participant} == {"one"}


async def test_the_server_api_sends_data_of_nobody(stage: Stage) -> None:
    one, two = await stage.peer("one"), await stage.peer("two")
    for peer in (one, two):
        await until_reached(stage, peer)

    async with stage.server.admin() as admin:
        for to in ([], ["two"]):
            await admin.room.send_data(
                api.SendDataRequest(
                    room=stage.room,
                    data=b"from above",
                    kind=DataPacket.Kind.RELIABLE,
                    destination_identities=to,
                    topic="news",
                )
            )

    await two.told.until(lambda: len(two.told.packets()) == 2)
    assert {(p.data, p.topic, p.participant) for p in two.told.packets()} == {(b"from above", "news", None)}
    assert len(one.told.packets()) == 1
