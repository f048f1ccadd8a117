"""The process of a `LocalRoom`: says `ready PORT` once it takes connections, and ends with who started it.

Its arguments are the port, and the limits as JSON.
"""

import asyncio
import signal
import sys
import traceback

import msgspec

from inspector.local_room.access.bind_policy import DEV_KEY, DEV_SECRET
from inspector.local_room.limits import Limits
from inspector.local_room.options import RoomServerOptions
from inspector.local_room.server import RoomServer


def report(error: BaseException, doing: str) -> None:
    """Write what nobody expected to the log."""
    sys.stderr.write(f"while {doing}:\n{''.join(traceback.format_exception(error))}")
    sys.stderr.flush()


async def serve(port: int, limits: Limits) -> None:
    """Run a server until told to stop."""
    over = asyncio.Event()
    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGTERM, over.set)
    loop.add_reader(sys.stdin, over.set)  # whoever started us is gone
    server = RoomServer()
    await server.start(RoomServerOptions(keys={DEV_KEY: DEV_SECRET}, port=port, limits=limits), report)
    sys.stdout.write(f"ready {server.port}\n")
    sys.stdout.flush()
    await over.wait()
    await server.stop()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1]), msgspec.json.decode(sys.argv[2], type=Limits)))
