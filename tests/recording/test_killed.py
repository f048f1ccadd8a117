"""A program that is killed while it records: what is left."""

import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from inspector.core.calls import Call, Outcome
from inspector.recording.reader import Recording
from tests.support.command import clean_environment
from tests.support.recordings import entries_of, integrity

LOST_AT_MOST_S = 0.1
"""A kill loses at most this much of finished calls."""
KILLS = 5


def killed_after(path: Path, calls: int) -> tuple[dict[str, float], float]:
    """Kill a program that records to `path` after so many calls; when each ended, and when it was killed."""
    words = [sys.executable, "-m", "tests.support.recording_child", str(path)]
    environment = clean_environment(path.parent)
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True, env=environment) as child:
        assert child.stdout is not None
        lines = [child.stdout.readline() for _ in range(calls)]
        killed_at = time.monotonic()
        child.send_signal(signal.SIGKILL)
        lines += child.stdout.readlines()
    ended = (line.split() for line in lines if line.endswith("\n"))
    return {call_id: float(at) for call_id, at in ended}, killed_at


@pytest.mark.parametrize("kill", range(KILLS))
def test_every_call_that_ended_100_ms_before_the_kill_is_there_and_the_file_is_sound(
    kill: int, tmp_path: Path
) -> None:
    path = tmp_path / "killed.db"
    ended, killed_at = killed_after(path, random.Random(kill).randint(200, 1500))

    kept = {entry.id: entry for entry in entries_of(path) if isinstance(entry, Call)}
    due = {call_id for call_id, at in ended.items() if at < killed_at - LOST_AT_MOST_S}
    assert len(due) > 50
    assert not {call_id for call_id in due if call_id not in kept or kept[call_id].outcome is not Outcome.OK}
    assert all(kept[call_id].response == "y" * 200 for call_id in due)
    assert kept["never ends"].outcome is Outcome.LOST
    with Recording(path) as recording:
        assert recording.info.ended_at is None
    assert integrity(path) == "ok"
