"""The search in a recording finds what the filter itself finds in each call."""

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspector.core.calls import Call, CallError, Outcome, utf8_bytes
from inspector.core.filters import Filter, parse_filter
from inspector.core.log import CallLog, row_of
from inspector.core.problems import ProblemError
from inspector.recording import search
from inspector.recording.creating import create_recording
from inspector.recording.reader import Recording
from inspector.recording.recorder import Recorder
from inspector.recording.search import TextSearch
from tests.core.filters.sample_calls import a_call, calls, filter_texts


def fail(*_: object) -> None:
    pytest.fail("it could not be recorded")


def recorded(path: Path, wanted: list[Call]) -> Path:
    """A recording of these calls; those that are pending are answered, as the log lets go of no others."""
    create_recording(path)
    log = CallLog("run")
    recorder = Recorder(path, log, fail)
    for call in wanted:
        log.open(msgspec.structs.replace(call, id=log.new_id(), outcome=Outcome.PENDING))
        outcome = Outcome.OK if call.outcome is Outcome.PENDING else call.outcome
        fields = ("response", "response_bytes", "error", "elapsed_ms")
        log.change(f"run-{len(log)}", outcome=outcome, **{name: getattr(call, name) for name in fields})
    recorder.close()
    return path


def parts(path: Path, wanted: Filter) -> Iterator[search.Part]:
    looking = TextSearch(path, wanted)
    part = looking.part(looking.end())
    yield part
    while not part.is_last:
        part = looking.part(part.start)
        yield part


def found(path: Path, text: str) -> set[str]:
    return {call_id for part in parts(path, parse_filter(text)) for call_id in part.ids}


def scanned(path: Path, text: str) -> set[str]:
    wanted = Filter(tuple(term for term in parse_filter(text).terms if term.needs_texts))
    with Recording(path) as recording:
        return {call.id for call in recording.calls() if wanted.passes(row_of(call), call)}


CALLS = [
    a_call(payload="100% a_b \\ STRASSE", response="Weiß", outcome=Outcome.OK),
    a_call(payload="nul\0after", response="Straße und \u212a", outcome=Outcome.OK),
    a_call(
        method="größe",
        outcome=Outcome.ERROR,
        error=CallError(1502, None, "Über die Zeit", data="x" * 20),
        payload="",
    ),
    a_call(payload="plain", outcome=Outcome.PENDING),
]


@pytest.mark.parametrize(
    "text",
    [
        *(
            "strasse",
            "STRASSE",
            "payload:100%",
            "a_b",
            "axb",
            '"\\\\"',
            "k",
            "weiss",
            "after",
            "GRÖSSE",
            "1502",
        ),
        *(
            "15*2",
            "response_timeout",
            "über*zeit",
            "-plain",
            "-response:*",
            "payload:",
            '"%"',
            '"\0"',
            "\ud800",
        ),
        "x" * 60_000,
    ],
)
def test_it_finds_what_the_filter_finds(tmp_path: Path, text: str) -> None:
    sized = [
        msgspec.structs.replace(
            call,
            payload_bytes=utf8_bytes(call.payload or ""),
            response_bytes=None if call.response is None else utf8_bytes(call.response),
        )
        for call in CALLS
    ]
    path = recorded(tmp_path / "run.db", sized)
    assert found(path, text) == scanned(path, text)


@given(st.lists(calls(), min_size=1, max_size=5), st.lists(filter_texts(), min_size=1, max_size=5))
def test_it_finds_what_the_filter_finds_in_any_calls(wanted: list[Call], texts: list[str]) -> None:
    with TemporaryDirectory() as folder:
        path = recorded(Path(folder) / "run.db", wanted)
        for text in texts:
            assert found(path, text) == scanned(path, text)


def test_parts_go_from_the_newest_to_the_oldest(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = recorded(tmp_path / "run.db", [a_call(method=f"m{number}") for number in range(10)])
    monkeypatch.setattr(search, "POSITIONS", 4)
    looked = list(parts(path, parse_filter("m")))
    assert sum(len(part.ids) for part in looked) == 10
    assert [part.oldest for part in looked] == ["run-7", "run-3", "run-1"]
    assert [part.is_last for part in looked] == [False, False, True]


def test_a_recording_that_is_gone_is_a_problem(tmp_path: Path) -> None:
    with pytest.raises(ProblemError):
        TextSearch(tmp_path / "gone.db", parse_filter("a")).end()
