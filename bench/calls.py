"""`bench calls`: our call through the whole path with the window open, against raw `perform_rpc`."""

import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec

from bench.workload import Figures
from tests.support.livekit_server import LiveKitServer, running_server
from tests.support.requirements import PEERS_FOLDER, ROOT

LIVEKIT_SERVER = ROOT / ".peers/bin/livekit-server"
ROUNDS = 5
RUN_WITHIN_S = 120


def measure() -> dict[str, object]:
    """Runs both callers in turn against one callee; medians of the ratios, and of both sides' figures."""
    if not LIVEKIT_SERVER.exists():
        sys.exit("bench calls needs livekit-server: run `make peers` first")
    with tempfile.TemporaryDirectory() as folder, running_server(LIVEKIT_SERVER, Path(folder)) as server:
        rounds = [_round(server, Path(folder)) for _ in range(ROUNDS)]
    raw, ours = [pair[0] for pair in rounds], [pair[1] for pair in rounds]
    return {
        "sequential_p50_ratio": median([o.sequential_p50_ms / r.sequential_p50_ms for r, o in rounds]),
        "rate_ratio_50": median([o.rate_50 / r.rate_50 for r, o in rounds]),
        "rate_ratio_200": median([o.rate_200 / r.rate_200 for r, o in rounds]),
        "raw": _medians(raw),
        "ours": _medians(ours),
        "rounds": ROUNDS,
    }


def _round(server: LiveKitServer, folder: Path) -> tuple[Figures, Figures]:
    room = "bench"
    with _callee(server.url, server.token(room, "callee")):
        raw = _caller("raw_caller", server, room, folder)
        return raw, _caller("window_caller", server, room, folder)


@contextmanager
def _callee(url: str, token: str) -> Iterator[None]:
    """A peer in Node that answers `echo`.

    It takes less processor time for a call than one in Python, so that on a small machine the two callers are
    what is compared, and not what their common callee leaves them.
    """
    peer = subprocess.Popen(
        ["node", "node_peer.mjs"], cwd=PEERS_FOLDER, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert peer.stdin is not None
    assert peer.stdout is not None
    try:
        peer.stdin.write(json.dumps({"id": 1, "order": "join", "url": url, "token": token}).encode() + b"\n")
        peer.stdin.flush()
        while b'"id":1' not in (line := peer.stdout.readline()):
            if not line:
                sys.exit("the callee ended before it joined")
        yield
    finally:
        peer.stdin.close()
        peer.wait(20)


def _caller(module: str, server: LiveKitServer, room: str, folder: Path) -> Figures:
    arguments = [server.url, server.token(room, module), "callee"]
    done = subprocess.run(
        [sys.executable, "-m", f"bench.{module}", *arguments],
        env={**os.environ, "XDG_DATA_HOME": str(folder)},
        stdout=subprocess.PIPE,
        timeout=RUN_WITHIN_S,
        check=True,
    )
    figures = msgspec.json.decode(done.stdout.splitlines()[-1], type=Figures)
    print(f"{module}: {figures}", file=sys.stderr)
    return figures


def _medians(all_figures: list[Figures]) -> dict[str, float]:
    return {
        name: median([getattr(figures, name) for figures in all_figures])
        for name in Figures.__struct_fields__
    }


def median(values: list[float]) -> float:
    """The median, rounded to be read."""
    return round(statistics.median(values), 3)
