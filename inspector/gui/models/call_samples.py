"""Calls of the log as samples to try a mock with."""

from __future__ import annotations

from inspector.core.log import CallLog, Row
from inspector.core.payloads import shortened, visible
from inspector.gui.models.row_text import clock_text

Sample = tuple[str, str, str]
"""A call to try: how it is called in a menu, its caller, its payload."""

_MOST = 12
_LOOKED_AT = 20_000
"""Entries of the log that are looked through: what is older has let its payload go."""
_PAYLOAD_CHARS = 60


def call_samples(log: CallLog, method: str) -> tuple[Sample, ...]:
    """The newest calls of a method, newest first, each payload of a caller once."""
    found: dict[tuple[str, str], str] = {}
    for index in range(len(log) - 1, max(-1, len(log) - 1 - _LOOKED_AT), -1):
        entry = log[index]
        if not isinstance(entry, Row) or entry.method != method:
            continue
        call = log.get(entry.id)
        if call is None or call.payload is None:
            continue
        clock, caller = clock_text(call.started_at), call.caller or ""
        words = f"{clock}  {visible(caller)}  {shortened(visible(call.payload), _PAYLOAD_CHARS)}"
        found.setdefault((caller, call.payload), words)
        if len(found) == _MOST:
            break
    return tuple((words, caller, payload) for (caller, payload), words in found.items())
