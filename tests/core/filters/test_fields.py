"""Fields of a filter: which calls each lets through."""

import pytest

from inspector.core.calls import CallError, Direction, Outcome
from inspector.core.filters import HELP, Field, parse_filter
from tests.core.filters.sample_calls import ANSWERED, FAILED, a_call, passes

SLOW = a_call(
    direction=Direction.SEEN,
    caller="web-1",
    destination="agent-weather",
    outcome=Outcome.OK,
    payload="p" * 1000,
    payload_bytes=1000,
    response="r" * 204,
    response_bytes=204,
    elapsed_ms=1500.04,
    mock="get_*",
    room="Main Hall",
)


@pytest.mark.parametrize(
    "text",
    [
        "dir:seen",
        "dir:in|seen",
        "-dir:in",
        "DIR:Seen",
        "from:web-1",
        "from:web-*",
        "from:*-1",
        "from:WEB-*|robot",
        "to:agent*",
        "method:get_*",
        "method:g*w*r",
        "-method:weather",
        "outcome:ok",
        "ms:>500",
        "ms:>=1.5s",
        "ms:<2m",
        "ms:1500.0",
        "ms:=1500",
        "ms:1.5s",
        "size:1204",
        "size:>1kB",
        "size:<=1.204KB",
        "size:<2KiB",
        "-size:>1MB",
        'mock:"get_*"',
        "mock:*",
        'room:"main hall"',
        "is:seen",
        "is:pending|seen",
        "-is:error",
        "-code:>0",
        "payload:pp response:rr",
        "-from:agent-* dir:seen method:get_* ms:>500",
    ],
)
def test_it_passes(text: str) -> None:
    assert passes(text, SLOW)


@pytest.mark.parametrize(
    "text",
    [
        "dir:in",
        "-dir:seen",
        "from:web",
        "from:eb-*",
        'from:"web-*"',
        "method:weather",
        "ms:1500.1",
        "ms:>1.6s",
        "-ms:>500",
        "size:1kB",
        "size:>=1.205kB",
        "mock:get_weather",
        "room:main",
        "is:error",
        "is:noted",
        "is:unmatched",
        "code:1502",
        "payload:r",
        "response:p",
        "dir:seen outcome:error",
    ],
)
def test_it_does_not_pass(text: str) -> None:
    assert not passes(text, SLOW)


@pytest.mark.parametrize(
    "text", ["code:1502", "code:>=1400", "code:15*", "code:response_timeout", "-code:<1502"]
)
def test_a_code_is_a_number_or_one_of_livekits_names(text: str) -> None:
    assert passes(text, FAILED)
    assert passes(text, ANSWERED) == text.startswith("-")


@pytest.mark.parametrize(
    ("outcome", "is_error"),
    [
        (Outcome.PENDING, False),
        (Outcome.OK, False),
        (Outcome.ERROR, True),
        (Outcome.STOPPED, True),
        (Outcome.LOST, True),
    ],
)
def test_errors_are_what_the_log_counts_as_such(outcome: Outcome, is_error: bool) -> None:
    assert passes("is:error", a_call(outcome=outcome)) == is_error


def test_a_note_and_a_call_that_nothing_matched_can_be_asked_for() -> None:
    assert passes("is:noted", a_call(note="look here"))
    assert not passes("is:noted", a_call(note=""))
    assert passes("is:unmatched", a_call(unmatched=True, error=CallError(1500, None, "no mock rule matched")))


@pytest.mark.parametrize("field", ["from", "to", "mock", "room", "code", "ms", "payload", "response"])
def test_what_is_not_known_passes_only_where_it_is_not_to_be_so(field: str) -> None:
    call = a_call(caller=None, destination=None, room=None)
    value = ">=0" if field in ("code", "ms") else "*"
    assert not passes(f"{field}:{value}", call)
    assert passes(f"-{field}:{value}", call)


def test_only_text_terms_need_the_texts() -> None:
    assert not parse_filter("dir:in -from:a ms:>5 code:1 is:noted").needs_texts
    for text in ("a", "payload:a", "-response:a"):
        assert parse_filter(f"dir:in {text}").needs_texts


@pytest.mark.parametrize("field", Field)
def test_the_example_of_each_field_can_be_read(field: Field) -> None:
    (term,) = parse_filter(HELP[field].example).terms
    assert term.field is field
