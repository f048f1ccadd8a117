"""`bench startup`: how long until our window is painted, against a bare PySide6 window."""

import os
import statistics
import subprocess
import sys
import tempfile
import time

ROUNDS = 9


def measure() -> dict[str, object]:
    """Starts both programs in turn; medians."""
    bare, ours, ratios = [], [], []
    for _ in range(ROUNDS):
        bare.append(_first_paint_ms("bare_window"))
        ours.append(_first_paint_ms("our_window"))
        ratios.append(ours[-1] / bare[-1])
    return {
        "first_window_ratio": round(statistics.median(ratios), 3),
        "bare_ms": round(statistics.median(bare), 1),
        "ours_ms": round(statistics.median(ours), 1),
        "rounds": ROUNDS,
    }


def _first_paint_ms(module: str) -> float:
    """Milliseconds from starting the process to the line it prints at its window's first paint."""
    with tempfile.TemporaryDirectory() as folder:
        environment = {**os.environ, "XDG_DATA_HOME": folder}
        environment.setdefault("QT_QPA_PLATFORM", "offscreen")
        began = time.perf_counter()
        with subprocess.Popen(
            [sys.executable, "-m", f"bench.{module}"], stdout=subprocess.PIPE, env=environment
        ) as process:
            assert process.stdout is not None
            line = process.stdout.readline()
            took_ms = (time.perf_counter() - began) * 1000
            process.kill()
    if line.strip() != b"painted":
        sys.exit(f"{module} did not paint its window")
    return took_ms
