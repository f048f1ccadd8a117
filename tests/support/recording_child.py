"""A program that records 1,000 calls a second until it is killed, and says which have ended, and when.

Each of its lines is a call's id and the monotonic clock in seconds at the moment it ended. Beside
these there is a call that never ends.
"""

import os
import sys
import time
from pathlib import Path

import msgspec

from inspector.core.calls import Outcome
from inspector.core.log import CallLog
from inspector.recording.creating import create_recording
from inspector.recording.recorder import Recorder
from tests.support.records import a_call

RATE_PER_S = 1000


def main(path: Path) -> None:
    """Records to `path`."""
    create_recording(path)
    log = CallLog("run")
    Recorder(path, log, lambda problem: sys.exit(problem.sentence()))
    first = a_call("", payload="x" * 200, payload_bytes=200)
    began = time.monotonic()
    log.open(msgspec.structs.replace(first, id="never ends"))
    for number in range(1_000_000):
        time.sleep(max(0.0, began + number / RATE_PER_S - time.monotonic()))
        call_id = log.new_id()
        log.open(msgspec.structs.replace(first, id=call_id))
        log.change(call_id, outcome=Outcome.OK, response="y" * 200, response_bytes=200, elapsed_ms=1.0)
        os.write(1, f"{call_id} {time.monotonic()}\n".encode())


if __name__ == "__main__":
    main(Path(sys.argv[1]))
