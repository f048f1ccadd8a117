"""`log`: a recording or lines of JSON, filtered, as a table or as lines of JSON."""

import json
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from inspector.core.calls import CallError, Direction, Outcome, from_json, to_json
from inspector.core.events import RoomEvent, RoomEventKind
from tests.support.command import clean_environment, run_command, run_piped
from tests.support.recordings import write
from tests.support.records import AT, a_call

WEATHER = a_call(
    "run-1",
    direction=Direction.IN,
    caller="web",
    destination="weather-api",
    method="get_weather",
    payload='{"city":"Wien"}',
    payload_bytes=15,
    response='{"temp_c":21}',
    response_bytes=13,
    outcome=Outcome.OK,
    started_at=AT + 0.25,
    elapsed_ms=4.25,
    mock="get_weather",
    rule="mild",
)
GONE = a_call(
    "run-2",
    method="gr\x1b[2Jeet",
    outcome=Outcome.ERROR,
    error=CallError(1400, "UNSUPPORTED_METHOD", "Method not supported at destination"),
    elapsed_ms=1234.5,
)
PENDING = a_call("run-3", method="slow")
LEFT = RoomEvent(AT + 1, "demo", "me@demo", "web\n", RoomEventKind.LEFT)
ALL = (WEATHER, LEFT, GONE, PENDING)


@pytest.fixture
def recording(tmp_path: Path) -> Path:
    write(tmp_path / "run.db", ALL)
    return tmp_path / "run.db"


async def test_a_recording_as_a_table_has_events_between_its_calls(recording: Path, tmp_path: Path) -> None:
    ended = await run_command(tmp_path, "log", "run.db", TZ="UTC")

    head, weather, left, gone, pending = ended.out.splitlines()
    assert (ended.code, ended.err) == (0, "")
    assert head.split() == ["time", "dir", "from", "to", "method", "ms", "size", "outcome"]
    assert weather.split() == [
        *("2023-11-14", "22:13:20.250", "in", "web", "weather-api", "get_weather"),
        *("4.2", "28", "B", "ok", "[get_weather:", "mild]"),
    ]
    assert left == "2023-11-14 22:13:21.000  -- web\\n left"
    assert gone.endswith("gr\\u001b[2Jeet           1,234      0 B  1400 UNSUPPORTED_METHOD")
    assert pending.endswith("lost")


async def test_a_recording_as_lines_of_json_is_its_records(recording: Path, tmp_path: Path) -> None:
    ended = await run_command(tmp_path, "log", "run.db", "--format", "jsonl")

    records = [from_json(line) for line in ended.out.splitlines()]
    assert ended.code == 0
    assert records[:2] == [WEATHER, GONE]
    assert records[2].outcome is Outcome.LOST


async def test_a_filter_asks_for_fields(recording: Path, tmp_path: Path) -> None:
    found = await run_command(
        tmp_path, "log", "run.db", "--filter", "method:get_* -code:>0", "--format", "jsonl"
    )
    none = await run_command(tmp_path, "log", "run.db", "--filter", "method:weather", "--format", "jsonl")
    broken = await run_command(tmp_path, "log", "run.db", "--filter", "wien ms:>fast")

    assert {json.loads(line)["method"] for line in found.out.splitlines()} == {"get_weather"}
    assert none == (0, "", "")
    assert "ms takes a number, e.g. ms:>500 (at character 6: ms:>fast)" in broken.err


async def test_a_filter_searches_payloads_and_leaves_events_out(recording: Path, tmp_path: Path) -> None:
    found = await run_command(tmp_path, "log", "run.db", "--filter", "wien|nowhere -greet")
    nothing = await run_command(tmp_path, "log", "run.db", "--filter", "nowhere", "--format", "jsonl")
    broken = await run_command(tmp_path, "log", "run.db", "--filter", 'a "b')

    assert ["get_weather" in line for line in found.out.splitlines()] == [False, True]
    assert nothing == (0, "", "")
    assert (broken.code, broken.out) == (2, "")
    assert 'at character 3: "b' in broken.err


async def test_lines_of_json_come_out_as_they_went_in_also_to_a_file(tmp_path: Path) -> None:
    lines = [
        to_json(WEATHER),
        '{"id":"x","method":"m","direction":"out","of":"a later version"}',
        to_json(PENDING),
    ]
    (tmp_path / "in.jsonl").write_bytes("\r\n".join(lines).encode() + b"\r\n\n")
    out = await run_command(tmp_path, "log", "in.jsonl", "--format", "jsonl")
    to_file = await run_command(
        tmp_path, "log", "in.jsonl", "--format", "jsonl", "--filter", "-slow", "-o", "out.jsonl"
    )

    assert (out.code, out.err, out.out.splitlines()) == (0, "", lines)
    assert to_file == (0, "", "")
    assert (tmp_path / "out.jsonl").read_text().splitlines() == lines[:2]


async def test_lines_that_are_no_records_are_said_and_the_others_are_there(tmp_path: Path) -> None:
    bad = ["{", "[]", "null", '{"id":"x"}', '"\\ud800"', '{"id":1,"method":"m","direction":"in"}', "\x00" * 9]
    when = '{"id":"x","method":"m","direction":"in","started_at":"yesterday"}'
    (tmp_path / "in.jsonl").write_text("\n".join([to_json(WEATHER), *bad, when, *["?"] * 50, to_json(GONE)]))
    ended = await run_command(tmp_path, "log", "in.jsonl", "--format", "jsonl")

    assert (ended.code, ended.out.splitlines()) == (2, [to_json(WEATHER), to_json(GONE)])
    said = ended.err.splitlines()
    assert said[0].startswith("in.jsonl:2:1: no record of a call: ")
    assert len(said) == 11
    assert said[-1] == "in.jsonl: 58 lines in all are no records of calls."
    assert "Traceback" not in ended.err


async def test_what_cannot_be_read_is_said(recording: Path, tmp_path: Path) -> None:
    missing = await run_command(tmp_path, "log", "nothing.db")
    folder = await run_command(tmp_path, "log", ".")
    itself = await run_command(tmp_path, "log", "run.db", "-o", "run.db")
    nowhere = await run_command(tmp_path, "log", "run.db", "-o", "no/such/file")
    with closing(sqlite3.connect(recording)) as database:
        database.execute("UPDATE calls SET outcome = 'fine' WHERE id = 'run-2'")
        database.commit()
    damaged = await run_command(tmp_path, "log", "run.db", "--format", "jsonl")
    with closing(sqlite3.connect(recording)) as database:
        database.execute("PRAGMA user_version = 2")
    newer = await run_command(tmp_path, "log", "run.db")

    assert (missing.code, missing.out) == (2, "")
    assert missing.err.startswith("nothing.db cannot be read: No such file or directory.")
    assert (folder.code, folder.err.splitlines()[0]) == (2, ". cannot be read: Is a directory.")
    assert (itself.code, "it is the file that is read" in itself.err) == (2, True)
    assert (nowhere.code, "no/such/file cannot be written" in nowhere.err) == (2, True)
    assert damaged.code == 2
    assert [from_json(line) for line in damaged.out.splitlines()] == [WEATHER], (
        "what stands before the damage"
    )
    assert damaged.err.startswith("run.db is damaged and cannot be read to its end")
    assert (newer.code, newer.out) == (2, "")
    assert newer.err.startswith("run.db was written by a newer RPC Inspector")


async def test_a_run_that_was_cut_short_is_said(recording: Path, tmp_path: Path) -> None:
    with closing(sqlite3.connect(recording)) as database:
        database.execute("DELETE FROM meta WHERE key = 'ended_at'")
        database.commit()
    ended = await run_command(tmp_path, "log", "run.db")

    assert ended.code == 0
    assert ended.err.startswith("run.db has no end: its run was cut short, or goes on.")


async def test_it_ends_quietly_once_nobody_reads(tmp_path: Path) -> None:
    (tmp_path / "in.jsonl").write_text(f"{to_json(WEATHER)}\n" * 20_000)
    ended = await run_piped(tmp_path, "log", "in.jsonl", "--format", "jsonl", pipe="head -1")

    assert ended == (0, to_json(WEATHER) + "\n", "")


# Not by getrusage: what it tells of a child begins with the memory of the process that started it.
MEMORY = """
import sys
from pathlib import Path
from inspector.cli.commands import commands

commands.main(["log", *sys.argv[1:]], standalone_mode=False)
status = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
print(status["VmHWM"].split()[0], file=sys.stderr)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="the peak of its memory is told elsewhere")
def test_memory_does_not_grow_with_the_file(tmp_path: Path) -> None:
    calls = [a_call(f"run-{n}", payload="x" * 1000, outcome=Outcome.OK) for n in range(500)]
    with (tmp_path / "in.jsonl").open("w") as file:
        for _ in range(100):
            file.writelines(f"{to_json(call)}\n" for call in calls)
    peaks = []
    for count in ("in.jsonl", "small.jsonl"):
        if count == "small.jsonl":
            (tmp_path / count).write_text(to_json(calls[0]))
        words = [sys.executable, "-c", MEMORY, count, "--format", "jsonl", "-o", "out.jsonl"]
        done = subprocess.run(
            words, cwd=tmp_path, env=clean_environment(tmp_path), capture_output=True, text=True, check=False
        )
        peaks.append(int(done.stderr))
    assert peaks[0] < peaks[1] + 20_000, "kilobytes: 75 MB of records pass through"
    assert peaks[0] < 200_000
