"""`bench startup`: how long until our window is painted, against a bare PySide6 window.

`furnished_ms` is how long until every panel is painted in it, too.
"""

import os
import statistics
import subprocess
import sys
import tempfile
import time

ROUNDS = 9


def measure() -> dict[str, object]:
    """Starts both programs in turn; medians."""
    bare = []
    ours = []
    furnished = []
    for _ in range(ROUNDS):
        bare.append(_times_ms("bare_window", "painted")[0])
        first, whole = _times_ms("our_window", "painted", "furnished")
        ours.append(first)
        furnished.append(whole)
    ratios = [first / baseline for first, baseline in zip(ours, bare, strict=True)]
    return {
        "first_window_ratio": round(statistics.median(ratios), 3),
        "bare_ms": round(statistics.median(bare), 1),
        "ours_ms": round(statistics.median(ours), 1),
        "furnished_ms": round(statistics.median(furnished), 1),
        "rounds": ROUNDS,
    }


def _times_ms(module: str, *lines: str) -> list[float]:
    """Milliseconds from starting the process to each of the lines it prints as it paints."""
    times = []
    with tempfile.TemporaryDirectory() as folder:
        environment = {**os.environ, "XDG_DATA_HOME": folder}
        environment.setdefault("QT_QPA_PLATFORM", "offscreen")
        began = time.perf_counter()
        with subprocess.Popen(
            [sys.executable, "-m", f"bench.{module}"], stdout=subprocess.PIPE, env=environment
        ) as process:
            assert process.stdout is not None
            for line in lines:
                if process.stdout.readline().strip() != line.encode():
                    sys.exit(f"{module} did not come to be {line}")
                times.append((time.perf_counter() - began) * 1000)
            process.kill()
    return times
