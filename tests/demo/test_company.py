"""The demo's peers in a room of a real server: they come, call each other and us, and go together."""

import asyncio
import json
import time

from livekit import rtc

from inspector.demo.cast import CAST, INSPECTOR, ROBOT, Part
from inspector.demo.company import Company
from tests.support.livekit_server import LiveKitServer
from tests.support.python_peer import Handler, PythonPeer

TRAFFIC_WITHIN_S = 30.0
"""Three programs start and import the SDK; a server may take 3 s to list each."""
GONE_WITHIN_S = 3.0


async def test_they_join_call_us_and_leave_when_they_are_told(
    livekit_server: LiveKitServer, room_name: str
) -> None:
    def token_of(part: Part) -> str:
        return livekit_server.token(
            room_name, part.identity, name=part.name, attributes=dict(part.attributes)
        )

    company = Company()
    called = {method: asyncio.Event() for method in ("get_location", "confirm_order", "report_scan")}
    async with PythonPeer.joined(livekit_server, room_name, INSPECTOR) as us:
        for method, event in called.items():
            us.handle(method, _answering(event))
        await company.start(livekit_server.url, token_of)
        try:
            async with asyncio.timeout(TRAFFIC_WITHIN_S):
                for event in called.values():
                    await event.wait()
            assert json.loads(await us.perform(ROBOT, "set_volume", '{"level": 3}')) == {"level": 3}
        finally:
            began = time.monotonic()
            await company.stop()
            assert time.monotonic() - began < GONE_WITHIN_S
        for part in CAST:
            await us.wait_until_gone(part.identity)


def _answering(event: asyncio.Event) -> Handler:
    async def answer(_call: rtc.RpcInvocationData) -> str:
        event.set()
        return "{}"

    return answer
