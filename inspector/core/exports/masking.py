"""Takes tokens and secrets out of records that leave this program."""

from __future__ import annotations

import re

import msgspec

from inspector.core.calls import Call, CallError
from inspector.core.events import RoomEvent
from inspector.core.redact import redact

_WORTH_A_LOOK = re.compile(r"(?i)eyJ|eyA|ew[o0k]|bearer|token|secret|join_request")
"""What `redact` takes out has one of these in it. Most texts have none, and cost one pass."""
_CALL_TEXTS = (
    "room",
    "connection",
    "caller",
    "destination",
    "method",
    "payload",
    "response",
    "mock",
    "rule",
    "fault",
    "note",
)


def masked(call: Call) -> Call:
    """The call without tokens and secrets in its texts; the same value where there are none.

    Sizes stay those of what was sent.
    """
    changes: dict[str, object] = {}
    for name in _CALL_TEXTS:
        text = getattr(call, name)
        if text and (clean := masked_text(text)) != text:
            changes[name] = clean
    if call.error is not None and (error := _masked_error(call.error)) != call.error:
        changes["error"] = error
    return msgspec.structs.replace(call, **changes) if changes else call


def masked_event(event: RoomEvent) -> RoomEvent:
    """The event without tokens and secrets in its texts."""
    return msgspec.structs.replace(
        event,
        identity=masked_text(event.identity),
        detail=None if event.detail is None else masked_text(event.detail),
    )


def masked_text(text: str) -> str:
    """`text` without tokens and secrets."""
    return redact(text) if _WORTH_A_LOOK.search(text) else text


def _masked_error(error: CallError) -> CallError:
    return msgspec.structs.replace(
        error,
        message=masked_text(error.message),
        data=None if error.data is None else masked_text(error.data),
    )
