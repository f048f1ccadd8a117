"""How long a filter takes over a log of a million calls, in the log panel of the window.

Each filter is set as if it had been typed. Measured are the time to its first hits, the time until the whole
log has been looked at, and the longest time in which the event loop came to nothing else.
"""

import random
import sqlite3
import sys
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory

from PySide6.QtCore import QEventLoop, QTimer
from PySide6.QtWidgets import QApplication

from inspector.core.calls import Call, CallError, Direction, Outcome, utf8_bytes
from inspector.core.log import CallLog
from inspector.gui.docks.log import LogPanel
from inspector.gui.models.recorded_texts import RecordedTexts
from inspector.recording.creating import create_recording
from inspector.recording.recorder import Recorder

CALLS = 1_000_000
REPEATS = 3
FIELD_FILTERS = (
    "dir:in",
    "dir:in|seen -from:agent-*",
    "method:get_*",
    "method:get_ticket ms:>500",
    "from:web-1|web-2 to:agent-* -outcome:ok",
    "code:>=1400",
    "ms:>500",
    "size:>1kB ms:<100",
    "is:seen|error room:demo",
    "dir:in method:get_* code:>=1400 ms:>500 -from:agent-*",
)
TEXT_FILTERS = ("payload:oslo", 'bergen -"temp_c"', "dir:in response:nowhere")


def measure() -> dict[str, float]:
    """Runs it, and tells of each filter."""
    app = QApplication.instance() or QApplication(["bench"])
    log = CallLog("bench")
    with TemporaryDirectory() as folder:
        path = Path(folder) / "run.db"
        create_recording(path)
        recorder = Recorder(path, log, lambda problem: sys.exit(problem.what))
        _fill(log, path)
        recorder.close()
        panel = LogPanel(log)
        panel.model.set_text_source(lambda wanted: RecordedTexts(path, log, wanted))
        panel.resize(1000, 600)
        panel.show()
        _spin(lambda: panel.model.rowCount() == len(log))
        fields = [_worst(panel, text) for text in FIELD_FILTERS]
        texts = [_worst(panel, text) for text in TEXT_FILTERS]
        panel.close_log()
        panel.close()
        app.processEvents()
    return {
        "calls": CALLS,
        "first_hits_ms": max(found[0] for found in fields),
        "complete_ms": max(found[1] for found in fields),
        "text_complete_ms": max(found[1] for found in texts),
        "longest_block_ms": max(found[2] for found in fields + texts),
    }


def _worst(panel: LogPanel, text: str) -> tuple[float, float, float]:
    """First hits, all of them, and the longest block, in milliseconds; medians of the repeats."""
    runs = [_run(panel, text) for _ in range(REPEATS)]
    first, complete, block = (sorted(times)[REPEATS // 2] for times in zip(*runs, strict=True))
    found = f"{text:55} {panel.model.rowCount():>9,} found"
    print(f"{found}  first {first:6.1f}  all {complete:6.1f}  block {block:6.1f} ms")
    return first, complete, block


def _run(panel: LogPanel, text: str) -> tuple[float, float, float]:
    field, model = panel.bar.field, panel.model
    field.clear()
    _spin(lambda: not model.is_searching)
    began = time.perf_counter()
    beat, longest = began, 0.0
    first: float | None = None
    field.setText(text)

    def is_done() -> bool:
        nonlocal beat, longest, first
        now = time.perf_counter()
        longest, beat = max(longest, now - beat), now
        if first is None and not model.is_outdated and (model.rowCount() or not model.is_searching):
            first = now - began
        return not model.is_searching

    _spin(is_done)
    complete = time.perf_counter() - began
    return (first or complete) * 1000, complete * 1000, longest * 1000


def _spin(is_done: Callable[[], bool]) -> None:
    """Runs the event loop until it is so, looking after each round."""
    loop = QEventLoop()
    timer = QTimer()
    timer.timeout.connect(lambda: loop.quit() if is_done() else None)
    timer.start(0)
    loop.exec()


def _fill(log: CallLog, path: Path) -> None:
    """Fills it with calls of a thousand kinds, one in fifty of which failed, and has all of them recorded."""
    chance = random.Random(7)
    methods = ["get_weather", "get_location", "get_ticket", "set_volume", *(f"do_{n}" for n in range(40))]
    callers = [*(f"web-{n}" for n in range(8)), "agent-weather", "agent-support", "robot-1"]
    cities = ["oslo", "bergen", "wien", "porto"]
    routes = [
        (
            chance.choice(tuple(Direction)),
            chance.choice(callers),
            chance.choice(callers),
            chance.choice(methods),
        )
        for _ in range(1000)
    ]
    for number in range(CALLS):
        direction, caller, destination, method = chance.choice(routes)
        payload = f'{{"city": "{chance.choice(cities)}", "n": {number}}}'
        call_id = log.new_id()
        log.open(
            Call(
                id=call_id,
                room="demo",
                connection="c1",
                direction=direction,
                caller=caller,
                destination=destination,
                method=method,
                payload=payload,
                payload_bytes=utf8_bytes(payload),
                started_at=1_700_000_000 + number / 100,
            )
        )
        elapsed_ms = chance.expovariate(1 / 120)
        if number % 50 == 0:
            error = CallError(1502, "RESPONSE_TIMEOUT", "Response timeout")
            log.change(call_id, outcome=Outcome.ERROR, error=error, elapsed_ms=elapsed_ms)
        else:
            response = '{"temp_c": 4.1}' * chance.randrange(1, 90)
            size = len(response)
            log.change(
                call_id, outcome=Outcome.OK, response=response, response_bytes=size, elapsed_ms=elapsed_ms
            )
        if number % 20_000 == 0:
            _wait_recorded(path, number)


def _wait_recorded(path: Path, position: int) -> None:
    """Until the recording has caught up: calls come faster here than they ever do."""
    with closing(sqlite3.connect(path)) as database:
        while database.execute("SELECT ifnull(max(position), 0) FROM calls").fetchone()[0] < position:
            time.sleep(0.01)
