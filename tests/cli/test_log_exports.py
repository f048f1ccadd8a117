"""`log --format`: the forms that other programs read, and a recording made of lines of JSON."""

import csv
import io
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from inspector.core.calls import Call, CallError, Direction, Outcome, from_json, to_json
from inspector.core.events import RoomEvent, RoomEventKind
from inspector.core.problems import ProblemError
from inspector.recording.copying import make_recording
from inspector.recording.reader import Recording
from tests.support.command import run_command
from tests.support.recordings import entries_of, integrity, write
from tests.support.records import AT, a_call

GREETED = a_call("run-1", outcome=Outcome.OK, payload="hi", response="=SUM(A1)", elapsed_ms=2.5)
FAILED = a_call(
    "run-2", method="move", outcome=Outcome.ERROR, error=CallError(1500, "APPLICATION_ERROR", "no")
)
LEFT = RoomEvent(AT + 1, "demo", "me@demo", "web", RoomEventKind.LEFT)


def names_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir() if path.is_file())


@pytest.fixture
def recording(tmp_path: Path) -> Path:
    write(tmp_path / "run.db", (GREETED, LEFT, FAILED))
    return tmp_path / "run.db"


@pytest.mark.usefixtures("recording")
async def test_each_form_goes_to_stdout_or_to_a_file_and_is_the_same(tmp_path: Path) -> None:
    for form in ("csv", "har", "otlp", "mermaid"):
        shown = await run_command(tmp_path, "log", "run.db", "--format", form)
        written = await run_command(tmp_path, "log", "run.db", "--format", form, "-o", f"out.{form}")
        assert (shown.code, shown.err, written.code, written.out) == (0, "", 0, "")
        assert (tmp_path / f"out.{form}").read_bytes().decode() == shown.out
    _, greeted, failed = csv.reader(io.StringIO((tmp_path / "out.csv").read_text(), newline=""))
    assert "'=SUM(A1)" in greeted
    assert "1500" in failed
    assert len(json.loads((tmp_path / "out.har").read_text())["log"]["entries"]) == 2
    assert "web left" in (tmp_path / "out.mermaid").read_text()


@pytest.mark.usefixtures("recording")
async def test_a_filter_holds_for_every_form(tmp_path: Path) -> None:
    ended = await run_command(tmp_path, "log", "run.db", "--filter", "code:1500", "--format", "mermaid")
    assert "move" in ended.out
    assert "greet" not in ended.out
    assert "left" not in ended.out, "events are hidden while there is a filter"


async def test_lines_of_json_become_a_recording_that_gives_them_back_unchanged(tmp_path: Path) -> None:
    lines = f"{to_json(GREETED)}\n{to_json(FAILED)}\n"
    (tmp_path / "calls.jsonl").write_text(lines)
    made = await run_command(tmp_path, "log", "calls.jsonl", "--format", "recording", "-o", "made.db")
    assert (made.code, made.out, made.err) == (0, "", "")
    back = await run_command(tmp_path, "log", "made.db", "--format", "jsonl")
    assert (back.out, back.err) == (lines, "")
    assert integrity(tmp_path / "made.db") == "ok"
    assert names_in(tmp_path) == ["calls.jsonl", "made.db"]


async def test_a_recording_keeps_its_events_in_a_copy(recording: Path, tmp_path: Path) -> None:
    await run_command(tmp_path, "log", "run.db", "--format", "recording", "-o", "copy.db")
    assert entries_of(tmp_path / "copy.db") == entries_of(recording)


@pytest.mark.usefixtures("recording")
async def test_a_recording_has_to_be_named_and_replaces_nothing_else(
    tmp_path: Path,
) -> None:
    unnamed = await run_command(tmp_path, "log", "run.db", "--format", "recording")
    assert (unnamed.code, unnamed.out) == (2, "")
    assert "name it with -o" in unnamed.err
    (tmp_path / "letter.txt").write_text("dear reader")
    refused = await run_command(tmp_path, "log", "run.db", "--format", "recording", "-o", "letter.txt")
    assert refused.code == 2
    assert (tmp_path / "letter.txt").read_text() == "dear reader"


def test_where_reading_breaks_off_what_was_there_stays_as_it_was(recording: Path) -> None:
    before = recording.read_bytes()

    def breaks_off() -> Iterator[Call]:
        yield GREETED
        raise ValueError(FAILED.id)

    with pytest.raises(ValueError, match="run-2"):
        make_recording(recording, breaks_off(), "run")
    assert recording.read_bytes() == before
    assert list(recording.parent.glob("*.part*")) == []


def test_a_folder_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(ProblemError, match="cannot be written"):
        make_recording(tmp_path / "nowhere" / "made.db", [GREETED], "run")


_TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
_CALLS = st.lists(
    st.builds(
        Call,
        id=st.uuids().map(str),
        room=st.none() | _TEXTS,
        connection=st.none() | _TEXTS,
        direction=st.sampled_from(Direction),
        caller=st.none() | _TEXTS,
        destination=st.none() | _TEXTS,
        method=_TEXTS,
        payload=st.none() | _TEXTS,
        payload_bytes=st.none() | st.integers(0, 2**40),
        response=st.none() | _TEXTS,
        error=st.none() | st.builds(CallError, st.none() | st.integers(0, 2**31), st.none() | _TEXTS, _TEXTS),
        outcome=st.sampled_from([Outcome.OK, Outcome.ERROR, Outcome.STOPPED, Outcome.LOST]),
        timeout_s=st.none() | st.floats(0, 1e6),
        started_at=st.integers(0, 10**12).map(lambda ms: ms / 1000),
        elapsed_ms=st.none() | st.integers(0, 10**9).map(lambda us: us / 1000),
        truncated=st.none() | st.booleans(),
        unmatched=st.none() | st.booleans(),
        note=st.none() | _TEXTS,
    ),
    max_size=5,
)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(_CALLS)
def test_any_records_come_out_of_a_recording_as_they_went_in(tmp_path: Path, calls: list[Call]) -> None:
    lines = [to_json(call) for call in calls]
    path = tmp_path / "made.db"
    assert make_recording(path, map(from_json, lines), "made") == len(lines)
    with Recording(path) as recording:
        assert [to_json(call) for call in recording.calls()] == lines
