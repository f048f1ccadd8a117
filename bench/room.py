"""`bench room`: calls over our local room against the same calls over livekit-server, 50 in flight.

Callers and callees are the same on both, a pair in Node and a pair in Python; all are processes of their own.
`rate_ratio` is the worse of the two pairs' ratios.
"""

import asyncio
import contextlib
import statistics
import sys
import tempfile
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from pathlib import Path

from bench.processes import Usage, usage
from bench.workload import PAYLOAD
from tests.support.livekit_server import LiveKitServer, running_server
from tests.support.local_room import LocalRoom, running_local_room
from tests.support.process_peer import CallsMade, PeerKind, ProcessPeer, node_kind, python_kind
from tests.support.requirements import ROOT

LIVEKIT_SERVER = ROOT / ".peers/bin/livekit-server"
SDKS: dict[str, Callable[[], PeerKind]] = {"node": node_kind, "python": python_kind}
ROUNDS = 5
IN_FLIGHT = 50
WARM_UP = 500
SEQUENTIAL = 200
CALLS = 1000
"""In each round, for each pair and server."""
LONG_S = 60.0


@dataclass
class Run:
    """What one pair reached over one server in one round."""

    rate: float
    p50_ms: float
    sequential_p50_ms: float
    server_cpu_ms: float
    """Of the server's processor time, for each call."""


@dataclass
class Side:
    """One server, and a caller for each SDK, whose callee is in the room too."""

    server: LiveKitServer | LocalRoom
    callers: dict[str, ProcessPeer]
    runs: dict[str, list[Run]] = field(default_factory=dict)
    calls: int = 0

    def used(self) -> Usage:
        """What the server has used so far."""
        return usage(self.server.pid)

    async def call(self, sdk: str, count: int, in_flight: int) -> CallsMade:
        """Have a pair make so many calls.

        Raises:
            SystemExit: some failed, so that a rate would say nothing.
        """
        made = await self.callers[sdk].call_repeatedly(
            f"{sdk} callee", "echo", PAYLOAD, count=count, in_flight=in_flight
        )
        if made.failures:
            sys.exit(f"calls of the {sdk} pair over {self.server.url} failed: {made.failures}")
        self.calls += count
        return made

    async def run(self, sdk: str) -> None:
        """Measure one round."""
        sequential = await self.call(sdk, SEQUENTIAL, 1)
        before = self.used()
        made = await self.call(sdk, CALLS, IN_FLIGHT)
        cpu_ms = self.used().cpu_ms - before.cpu_ms
        assert made.p50_ms is not None
        assert sequential.p50_ms is not None
        run = Run(made.rate, made.p50_ms, sequential.p50_ms, cpu_ms / CALLS)
        print(f"{type(self.server).__name__} {sdk}: {run}", file=sys.stderr)
        self.runs.setdefault(sdk, []).append(run)

    def medians(self, sdk: str) -> dict[str, float]:
        """Of the rounds of one pair."""
        runs = self.runs[sdk]
        names = Run.__dataclass_fields__
        return {name: _rounded(statistics.median(getattr(run, name) for run in runs)) for name in names}


def measure(*, long: bool = False) -> dict[str, object]:
    """Run both servers in turn; medians of the ratios and of both sides' figures.

    With `long` also 60 s of calls over the local room, with what failed and how its memory grew.
    """
    if not LIVEKIT_SERVER.exists():
        sys.exit("bench room needs livekit-server and the Node peers: run `make peers` first")
    with (
        tempfile.TemporaryDirectory() as folder,
        running_server(LIVEKIT_SERVER, Path(folder)) as judge,
        running_local_room(Path(folder)) as room,
    ):
        return asyncio.run(_measure(judge, room, Path(folder), long=long))


async def _measure(judge: LiveKitServer, room: LocalRoom, folder: Path, *, long: bool) -> dict[str, object]:
    async with _side(judge, folder) as theirs, _side(room, folder) as ours:
        for sdk in SDKS:
            for side in (theirs, ours):
                await side.call(sdk, WARM_UP, IN_FLIGHT)
        fresh = ours.used()
        for _ in range(ROUNDS):
            for sdk in SDKS:
                for side in (theirs, ours):
                    await side.run(sdk)
        ratios = {sdk: _ratio(ours.runs[sdk], theirs.runs[sdk]) for sdk in SDKS}
        used = ours.used()
        figures: dict[str, object] = {
            "rate_ratio": min(ratios.values()),
            "rate_ratios": ratios,
            "local_room": {sdk: ours.medians(sdk) for sdk in SDKS},
            "livekit_server": {sdk: theirs.medians(sdk) for sdk in SDKS},
            "rss_mb": used.rss_mb,
            "rss_growth_mb": _rounded(used.rss_mb - fresh.rss_mb),
            "livekit_server_rss_mb": theirs.used().rss_mb,
            "calls": ours.calls,
            "rounds": ROUNDS,
        }
        return figures | ({"long": await _long(ours)} if long else {})


async def _long(side: Side) -> dict[str, object]:
    before = side.used()
    made = await side.callers["node"].call_repeatedly(
        "node callee", "echo", PAYLOAD, seconds=LONG_S, in_flight=IN_FLIGHT
    )
    after = side.used()
    return {
        "seconds": _rounded(made.elapsed_ms / 1000),
        "calls": made.answered,
        "rate": _rounded(made.rate),
        "errors": sum(made.failures.values()),
        "failures": made.failures,
        "rss_mb": after.rss_mb,
        "rss_growth_mb": _rounded(after.rss_mb - before.rss_mb),
    }


@contextlib.asynccontextmanager
async def _side(server: LiveKitServer | LocalRoom, folder: Path) -> AsyncIterator[Side]:
    """Have a caller and a callee of each SDK join."""
    async with contextlib.AsyncExitStack() as stack:
        callers = {}
        for sdk, kind in SDKS.items():
            for role in ("callee", "caller"):
                peer = await stack.enter_async_context(ProcessPeer.started(kind(), folder))
                await peer.join(server.url, server.token(sdk, f"{sdk} {role}"))
            await peer.wait_until_active(f"{sdk} callee")
            callers[sdk] = peer
        yield Side(server, callers)


def _ratio(ours: list[Run], theirs: list[Run]) -> float:
    """Of the rates, round by round: whatever else went on at the time slowed both down."""
    return _rounded(statistics.median(o.rate / t.rate for o, t in zip(ours, theirs, strict=True)))


def _rounded(value: float) -> float:
    return round(value, 3)
