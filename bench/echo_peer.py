"""The callee of `bench calls`: the raw SDK answering `echo`, a process of its own. Arguments: URL, token."""

import asyncio
import sys

from livekit import rtc


async def main(url: str, token: str) -> None:
    """Answers until standard input ends."""
    room = rtc.Room()
    await room.connect(url, token, rtc.RoomOptions(auto_subscribe=False))

    async def echo(call: rtc.RpcInvocationData) -> str:
        return call.payload

    room.local_participant.register_rpc_method("echo", echo)
    print("ready", flush=True)
    await asyncio.to_thread(sys.stdin.read)
    await room.disconnect()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2]))
