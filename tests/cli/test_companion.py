"""`respond ... -- COMMAND`: what the command is given, whose words and streams are whose, how both end."""

import asyncio
import json
import os
import signal
import socket
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.support.command import Command, Ended, by_key, run_command
from tests.support.local_room import LocalRoom
from tests.support.marked_processes import Mark

MOCKS = """
version: 1
as: {identity: weather-api}
mocks:
  - method: get_weather
    rules: [{when: {payload: {contains: oslo}}, reply: mild}]
"""
TELLS_ENVIRONMENT = "import json, os, sys; print(json.dumps(dict(os.environ))); sys.exit(7)"
WAITS = """
import os, signal, sys
def end(number, frame):  # print could be interrupted by itself
    os.write(1, f"{signal.Signals(number).name}\\n".encode())
    sys.exit(5)
for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
    signal.signal(number, end)
os.write(1, b"up\\n")
signal.pause()
"""
STUBBORN = "trap '' TERM HUP; echo up; while :; do sleep 0.1; done"
CALLS = """
import asyncio, os, sys
from livekit import api, rtc

async def main():
    grants = api.VideoGrants(room_join=True, room=os.environ["LIVEKIT_ROOM"])
    room, other = rtc.Room(), rtc.Room()
    for each, name in ((other, "other"), (room, "tester")):
        token = api.AccessToken().with_identity(name).with_grants(grants).to_jwt()
        await each.connect(os.environ["LIVEKIT_URL"], token)
    while "other" not in room.remote_participants:
        await asyncio.sleep(0.01)
    for call in sys.argv[2:]:
        destination, method, payload = call.split(":")
        try:
            answer = await room.local_participant.perform_rpc(
                destination_identity=destination, method=method, payload=payload, response_timeout=9
            )
        except rtc.RpcError as error:
            answer = error.code
        print(answer, flush=True)
    await room.disconnect()
    await other.disconnect()

asyncio.run(main())
sys.stdout.flush()
os._exit(int(sys.argv[1]))
"""
GONE_WITHIN_S = 2.0


@pytest.fixture
def home(tmp_path: Path) -> Path:
    (tmp_path / "mocks.yaml").write_text(MOCKS)
    return tmp_path


def _python(text: str, *arguments: str) -> tuple[str, ...]:
    return ("--", sys.executable, "-c", text, *arguments)


async def _run(home: Path, *words: str, **variables: str) -> Ended:
    async with Command.running(home, *words, **variables) as command:
        return await command.ended()


async def _calling(home: Path, status: int, *calls: str, options: tuple[str, ...] = ()) -> Ended:
    words = ("respond", "mocks.yaml", "--local", *options)
    return await run_command(home, *words, *_python(CALLS, str(status), *calls))


async def test_it_joins_the_same_room_by_the_same_key_as_whom_it_likes(
    home: Path, local_room: LocalRoom, room_name: str
) -> None:
    key = by_key(local_room, room_name)
    others = {"LIVEKIT_TOKEN": "t", "LIVEKIT_IDENTITY": "i", "LIVEKIT_URL": "ws://elsewhere", "OWN": "kept"}

    ended = await _run(home, "respond", "mocks.yaml", *key, *_python(TELLS_ENVIRONMENT), **others)

    assert ended.code == 7
    given: dict[str, Any] = json.loads(ended.out)
    assert {name: value for name, value in given.items() if name.startswith("LIVEKIT_")} == {
        "LIVEKIT_URL": local_room.url,
        "LIVEKIT_API_KEY": local_room.api_key,
        "LIVEKIT_API_SECRET": local_room.api_secret,
        "LIVEKIT_ROOM": room_name,
    }
    assert given["OWN"] == "kept"


async def test_every_word_after_the_first_dashes_is_its_own_and_so_are_stdin_and_stdout(
    home: Path, local_room: LocalRoom, room_name: str
) -> None:
    tells = "import sys; print(sys.argv[1:], sys.stdin.read())"
    words = ["--json", "--", "-h", "--local"]

    ended = await run_command(
        home,
        "respond",
        "mocks.yaml",
        *by_key(local_room, room_name),
        *_python(tells, *words),
        stdin=b"typed",
    )

    assert (ended.code, ended.out) == (0, f"{words} typed\n")


async def test_a_fresh_room_has_its_own_port_and_keys_and_calls_are_printed_on_stderr(home: Path) -> None:
    ended = await _calling(home, 0, "weather-api:get_weather:oslo", options=("--json",))
    elsewhere = {"LIVEKIT_URL": "ws://elsewhere", "LIVEKIT_ROOM": "other", "LIVEKIT_IDENTITY": "other"}
    respond = ("respond", "mocks.yaml", "--local", "--room", "mine")
    told = await _run(home, *respond, *_python(TELLS_ENVIRONMENT), **elsewhere)

    assert (ended.code, ended.out) == (0, "mild\n")
    record = json.loads(next(line for line in ended.err.splitlines() if line.startswith("{")))
    assert (record["caller"], record["room"], record["response"]) == ("tester", "demo", "mild")
    given = json.loads(told.out)
    assert given["LIVEKIT_URL"].startswith("ws://127.0.0.1:")
    assert not given["LIVEKIT_URL"].endswith(":7880")
    assert given["LIVEKIT_API_KEY"] != "devkey"
    assert len(given["LIVEKIT_API_SECRET"]) >= 32
    assert given["LIVEKIT_ROOM"] == "mine"
    assert "Ready: weather-api in mine" in told.err
    assert given["LIVEKIT_API_SECRET"] not in told.err


async def test_methods_that_nobody_registered_are_unmatched_whoever_was_called(home: Path) -> None:
    calls = ("weather-api:get_wether:oslo", "other:get_weather:oslo", "other:rpc-inspector.ping:")
    ended = await _calling(home, 0, *calls, options=("--fail-on-unmatched",))

    assert (ended.code, ended.out) == (4, "1400\n1400\n1400\n")
    unmatched = sorted(line for line in ended.err.splitlines() if line.startswith("Unmatched"))
    assert unmatched == [
        "Unmatched: 1 call of get_weather; tester called other, which has not registered it",
        "Unmatched: 1 call of get_wether; tester called weather-api, which has not registered it",
    ]
    assert "Failed: 2 calls matched no rule (--fail-on-unmatched).\n" in ended.err


async def test_unmet_demands_say_4_only_where_the_command_was_content(home: Path) -> None:
    demands = ("--fail-on-unmatched", "--fail-on-unused")
    met = await _calling(
        home, 0, "weather-api:get_weather:oslo", "other:rpc-inspector.ping:", options=demands
    )
    failed = await _calling(home, 3, "weather-api:get_weather:rome", options=demands)

    assert (met.code, "Failed" in met.err) == (0, False)
    assert failed.code == 3
    assert "Failed: 1 call matched no rule (--fail-on-unmatched).\n" in failed.err
    assert "Failed: 1 rule never used (--fail-on-unused).\n" in failed.err


async def test_what_cannot_be_run_is_said(home: Path, local_room: LocalRoom, room_name: str) -> None:
    respond = ("respond", "mocks.yaml")
    token = ("--url", local_room.url, "--token", local_room.token(room_name, "me"))
    key = by_key(local_room, room_name)

    by_token = await run_command(home, *respond, *token, "--", "true")
    nothing = await run_command(home, *respond, *key, "--")
    missing = await run_command(home, *respond, *key, "--", "no-such-program")
    no_program = await run_command(home, *respond, *key, "--", str(home / "mocks.yaml"))

    assert by_token.code == 2
    assert "A command needs a key to join by, and here is only a token (options)." in by_token.err
    assert (nothing.code, "no command after it" in nothing.err) == (2, True)
    assert (missing.code, "no-such-program: command not found." in missing.err) == (127, True)
    assert (no_program.code, "mocks.yaml cannot be run: Permission denied." in no_program.err) == (126, True)


@pytest.mark.parametrize("sig", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
async def test_signals_are_passed_on_and_it_ends_as_the_command_does(home: Path, sig: signal.Signals) -> None:
    async with Command.running(home, "respond", "mocks.yaml", "--local", *_python(WAITS)) as command:
        assert await command.output_line() == "up\n"
        command.send(sig)
        ended = await command.ended()

    assert (ended.code, ended.out) == (5, f"{sig.name}\n")
    assert "Traceback" not in ended.err


async def test_a_command_that_a_signal_ended_is_told_as_shells_do(
    home: Path, local_room: LocalRoom, room_name: str
) -> None:
    respond = ("respond", "mocks.yaml", *by_key(local_room, room_name))
    ended = await run_command(home, *respond, "--", "sh", "-c", "kill -USR1 $$")

    assert ended.code == 128 + signal.SIGUSR1
    assert f"sh was ended by signal {int(signal.SIGUSR1)} (SIGUSR1)." in ended.err


async def test_nothing_is_left_of_a_command_that_heeds_no_signal_nor_of_what_it_started(home: Path) -> None:
    mark = Mark()
    temporary = home / "temporary"
    temporary.mkdir()
    patience = "import inspector.cli.main as m, inspector.cli.companion as c; c.PATIENCE_S = 0.5; m.main()"
    respond = ("respond", "mocks.yaml", "--local", "--", "sh", "-c", f"sleep 600 & {STUBBORN}")
    variables = {**mark.variables, "TMPDIR": str(temporary)}
    before = _names(home)

    async with Command.running(home, *respond, program=("-c", patience), **variables) as command:
        port = _port_of(await command.error_line("Using a local room of its own"))
        assert await command.output_line() == "up\n"
        command.send(signal.SIGTERM)
        ended = await command.ended()

    assert ended.code == 128 + signal.SIGKILL
    assert "sh did not end within 0.5 s; killing it." in ended.err
    assert mark.running() == {}
    assert _is_free(port)
    assert _names(home) == before
    assert _names(temporary) == set()


async def test_what_a_command_leaves_running_ends_with_it(home: Path) -> None:
    mark = Mark()
    respond = ("respond", "mocks.yaml", "--local", "--", "sh", "-c", "sleep 600 >/dev/null 2>&1 & exit 3")

    ended = await _run(home, *respond, **mark.variables)

    assert ended.code == 3
    assert "Ending what sh left running." in ended.err
    assert mark.running() == {}


async def test_after_a_kill_room_and_command_end_within_two_seconds(home: Path) -> None:
    mark = Mark()
    respond = ("respond", "mocks.yaml", "--local", "--", "sh", "-c", f"sleep 600 & {STUBBORN}")

    async with Command.running(home, *respond, **mark.variables) as command:
        port = _port_of(await command.error_line("Using a local room of its own"))
        assert await command.output_line() == "up\n"
        assert len(mark.running()) >= 5, "ourselves, room, guard, shell and what it started"
        command.send(signal.SIGKILL)
        await mark.gone_within(GONE_WITHIN_S)

    assert _is_free(port)


async def test_time_that_is_over_ends_the_command(home: Path) -> None:
    respond = ("respond", "mocks.yaml", "--local", "--for", "200ms")
    ended = await run_command(home, *respond, *_python(WAITS))

    assert (ended.code, ended.out) == (5, "up\nSIGTERM\n")
    assert "The time that --for gives is over" in ended.err


async def test_a_room_that_crashes_ends_both_with_3(home: Path) -> None:
    mark = Mark()
    respond = ("respond", "mocks.yaml", "--local")
    async with Command.running(home, *respond, *_python(WAITS), **mark.variables) as command:
        assert await command.output_line() == "up\n"
        (room,) = [pid for pid, words in mark.running().items() if "local-room" in words]
        os.kill(room, signal.SIGKILL)
        ended = await command.ended()

    assert (ended.code, ended.out) == (3, "SIGTERM\n")
    assert "The local room was ended by signal 9." in ended.err
    assert mark.running() == {}


async def test_a_signal_before_the_command_began_is_no_success(home: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        silent.setblocking(False)
        url = f"ws://127.0.0.1:{silent.getsockname()[1]}"
        key = ("--url", url, "--api-key", "k", "--api-secret", "s" * 40, "--room", "r")
        async with Command.running(home, "respond", "mocks.yaml", *key, "--", "true") as command:
            reached, _ = await asyncio.get_running_loop().sock_accept(silent)
            with reached:
                command.send(signal.SIGTERM)
                ended = await command.ended()

    assert ended.code == 143


def _port_of(line: str) -> int:
    return int(line.split("ws://127.0.0.1:")[1].split(",")[0])


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) != 0


def _names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}
