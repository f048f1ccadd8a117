"""Text and byte streams between participants, small and large, whole and piece by piece."""

import asyncio
import random
from pathlib import Path

import pytest
from livekit import rtc

from tests.conformance.stage import Stage
from tests.support.python_peer import PythonPeer

TOPIC = "chat"
WITHIN_S = 20.0
random.seed(0)
RANDOM = random.randbytes(300_000)
"""What no compression makes smaller."""


def local(peer: PythonPeer) -> rtc.LocalParticipant:
    return peer.room.local_participant


class Streams:
    """The streams on one topic that reach a peer, in the order in which they begin."""

    def __init__(self, peer: PythonPeer) -> None:
        self.texts: asyncio.Queue[tuple[rtc.TextStreamReader, str]] = asyncio.Queue()
        self.bytes: asyncio.Queue[tuple[rtc.ByteStreamReader, str]] = asyncio.Queue()
        peer.room.register_text_stream_handler(TOPIC, lambda *came: self.texts.put_nowait(came))
        peer.room.register_byte_stream_handler(TOPIC, lambda *came: self.bytes.put_nowait(came))

    async def text(self) -> tuple[str, str, rtc.TextStreamInfo]:
        """Return the next text, whose it is, and what is said of it."""
        async with asyncio.timeout(WITHIN_S):
            reader, sender = await self.texts.get()
            return await reader.read_all(), sender, reader.info

    async def data(self) -> tuple[bytes, str, rtc.ByteStreamInfo]:
        """Return the next bytes, whose they are, and what is said of them."""
        async with asyncio.timeout(WITHIN_S):
            reader, sender = await self.bytes.get()
            return b"".join([chunk async for chunk in reader]), sender, reader.info


async def test_a_text_reaches_all_or_those_it_is_for(stage: Stage) -> None:
    one, two = await stage.peer("one"), await stage.peer("two")
    seen = {"one": Streams(one), "two": Streams(two)}
    sender = await stage.peer("sender")

    await local(sender).send_text("for öne", topic=TOPIC, destination_identities=["one"])
    await local(sender).send_text("for all", topic=TOPIC, attributes={"mood": "good"})

    assert (await seen["one"].text())[:2] == ("for öne", "sender")
    for streams in seen.values():
        text, whose, info = await streams.text()
        assert (text, whose, info.topic, info.attributes) == ("for all", "sender", TOPIC, {"mood": "good"})
    assert seen["two"].texts.empty()


@pytest.mark.parametrize("compress", [True, False])
async def test_a_large_text_arrives_whole(stage: Stage, compress: bool) -> None:
    streams = Streams(await stage.peer("one"))
    sender = await stage.peer("sender")
    text = RANDOM.hex() + "æ" * 50_000

    await local(sender).send_text(text, topic=TOPIC, compress=compress)

    assert (await streams.text())[0] == text


async def test_a_text_in_pieces_arrives_in_pieces(stage: Stage) -> None:
    streams = Streams(await stage.peer("one"))
    sender = await stage.peer("sender")

    writer = await local(sender).stream_text(topic=TOPIC, attributes={"kind": "live"})
    await writer.write("first ")
    reader, whose = await asyncio.wait_for(streams.texts.get(), WITHIN_S)
    async with asyncio.timeout(WITHIN_S):
        assert await anext(reader) == "first "
        await writer.write("second")
        assert await anext(reader) == "second"
        await writer.aclose()
        assert await reader.read_all() == ""
    assert (whose, reader.info.attributes) == ("sender", {"kind": "live"})


async def test_bytes_arrive_whole_and_with_their_name(stage: Stage, tmp_path: Path) -> None:
    streams = Streams(await stage.peer("one"))
    sender = await stage.peer("sender")
    file = tmp_path / "picture.png"
    file.write_bytes(RANDOM)

    await local(sender).send_file(str(file), topic=TOPIC, destination_identities=["one"])
    await local(sender).send_bytes(b"\x00small", topic=TOPIC, name="n", mime_type="a/b")
    writer = await local(sender).stream_bytes("pieces", topic=TOPIC, total_size=6)
    await writer.write(b"abc")
    await writer.write(b"def")
    await writer.aclose()

    data, whose, info = await streams.data()
    assert (data, whose) == (RANDOM, "sender")
    assert (info.name, info.mime_type, info.size) == ("picture.png", "image/png", len(RANDOM))
    data, _, info = await streams.data()
    assert (data, info.name, info.mime_type) == (b"\x00small", "n", "a/b")
    assert (await streams.data())[0] == b"abcdef"


async def test_a_stream_whose_sender_leaves_breaks_off(stage: Stage) -> None:
    sender = await stage.peer("sender")
    streams = Streams(await stage.peer("one"))  # which lists the sender, and so will miss it
    writer = await local(sender).stream_text(topic=TOPIC)
    await writer.write("to be continued")
    reader, _ = await asyncio.wait_for(streams.texts.get(), WITHIN_S)
    await anext(reader)

    await sender.leave()

    async with asyncio.timeout(WITHIN_S):
        with pytest.raises(rtc.StreamError):
            await reader.read_all()


async def test_streams_and_calls_at_once_do_not_disturb_each_other(stage: Stage) -> None:
    one = await stage.peer("one")
    streams = Streams(one)
    sender = await stage.peer("sender")

    async def texts() -> list[str]:
        return [(await streams.text())[0] for _ in range(20)]

    reading = asyncio.create_task(texts())
    await asyncio.gather(
        *(local(sender).send_text(f"{n}" * 20_000, topic=TOPIC) for n in range(20)),
        *(sender.perform("one", "echo", str(n)) for n in range(50)),
        *(one.perform("sender", "echo", str(n)) for n in range(50)),
    )

    assert sorted(await reading) == sorted(f"{n}" * 20_000 for n in range(20))
