"""What the commands do where their output is a terminal, or a pipe that is read no further."""

import asyncio
import json
from pathlib import Path

from tests.support.command import by_key, run_command, run_on_terminal, run_piped
from tests.support.livekit_server import LiveKitServer
from tests.support.python_peer import PythonPeer


async def test_a_newline_is_added_on_a_terminal_only(
    livekit_server: LiveKitServer, room_name: str, tmp_path: Path
) -> None:
    async with PythonPeer.joined(livekit_server, room_name, "peer"):
        ended = await run_on_terminal(
            tmp_path, "call", "peer", "echo", "text", *by_key(livekit_server, room_name), stdout=True
        )
    assert (ended.code, ended.out) == (0, "text\r\n")


async def test_a_bar_shows_only_on_a_terminal_and_never_takes_the_records(
    livekit_server: LiveKitServer, room_name: str, tmp_path: Path
) -> None:
    repeat = ["call", "peer", "echo", "x", "--repeat", "3", "-q"]
    async with PythonPeer.joined(livekit_server, room_name, "peer"):
        on_terminal, on_one_terminal, elsewhere = await asyncio.gather(
            run_on_terminal(
                tmp_path, *repeat, "--json", *by_key(livekit_server, room_name, "a"), stderr=True
            ),
            run_on_terminal(
                tmp_path, *repeat, "--json", *by_key(livekit_server, room_name, "b"), stdout=True, stderr=True
            ),
            run_command(tmp_path, *repeat, *by_key(livekit_server, room_name, "c"), FORCE_COLOR="1"),
        )
    assert [json.loads(line)["outcome"] for line in on_terminal.out.splitlines()] == ["ok"] * 3
    assert "100%" in on_terminal.err
    # Records and bar on one screen would run through each other: then the records are enough.
    assert [json.loads(line)["outcome"] for line in on_one_terminal.out.splitlines()[:3]] == ["ok"] * 3
    assert "%" not in on_one_terminal.out
    assert (elsewhere.code, elsewhere.err) == (0, "")


async def test_a_reader_that_has_seen_enough_ends_a_command_quietly(
    livekit_server: LiveKitServer, room_name: str, tmp_path: Path
) -> None:
    (tmp_path / "large").write_text("x" * 1_000_000)
    commands = [
        ["call", "peer", "echo", "@large"],
        ["call", "peer", "echo", "x", "--repeat", "2000", "--concurrency", "20", "--json"],
        ["participants"],
        ["ping", "peer", "--count", "20"],
    ]
    async with (
        PythonPeer.joined(livekit_server, room_name, "peer"),
        PythonPeer.joined(livekit_server, room_name, "other"),
    ):
        all_ended = await asyncio.gather(
            *(
                run_piped(
                    tmp_path,
                    *command,
                    "-q",
                    *by_key(livekit_server, room_name, f"shell-{n}"),
                    pipe="head -c 1",
                )
                for n, command in enumerate(commands)
            )
        )
    for command, ended in zip(commands, all_ended, strict=True):
        assert (ended.code, len(ended.out)) == (0, 1), command
        assert "Traceback" not in ended.err
        assert "BrokenPipe" not in ended.err
