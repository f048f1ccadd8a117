"""The baseline of `bench calls`: raw `perform_rpc` on plain asyncio. Arguments: URL, token, destination."""

import asyncio
import sys

import msgspec
from livekit import rtc

from bench import workload


async def main(url: str, token: str, destination: str) -> None:
    """Makes the calls and prints the figures."""
    room = rtc.Room()
    active = asyncio.Event()
    room.on("participant_active", lambda _: active.set())
    await room.connect(url, token, rtc.RoomOptions(auto_subscribe=False))
    if destination not in room.remote_participants:
        await active.wait()
    figures = await workload.run(
        lambda: room.local_participant.perform_rpc(
            destination_identity=destination, method="echo", payload=workload.PAYLOAD
        )
    )
    await room.disconnect()
    print(msgspec.json.encode(figures).decode(), flush=True)


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:4]))
