"""The baseline of `bench respond`: a handler of the SDK on a plain asyncio loop. Arguments: URL, token.

A third argument, `qt`, has the same handler run on the window's event loop, with no window: for information.
"""

import asyncio
import os
import sys

from livekit import rtc

from bench.responders import ANSWER, METHOD, serve_until_told

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")


async def main(url: str, token: str) -> int:
    """Joins and answers until stdin ends."""
    room = rtc.Room()
    await room.connect(url, token, rtc.RoomOptions(auto_subscribe=False))

    async def answer(_: rtc.RpcInvocationData) -> str:
        return ANSWER

    room.local_participant.register_rpc_method(METHOD, answer)
    await serve_until_told()
    await room.disconnect()
    return 0


def main_on_qt(url: str, token: str) -> int:
    """As `main`, on the window's event loop."""
    from PySide6.QtWidgets import QApplication

    from inspector.gui.run import run_app

    return run_app(QApplication([]), main(url, token))


if __name__ == "__main__":
    run_on_qt = sys.argv[3:] == ["qt"]
    sys.exit(main_on_qt(*sys.argv[1:3]) if run_on_qt else asyncio.run(main(*sys.argv[1:3])))
