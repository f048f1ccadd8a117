"""The record of a call, and what `--json` prints of it."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspector.core.calls import (
    CallError,
    Direction,
    Outcome,
    cut_utf8,
    is_utf8,
    timestamp,
    to_json,
    utf8_bytes,
)
from inspector.core.problems import Side
from tests.support.records import AT, a_call

FIELDS = (
    "id room connection direction caller destination method request_id payload payload_bytes response "
    "response_bytes error outcome timeout_s ack_timeout_s started_at queued_ms ack_ms elapsed_ms parent wire "
    "source truncated mock rule unmatched fault note"
)


def test_the_record_has_every_field_in_its_order_and_unknown_is_null() -> None:
    record = json.loads(to_json(a_call()))

    assert " ".join(record) == FIELDS
    assert record["response"] is None
    assert record["error"] is None
    assert record["started_at"] == "2023-11-14T22:13:20.000Z"


def test_the_record_says_what_became_of_the_call() -> None:
    call = a_call(
        direction=Direction.IN,
        outcome=Outcome.ERROR,
        error=CallError(1602, None, "no such city", '{"city":"Atlantis"}', Side.CALLEE),
        elapsed_ms=12.345678,
        queued_ms=0.0001,
    )

    record = json.loads(to_json(call))

    assert record["direction"] == "in"
    assert record["outcome"] == "error"
    assert record["error"] == {
        "code": 1602,
        "name": None,
        "message": "no such city",
        "data": '{"city":"Atlantis"}',
        "side": "callee",
    }
    assert record["elapsed_ms"] == 12.346
    assert record["queued_ms"] == 0.0


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_a_record_is_one_line_and_keeps_the_payload(payload: str) -> None:
    line = to_json(a_call(payload=payload))

    assert "\n" not in line
    assert json.loads(line)["payload"] == payload


def test_times_are_utc_with_milliseconds() -> None:
    assert timestamp(AT + 0.25) == "2023-11-14T22:13:20.250Z"
    assert timestamp(0) == "1970-01-01T00:00:00.000Z"


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_sizes_are_bytes_of_utf8(text: str) -> None:
    assert utf8_bytes(text) == len(text.encode())


def test_half_a_surrogate_pair_has_a_size_too_but_cannot_be_said_in_utf8() -> None:
    assert utf8_bytes("a\ud800") == 4
    assert not is_utf8("a\ud800")
    assert is_utf8("hällo \U0001f600")


@given(st.text(st.characters(exclude_categories=["Cs"])), st.integers(0, 40))
def test_text_is_cut_between_characters(text: str, limit: int) -> None:
    short = cut_utf8(text, limit)

    assert text.startswith(short)
    assert utf8_bytes(short) <= limit
    assert short == text or utf8_bytes(text[: len(short) + 1]) > limit


@pytest.mark.parametrize("outcome", Outcome)
def test_only_a_call_without_outcome_is_pending(outcome: Outcome) -> None:
    assert a_call(outcome=outcome).is_pending is (outcome is Outcome.PENDING)


def test_size_is_request_plus_response_as_far_as_known() -> None:
    assert a_call().size_bytes == 0
    assert a_call(payload_bytes=3).size_bytes == 3
    assert a_call(payload_bytes=3, response_bytes=40).size_bytes == 43


def test_the_code_is_the_errors() -> None:
    assert a_call().code is None
    assert a_call(error=CallError(None, None, "left")).code is None
    assert a_call(error=CallError(1501, "CONNECTION_TIMEOUT", "timeout")).code == 1501
