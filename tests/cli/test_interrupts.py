"""Ctrl-C is 130 and SIGTERM 143, or 0 for `respond` and `watch`, at whatever stage of a command they come."""

import asyncio
import contextlib
import errno
import os
import signal
from pathlib import Path

from tests.support.command import Command, Ended, by_key
from tests.support.livekit_server import LiveKitServer
from tests.support.python_peer import PythonPeer

MOCKS = "version: 1\nmocks: [{method: m, rules: [{reply: x}]}]\n"
SECRET = "a secret long enough to sign with, as it should be"
READS_WITHIN_S = 20.0


async def _interrupted_while_connecting(home: Path, sig: signal.Signals, *arguments: str) -> Ended:
    """Sends `sig` once the command has reached a server that never says a word."""
    reached = asyncio.Event()

    async def listen(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        reached.set()
        with contextlib.suppress(ConnectionError):
            while await reader.read(65536):
                pass
        writer.close()

    async with await asyncio.start_server(listen, "127.0.0.1") as server:
        url = f"ws://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        options = ["--url", url, "--api-key", "devkey", "--api-secret", SECRET, "--room", "r"]
        async with Command.running(home, *arguments, *options) as command:
            await reached.wait()
            command.send(sig)
            return await command.ended()


async def test_while_connecting(tmp_path: Path) -> None:
    (tmp_path / "mocks.yaml").write_text(MOCKS)
    cases = [
        (signal.SIGINT, ("call", "peer", "echo"), 130),
        (signal.SIGTERM, ("call", "peer", "echo"), 143),
        (signal.SIGINT, ("respond", "mocks.yaml"), 130),
        (signal.SIGTERM, ("respond", "mocks.yaml"), 0),
        (signal.SIGINT, ("participants",), 130),
        (signal.SIGINT, ("watch",), 130),
        (signal.SIGTERM, ("watch",), 0),
    ]
    interrupted = (_interrupted_while_connecting(tmp_path, sig, *arguments) for sig, arguments, _ in cases)
    for (sig, arguments, code), ended in zip(cases, await asyncio.gather(*interrupted), strict=True):
        assert ended.code == code, (sig, arguments, ended.err)
        assert "Traceback" not in ended.err


async def _until_read(fifo: Path) -> int:
    """Opens the writing end once somebody has opened the reading end."""
    async with asyncio.timeout(READS_WITHIN_S):
        while True:
            try:
                return os.open(fifo, os.O_WRONLY | os.O_NONBLOCK)
            except OSError as error:
                if error.errno != errno.ENXIO:
                    raise
            await asyncio.sleep(0.02)


async def test_while_reading_the_payload(tmp_path: Path) -> None:
    fifo = tmp_path / "payload"
    os.mkfifo(fifo)
    async with Command.running(tmp_path, "call", "peer", "echo", "@payload", "--dev") as command:
        with os.fdopen(await _until_read(fifo), "wb"):
            ending = asyncio.ensure_future(command.ended())
            while not ending.done():  # Python does not see one that comes in the moment before it waits
                command.send(signal.SIGINT)
                await asyncio.wait({ending}, timeout=0.5)
        ended = await ending
    assert ended.code == 130
    assert ended.err.strip() == ""


async def test_while_waiting_for_somebody(
    livekit_server: LiveKitServer, room_name: str, tmp_path: Path
) -> None:
    wait = ["call", "late-*", "echo", "--wait", "60s"]
    async with (
        PythonPeer.joined(livekit_server, room_name, "peer") as peer,
        Command.running(tmp_path, *wait, *by_key(livekit_server, room_name, "a")) as interrupted,
        Command.running(tmp_path, *wait, *by_key(livekit_server, room_name, "b")) as terminated,
    ):
        await peer.wait_until_active("a", "b")
        interrupted.send(signal.SIGINT)
        terminated.send(signal.SIGTERM)
        ended = [await interrupted.ended(), await terminated.ended()]
    assert [one.code for one in ended] == [130, 143]
    assert "Traceback" not in ended[0].err + ended[1].err


async def test_repeated_calls_are_summed_up_all_the_same(
    livekit_server: LiveKitServer, room_name: str, tmp_path: Path
) -> None:
    key = by_key(livekit_server, room_name)
    repeat = ["call", "peer", "echo", "x", "--repeat", "1000000", "--json", *key]
    async with (
        PythonPeer.joined(livekit_server, room_name, "peer"),
        Command.running(tmp_path, *repeat) as command,
    ):
        for _ in range(3):
            assert await command.output_line()
        command.send(signal.SIGINT)
        ended = await command.ended()
    assert ended.code == 130
    assert "failures by code: none" in ended.err
    assert "Traceback" not in ended.err


async def test_probes_are_summed_up_all_the_same(
    livekit_server: LiveKitServer, room_name: str, tmp_path: Path
) -> None:
    key = by_key(livekit_server, room_name)
    async with (
        PythonPeer.joined(livekit_server, room_name, "peer"),
        Command.running(tmp_path, "ping", "peer", "--count", "1000", *key) as command,
    ):
        assert (await command.output_line()).startswith("peer: ")
        command.send(signal.SIGINT)
        ended = await command.ended()
    assert ended.code == 130
    assert "failures by code: none" in ended.out
