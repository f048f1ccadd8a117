"""Draft and history outlive the program, whichever way it ends."""

import os
import signal
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec
import pytest

from inspector.core.calls import CallDraft, Outcome
from inspector.core.problems import Problem
from inspector.gui.drafts import DraftStore
from inspector.gui.models.history import ComposerDraft, PayloadMode
from tests.support.made_up import sent

PROGRAMS = Path(__file__).parent / "programs"
ROOT = Path(__file__).parents[2]
WITHIN_S = 20.0


class Reports(list[Problem]):
    """The problems a store told of."""

    def text(self) -> str:
        return " ".join(problem.sentence() for problem in self)


@pytest.fixture
def reports() -> Reports:
    return Reports()


@pytest.fixture
def open_store(tmp_path: Path, reports: Reports) -> Iterator[Callable[..., DraftStore]]:
    stores: list[DraftStore] = []

    def opened(**bounds: int) -> DraftStore:
        stores.append(DraftStore(tmp_path / "data", reports.append, **bounds))
        return stores[-1]

    yield opened
    for store in stores:
        assert store.close(5.0)


def until(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + WITHIN_S
    while not holds():
        assert time.monotonic() < deadline, "it did not come about"
        threading.Event().wait(0.01)


DRAFT = ComposerDraft("inspector@demo", "agent", "m", "é 😀\u2028\r\n\x00", PayloadMode.TEXT, "5s", "1")


def test_a_first_start_finds_nothing_and_writes_nothing(
    open_store: Callable[..., DraftStore], tmp_path: Path, reports: Reports
) -> None:
    saved = open_store().load()
    assert (saved.draft, saved.calls) == (None, ())
    assert reports == []
    assert not (tmp_path / "data").exists()


def test_what_was_kept_is_there_for_the_next_start(
    open_store: Callable[..., DraftStore], tmp_path: Path
) -> None:
    first = open_store()
    calls = [sent(number, f"m{number}", f"payload {number}\n", Outcome.PENDING) for number in range(3)]
    for call in calls:
        first.keep_call(call)
    settled = msgspec.structs.replace(calls[1], outcome=Outcome.ERROR, code=1500, elapsed_ms=3.5)
    first.keep_call(settled)
    first.keep_draft(ComposerDraft(payload="older"))
    first.keep_draft(DRAFT)
    assert first.close()
    saved = open_store().load()
    lost = [msgspec.structs.replace(call, outcome=Outcome.LOST) for call in calls]
    assert saved.calls == (lost[0], settled, lost[2])
    assert saved.draft == DRAFT
    for path in (tmp_path / "data").iterdir():
        assert stat.S_IMODE(path.stat().st_mode) == 0o600, path


def test_only_the_newest_calls_stay_and_the_file_stays_small(
    open_store: Callable[..., DraftStore], tmp_path: Path
) -> None:
    store = open_store(max_calls=5)
    for number in range(200):
        store.keep_call(sent(number, outcome=Outcome.PENDING))
        store.keep_call(sent(number, outcome=Outcome.OK))
    assert store.close()
    assert [call.id for call in open_store(max_calls=5).load().calls] == [f"run-{n}" for n in range(195, 200)]
    assert len((tmp_path / "data" / "history.jsonl").read_bytes().splitlines()) <= 5 * 4 + 400


def test_the_oldest_go_first_where_payloads_would_pass_the_bound(
    open_store: Callable[..., DraftStore], tmp_path: Path, reports: Reports
) -> None:
    store = open_store(max_bytes=100_000)
    for number in range(50):
        store.keep_call(sent(number, payload="x" * 10_000, outcome=Outcome.PENDING))
        until(lambda number=number: f'"run-{number}"' in history(tmp_path))  # type: ignore[misc]
    assert store.close()
    kept = [int(call.id.removeprefix("run-")) for call in open_store(max_bytes=100_000).load().calls]
    assert kept == list(range(kept[0], 50))
    assert 5 <= len(kept) <= 10
    assert (tmp_path / "data" / "history.jsonl").stat().st_size <= 110_000
    assert reports == []


def history(tmp_path: Path) -> str:
    path = tmp_path / "data" / "history.jsonl"
    return path.read_text() if path.exists() else ""


def test_a_payload_beyond_the_bound_is_not_kept_and_that_is_said(
    open_store: Callable[..., DraftStore], reports: Reports
) -> None:
    store = open_store(max_bytes=10_000)
    store.keep_call(sent(1, outcome=Outcome.PENDING))
    store.keep_draft(ComposerDraft(payload="x" * 20_000))
    assert store.close()
    saved = open_store().load()
    assert saved.draft is None
    assert len(saved.calls) == 1
    assert "too large to be kept" in reports.text()


def test_half_a_surrogate_pair_does_not_stop_the_writing(
    open_store: Callable[..., DraftStore], reports: Reports
) -> None:
    store = open_store()
    store.keep_draft(ComposerDraft(payload="a\ud800b"))
    assert store.close()
    saved = open_store().load()
    assert saved.draft == ComposerDraft(payload="a?b")
    assert reports == []


@pytest.mark.parametrize(
    "damage",
    [b'{"line":"sent","call":{"id":"run-9","se', b"\xff\xfe\x00garbage\n", b'{"line":"other"}\n', b"[]\n"],
)
def test_of_a_damaged_history_the_readable_part_is_kept_and_the_file_set_aside(
    open_store: Callable[..., DraftStore], tmp_path: Path, reports: Reports, damage: bytes
) -> None:
    store = open_store()
    store.keep_call(sent(1, outcome=Outcome.PENDING))
    store.keep_call(sent(2, outcome=Outcome.PENDING))
    assert store.close()
    path = tmp_path / "data" / "history.jsonl"
    whole = path.read_bytes()
    path.write_bytes(whole[:50] + b"\n" + whole + damage)
    again = open_store()
    assert [call.id for call in again.load().calls] == ["run-1", "run-2"]
    assert (tmp_path / "data" / "history.jsonl.damaged").read_bytes() == whole[:50] + b"\n" + whole + damage
    assert "2 lines of the saved history could not be read." in reports.text()
    again.keep_call(sent(3, outcome=Outcome.PENDING))
    assert again.close()
    assert [call.id for call in open_store().load().calls] == ["run-1", "run-2", "run-3"]
    assert len(reports) == 1


def test_a_damaged_draft_is_set_aside(
    open_store: Callable[..., DraftStore], tmp_path: Path, reports: Reports
) -> None:
    folder = tmp_path / "data"
    folder.mkdir()
    (folder / "draft.json").write_bytes(b'{"payload": "half')
    assert open_store().load().draft is None
    assert (folder / "draft.json.damaged").read_bytes() == b'{"payload": "half'
    assert "draft of the last run is damaged" in reports.text()


def test_a_write_that_broke_off_does_not_spoil_the_next_line(
    open_store: Callable[..., DraftStore], tmp_path: Path
) -> None:
    folder = tmp_path / "data"
    folder.mkdir()
    (folder / "history.jsonl").write_bytes(b'{"line":"sent","call":{"id"')
    store = open_store()
    store.keep_call(sent(1, outcome=Outcome.PENDING))
    assert store.close()
    assert [call.id for call in open_store().load().calls] == ["run-1"]


def test_a_folder_that_takes_nothing_is_reported_once(
    open_store: Callable[..., DraftStore], tmp_path: Path, reports: Reports
) -> None:
    (tmp_path / "data").write_text("a file stands where the folder should be")
    store = open_store()
    store.keep_draft(DRAFT)
    until(lambda: bool(reports))
    store.keep_draft(DRAFT)
    store.keep_call(sent(1, outcome=Outcome.PENDING))
    assert store.close()
    assert len(reports) == 1
    (tmp_path / "data").unlink()
    store = open_store()
    store.keep_draft(DRAFT)
    assert store.close()
    assert "cannot be saved" in reports.text()
    assert open_store().load().draft == DRAFT


def test_closing_takes_no_longer_than_it_may(tmp_path: Path, reports: Reports) -> None:
    fifo = tmp_path / "data" / "history.jsonl"
    fifo.parent.mkdir()
    os.mkfifo(fifo)  # stands for a disk that hangs: reading it waits for somebody to write
    store = DraftStore(tmp_path / "data", reports.append)
    hanging = threading.Thread(target=store.load, daemon=True)
    hanging.start()
    store.keep_draft(DRAFT)
    began = time.monotonic()
    assert store.close(0.2) is False
    assert time.monotonic() - began < 1.0
    with fifo.open("wb"):
        pass  # lets the reader go
    hanging.join(5.0)
    assert store.close(5.0)


@contextmanager
def program(name: str, folder: Path) -> Iterator[subprocess.Popen[str]]:
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "QT_QPA_PLATFORM": "offscreen"}
    command = [sys.executable, str(PROGRAMS / name), str(folder)]
    process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


@pytest.mark.skipif(sys.platform == "win32", reason="needs SIGKILL")
def test_draft_and_sent_call_survive_a_kill(
    open_store: Callable[..., DraftStore], tmp_path: Path, reports: Reports
) -> None:
    folder = tmp_path / "data"
    with program("types_in_the_composer.py", folder) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "typed\n"
        typed_at = time.monotonic()
        draft = folder / "draft.json"
        until(lambda: draft.exists() and "and more" in draft.read_text())
        # Within a second of the last key, and some more for a machine that does other things too.
        assert time.monotonic() - typed_at < 1.5
        process.send_signal(signal.SIGKILL)
        process.wait(WITHIN_S)
    saved = open_store().load()
    assert saved.draft == ComposerDraft("inspector@demo", "agent", "get_weather", '{"a":1} and more')
    assert [(call.draft, call.outcome) for call in saved.calls] == [
        (CallDraft("inspector@demo", "agent", "get_weather", '{"a":1}'), Outcome.LOST)
    ]
    assert reports == []


@pytest.mark.skipif(sys.platform == "win32", reason="needs SIGKILL")
def test_a_kill_in_the_middle_of_writing_loses_at_most_the_line_being_written(
    open_store: Callable[..., DraftStore], tmp_path: Path, reports: Reports
) -> None:
    path = tmp_path / "data" / "history.jsonl"
    with program("writes_calls_without_end.py", tmp_path / "data") as process:
        until(lambda: path.exists() and path.stat().st_size > 5_000_000)
        process.send_signal(signal.SIGKILL)
        process.wait(WITHIN_S)
    calls = open_store().load().calls
    numbers = [int(call.id.removeprefix("run-")) for call in calls]
    assert len(numbers) > 50
    assert numbers == list(range(numbers[0], numbers[-1] + 1))
    for number, call in zip(numbers, calls, strict=True):
        assert call.draft.payload == f"{number}:" + "x" * 50_000
    assert len(reports) <= 1
