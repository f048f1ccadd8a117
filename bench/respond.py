"""`bench respond`: inbound calls that a mock answers with the window open, against a handler of the raw SDK.

One caller, a process of its own, calls each responder of one room in turn, with 50 calls in flight.
Beside it stands how long decisions take: see `bench/decisions.py`.
"""

import asyncio
import contextlib
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

from bench import decisions
from bench.calls import LIVEKIT_SERVER, median
from bench.processes import usage
from bench.responders import METHOD, responder
from bench.workload import PAYLOAD
from tests.support.livekit_server import LiveKitServer, running_server
from tests.support.process_peer import ProcessPeer, node_kind

ROUNDS = 9
IN_FLIGHT = 50
WARM_UP = 1000
CALLS = 2000
"""In each round, for each responder."""
ROOM = "bench"
RAW, RAW_ON_QT, OURS = "raw", "raw_on_qt", "ours"
RESPONDERS = {
    RAW: ("raw_responder",),
    RAW_ON_QT: ("raw_responder", "qt"),
    OURS: ("window_responder",),
}
"""The module of each, and its further arguments; the keys are their identities."""


@dataclass
class Reached:
    """What one responder reached, round by round."""

    pid: int
    rates: list[float] = field(default_factory=list)
    """Answers a second."""
    cpu_ms: list[float] = field(default_factory=list)
    """Of the responder's processor time, for each call."""


def measure() -> dict[str, object]:
    """Runs the responders in turn; medians of the ratios, round by round, and of each one's figures."""
    if not LIVEKIT_SERVER.exists():
        sys.exit("bench respond needs livekit-server and the Node peers: run `make peers` first")
    with tempfile.TemporaryDirectory() as folder, running_server(LIVEKIT_SERVER, Path(folder)) as server:
        reached = asyncio.run(_measure(server, Path(folder)))
    return {
        "rate_ratio_50": _ratio(reached[OURS], reached[RAW]),
        "rate_ratio_50_on_qt": _ratio(reached[RAW_ON_QT], reached[RAW]),
        "rates": {name: median(each.rates) for name, each in reached.items()},
        "cpu_ms_a_call": {name: median(each.cpu_ms) for name, each in reached.items()},
        **decisions.measure(),
        "rounds": ROUNDS,
    }


async def _measure(server: LiveKitServer, folder: Path) -> dict[str, Reached]:
    async with contextlib.AsyncExitStack() as stack:
        reached = {}
        for name, (module, *arguments) in RESPONDERS.items():
            token = server.token(ROOM, name)
            running = responder(module, folder, server.url, token, *arguments)
            reached[name] = Reached(await stack.enter_async_context(running))
        caller = await stack.enter_async_context(ProcessPeer.started(node_kind(), folder))
        await caller.join(server.url, server.token(ROOM, "caller"))
        for name in RESPONDERS:
            await caller.wait_until_active(name)
            await _call(caller, name, WARM_UP)
        for number in range(ROUNDS):
            # Each goes first in some rounds: what the machine does meanwhile slows all of them down.
            for name in _turned(list(RESPONDERS), number):
                await _round(caller, name, reached[name])
        return reached


async def _round(caller: ProcessPeer, name: str, reached: Reached) -> None:
    before = usage(reached.pid)
    rate = await _call(caller, name, CALLS)
    cpu_ms = (usage(reached.pid).cpu_ms - before.cpu_ms) / CALLS
    print(f"{name}: {rate:.0f} calls/s, {cpu_ms:.3f} ms of processor time a call", file=sys.stderr)
    reached.rates.append(rate)
    reached.cpu_ms.append(cpu_ms)


async def _call(caller: ProcessPeer, name: str, count: int) -> float:
    """Answers a second.

    Raises:
        SystemExit: some calls failed, so that a rate would say nothing.
    """
    made = await caller.call_repeatedly(name, METHOD, PAYLOAD, count=count, in_flight=IN_FLIGHT)
    if made.failures:
        sys.exit(f"calls of {name} failed: {made.failures}")
    return made.rate


def _turned(names: list[str], number: int) -> list[str]:
    first = number % len(names)
    return names[first:] + names[:first]


def _ratio(ours: Reached, theirs: Reached) -> float:
    return median([o / t for o, t in zip(ours.rates, theirs.rates, strict=True)])
