"""A recorder follows a log, and never stands in its way."""

import stat
import subprocess
import sys
import threading
import time
from pathlib import Path

import msgspec
import pytest

from inspector.core.calls import Call, Outcome
from inspector.core.events import RoomEvent, RoomEventKind
from inspector.core.log import CallLog
from inspector.core.problems import Problem, ProblemKind
from inspector.recording.creating import create_recording
from inspector.recording.inbox import Inbox
from inspector.recording.reader import Recording
from inspector.recording.recorder import Recorder
from inspector.recording.writer import Writer
from tests.support.command import clean_environment
from tests.support.recordings import WRITTEN_WITHIN_S, entries_of, integrity, recorded, wait_until_written
from tests.support.records import AT, a_call

JOINED = RoomEvent(AT, "demo", "me@demo", "agent", RoomEventKind.ACTIVE)


def test_it_keeps_what_the_log_has_and_gets_in_its_order_also_what_is_cleared(tmp_path: Path) -> None:
    log = CallLog("run", full_records=1)
    first, second, late = (a_call(log.new_id()) for _ in range(3))
    log.open(first)
    with recorded(tmp_path / "a.db", log):
        log.add_event(JOINED)
        log.open(second)
        log.change(first.id, outcome=Outcome.OK, response="1")
        log.enrich(first.id, wire="v2", ack_ms=2.5)
        log.change(second.id, outcome=Outcome.STOPPED)
        log.clear()
        log.open(late)

    entries = entries_of(tmp_path / "a.db")
    kept = [entry.id if isinstance(entry, Call) else entry for entry in entries]
    assert kept == [first.id, JOINED, second.id, late.id]
    settled = msgspec.structs.replace(first, outcome=Outcome.OK, response="1", wire="v2", ack_ms=2.5)
    assert entries[0] == settled


def test_a_recording_tells_of_its_run_and_ends_as_one_file_for_its_owner(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    began = time.time()
    with recorded(path, CallLog("my run")):
        pass

    with Recording(path) as recording:
        info = recording.info
    assert (info.schema, info.run) == (1, "my run")
    assert info.started_at is not None
    assert info.ended_at is not None
    assert began <= info.started_at <= info.ended_at
    assert list(tmp_path.iterdir()) == [path]
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_it_is_read_beside_the_writer_and_each_look_sees_what_is_committed(tmp_path: Path) -> None:
    path, log = tmp_path / "a.db", CallLog("run")
    with recorded(path, log):
        for number in range(1, 4):
            call = a_call(log.new_id())
            log.open(call)
            log.change(call.id, outcome=Outcome.OK)
            wait_until_written(path, number)


def test_a_file_that_cannot_be_written_is_said_once_and_the_log_goes_on(tmp_path: Path) -> None:
    path, log = tmp_path / "a.db", CallLog("run")
    said: list[Problem] = []
    create_recording(path)
    path.unlink()
    recorder = Recorder(path, log, said.append)
    for _ in range(100):
        log.open(a_call(log.new_id()))

    assert recorder.close() is None
    assert [problem.kind for problem in said] == [ProblemKind.STORAGE]
    assert f"Recording to {path} ended" in said[0].what
    assert len(log) == 100


FULL_DISK = """
import resource, sys
from pathlib import Path
from inspector.core.log import CallLog
from inspector.recording.creating import create_recording
from inspector.recording.recorder import Recorder
from tests.support.records import a_call

path, log = Path(sys.argv[1]), CallLog("run")
create_recording(path)
resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000))
recorder = Recorder(path, log, lambda problem: print(problem.sentence()))
for number in range(300):
    log.open(a_call(log.new_id(), payload="x" * 1000))
    while len(recorder._writer._inbox._items) > 10 and recorder._writer._inbox.is_open:
        pass
print(recorder.close(), len(log))
"""


@pytest.mark.skipif(
    sys.platform == "win32", reason="it has no limit on the size of files to stand for a disk"
)
def test_a_disk_that_is_full_is_said_once_and_what_was_written_can_be_read(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    words = [sys.executable, "-c", FULL_DISK, str(path)]
    ended = subprocess.run(
        words, env=clean_environment(tmp_path), capture_output=True, text=True, timeout=30, check=False
    )

    said, after = ended.stdout.splitlines()
    assert said.startswith(f"Recording to {path} ended: the disk ")
    assert after == "None 300"
    assert ended.stderr == ""
    assert 0 < len(entries_of(path)) < 300
    assert integrity(path) == "ok"


def test_what_a_slow_disk_cannot_take_is_left_out_and_said_once(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    said: list[Problem] = []
    create_recording(path)
    inbox = SlowInbox(limit=3)
    writer = Writer(path, "run", said.append, inbox)
    for number in range(5):
        writer.put(a_call(f"{number}"))
        writer.put(a_call(f"{number}", outcome=Outcome.OK))
    inbox.disk_is_back.set()
    writer.close(WRITTEN_WITHIN_S)

    assert ["too slow" in problem.what for problem in said] == [True]
    calls = [entry for entry in entries_of(path) if isinstance(entry, Call)]
    assert [(call.id, call.outcome) for call in calls] == [(f"{n}", Outcome.OK) for n in range(3)]


class SlowInbox(Inbox):
    """One that is not emptied until the disk is back."""

    def __init__(self, limit: int) -> None:
        super().__init__(limit)
        self.disk_is_back = threading.Event()

    def wait(self) -> None:
        self.disk_is_back.wait()
        super().wait()
