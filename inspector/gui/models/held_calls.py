"""The calls that wait for a person as rows, the oldest first, and what a person writes to each."""

from __future__ import annotations

import math
from collections.abc import Sequence
from enum import IntEnum

import msgspec
from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtGui import QColor, QFont

from inspector.core.documents import Severity
from inspector.core.mock_checks import check_code, check_data, check_message
from inspector.core.mocks import Fail, Reply, action_summary
from inspector.core.payloads import minify_json, shortened, visible
from inspector.gui.models.answer_draft import AnswerKind
from inspector.gui.models.call_signs import tone_color
from inspector.gui.models.typed_numbers import whole_number
from inspector.gui.theme import mono_font, text_font
from inspector.gui.widgets.controls import Tone
from inspector.gui.widgets.display_text import is_meant_as_json, not_json_words, quick_check
from inspector.gui.widgets.plain_text import plain_tooltip
from inspector.session.holding import HeldCall

Index = QModelIndex | QPersistentModelIndex
HURRY_S = 3.0
"""With less time left than that a call is pointed out."""
_PAYLOAD_CHARS = 200


class HeldColumn(IntEnum):
    """The columns, from the left."""

    CALLER = 0
    METHOD = 1
    PAYLOAD = 2
    LEFT = 3


TITLES = ("Caller", "Method", "Payload", "Time left")


class HeldDraft(msgspec.Struct, frozen=True):
    """What a person has written to a call, not sent yet."""

    kind: AnswerKind = AnswerKind.REPLY
    """A reply or an error: the other kinds are no answers by hand."""
    text: str = ""
    compact: bool = True
    """Whether JSON is sent without the white space between its tokens."""
    code: str = "1500"
    message: str = ""
    data: str = ""


class SavedAnswer(msgspec.Struct, frozen=True):
    """An answer to pick instead of writing one."""

    title: str
    """Where it comes from."""
    answer: Reply | Fail


class NotSentError(Exception):
    """What was written cannot be sent; with why, in a sentence."""

    def __init__(self, why: str, *, line: int = 0, column: int = 0) -> None:
        """`line` and `column` (from 1) say where the text stops being JSON."""
        super().__init__(why)
        self.line = line
        self.column = column


def draft_of(answer: Reply | Fail) -> HeldDraft:
    """A draft that sends this answer."""
    match answer:
        case Reply(text=text):
            return HeldDraft(text=text, compact=False)
        case Fail(code=code, message=message, data=data):
            return HeldDraft(AnswerKind.ERROR, code=str(code), message=message, data=data or "")


def answer_of(draft: HeldDraft) -> Reply | Fail:
    """What a draft sends.

    Raises:
        NotSentError: it has to be corrected first.
    """
    if draft.kind is AnswerKind.ERROR:
        return _failure(draft)
    if not draft.compact or not is_meant_as_json(draft.text):
        return Reply(draft.text)
    check = quick_check(draft.text)
    if check.valid:
        return Reply(minify_json(draft.text))
    why = f"Not sent: {not_json_words(check)}. Correct it, or untick Compact JSON to send it as it is."
    raise NotSentError(why, line=check.line, column=check.column)


def left_text(left_s: float) -> str:
    """The time left for an answer: `6.2 s`, from a minute on `1:05`."""
    left_s = max(0.0, left_s)
    if left_s < 60:
        return f"{left_s:.1f} s"
    minutes, seconds = divmod(math.floor(left_s), 60)
    return f"{minutes}:{seconds:02d}"


def waiting_words(count: int, least_left_s: float | None = None) -> str:
    """`2 calls wait for you · 6.2 s left`, the time of the one with least of it; empty where none does."""
    if not count:
        return ""
    words = "1 call waits for you" if count == 1 else f"{count:,} calls wait for you"
    return words if least_left_s is None else f"{words} · {left_text(least_left_s)} left"


def saved_title(saved: SavedAnswer, limit: int) -> str:
    """A saved answer on one line."""
    return f"{saved.title}: {shortened(action_summary(saved.answer), limit)}"


def _failure(draft: HeldDraft) -> Fail:
    code = whole_number(draft.code)
    if code is None:
        raise NotSentError("Not sent: the code of an error is a whole number.")
    remarks = (*check_code(code), *check_message(draft.message), *check_data(draft.data))
    refusal = next((remark for remark in remarks if remark.severity is Severity.ERROR), None)
    if refusal is not None:
        raise NotSentError(f"Not sent: {refusal.message}.")
    return Fail(code, draft.message, draft.data or None)


class HeldCallsModel(QAbstractTableModel):
    """Mirrors the queue and changes only rows that come or go; the time left ticks by itself."""

    def __init__(self) -> None:
        super().__init__()
        self._calls: list[HeldCall] = []
        self._now = 0.0

    def call(self, row: int) -> HeldCall:
        """The call of a row."""
        return self._calls[row]

    def row_of(self, call_id: str) -> int | None:
        """The row of a call; None where it does not wait."""
        return next((row for row, call in enumerate(self._calls) if call.call_id == call_id), None)

    def set_calls(self, calls: Sequence[HeldCall]) -> None:
        """Follows the queue: calls come at its end and go from anywhere."""
        there = {call.call_id for call in calls}
        for row in reversed(range(len(self._calls))):
            if self._calls[row].call_id not in there:
                self.beginRemoveRows(QModelIndex(), row, row)
                del self._calls[row]
                self.endRemoveRows()
        added = list(calls[len(self._calls) :])
        if added:
            self.beginInsertRows(QModelIndex(), len(self._calls), len(calls) - 1)
            self._calls += added
            self.endInsertRows()

    def set_now(self, now: float) -> None:
        """The time by the clock of `HeldCall.until`, in seconds."""
        self._now = now
        if self._calls:
            first, last = self.index(0, HeldColumn.LEFT), self.index(len(self._calls) - 1, HeldColumn.LEFT)
            self.dataChanged.emit(first, last, [Qt.ItemDataRole.DisplayRole])

    def rowCount(self, parent: Index | None = None) -> int:  # noqa: N802 - Qt's name
        """How many calls wait."""
        return 0 if parent is not None and parent.isValid() else len(self._calls)

    def columnCount(self, parent: Index | None = None) -> int:  # noqa: N802 - Qt's name
        """How many columns there are."""
        return 0 if parent is not None and parent.isValid() else len(HeldColumn)

    def headerData(  # noqa: N802 - Qt's name
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        """The columns' titles."""
        if orientation is not Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return TITLES[section]
        return _alignment(HeldColumn(section)) if role == Qt.ItemDataRole.TextAlignmentRole else None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """What a cell shows."""
        call, column = self._calls[index.row()], HeldColumn(index.column())
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return self._text(call, column)
            case Qt.ItemDataRole.AccessibleTextRole:
                return f"{visible(call.method)} from {visible(call.caller)}, {self._left(call)} left"
            case Qt.ItemDataRole.ForegroundRole:
                return QColor(tone_color(self._tone(call, column)))
            case Qt.ItemDataRole.FontRole:
                return _font(column)
            case Qt.ItemDataRole.TextAlignmentRole:
                return _alignment(column)
            case Qt.ItemDataRole.ToolTipRole:
                return plain_tooltip(call.payload if column is HeldColumn.PAYLOAD else "")
        return None

    def _text(self, call: HeldCall, column: HeldColumn) -> str:
        match column:
            case HeldColumn.CALLER:
                return visible(call.caller)
            case HeldColumn.METHOD:
                return visible(call.method)
            case HeldColumn.PAYLOAD:
                return shortened(call.payload, _PAYLOAD_CHARS)
            case HeldColumn.LEFT:
                return self._left(call)

    def _left(self, call: HeldCall) -> str:
        return left_text(call.until - self._now)

    def _tone(self, call: HeldCall, column: HeldColumn) -> Tone:
        match column:
            case HeldColumn.LEFT:
                return Tone.ERROR if call.until - self._now < HURRY_S else Tone.WARNING
            case HeldColumn.PAYLOAD:
                return Tone.SECONDARY
            case _:
                return Tone.NORMAL


def _alignment(column: HeldColumn) -> int:
    side = Qt.AlignmentFlag.AlignRight if column is HeldColumn.LEFT else Qt.AlignmentFlag.AlignLeft
    return int(side | Qt.AlignmentFlag.AlignVCenter)


def _font(column: HeldColumn) -> QFont:
    return text_font() if column is HeldColumn.CALLER else mono_font()
