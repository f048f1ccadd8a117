"""Calls as the log would tell of them, and as the history keeps them, for tests of what shows them."""

from typing import Any

from inspector.core.calls import Call, CallDraft, Outcome, utf8_bytes
from inspector.gui.models.history import SentCall
from tests.support.records import AT, a_call


def call(**fields: Any) -> Call:
    """An outgoing call of `inspector`, pending unless told otherwise, its sizes those of its texts."""
    known: dict[str, Any] = {
        "connection": "inspector@demo",
        "caller": "inspector",
        "method": "get_weather",
        "payload": '{"city":"Oslo"}',
    } | fields
    for text, size in (("payload", "payload_bytes"), ("response", "response_bytes")):
        if isinstance(known.get(text), str):
            known.setdefault(size, utf8_bytes(known[text]))
    return a_call(known.pop("id", "run-1"), **known)


def sent(
    number: int, method: str = "get_weather", payload: str = "{}", outcome: Outcome = Outcome.OK
) -> SentCall:
    """A call of the history, sent `number` seconds later than `AT`."""
    draft = CallDraft("inspector@demo", "agent", method, payload)
    size = utf8_bytes(payload)
    return SentCall(f"run-{number}", AT + number, draft, size, outcome, elapsed_ms=float(number))
