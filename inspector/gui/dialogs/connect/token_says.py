"""What a token says, in words and signs, before anybody joins with it."""

from __future__ import annotations

import msgspec
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QLabel, QVBoxLayout, QWidget

from inspector.core.payloads import visible
from inspector.gui.theme import restyle
from inspector.gui.widgets.controls import Tone, label, row
from inspector.gui.widgets.plain_text import ElidedLabel, breakable
from inspector.sdk.token_facts import Finding, Severity, TokenFacts


class Cell(msgspec.Struct, frozen=True):
    """One fact: a sign with its tone, and the words."""

    sign: str
    text: str
    tone: Tone = Tone.OK


def cells_of(facts: TokenFacts, now: float) -> tuple[Cell, ...]:
    """Six facts, three to a row: when it ends, data, hidden; room, identity, kind."""
    data = "can publish data: yes" if facts.can_publish_data else "can publish data: no"
    return (
        _validity(facts, now),
        Cell("✓", data) if facts.can_publish_data else Cell("▲", data, Tone.WARNING),
        Cell("▲", "hidden: yes", Tone.WARNING) if facts.hidden else Cell("✓", "hidden: no"),
        _named("room", facts.room),
        _named("identity", facts.identity),
        Cell("", f"kind {visible(facts.kind)}"),
    )


def _validity(facts: TokenFacts, now: float) -> Cell:
    if facts.expires_at is not None and now >= facts.expires_at:
        return Cell("✕", f"expired {span_text(now - facts.expires_at)} ago", Tone.ERROR)
    if facts.not_before is not None and now < facts.not_before:
        return Cell("✕", f"valid in {span_text(facts.not_before - now)}", Tone.ERROR)
    if facts.expires_at is None:
        return Cell("✓", "never expires")
    return Cell("✓", f"expires in {span_text(facts.expires_at - now)}")


def _named(what: str, value: str) -> Cell:
    return Cell("", f"{what} {visible(value)}") if value else Cell("✕", f"no {what}", Tone.ERROR)


def span_text(seconds: float) -> str:
    """A length of time as a person says it: `40 s`, `12 min`, `5 h 58 min`, `3 days`."""
    whole = max(int(seconds), 0)
    if whole < 120:
        return f"{whole} s"
    if whole < 7200:
        return f"{whole // 60} min"
    if whole < 172_800:
        minutes = whole % 3600 // 60
        return f"{whole // 3600} h {minutes} min" if minutes else f"{whole // 3600} h"
    return f"{whole // 86_400} days"


class TokenSays(QWidget):
    """The section `The token says`. Shows a token's facts; hidden while there is none to read."""

    def __init__(self) -> None:
        super().__init__()
        self._cells = [(label(""), ElidedLabel()) for _ in range(6)]
        grid = QGridLayout()
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(4)
        grid.setVerticalSpacing(4)
        for number, (sign, text) in enumerate(self._cells):
            sign.setFixedWidth(12)
            grid.addWidget(sign, number // 3, number % 3 * 2)
            grid.addWidget(text, number // 3, number % 3 * 2 + 1)
            grid.setColumnStretch(number % 3 * 2 + 1, 1)
        self._findings: QVBoxLayout = QVBoxLayout()
        self._findings.setSpacing(2)
        self._shown: tuple[Finding, ...] = ()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        note = label("read here, sent nowhere", tone=Tone.SECONDARY)
        layout.addWidget(row(label("The token says", bold=True), note, None))
        layout.addLayout(grid)
        layout.addLayout(self._findings)

    def show_facts(self, facts: TokenFacts, now: float) -> None:
        """Shows what the token says; `now` in seconds since the epoch."""
        for (sign, text), cell in zip(self._cells, cells_of(facts, now), strict=True):
            if (sign.text(), text.text()) == (cell.sign, cell.text):
                continue
            sign.setText(cell.sign)
            text.setText(cell.text)
            _set_tone(sign, cell.tone)
            plain = Tone.NORMAL if cell.sign in ("✓", "") else cell.tone
            _set_tone(text, plain if cell.sign else Tone.SECONDARY)
        findings = tuple(f for f in facts.findings(now) if f.severity is not Severity.NOTE)
        if findings != self._shown:
            self._shown = findings
            self._show_findings(findings)

    def text(self) -> str:
        """All that is shown, as lines of text."""
        cells = [f"{sign.text()} {text.text()}".strip() for sign, text in self._cells]
        return "\n".join((*cells, *(finding.sentence for finding in self._shown)))

    def _show_findings(self, findings: tuple[Finding, ...]) -> None:
        while (item := self._findings.takeAt(0)) is not None:
            if (old := item.widget()) is not None:
                old.hide()
                old.deleteLater()
        for finding in findings:
            line = _finding_label(finding)
            self._findings.addWidget(line)
            line.show()


def _finding_label(finding: Finding) -> QLabel:
    error = finding.severity is Severity.ERROR
    line = label(
        f"{'✕' if error else '▲'} {breakable(visible(finding.sentence))}",
        tone=Tone.ERROR if error else Tone.WARNING,
        wrap=True,
    )
    line.setAlignment(Qt.AlignmentFlag.AlignTop)
    return line


def _set_tone(widget: QLabel, tone: Tone) -> None:
    widget.setProperty("tone", tone.value)
    restyle(widget)
