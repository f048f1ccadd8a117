"""The peers themselves, against a real server: whatever fails here is no fault of the program."""

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest
from livekit import rtc

from tests.support.livekit_server import LiveKitServer
from tests.support.process_peer import PeerError, PeerKind, ProcessPeer, browser_kind, node_kind
from tests.support.python_peer import PythonPeer


async def test_python_peers_call_each_other(livekit_server: LiveKitServer, room_name: str) -> None:
    async with (
        PythonPeer.joined(livekit_server, room_name, "callee") as callee,
        PythonPeer.joined(livekit_server, room_name, "caller") as caller,
    ):
        await asyncio.gather(caller.wait_until_active("callee"), callee.wait_until_active("caller"))

        assert await caller.perform("callee", "echo", "hällo") == "hällo"
        assert await callee.perform("caller", "slow", "0.01") == "at last"
        assert [(call.method, call.caller_identity) for call in callee.seen] == [("echo", "caller")]


@pytest.mark.parametrize(
    ("method", "payload", "code"),
    [
        ("fail", '{"code": 4242, "message": "no", "data": "{}"}', 4242),
        ("boom", "", 1500),
        ("unregistered", "", 1400),
        ("leave", "", 1503),
    ],
)
async def test_a_python_peer_fails_on_request(
    livekit_server: LiveKitServer, room_name: str, method: str, payload: str, code: int
) -> None:
    async with (
        PythonPeer.joined(livekit_server, room_name, "callee"),
        PythonPeer.joined(livekit_server, room_name, "caller") as caller,
    ):
        await caller.wait_until_active("callee")

        with pytest.raises(rtc.RpcError) as failure:
            await caller.perform("callee", method, payload)

        assert failure.value.code == code


@pytest.mark.parametrize("kind", [node_kind, browser_kind])
async def test_a_process_peer_calls_and_is_called(
    livekit_server: LiveKitServer, room_name: str, tmp_path: Path, kind: Callable[[], PeerKind]
) -> None:
    async with (
        PythonPeer.joined(livekit_server, room_name, "python") as python,
        ProcessPeer.started(kind(), tmp_path) as other,
    ):
        assert await other.join(livekit_server.url, livekit_server.token(room_name, "other")) == "other"
        await asyncio.gather(python.wait_until_active("other"), other.wait_until_active("python"))

        assert await other.call("python", "echo", "hällo") == "hällo"
        assert await python.perform("other", "echo", "wörld") == "wörld"
        assert await python.perform("other", "slow", "0.01") == "at last"

        error = '{"code": 4242, "message": "no", "data": "{}"}'
        with pytest.raises(PeerError) as refused:
            await other.call("python", "fail", error, timeout_s=9)
        assert (refused.value.code, refused.value.message, refused.value.data) == (4242, "no", "{}")
        with pytest.raises(rtc.RpcError) as failure:
            await python.perform("other", "fail", error)
        assert (failure.value.code, failure.value.message, failure.value.data) == (4242, "no", "{}")
        with pytest.raises(rtc.RpcError) as failure:
            await python.perform("other", "boom")
        assert failure.value.code == 1500

        await other.leave()
        await python.wait_until_gone("other")


@pytest.mark.parametrize("kind", [node_kind, browser_kind])
async def test_a_process_peer_leaves_mid_call(
    livekit_server: LiveKitServer, room_name: str, tmp_path: Path, kind: Callable[[], PeerKind]
) -> None:
    async with (
        PythonPeer.joined(livekit_server, room_name, "python") as python,
        ProcessPeer.started(kind(), tmp_path) as other,
    ):
        await other.join(livekit_server.url, livekit_server.token(room_name, "other"))
        await python.wait_until_active("other")

        with pytest.raises(rtc.RpcError) as failure:
            await python.perform("other", "leave")

        assert failure.value.code == 1503


async def test_orders_to_a_process_peer_that_ended_fail_at_once(tmp_path: Path) -> None:
    async with ProcessPeer.started(node_kind(), tmp_path) as peer:
        assert peer._process is not None
        peer._process.kill()

        with pytest.raises(PeerError, match="ended"):
            await peer.wait_until_active("nobody")
