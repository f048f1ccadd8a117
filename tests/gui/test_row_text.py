"""What the log says of a call: times, signs and words, and only plain text."""

import json
import time

import msgspec
import pytest

from inspector.core.calls import Direction, Outcome, to_json
from inspector.core.events import RoomEvent, RoomEventKind
from inspector.core.log import Row, row_of
from inspector.core.rpc_errors import incoming_error
from inspector.gui.models.row_text import (
    call_of,
    copied_line,
    event_text,
    flow_text,
    outcome_text,
    summary,
    time_text,
)
from tests.support.filled_log import START, FilledLog


@pytest.fixture
def filled() -> FilledLog:
    return FilledLog()


def row(filled: FilledLog, call_id: str) -> Row:
    index = filled.log.index_of(call_id)
    assert index is not None
    entry = filled.log[index]
    assert isinstance(entry, Row)
    return entry


@pytest.mark.parametrize(
    ("seconds", "ending"),
    [(START + 0.114, ".114"), (START + 0.9996, ".999"), (START + 0.9999999, ".000"), (START, ".000")],
)
def test_a_time_is_local_and_has_milliseconds(seconds: float, ending: str) -> None:
    shown = time_text(seconds)
    assert shown.endswith(ending)
    whole = round(seconds, 6)
    assert shown[:8] == time.strftime("%H:%M:%S", time.localtime(whole))


def test_each_outcome_has_a_sign_and_a_word_or_a_code(filled: FilledLog) -> None:
    ok, failed = filled.ok(), filled.failed(code=1502)
    stopped, lost = filled.pending(), filled.pending()
    filled.end(stopped, Outcome.STOPPED)
    filled.end(lost, Outcome.LOST)
    shown = [outcome_text(row(filled, call_id), filled.now) for call_id in (ok, failed, stopped, lost)]
    assert shown == ["✓ ok", "✕ 1502", "◼ stopped", "? lost"]


def test_a_pending_call_says_how_long_it_has_been_under_way(filled: FilledLog) -> None:
    pending = row(filled, filled.pending())
    assert outcome_text(pending, START + 0.84) == "… 0.8 s"
    assert outcome_text(pending, START - 5) == "… 0.0 s"


def test_an_unmatched_call_is_marked_with_the_word(filled: FilledLog) -> None:
    call_id = filled.pending(direction=Direction.IN)
    filled.end(call_id, Outcome.ERROR, incoming_error(1500, "no mock rule matched"), unmatched=True)
    assert outcome_text(row(filled, call_id), filled.now) == "✕ unmatched"
    assert "error 1500, unmatched" in summary(row(filled, call_id))


def test_a_row_is_summed_up_for_a_screen_reader(filled: FilledLog) -> None:
    assert summary(row(filled, filled.ok())) == "out, inspector to agent-weather, get_weather, ok, 12.4 ms"
    assert summary(row(filled, filled.failed())).endswith("error 1502 RESPONSE_TIMEOUT, 31.7 ms")
    assert summary(row(filled, filled.pending())).endswith("get_weather, pending")


def test_names_from_peers_show_their_control_characters(filled: FilledLog) -> None:
    hostile = row(filled, filled.ok("x\x1by", caller="a\u202eb", destination=None))
    assert flow_text(hostile) == "a\\u202eb → ?"
    assert "x\\u001by" in summary(hostile)
    assert "\x1b" not in copied_line(hostile, filled.now)
    assert event_text(RoomEvent(START, "demo", "c1", "r\n1", RoomEventKind.JOINING)) == "— r\\n1 is joining"


def test_a_copied_line_has_the_columns_in_order(filled: FilledLog) -> None:
    line = copied_line(row(filled, filled.ok(payload="x" * 311, response="")), filled.now)
    assert line.split("\t")[1:] == [
        "out",
        "inspector → agent-weather",
        "get_weather",
        "ok",
        "12.4 ms",
        "311 B",
    ]


def test_a_copied_pending_call_says_so(filled: FilledLog) -> None:
    parts = copied_line(row(filled, filled.pending()), START + 2).split("\t")
    assert parts[4:6] == ["pending 2.0 s", ""]


def test_a_call_whose_record_was_let_go_keeps_what_its_row_knows() -> None:
    filled = FilledLog(full_records=1)
    first = filled.failed(code=1502)
    filled.ok()
    assert filled.log.get(first) is None
    slim = row(filled, first)
    assert msgspec.structs.replace(row_of(call_of(slim)), size_bytes=slim.size_bytes) == slim
    record = json.loads(to_json(call_of(slim)))
    assert record["id"] == first
    assert (record["error"]["code"], record["error"]["name"]) == (1502, "RESPONSE_TIMEOUT")
    assert record["payload"] is None
    assert record["outcome"] == "error"
