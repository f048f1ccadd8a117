"""The peers themselves, against a real server: whatever fails here is no fault of the program.

That they call each other is shown by `tests/interop/test_pairs.py`.
"""

import asyncio
from pathlib import Path

import pytest
from livekit import rtc

from tests.support.livekit_server import LiveKitServer
from tests.support.process_peer import PeerError, ProcessPeer, node_kind
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


async def test_orders_to_a_process_peer_that_ended_fail_at_once(tmp_path: Path) -> None:
    async with ProcessPeer.started(node_kind(), tmp_path) as peer:
        assert peer._process is not None
        peer._process.kill()

        with pytest.raises(PeerError, match="ended"):
            await peer.wait_until_active("nobody")
