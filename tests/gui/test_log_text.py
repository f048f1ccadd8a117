"""The log as plain text."""

from inspector.core.calls import CallError, Direction, Outcome
from inspector.core.log import row_of
from inspector.gui.models.log_text import log_text
from tests.support.records import AT, a_call


def test_calls_stand_in_columns_under_their_heads_with_numbers_to_the_right() -> None:
    rows = (
        a_call(outcome=Outcome.OK, elapsed_ms=3.4, payload_bytes=2, response_bytes=10, wire="v2"),
        a_call(
            "run-2",
            direction=Direction.SEEN,
            caller="web-frontend",
            method="move_to",
            outcome=Outcome.ERROR,
            error=CallError(1501, "CONNECTION_TIMEOUT", "no ack"),
            elapsed_ms=7002.0,
            fault="2 drop_request",
        ),
    )

    head, first, second = log_text([row_of(call) for call in rows], AT).splitlines()

    assert head.split() == ["Time", "Dir", "From", "→", "To", "Method", "Outcome", "Wire", "ms", "Size"]
    assert first.split()[1:] == ["→", "out", "me", "→", "agent", "greet", "✓", "ok", "v2", "3.4", "12", "B"]
    assert "✕ 1501 [2 drop_request]" in second
    assert first.index("greet") == second.index("move_to") == head.index("Method")
    assert first.index("3.4") + 3 == second.index("7,002") + 5 == head.index("ms") + 2


def test_a_pending_call_shows_how_long_it_has_been_under_way() -> None:
    assert "… 2.1 s" in log_text([row_of(a_call())], AT + 2.1)


def test_control_characters_of_peers_cannot_break_the_table() -> None:
    text = log_text([row_of(a_call(method="a\nb\x1b[2J"))], AT)

    assert len(text.splitlines()) == 2
    assert "\x1b" not in text
