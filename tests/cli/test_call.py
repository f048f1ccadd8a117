"""`rpc-inspector call` against a real server: what it prints where, and what its exit code says."""

import asyncio
import json
import re
import signal
from pathlib import Path

import pytest

from tests.support.command import Command, by_key, run_command
from tests.support.livekit_server import LiveKitServer
from tests.support.ports import free_ports
from tests.support.python_peer import PythonPeer


async def test_prints_the_response_as_it_came_and_nothing_else(
    livekit_server: LiveKitServer, room_name: str, tmp_path: Path
) -> None:
    async with PythonPeer.joined(livekit_server, room_name, "peer"):
        ended = await run_command(
            tmp_path, "call", "peer", "echo", '{"city": "Oslo"}', *by_key(livekit_server, room_name)
        )
    assert (ended.code, ended.out) == (0, '{"city": "Oslo"}')
    assert "Using options" in ended.err
    assert livekit_server.api_secret not in ended.err.replace("--api-secret", "")


async def test_quiet_does_not_name_the_source(
    livekit_server: LiveKitServer, room_name: str, tmp_path: Path
) -> None:
    async with PythonPeer.joined(livekit_server, room_name, "peer"):
        ended = await run_command(
            tmp_path, "call", "peer", "echo", "x", "-q", *by_key(livekit_server, room_name)
        )
    assert (ended.code, ended.out, ended.err) == (0, "x", "")


@pytest.mark.parametrize(
    ("arguments", "stdin", "sent"),
    [
        (["-"], "from stdin, æøå\n".encode(), "from stdin, æøå\n"),
        (["@payload.json"], b"", '{"from": "file"}\r\n'),
        (["--data-raw", "@not a file"], b"", "@not a file"),
        (["--data-raw", "-"], b"", "-"),
        ([], b"", ""),
    ],
)
async def test_payload_sources_are_sent_byte_for_byte(
    livekit_server: LiveKitServer,
    room_name: str,
    tmp_path: Path,
    arguments: list[str],
    stdin: bytes,
    sent: str,
) -> None:
    (tmp_path / "payload.json").write_bytes(b'{"from": "file"}\r\n')
    async with PythonPeer.joined(livekit_server, room_name, "peer") as peer:
        ended = await run_command(
            tmp_path, "call", "peer", "echo", *arguments, *by_key(livekit_server, room_name), stdin=stdin
        )
        assert [call.payload for call in peer.seen] == [sent]
    assert ended.code == 0


async def test_an_rpc_error_is_told_with_its_data_and_what_to_try(
    livekit_server: LiveKitServer, room_name: str, tmp_path: Path
) -> None:
    failure = json.dumps({"code": 4242, "message": "no such device", "data": '{"device":"hall"}'})
    async with PythonPeer.joined(livekit_server, room_name, "peer"):
        key = by_key(livekit_server, room_name)
        refused = await run_command(tmp_path, "call", "peer", "fail", failure, *key)
        unknown = await run_command(tmp_path, "call", "peer", "nothing_like_it", *key)
    assert (refused.code, refused.out) == (1, "")
    assert "4242: no such device" in refused.err
    assert 'data: {"device":"hall"}' in refused.err
    assert (unknown.code, unknown.out) == (1, "")
    assert "1400 UNSUPPORTED_METHOD: " in unknown.err
    assert "Check the method name" in unknown.err


async def test_json_prints_one_whole_record(
    livekit_server: LiveKitServer, room_name: str, tmp_path: Path
) -> None:
    async with PythonPeer.joined(livekit_server, room_name, "peer"):
        key = by_key(livekit_server, room_name)
        ended = await run_command(tmp_path, "call", "peer", "echo", "æ", "--json", "--timeout", "5s", *key)
    assert ended.code == 0
    assert ended.out.endswith("\n")
    record = json.loads(ended.out)
    assert list(record) == [
        *("id", "room", "connection", "direction", "caller", "destination", "method", "request_id"),
        *("payload", "payload_bytes", "response", "response_bytes", "error", "outcome", "timeout_s"),
        *("ack_timeout_s", "started_at", "queued_ms", "ack_ms", "elapsed_ms", "parent", "wire", "source"),
        *("truncated", "mock", "rule", "unmatched", "fault", "note"),
    ]
    assert record["direction"] == "out"
    assert record["outcome"] == "ok"
    assert (record["payload"], record["payload_bytes"], record["response_bytes"]) == ("æ", 2, 2)
    assert (record["timeout_s"], record["caller"], record["destination"]) == (5.0, "shell", "peer")
    assert record["started_at"].endswith("Z")
    assert record["elapsed_ms"] > 0


async def test_agents_and_globs_find_the_one_that_matches(
    livekit_server: LiveKitServer, room_name: str, tmp_path: Path
) -> None:
    beside = {"lk.publish_on_behalf": "watcher"}
    async with (
        PythonPeer.joined(livekit_server, room_name, "robot-1"),
        PythonPeer.joined(livekit_server, room_name, "helper", kind="agent"),
        PythonPeer.joined(livekit_server, room_name, "watcher", kind="agent", attributes=beside),
    ):
        key = by_key(livekit_server, room_name)
        to_agent = await run_command(tmp_path, "call", "@agent", "echo", "a", "--json", *key)
        to_glob = await run_command(tmp_path, "call", "robot-*", "echo", "b", "--json", *key)
        ambiguous = await run_command(tmp_path, "call", "*", "echo", "c", "--wait", "100ms", *key)
    assert json.loads(to_agent.out)["destination"] == "helper"
    assert json.loads(to_glob.out)["destination"] == "robot-1"
    assert (ambiguous.code, ambiguous.out) == (2, "")
    assert "helper" in ambiguous.err
    assert "robot-1" in ambiguous.err


async def test_as_a_participant_it_warns_of_agents_and_beside_it_does_not(
    livekit_server: LiveKitServer, room_name: str, tmp_path: Path
) -> None:
    async with PythonPeer.joined(livekit_server, room_name, "helper", kind="agent"):
        key = by_key(livekit_server, room_name)
        plain = await run_command(tmp_path, "call", "helper", "echo", "x", *key)
        beside = await run_command(tmp_path, "call", "helper", "echo", "x", "--join-as", "beside", *key)
    assert (plain.code, plain.out, beside.code, beside.out) == (0, "x", 0, "x")
    assert "An agent is in the room (helper), and may take shell for its user." in plain.err
    assert "may take" not in beside.err


async def test_an_absent_identity_is_called_all_the_same(
    livekit_server: LiveKitServer, room_name: str, tmp_path: Path
) -> None:
    key = by_key(livekit_server, room_name)
    ended = await run_command(tmp_path, "call", "nobody", "echo", "--ack-timeout", "500ms", *key)
    assert ended.code == 1
    assert "1501 CONNECTION_TIMEOUT" in ended.err
    assert "not listed" in ended.err


async def test_wait_lets_a_participant_come(
    livekit_server: LiveKitServer, room_name: str, tmp_path: Path
) -> None:
    key = by_key(livekit_server, room_name)
    async with Command.running(tmp_path, "call", "late", "echo", "hello", "--wait", "20s", *key) as command:
        await command.error_line("Using options")
        async with PythonPeer.joined(livekit_server, room_name, "late"):
            ended = await command.ended()
        assert (ended.code, ended.out) == (0, "hello")


async def test_repeat_sums_up_and_fails_if_any_call_did(
    livekit_server: LiveKitServer, room_name: str, tmp_path: Path
) -> None:
    async with PythonPeer.joined(livekit_server, room_name, "peer"):
        key = by_key(livekit_server, room_name)
        repeat = ["--repeat", "20", "--concurrency", "5"]
        good = await run_command(tmp_path, "call", "peer", "echo", "x", *repeat, *key)
        bad = await run_command(tmp_path, "call", "peer", "boom", *repeat, "--json", *key)
    assert good.code == 0
    assert "20 calls" in good.out
    assert all(figure in good.out for figure in ("p50", "p95", "p99", "max", "/s"))
    assert bad.code == 1
    assert len([json.loads(line) for line in bad.out.splitlines()]) == 20
    assert "1500: 20" in bad.err


@pytest.mark.parametrize(
    "arguments",
    [
        ["call", "peer"],
        ["call", "peer", "echo", "--timeout", "0"],
        ["call", "peer", "echo", "--timeout", "-1s"],
        ["call", "peer", "echo", "--timeout", "soon"],
        ["call", "peer", "echo", "text", "--data-raw", "more"],
        ["call", "peer", "echo", "@absent.json"],
        ["call", "peer", "echo", "@binary"],
        ["call", "peer", "echo", "--dev", "--url", "ws://127.0.0.1:1", "--room", "r"],
        ["call", "peer", "echo", "--url", "ws://127.0.0.1:1", "--token", "not a token"],
        ["call", "peer", "echo", "--url", "gopher://x", "--api-key", "k", "--api-secret", "s", "--room", "r"],
        ["call", "peer", "echo"],
        ["call", "", "echo", "--dev", "--room", "r"],
        ["ping", "", "--dev", "--room", "r"],
        ["call", "peer", "echo", "--dev", "--room", "r", "--repeat", "0"],
        ["call", "peer", "echo", "--dev", "--room", "r", "--wait", "0s"],
        ["call", "peer", "echo", "--dev", "--room", "r", "--attribute", "no value"],
        ["call", "peer", "echo", "--project", "none", "--room", "r"],
        ["call", "peer", "echo", "--dev"],
        ["respond", "absent.yaml", "--dev", "--room", "r"],
        ["respond"],
        ["nothing-like-it"],
        ["--nothing-like-it"],
    ],
)
async def test_bad_usage_is_2(tmp_path: Path, arguments: list[str]) -> None:
    (tmp_path / "binary").write_bytes(b"\xff\xfe\x00")
    ended = await run_command(tmp_path, *arguments)
    assert (ended.code, ended.out) == (2, "")
    assert ended.err
    assert "Traceback" not in ended.err


async def test_no_server_is_3_with_the_reason_and_the_next_step(tmp_path: Path) -> None:
    url = f"ws://127.0.0.1:{free_ports(1)[0]}"
    options = ["--url", url, "--api-key", "devkey", "--api-secret", "secret", "--room", "r"]
    ended = await run_command(tmp_path, "call", "peer", "echo", *options)
    assert (ended.code, ended.out) == (3, "")
    assert "Traceback" not in ended.err
    assert url.removeprefix("ws://") in ended.err


async def test_a_refused_token_is_3_and_never_shown(
    livekit_server: LiveKitServer, room_name: str, tmp_path: Path
) -> None:
    token = livekit_server.token(room_name, "shell", secret="another secret, long enough to sign with")
    ended = await run_command(
        tmp_path, "call", "peer", "echo", "-v", "--url", livekit_server.url, "--token", token
    )
    assert ended.code == 3
    for part in token.split("."):
        assert part not in ended.err + ended.out


async def test_ctrl_c_is_130_and_leaves_no_traceback(
    livekit_server: LiveKitServer, room_name: str, tmp_path: Path
) -> None:
    async with PythonPeer.joined(livekit_server, room_name, "peer") as peer:
        slow = ["call", "peer", "slow", "30", "--timeout", "60s", *by_key(livekit_server, room_name)]
        async with Command.running(tmp_path, *slow) as command:
            await peer.wait_until_called("slow")
            command.send(signal.SIGINT)
            ended = await command.ended()
    assert ended.code == 130
    assert "Traceback" not in ended.err


async def test_being_removed_ends_a_waiting_call_with_3(
    livekit_server: LiveKitServer, room_name: str, tmp_path: Path
) -> None:
    async with PythonPeer.joined(livekit_server, room_name, "peer") as peer:
        slow = ["call", "peer", "slow", "30", "--timeout", "60s", *by_key(livekit_server, room_name)]
        async with Command.running(tmp_path, *slow) as command:
            await peer.wait_until_called("slow")
            await livekit_server.remove_participant(room_name, "shell")
            ended = await command.ended()
    assert ended.code == 3
    assert "Traceback" not in ended.err


async def test_sources_are_named_and_never_mixed(
    livekit_server: LiveKitServer, room_name: str, tmp_path: Path
) -> None:
    (tmp_path / ".env").write_text(
        f"LIVEKIT_URL={livekit_server.url}\nLIVEKIT_API_KEY=devkey\nLIVEKIT_API_SECRET=secret\n"
    )
    async with PythonPeer.joined(livekit_server, room_name, "peer"):
        from_file = await run_command(tmp_path, "call", "peer", "echo", "x", "--room", room_name)
        mixed = await run_command(
            tmp_path, "call", "peer", "echo", "x", "--room", room_name, LIVEKIT_URL=livekit_server.url
        )
    assert (from_file.code, from_file.out) == (0, "x")
    assert ".env" in from_file.err
    assert mixed.code == 2
    assert "LIVEKIT_API_KEY" in mixed.err


LK_PROJECTS = """
default_project: ours
projects:
  - {{name: ours, url: "{url}", api_key: devkey, api_secret: secret}}
  - {{name: gone, url: "ws://127.0.0.1:{closed_port}", api_key: gone, api_secret: "the secret of another"}}
"""


async def test_projects_of_lk_are_sources_and_everybody_gets_an_identity(
    livekit_server: LiveKitServer, room_name: str, tmp_path: Path
) -> None:
    (tmp_path / ".livekit").mkdir()
    projects = LK_PROJECTS.format(url=livekit_server.url, closed_port=free_ports(1)[0])
    (tmp_path / ".livekit" / "cli-config.yaml").write_text(projects)
    call = ["call", "peer", "echo", "x", "--json"]
    async with PythonPeer.joined(livekit_server, room_name, "peer"):
        default = await run_command(tmp_path, *call, LIVEKIT_ROOM=room_name)
        named = await run_command(tmp_path, *call, "--project", "ours", LIVEKIT_ROOM=room_name)
        gone = await run_command(tmp_path, *call, "--project", "gone", "-v", LIVEKIT_ROOM=room_name)
    for ended in (default, named):
        assert ended.code == 0
        assert ended.err.startswith(f"Using lk project ours: {livekit_server.url}, room {room_name} as ")
        assert re.fullmatch(r"inspector-[a-z0-9]{4}", json.loads(ended.out)["caller"])
    assert gone.code == 3
    assert "the secret of another" not in gone.err


async def test_what_peers_say_cannot_move_the_cursor_or_pose_as_lines_of_ours(
    livekit_server: LiveKitServer, room_name: str, tmp_path: Path
) -> None:
    failure = json.dumps({"code": 4242, "message": "no\x1b[2J\nUsing options", "data": "\x07"})
    identity = "pe\x1b[1mer"
    async with PythonPeer.joined(livekit_server, room_name, identity):
        key = by_key(livekit_server, room_name)
        unclear, refused, listed = await asyncio.gather(
            run_command(
                tmp_path,
                *("call", "no-*", "echo", "--wait", "100ms"),
                *by_key(livekit_server, room_name, "other"),
            ),
            run_command(tmp_path, "call", identity, "fail", failure, "--wait", "4s", *key),
            run_command(tmp_path, "participants", *key),
        )
    assert refused.code == 1
    assert "4242: no\\u001b[2J\\nUsing options\n" in refused.err
    assert unclear.code == 2
    assert "Candidates: pe\\u001b[1mer" in unclear.err
    assert "\x1b" not in refused.err + unclear.err + listed.out


async def test_says_what_speaks_against_an_answer(
    livekit_server: LiveKitServer, room_name: str, tmp_path: Path
) -> None:
    key = [*by_key(livekit_server, room_name), "--ack-timeout", "500ms"]
    async with PythonPeer.joined(livekit_server, room_name, "mute", can_publish_data=False):
        mute = await run_command(tmp_path, "call", "mute", "echo", "--wait", "4s", *key)
        oneself = await run_command(tmp_path, "call", "shell", "echo", *key)
    assert (mute.code, oneself.code) == (1, 1)
    assert "mute may not publish data" in mute.err
    assert "shell is this connection itself" in oneself.err
