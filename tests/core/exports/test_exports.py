"""What exports make of calls: each form is read by what reads such files, and nothing leaks or runs."""

import csv
import io
import json
import re
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspector.core.calls import Call, CallError, Direction, Outcome, from_json
from inspector.core.events import RoomEvent, RoomEventKind
from inspector.core.exports.csv_rows import COLUMNS, defused
from inspector.core.exports.formats import ExportFormat, export
from inspector.core.exports.mermaid import DIAGRAM_BYTES
from inspector.core.exports.otlp import SPANS_A_LINE
from inspector.core.problems import Side
from tests.support.records import AT, a_call

TOKEN = "eyJhbGciOiJIUzI1NiJ9.eyJ2aWRlbyI6e319.c2lnbmF0dXJlc2lnbmF0dXJl"
OK = a_call(
    "run-1",
    direction=Direction.IN,
    caller="web",
    destination="agent",
    method="get_weather",
    payload='{"city":"Oslo"}',
    payload_bytes=15,
    response="cloudy",
    response_bytes=6,
    outcome=Outcome.OK,
    queued_ms=1.0,
    ack_ms=3.5,
    elapsed_ms=10.25,
    wire="v1",
)
FAILED = a_call(
    "run-2",
    method="move_to",
    payload="north",
    outcome=Outcome.ERROR,
    error=CallError(1500, "APPLICATION_ERROR", "stuck", side=Side.CALLEE),
    elapsed_ms=2.0,
    parent="run-1",
    truncated=True,
    note="look here",
)
PENDING = a_call("run-3")
JOINED = RoomEvent(AT + 0.001, "demo", "me@demo", "robot", RoomEventKind.ACTIVE)
ALL = (OK, JOINED, FAILED, PENDING)

_CHARACTERS = st.characters(exclude_categories=["Cs"])
_TEXTS = st.text(_CHARACTERS, max_size=20)
_CALLS = st.builds(
    Call,
    id=_TEXTS,
    room=st.none() | _TEXTS,
    connection=st.none() | _TEXTS,
    direction=st.sampled_from(Direction),
    caller=st.none() | _TEXTS,
    destination=st.none() | _TEXTS,
    method=_TEXTS,
    payload=st.none() | _TEXTS,
    response=st.none() | _TEXTS,
    error=st.none() | st.builds(CallError, st.none() | st.integers(0, 2**31), st.none() | _TEXTS, _TEXTS),
    outcome=st.sampled_from(Outcome),
    started_at=st.integers(0, 10**12).map(lambda ms: ms / 1000),
    elapsed_ms=st.none() | st.floats(0, 1e6),
    note=st.none() | _TEXTS,
)


def exported(form: ExportFormat, *entries: Call | RoomEvent) -> str:
    return "".join(export(entries, form, "0.1.0"))


def har_entries(*entries: Call | RoomEvent) -> list[dict[str, object]]:
    archive = json.loads(exported(ExportFormat.HAR, *entries))["log"]
    assert archive["version"] == "1.2"
    assert archive["creator"] == {"name": "RPC Inspector", "version": "0.1.0"}
    found: list[dict[str, object]] = archive["entries"]
    return found


@given(st.lists(_CALLS, max_size=4))
def test_whatever_was_called_csv_has_one_row_a_call_and_no_formula(calls: list[Call]) -> None:
    head, *rows = csv.reader(io.StringIO(exported(ExportFormat.CSV, *calls), newline=""), strict=True)
    assert tuple(head) == COLUMNS
    assert len(rows) == len(calls)
    for call, row in zip(calls, rows, strict=True):
        assert len(row) == len(COLUMNS)
        assert row[COLUMNS.index("method")] in (call.method, f"'{call.method}")
        assert not any(cell.lstrip()[:1] in ("=", "+", "@") for cell in row if cell)


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@a", "  =1", "\t=1", "\uff1d1", "'quoted", "\r\n=1"])
def test_what_a_spreadsheet_would_run_begins_with_an_apostrophe(text: str) -> None:
    assert defused(text) == f"'{text}"


@pytest.mark.parametrize("text", ["get_weather", '{"a":-1}', "1-1", ""])
def test_other_texts_stay_as_they_are_in_csv(text: str) -> None:
    assert defused(text) == text


@given(st.lists(_CALLS, max_size=4))
def test_lines_of_json_give_the_same_records_back(calls: list[Call]) -> None:
    lines = exported(ExportFormat.JSONL, *calls).split("\n")
    assert lines.pop() == ""
    again = "".join(export(map(from_json, lines), ExportFormat.JSONL, ""))
    assert again.split("\n")[:-1] == lines
    assert [from_json(line).method for line in lines] == [call.method for call in calls]


@given(st.lists(_CALLS, max_size=4))
def test_har_has_all_that_the_specification_asks_of_an_entry(calls: list[Call]) -> None:
    for call, entry in zip(calls, har_entries(*calls), strict=True):
        request, response, timings = (entry[name] for name in ("request", "response", "timings"))
        assert isinstance(request, dict)
        assert isinstance(response, dict)
        assert isinstance(timings, dict)
        shared = {"httpVersion", "cookies", "headers", "headersSize", "bodySize"}
        assert shared | {"method", "url", "queryString"} <= request.keys()
        assert shared | {"status", "statusText", "content", "redirectURL"} <= response.keys()
        assert isinstance(response["status"], int)
        assert entry["cache"] == {}
        parts = [timings[name] for name in ("blocked", "send", "wait", "receive")]
        assert entry["time"] == pytest.approx(sum(part for part in parts if part > 0), abs=0.01)
        assert request["url"].startswith("https://livekit-rpc.invalid/")
        if call.payload is not None:
            assert request["postData"]["text"] == call.payload


def test_har_tells_payload_response_error_and_what_is_only_a_part() -> None:
    ok, failed, pending = har_entries(*ALL)
    assert ok["request"]["url"] == "https://livekit-rpc.invalid/demo/agent/get_weather"  # type: ignore[index]
    assert ok["response"]["content"]["text"] == "cloudy"  # type: ignore[index]
    assert ok["timings"]["send"] == 3.5  # type: ignore[index]
    assert (failed["response"]["status"], failed["response"]["statusText"]) == (  # type: ignore[index]
        1500,
        "APPLICATION_ERROR: stuck",
    )
    assert failed["comment"] == "look here; truncated: payload or response is only a part"
    assert pending["response"]["status"] == 0  # type: ignore[index]


@given(st.lists(_CALLS, max_size=4))
def test_spans_have_valid_ids_times_and_strings_for_64_bits(calls: list[Call]) -> None:
    spans = _spans(exported(ExportFormat.OTLP, *calls))
    assert len(spans) == len(calls)
    for span in spans:
        assert len(bytes.fromhex(str(span["traceId"]))) == 16
        assert len(bytes.fromhex(str(span["spanId"]))) == 8
        start, end = span["startTimeUnixNano"], span["endTimeUnixNano"]
        assert isinstance(start, str)
        assert isinstance(end, str)
        assert int(start) <= int(end)


def test_a_caused_call_is_a_span_within_the_trace_of_its_cause() -> None:
    first, second, _ = _spans(exported(ExportFormat.OTLP, *ALL))
    assert second["traceId"] == first["traceId"]
    assert second["parentSpanId"] == first["spanId"]
    assert (first["kind"], second["kind"]) == (2, 3), "server where we were called, client where we called"
    assert second["status"] == {"code": 2, "message": "stuck"}


def test_many_spans_are_several_lines_each_whole() -> None:
    calls = [a_call(f"run-{number}") for number in range(2 * SPANS_A_LINE + 1)]
    lines = exported(ExportFormat.OTLP, *calls).splitlines()
    assert [len(_spans(line)) for line in lines] == [SPANS_A_LINE, SPANS_A_LINE, 1]


def _spans(text: str) -> list[dict[str, object]]:
    return [
        span
        for line in text.split("\n")
        if line
        for resource in json.loads(line)["resourceSpans"]
        for scope in resource["scopeSpans"]
        for span in scope["spans"]
    ]


def test_a_diagram_has_calls_answers_errors_and_joins_in_order_of_time() -> None:
    assert exported(ExportFormat.MERMAID, *ALL).splitlines() == [
        "sequenceDiagram",
        "    participant p1 as web",
        "    participant p2 as agent",
        "    p1->>p2: 1. get_weather, 15 B, 22:13:20.000",
        "    participant p3 as robot",
        "    Note over p3: robot is here, 22:13:20.001",
        "    participant p4 as me",
        "    p4->>p2: 2. move_to, 22:13:20.000",
        "    p4->>p2: 3. greet, 22:13:20.000",
        "    Note over p4: 3. no answer yet",
        "    p2--xp4: 2. 1500 APPLICATION_ERROR stuck, 2.0 ms",
        "    Note over p2: 2. only part of it is known",
        "    Note over p2: 2. look here",
        "    p2-->>p1: 1. ok, 10.2 ms, 6 B",
    ]


@given(_CALLS)
def test_no_text_of_a_peer_ends_a_line_of_a_diagram_or_begins_a_statement(call: Call) -> None:
    head, *lines, end = exported(ExportFormat.MERMAID, call).split("\n")
    assert (head, end) == ("sequenceDiagram", "")
    statement = re.compile(r"    (participant p\d as |Note over p\d: |p\d(->>|-->>|--x)p\d: ).*")
    for line in lines:
        assert statement.fullmatch(line)
        assert not re.search(r"%%|<|\{|\}|(?<!#)(?<!\d);", line)


def test_a_diagram_stays_small_enough_to_be_drawn_and_counts_what_it_leaves_out() -> None:
    calls = [a_call(f"run-{number}", outcome=Outcome.OK, elapsed_ms=1.0) for number in range(5_000)]
    text = exported(ExportFormat.MERMAID, *calls)
    assert len(text.encode()) < DIAGRAM_BYTES * 1.1
    assert "more left out, as the diagram would be too large to be drawn" in text


def _with(name: str) -> Call:
    return a_call("run-1", **{name: f"Bearer {TOKEN}"}, outcome=Outcome.OK)


@pytest.mark.parametrize("form", ExportFormat)
@pytest.mark.parametrize(
    "leaky",
    [
        lambda: _with("payload"),
        lambda: _with("response"),
        lambda: _with("note"),
        lambda: _with("method"),
        lambda: a_call("run-1", outcome=Outcome.ERROR, error=CallError(1500, None, "no", f"token {TOKEN}")),
    ],
)
def test_a_token_is_in_no_export(form: ExportFormat, leaky: Callable[[], Call]) -> None:
    assert TOKEN[-12:] not in exported(form, leaky())
