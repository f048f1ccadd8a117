"""`serve`: what it says once it accepts connections, what it lets in, and how it ends."""

import asyncio
import json
import signal
import socket
import urllib.error
import urllib.request
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.support.command import Command, run_command
from tests.support.ports import free_ports

MOCKS = "version: 1\nas: {identity: weather-api}\nmocks: [{method: get_weather, rules: [{reply: '21'}]}]\n"
SECRET = "a secret long enough to sign with, as it should be"
LET_IN = "The room is open"


@asynccontextmanager
async def serving(home: Path, *more: str) -> AsyncIterator[tuple[Command, dict[str, Any]]]:
    """`serve --json` on a free port, and the facts it prints."""
    async with Command.running(home, "serve", "--port", "0", "--json", *more) as command:
        line = await command.output_line()
        assert line, (await command.ended()).err
        yield command, json.loads(line)


@asynccontextmanager
async def answering(home: Path, facts: dict[str, Any]) -> AsyncIterator[None]:
    """Somebody in its room demo who answers get_weather."""
    (home / "mocks.yaml").write_text(MOCKS)
    async with Command.running(home, "respond", "mocks.yaml", *by_key(facts)) as command:
        await command.error_line("Ready")
        yield


def by_key(facts: dict[str, Any], secret: str | None = None) -> list[str]:
    """The options that join its room demo with its key."""
    key = ["--api-key", facts["key"], "--api-secret", secret or facts["secret"]]
    return ["--url", facts["url"], *key, "--room", "demo"]


def _ask(url: str) -> int:
    """The status of the answer."""
    try:
        with urllib.request.urlopen(url, timeout=10) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as refused:
        return refused.code


async def test_it_prints_url_and_keys_once_it_accepts_and_stays_until_sigterm(tmp_path: Path) -> None:
    async with Command.running(tmp_path, "serve", "--port", "0") as command:
        url, key, secret, tokens = [await command.output_line() for _ in range(4)]
        port = int(url.rpartition(":")[2])
        with socket.create_connection(("127.0.0.1", port)):
            pass
        assert await command.error_line(LET_IN)
        command.send(signal.SIGTERM)
        ended = await command.ended()

    assert url == f"LIVEKIT_URL=ws://127.0.0.1:{port}\n"
    assert (key, secret) == ("LIVEKIT_API_KEY=devkey\n", "LIVEKIT_API_SECRET=secret\n")
    assert tokens == f"# token endpoint: http://127.0.0.1:{port}/token\n"
    assert (ended.code, ended.out) == (0, "")
    assert "Traceback" not in ended.err


async def test_with_json_it_prints_one_line_of_facts_by_which_programs_meet(tmp_path: Path) -> None:
    async with serving(tmp_path, "--key", "mine", "--secret", SECRET) as (command, facts):
        token_status = await asyncio.to_thread(_ask, facts["token_endpoint"])
        async with answering(tmp_path, facts):
            called = await run_command(tmp_path, "call", "weather-api", "get_weather", *by_key(facts))
            refused = await run_command(
                tmp_path,
                "call",
                "weather-api",
                "get_weather",
                *by_key(facts, "another secret of 32 characters!"),
            )
        command.send(signal.SIGINT)
        ended = await command.ended()

    assert facts == {
        "url": f"ws://127.0.0.1:{facts['port']}",
        "urls": [facts["url"]],
        "port": facts["port"],
        "key": "mine",
        "secret": SECRET,
        "token_endpoint": f"http://127.0.0.1:{facts['port']}/token",
    }
    assert token_status == 200
    assert (called.code, called.out) == (0, "21")
    assert refused.code == 3
    assert (ended.code, ended.out) == (130, "")
    assert "Traceback" not in ended.err


async def test_with_watch_calls_go_to_stdout_and_the_facts_to_stderr(tmp_path: Path) -> None:
    watch = ("serve", "--port", "0", "--watch", "--secret", SECRET)
    async with Command.running(tmp_path, *watch) as command:
        url = (await command.error_line("LIVEKIT_URL=")).strip().partition("=")[2]
        await command.error_line("LIVEKIT_API_KEY=devkey")
        assert await command.error_line(f"LIVEKIT_API_SECRET={SECRET}"), "it was asked to print it"
        facts = {"url": url, "key": "devkey", "secret": SECRET}
        async with answering(tmp_path, facts):
            join = ("--identity", "me", *by_key(facts))
            await run_command(tmp_path, "call", "weather-api", "get_weather", "{}", *join)
        line = await command.output_line()
        command.send(signal.SIGTERM)
        ended = await command.ended()

    assert line.split()[0] == "ok"
    assert "me → weather-api  get_weather({}) = 21" in line
    assert (ended.code, ended.out) == (0, "")


async def test_with_watch_and_json_both_are_json(tmp_path: Path) -> None:
    async with Command.running(tmp_path, "serve", "--port", "0", "--watch", "--json") as command:
        facts = json.loads(await command.error_line("{"))
        async with answering(tmp_path, facts):
            join = ("--identity", "me", *by_key(facts))
            await run_command(tmp_path, "call", "weather-api", "get_weather", "{}", *join)
            await run_command(tmp_path, "call", "weather-api", "absent", *join)
        answered, unknown = [json.loads(await command.output_line()) for _ in range(2)]

    assert (answered["source"], answered["direction"], answered["room"]) == ("xray", "seen", "demo")
    assert (answered["caller"], answered["destination"]) == ("me", "weather-api")
    assert (answered["payload"], answered["response"], answered["outcome"]) == ("{}", "21", "ok")
    assert answered["ack_ms"] is not None
    assert (unknown["method"], unknown["error"]["code"]) == ("absent", 1400)
    assert answered["id"] != unknown["id"]


async def test_who_has_seen_enough_ends_it(tmp_path: Path) -> None:
    async with Command.running(tmp_path, "serve", "--port", "0", "--watch", "--json") as command:
        facts = json.loads(await command.error_line("{"))
        command.stop_reading()
        async with answering(tmp_path, facts):
            for _ in range(2):
                await run_command(tmp_path, "call", "weather-api", "get_weather", *by_key(facts))
            ended = await command.ended()

    assert ended.code == 0
    assert "Nobody reads the output any more" in ended.err


async def test_a_faults_file_is_done_to_calls(tmp_path: Path) -> None:
    (tmp_path / "faults.yaml").write_text(
        "faults: [{match: {method: get_weather}, fault: error, code: 1500, message: no sun}]\n"
    )
    async with serving(tmp_path, "--faults", "faults.yaml") as (_, facts), answering(tmp_path, facts):
        called = await run_command(tmp_path, "call", "weather-api", "get_weather", *by_key(facts))

    assert called.code == 1
    assert "1500 APPLICATION_ERROR: no sun" in called.err


async def test_a_broken_faults_file_is_refused_with_every_problem(tmp_path: Path) -> None:
    (tmp_path / "faults.yaml").write_text("faults:\n  - fault: drop_everything\n  - {fault: delay}\n")
    broken = await run_command(tmp_path, "serve", "--port", "0", "--faults", "faults.yaml")
    absent = await run_command(tmp_path, "serve", "--port", "0", "--faults", "absent.yaml")

    assert (broken.code, broken.out) == (2, "")
    assert "faults.yaml:2:" in broken.err
    assert "faults.yaml:3:" in broken.err
    assert absent.code == 2
    assert "absent.yaml" in absent.err


async def test_beyond_this_computer_it_makes_a_secret_and_gives_no_tokens_unasked(tmp_path: Path) -> None:
    async with (
        serving(tmp_path, "--bind", "0.0.0.0") as (_, closed),
        serving(tmp_path, "--bind", "0.0.0.0", "--token-endpoints") as (_, open_to_all),
    ):
        port = closed["port"]
        refused = await asyncio.to_thread(_ask, f"http://127.0.0.1:{port}/token")
        given = await asyncio.to_thread(_ask, f"http://127.0.0.1:{open_to_all['port']}/token")
        async with answering(tmp_path, closed):
            called = await run_command(tmp_path, "call", "weather-api", "get_weather", *by_key(closed))

    assert len(closed["secret"]) >= 32
    assert closed["secret"] != open_to_all["secret"]
    assert f"ws://127.0.0.1:{port}" in closed["urls"]
    assert closed["url"] == closed["urls"][0]
    assert (closed["token_endpoint"], refused) == (None, 404)
    assert (open_to_all["token_endpoint"] is None, given) == (False, 200)
    assert called.out == "21"


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--bind", "0.0.0.0", "--secret", "short"), "at least 32 characters"),
        (("--bind", "nowhere"), "no IP address of this machine"),
        (("--bind", "203.0.113.7"), "no address of this machine"),
        (("--secret", ""), "signs nothing"),
        (("--key", ""), "it is empty"),
        (("--port", "65536"), "65535"),
    ],
)
async def test_what_cannot_be_is_bad_usage(options: tuple[str, ...], words: str, tmp_path: Path) -> None:
    ended = await run_command(tmp_path, "serve", *(() if "--port" in options else ("--port", "0")), *options)

    assert (ended.code, ended.out) == (2, "")
    assert words in ended.err
    assert "Traceback" not in ended.err


async def test_a_taken_port_is_said_with_who_has_it(tmp_path: Path) -> None:
    async with serving(tmp_path) as (_, facts):
        ended = await run_command(tmp_path, "serve", "--port", str(facts["port"]))

    assert (ended.code, ended.out) == (2, "")
    assert f"Port {facts['port']} of 127.0.0.1 is taken by another local room." in ended.err
    assert "port 0 takes any that is free" in ended.err


async def test_variables_and_files_say_nothing_to_it(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("LIVEKIT_API_KEY=other\n")
    port = free_ports(1)[0]
    async with Command.running(
        tmp_path, "serve", "--port", str(port), "--json", LIVEKIT_API_SECRET="elsewhere"
    ) as command:
        facts = json.loads(await command.output_line())

    assert (facts["port"], facts["key"], facts["secret"]) == (port, "devkey", "secret")
