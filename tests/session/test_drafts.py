"""Which calls cannot be sent at all."""

from typing import Any

import pytest

from inspector.core.calls import CallDraft
from inspector.core.problems import ProblemError, ProblemKind, Side
from inspector.session.calls import check_draft


def draft(**fields: Any) -> CallDraft:
    return CallDraft(**({"connection": "me@demo", "destination": "agent", "method": "greet"} | fields))


@pytest.mark.parametrize(
    ("fields", "what"),
    [
        ({"destination": ""}, "destination"),
        ({"destination": "a\ud800"}, "destination"),
        ({"payload": "\udfff"}, "payload"),
        ({"method": "\ud800"}, "method"),
        ({"timeout_s": 0.0}, "timeout"),
        ({"timeout_s": -1.0}, "timeout"),
        ({"timeout_s": float("nan")}, "timeout"),
        ({"timeout_s": 86_401.0}, "timeout"),
        ({"ack_timeout_s": 0.0001}, "ack timeout"),
    ],
)
def test_what_the_sdk_cannot_carry_is_refused_with_the_reason(fields: dict[str, Any], what: str) -> None:
    with pytest.raises(ProblemError, match=what) as raised:
        check_draft(draft(**fields))

    problem = raised.value.problem
    assert (problem.kind, problem.side, problem.final) == (ProblemKind.BAD_INPUT, Side.HERE, True)
    assert problem.next_step


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"method": ""},
        {"payload": ""},
        {"payload": "x" * 5_000_000},
        {"method": "x" * 65},
        {"timeout_s": 0.001, "ack_timeout_s": 86_400.0},
    ],
)
def test_what_the_sdk_can_carry_is_not(fields: dict[str, Any]) -> None:
    check_draft(draft(**fields))
