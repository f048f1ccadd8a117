"""Calls and events of every shape that can be recorded, for property tests."""

from hypothesis import strategies as st

from inspector.core.calls import Call, CallError, Direction, Outcome, Source
from inspector.core.events import RoomEvent, RoomEventKind
from inspector.core.problems import Side

TEXTS = st.text(st.characters(codec="utf-8"), max_size=20)
_SOME_TEXT = st.none() | TEXTS
_SOME_SIZE = st.none() | st.integers(0, 2**40)
_SOME_MS = st.none() | st.integers(0, 10**9).map(lambda microseconds: microseconds / 1000)
_SOME_TRUTH = st.none() | st.booleans()
MOMENTS = st.integers(0, 4_000_000_000_000).map(lambda milliseconds: milliseconds / 1000)
ERRORS = st.builds(
    CallError,
    code=st.none() | st.integers(0, 2**32 - 1),
    name=_SOME_TEXT,
    message=TEXTS,
    data=_SOME_TEXT,
    side=st.none() | st.sampled_from(Side),
)
CALLS = st.builds(
    Call,
    id=TEXTS,
    room=_SOME_TEXT,
    connection=_SOME_TEXT,
    direction=st.sampled_from(Direction),
    caller=_SOME_TEXT,
    destination=_SOME_TEXT,
    method=TEXTS,
    request_id=_SOME_TEXT,
    payload=_SOME_TEXT,
    payload_bytes=_SOME_SIZE,
    response=_SOME_TEXT,
    response_bytes=_SOME_SIZE,
    error=st.none() | ERRORS,
    outcome=st.sampled_from(Outcome),
    timeout_s=_SOME_MS,
    ack_timeout_s=_SOME_MS,
    started_at=MOMENTS,
    queued_ms=_SOME_MS,
    ack_ms=_SOME_MS,
    elapsed_ms=_SOME_MS,
    parent=_SOME_TEXT,
    wire=_SOME_TEXT,
    source=st.sampled_from(Source),
    truncated=_SOME_TRUTH,
    mock=_SOME_TEXT,
    rule=_SOME_TEXT,
    unmatched=_SOME_TRUTH,
    fault=_SOME_TEXT,
    note=_SOME_TEXT,
)
EVENTS = st.builds(
    RoomEvent,
    at=MOMENTS,
    room=TEXTS,
    connection=TEXTS,
    identity=TEXTS,
    what=st.sampled_from(RoomEventKind),
    detail=_SOME_TEXT,
)
