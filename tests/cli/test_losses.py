"""What commands do when they are thrown out, and when the server goes, for a while or for good."""

import asyncio
import json
import signal
import time
from pathlib import Path

import pytest

from inspector.cli.losses import Losses
from inspector.core.calls import timestamp
from inspector.session.connection_info import ConnectionInfo, ConnectionState
from inspector.session.ports import JoinTarget
from tests.support.command import Command, by_key, impatient
from tests.support.livekit_server import LiveKitServer
from tests.support.python_peer import PythonPeer

MOCKS = "version: 1\nmocks: [{method: m, rules: [{reply: x}]}]\n"


def _info(state: ConnectionState) -> ConnectionInfo:
    target = JoinTarget("ws://h", "room", "shell", "options")
    return ConnectionInfo("c", target, state, "room", None, (), frozenset(), None, None)


def test_a_loss_is_said_once_however_many_ways_of_coming_back_are_tried(
    capsys: pytest.CaptureFixture[str],
) -> None:
    losses = Losses()
    state = ConnectionState
    for now in (state.CONNECTED, state.RECONNECTING, state.REJOINING, state.REJOINING, state.CONNECTED):
        losses.connection_changed(_info(now))
        losses.connection_changed(_info(now))

    assert capsys.readouterr().err.splitlines() == [
        "shell lost the server; trying again.",
        "shell is back in room.",
    ]


async def test_being_removed_ends_whatever_runs_with_3_and_the_reason(
    livekit_server: LiveKitServer, room_name: str, tmp_path: Path
) -> None:
    def by(identity: str) -> list[str]:
        return [*by_key(livekit_server, room_name, identity), "-q"]

    async with (
        PythonPeer.joined(livekit_server, room_name, "peer") as peer,
        Command.running(tmp_path, "call", "late-*", "echo", "--wait", "60s", *by("waiter")) as waiter,
        Command.running(tmp_path, "call", "peer", "slow", "9", "--json", *by("caller")) as caller,
        Command.running(tmp_path, "call", "peer", "slow", "0.05", "--repeat", "999", *by("again")) as again,
        Command.running(tmp_path, "ping", "peer", "--count", "999", *by("pinger")) as pinger,
    ):
        await peer.wait_until_active("waiter", "caller", "again", "pinger")
        await peer.wait_until_called("slow")
        await pinger.output_line()
        for identity in ("waiter", "caller", "again", "pinger"):
            await livekit_server.remove_participant(room_name, identity)
        ended = [await command.ended() for command in (waiter, caller, again, pinger)]

    for one in ended:
        assert one.code == 3
        assert "removed from the room" in one.err
        assert "Traceback" not in one.err
    assert json.loads(ended[1].out)["method"] == "slow"
    # It ends, rather than failing hundreds of times at what can no longer succeed.
    assert int(ended[2].out.split()[0]) < 900
    assert "probes in" in ended[3].out


async def test_calls_and_mocks_go_on_after_the_server_was_restarted(
    own_livekit_server: LiveKitServer, room_name: str, tmp_path: Path
) -> None:
    (tmp_path / "mocks.yaml").write_text(MOCKS)
    serve = ["respond", "mocks.yaml", "--json", *by_key(own_livekit_server, room_name, "mock")]
    repeat = ["call", "mock", "m", "--repeat", "10000", "--json", "--timeout", "2s", "--ack-timeout", "1s"]
    async with (
        Command.running(tmp_path, *serve) as answering,
        Command.running(tmp_path, *repeat, *by_key(own_livekit_server, room_name, "caller")) as calling,
    ):
        await answering.error_line("Ready")
        assert json.loads(await calling.output_line())["destination"] == "mock"
        await asyncio.to_thread(own_livekit_server.kill)
        await asyncio.to_thread(own_livekit_server.start)
        assert await answering.error_line("mock lost the server; trying again.")
        assert await answering.error_line(f"mock is back in {room_name}.")
        assert await calling.error_line(f"caller is back in {room_name}.")
        back_at = timestamp(time.time())
        record = json.loads(await calling.output_line())
        while record["outcome"] != "ok" or record["started_at"] < back_at:
            record = json.loads(await calling.output_line())
        calling.send(signal.SIGINT)
        answering.send(signal.SIGTERM)
        called, served = await calling.ended(), await answering.ended()
    assert (called.code, served.code) == (130, 0)
    assert "calls in" in called.err
    assert "m: " in served.err


async def test_a_server_gone_for_good_ends_commands_with_3(
    own_livekit_server: LiveKitServer, room_name: str, tmp_path: Path
) -> None:
    (tmp_path / "mocks.yaml").write_text(MOCKS)
    program = impatient(rejoins_for_s=1.0)
    serve = ["respond", "mocks.yaml", *by_key(own_livekit_server, room_name, "mock")]
    wait = ["call", "late", "m", "--wait", "60s", *by_key(own_livekit_server, room_name, "waiter")]
    async with (
        PythonPeer.joined(own_livekit_server, room_name, "peer") as peer,
        Command.running(tmp_path, *serve, program=program) as answering,
        Command.running(tmp_path, *wait, program=program) as waiting,
    ):
        await answering.error_line("Ready")
        await peer.wait_until_active("mock", "waiter")
        await asyncio.to_thread(own_livekit_server.stop)
        ended = [await command.ended() for command in (answering, waiting)]
    for one in ended:
        assert one.code == 3
        assert "lost the server; trying again." in one.err
        assert "Traceback" not in one.err
