"""Every SDK calls every other, its own kind too, with nothing of ours in between but the server."""

import asyncio
from pathlib import Path
from typing import Any

from livekit import rtc

from tests.conformance.stage import Stage
from tests.interop.meeting import NEWER, SDKS, started
from tests.support.process_peer import PeerError, ProcessPeer
from tests.support.python_peer import PythonPeer
from tests.support.servers import Server

OURS = "python"
LARGE = "ü" * 10_000
FAILURE = '{"code": 4242, "message": "no", "data": "{}"}'


async def outcome(caller: ProcessPeer | PythonPeer, callee: str, method: str, payload: str = "") -> Any:
    """Return the response of a call, or code, message and data of the error it ended in."""
    try:
        if isinstance(caller, PythonPeer):
            return await caller.perform(callee, method, payload)
        return await caller.call(callee, method, payload)
    except (PeerError, rtc.RpcError) as error:
        return error.code, error.message, error.data


async def all_ways_to_end(caller: ProcessPeer | PythonPeer, callee: str) -> dict[str, Any]:
    """Return what each kind of call comes to."""
    return {
        "small": await outcome(caller, callee, "echo", "hü"),
        "large": await outcome(caller, callee, "echo", LARGE) == LARGE,
        "refused": await outcome(caller, callee, "fail", FAILURE),
        "broken": (await outcome(caller, callee, "boom"))[:2],
        "unknown": await outcome(caller, callee, "nobody_registered_this"),
    }


def expected(caller: str, callee: str) -> dict[str, Any]:
    newer = {*NEWER, OURS}
    return {
        "small": "hü",
        "large": caller in newer and callee in newer,
        "refused": (4242, "no", "{}"),
        "broken": (1500, "Application error in method handler"),
        "unknown": (1400, "Method not supported at destination", ""),
    }


async def test_every_sdk_calls_every_other(server: Server, room_name: str, tmp_path: Path) -> None:
    names = {f"{sdk} {number}": sdk for number in (1, 2) for sdk in SDKS}
    async with Stage.set(server, room_name) as stage, started(names, tmp_path) as peers:
        everybody: dict[str, ProcessPeer | PythonPeer] = {
            f"{OURS} {number}": await stage.peer(f"{OURS} {number}") for number in (1, 2)
        }
        for name, peer in peers.items():
            # One browser in each of the two ways to connect.
            await peer.join(server.url, server.token(room_name, name), two_connections=name == "browser 2")
        everybody |= peers
        pairs = [(a, b) for a in everybody for b in everybody if a.endswith("1") and b.endswith("2")]
        await asyncio.gather(*(everybody[a].wait_until_active(b) for a, b in pairs))
        await asyncio.gather(*(everybody[b].wait_until_active(a) for a, b in pairs))

        made = {(a, b): await all_ways_to_end(everybody[a], b) for a, b in pairs}

    wanted = {(a, b): expected(a.removesuffix(" 1"), b.removesuffix(" 2")) for a, b in pairs}
    wrong = {pair: made[pair] for pair in pairs if made[pair] != wanted[pair]}
    assert not wrong
