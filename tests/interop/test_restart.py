"""A local room that is killed and started again, with every SDK in it: all come back by themselves."""

import asyncio
from pathlib import Path

import pytest

from tests.interop.meeting import SDKS, started
from tests.support.local_room import LocalRoom
from tests.support.process_peer import PeerError, ProcessPeer

BACK_WITHIN_S = 60.0
"""Some SDKs try again only every few seconds, and a call made too early costs one of them 7 s."""


@pytest.mark.timeout(BACK_WITHIN_S * 2)
async def test_every_sdk_comes_back_and_calls_every_other(
    own_local_room: LocalRoom, room_name: str, tmp_path: Path
) -> None:
    async with started({name: name for name in SDKS}, tmp_path) as peers:
        for name, peer in peers.items():
            await peer.join(own_local_room.url, own_local_room.token(room_name, name))
        await asyncio.gather(*(peers["node"].wait_until_active(name) for name in SDKS if name != "node"))
        cut_off = asyncio.create_task(peers["node"].call("browser", "slow", "1000", timeout_s=8))

        await asyncio.to_thread(own_local_room.kill)
        await asyncio.to_thread(own_local_room.start)

        async with asyncio.timeout(BACK_WITHIN_S):
            await asyncio.gather(
                *(calls(peer, other) for name, peer in peers.items() for other in SDKS if other != name)
            )
            with pytest.raises(PeerError):
                await cut_off


async def calls(peer: ProcessPeer, other: str) -> None:
    """Return once a call of one to another is answered."""
    while True:
        try:
            assert await peer.call(other, "echo", "back") == "back"
        except PeerError as error:
            if error.code is None:
                raise
        else:
            return
