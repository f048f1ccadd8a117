"""The status line: rooms, rates, totals, what was dropped, and how late the event loop runs."""

from __future__ import annotations

from collections import deque

import msgspec
from PySide6.QtWidgets import QHBoxLayout, QWidget

from inspector.core.log import LogCounts
from inspector.gui.widgets.controls import Tone, label

RATE_OVER_S = 5.0
"""Rates are averages over this many seconds."""


class Traffic(msgspec.Struct, frozen=True):
    """Running totals of calls by direction, at one moment (seconds of a clock that never goes back)."""

    at: float
    incoming: int
    outgoing: int
    seen: int = 0
    """Between others, as a local room's X-ray shows them."""


class PerSecond(msgspec.Struct, frozen=True):
    """Calls a second, by direction."""

    incoming: float = 0.0
    outgoing: float = 0.0
    seen: float = 0.0


class Rates:
    """Calls a second, from totals handed in now and then."""

    def __init__(self) -> None:
        self._seen: deque[Traffic] = deque()

    def add(self, traffic: Traffic) -> PerSecond:
        """Calls a second over the last few seconds."""
        self._seen.append(traffic)
        while traffic.at - self._seen[0].at > RATE_OVER_S:
            self._seen.popleft()
        oldest = self._seen[0]
        seconds = traffic.at - oldest.at
        if seconds <= 0:
            return PerSecond()
        return PerSecond(
            max(0, traffic.incoming - oldest.incoming) / seconds,
            max(0, traffic.outgoing - oldest.outgoing) / seconds,
            max(0, traffic.seen - oldest.seen) / seconds,
        )


class StatusLine(QWidget):
    """One line at the foot of the window."""

    def __init__(self) -> None:
        super().__init__()
        self._rooms = label("no room", tone=Tone.SECONDARY, meta=True)
        self._rates = label("", tone=Tone.SECONDARY, meta=True)
        self._ok = label("", tone=Tone.OK, meta=True)
        self._errors = label("", tone=Tone.ERROR, meta=True)
        self._faulted = label("", tone=Tone.WARNING, meta=True)
        self._waiting = label("", tone=Tone.WARNING, meta=True)
        self._totals = label("0 calls", tone=Tone.SECONDARY, meta=True)
        self._loop = label("", tone=Tone.SECONDARY, meta=True)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(12, 0, 12, 0)
        layout.setSpacing(20)
        for widget in (self._rooms, self._rates, self._ok, self._errors, self._faulted, self._waiting):
            layout.addWidget(widget)
        layout.addStretch(1)
        layout.addWidget(self._totals)
        layout.addWidget(self._loop)

    def show_rooms(self, count: int) -> None:
        """How many rooms we are in."""
        self._rooms.setText("no room" if count == 0 else f"{count} room{'s' if count > 1 else ''}")

    def show_counts(self, counts: LogCounts, rates: PerSecond, *, queued: int, with_seen: bool) -> None:
        """Totals and rates; says where a bound held calls back or let payloads go.

        `with_seen`: whether there are calls between others to be seen at all.
        """
        words = f"in {rates.incoming:.1f}/s · out {rates.outgoing:.1f}/s"
        words += f" · seen {rates.seen:.1f}/s" if with_seen else ""
        self._rates.setText(words if counts.calls else "")
        self._ok.setText(f"✓ {counts.ok:,} ok" if counts.ok else "")
        self._errors.setText(f"✕ {counts.errors:,} failed" if counts.errors else "")
        self._faulted.setText(f"{counts.faulted:,} faulted" if counts.faulted else "")
        self._waiting.setText(f"{queued:,} wait for a free slot" if queued else "")
        self._totals.setText(_totals(counts))

    def show_loop_delay(self, delay_ms: float) -> None:
        """How late the event loop ran its last callbacks, at worst over a second."""
        self._loop.setText(f"loop {delay_ms:.0f} ms")


def _totals(counts: LogCounts) -> str:
    calls = f"{counts.calls:,} call{'' if counts.calls == 1 else 's'}"
    if counts.missed:
        calls = f"{calls} · X-ray missed {counts.missed:,} message{'' if counts.missed == 1 else 's'}"
    if counts.entries_let_go:
        return f"{calls} · {counts.entries_let_go:,} oldest rows let go"
    if counts.payloads_let_go:
        return f"{calls} · payloads of the oldest {counts.payloads_let_go:,} let go"
    return f"{calls} · none dropped" if counts.calls and not counts.missed else calls
