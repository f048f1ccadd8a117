"""A participant made of a Python SDK, mostly an older one in an environment that has nothing else.

Orders come as JSON lines on stdin, answers go as JSON lines on stdout, as in orders.mjs. It runs on livekit
1.0 to 1.2.
"""

import asyncio
import contextlib
import itertools
import json
import math
import statistics
import sys
import time
from collections import Counter
from typing import Any

from livekit import rtc

PRESENCE_DEADLINE_S = 15.0
"""A server announces joins of participants without tracks up to 3 s late."""
LINE_LIMIT_BYTES = 8 * 1024 * 1024


class Participant:
    """Carries out orders, and answers the standard methods."""

    def __init__(self) -> None:
        self.room = rtc.Room()
        self._changed = asyncio.Event()
        self._leaving: asyncio.Task[None] | None = None
        for event in ("participant_connected", "participant_disconnected"):
            self.room.on(event, lambda _: self._changed.set())

    async def join(self, url: str, token: str) -> str:
        """Join the token's room. Returns the identity there."""
        await self.room.connect(url, token, rtc.RoomOptions(auto_subscribe=False))
        me = self.room.local_participant
        for handler in (self.echo, self.boom, self.fail, self.slow):
            me.register_rpc_method(handler.__name__, handler)
        me.register_rpc_method("leave", self.leave_mid_call)
        return me.identity

    async def wait_until_active(self, identity: str) -> None:
        """Return once a participant is listed; older SDKs do not say when it is ready for data."""
        async with asyncio.timeout(PRESENCE_DEADLINE_S):
            while identity not in self.room.remote_participants:
                self._changed.clear()
                await self._changed.wait()

    async def call(self, destination: str, method: str, payload: str, timeout_ms: int | None) -> str:
        """Call a method and return its response. Without a timeout the SDK's own holds."""
        timeout = {} if timeout_ms is None else {"response_timeout": timeout_ms / 1000}
        return await self.room.local_participant.perform_rpc(
            destination_identity=destination, method=method, payload=payload, **timeout
        )

    async def call_repeatedly(
        self,
        destination: str,
        method: str,
        payload: str,
        count: int | None,
        seconds: float | None,
        in_flight: int,
    ) -> dict[str, Any]:
        """Call a method again and again, as the peers in JavaScript do. Returns what they return."""
        took: list[float] = []
        failures: Counter[str] = Counter()
        began = time.perf_counter()
        until = began + (seconds or math.inf)
        left = iter(range(count)) if count is not None else itertools.count()

        async def call_on() -> None:
            for _ in left:
                if (sent := time.perf_counter()) > until:
                    return
                try:
                    await self.call(destination, method, payload, None)
                    took.append(time.perf_counter() - sent)
                except rtc.RpcError as error:
                    failures[str(error.code)] += 1

        await asyncio.gather(*(call_on() for _ in range(in_flight)))
        elapsed_ms = (time.perf_counter() - began) * 1000
        p50_ms = statistics.median_low(took) * 1000 if took else None
        return {"answered": len(took), "failures": failures, "elapsedMs": elapsed_ms, "p50Ms": p50_ms}

    async def leave(self) -> None:
        """Leave the room."""
        await self.room.disconnect()

    async def echo(self, call: rtc.RpcInvocationData) -> str:
        """Answer what was sent."""
        return call.payload

    async def boom(self, call: rtc.RpcInvocationData) -> str:
        """Fail in a way no RPC error describes."""
        raise ValueError("boom")

    async def fail(self, call: rtc.RpcInvocationData) -> str:
        """Answer the error that the payload describes."""
        raise rtc.RpcError(**json.loads(call.payload))

    async def slow(self, call: rtc.RpcInvocationData) -> str:
        """Answer after as many seconds as the payload says."""
        await asyncio.sleep(float(call.payload))
        return "at last"

    async def leave_mid_call(self, call: rtc.RpcInvocationData) -> str:
        """Leave the room while the caller waits."""
        self._leaving = asyncio.create_task(self.leave())
        await asyncio.Event().wait()
        return "never sent"


async def carry_out(participant: Participant, order: dict[str, Any]) -> dict[str, Any]:
    """Do one order: {id, order, ...arguments}. The answer is {id, result} or {id, error}."""
    doing = {
        "join": lambda: participant.join(order["url"], order["token"]),
        "waitUntilActive": lambda: participant.wait_until_active(order["identity"]),
        "call": lambda: participant.call(
            order["destination"], order["method"], order["payload"], order["timeoutMs"]
        ),
        "callRepeatedly": lambda: participant.call_repeatedly(
            order["destination"],
            order["method"],
            order["payload"],
            order["count"],
            order["seconds"],
            order["inFlight"],
        ),
        "leave": participant.leave,
    }
    try:
        return {"id": order["id"], "result": await doing[order["order"]]()}
    except rtc.RpcError as error:
        described = {"code": error.code, "message": error.message, "data": error.data or ""}
        return {"id": order["id"], "error": described}
    except Exception as error:  # noqa: BLE001 - whatever it is, the test that gave the order is told
        return {"id": order["id"], "error": {"code": None, "message": repr(error), "data": ""}}


def answer(message: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(message) + "\n")
    sys.stdout.flush()


async def main() -> None:
    """Carry out each order as it comes, several at once, until stdin closes."""
    participant = Participant()
    lines = asyncio.StreamReader(limit=LINE_LIMIT_BYTES)
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(lines), sys.stdin)
    under_way: set[asyncio.Task[dict[str, Any]]] = set()
    answer({"id": 0, "result": "ready"})
    while line := await lines.readline():
        task = asyncio.create_task(carry_out(participant, json.loads(line)))
        under_way.add(task)
        task.add_done_callback(under_way.discard)
        task.add_done_callback(lambda done: None if done.cancelled() else answer(done.result()))
    with contextlib.suppress(Exception):
        await participant.leave()


if __name__ == "__main__":
    asyncio.run(main())
