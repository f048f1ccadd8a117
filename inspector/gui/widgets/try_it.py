"""Try it: which rule of the mock in the editor a call would hit, and what would be answered."""

from __future__ import annotations

from functools import partial
from html import escape

import msgspec
from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QMenu, QSizePolicy, QVBoxLayout, QWidget

from inspector.core.mock_trials import Trial, try_call
from inspector.core.mocks import Mock, Template
from inspector.core.payloads import visible
from inspector.gui.models.call_samples import Sample
from inspector.gui.models.trial_words import TrialWords, rendered_words, trial_words, unrendered_words
from inspector.gui.theme import current_theme, restyle
from inspector.gui.widgets.background import Background
from inspector.gui.widgets.choices import Choice
from inspector.gui.widgets.controls import Tone, button, label, link
from inspector.gui.widgets.field_frame import FieldFrame
from inspector.gui.widgets.pick_field import PickField
from inspector.gui.widgets.plain_text import breakable
from inspector.gui.widgets.typed_line import TypedLine

_CALLER_PX = 190
_PAUSE_MS = 120
_HINT = TrialWords(
    "",
    "Type a caller and a payload, or take a call from the log, to see which rule answers it. "
    "Nothing is sent.",
    tone=Tone.FAINT,
)


class _Tried(msgspec.Struct, frozen=True):
    mock: Mock
    caller: str
    payload: str
    trial: Trial


class Rendering(msgspec.Struct, frozen=True):
    """A template that answers the call that is tried."""

    source: str
    method: str
    caller: str
    payload: str


class TryIt(QWidget):
    """Tries the mock that it was told last, as one types; the work is done beside the window."""

    samples_wanted = Signal()
    """The menu of calls is about to open: now is the time for `set_samples`."""
    rule_chosen = Signal(int)
    """A person wants to see the rule (from 0) that answers."""
    render_wanted = Signal(object)
    """A `Rendering`, to be told what comes of it by `show_rendered` or `show_unrendered`."""
    shown = Signal()
    """The result of the newest trial is in sight."""

    def __init__(self) -> None:
        super().__init__()
        self._mock: Mock | None = None
        self._refusal = ""
        self._words = _HINT
        self._rendering: Rendering | None = None
        self._is_asked = False
        self._rule = 0
        self.caller = PickField("caller", name="Try it: caller")
        self.caller.setFixedWidth(_CALLER_PX)
        self.payload = TypedLine(name="Try it: payload")
        self.from_log = button("From the log ▾", name="Try it: a call from the log")
        self._menu = QMenu(self.from_log)
        self._menu.setAccessibleName("Calls to try")
        self.from_log.setMenu(self._menu)
        self._link = link("", self._choose_rule, name="Show the rule that answers")
        self._link.hide()
        self._result = ResultBox(self._link)
        self._background = Background[_Tried](self, self._show_trial)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_PAUSE_MS)
        self._timer.timeout.connect(self._try)
        line = QHBoxLayout()
        line.setSpacing(8)
        line.addWidget(label("Try it", bold=True))
        line.addWidget(self.caller)
        line.addWidget(FieldFrame("payload", self.payload), 1)
        line.addWidget(self.from_log)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 8, 12, 8)
        layout.setSpacing(8)
        layout.addLayout(line)
        layout.addWidget(self._result)
        self.caller.text_changed.connect(self._edited)
        self.payload.edited.connect(self._edited)
        self._menu.aboutToShow.connect(self.samples_wanted)
        self.set_samples(())
        self._result.show_words(self._words)

    def set_mock(self, mock: Mock | None, *, rule: int, refusal: str = "") -> None:
        """Tries this one from now on; None, and why, where what was typed is none yet.

        `rule` is the one that is in the editor (from 0).
        """
        self._rule = rule
        self._show_link()
        if (mock, refusal) != (self._mock, self._refusal):
            self._mock, self._refusal = mock, refusal
            if self._is_asked:
                self._timer.start()

    def set_samples(self, samples: tuple[Sample, ...]) -> None:
        """Offers these calls, and their callers."""
        self._menu.clear()
        for words, caller, payload in samples:
            text = visible(words).replace("&", "&&")
            self._menu.addAction(text, partial(self.try_call, caller, payload))
        if not samples:
            self._menu.addAction("No calls of this method in the log yet").setEnabled(False)
        callers = dict.fromkeys(caller for _, caller, _ in samples if caller)
        self.caller.set_choices([Choice(caller) for caller in callers])

    def try_call(self, caller: str, payload: str) -> None:
        """Tries this call."""
        self.caller.set_text(caller)
        self.payload.show_typed(payload)
        self._is_asked = True
        self._try()

    def show_rendered(self, rendering: Rendering, text: str) -> None:
        """Shows what the template makes of the call; that of an earlier trial no longer counts."""
        if rendering is self._rendering:
            self._show(rendered_words(self._words, text))

    def show_unrendered(self, rendering: Rendering, why: str) -> None:
        """Shows why the template makes nothing of the call; that of an earlier trial no longer counts."""
        if rendering is self._rendering:
            self._show(unrendered_words(self._words, why))

    def words(self) -> str:
        """What the result says."""
        return self._result.words()

    def _edited(self) -> None:
        self._is_asked = True
        self._timer.start()

    def _try(self) -> None:
        self._timer.stop()
        mock = self._mock
        if mock is None:
            self._background.forget()
            self._show(TrialWords("✕ Nothing to try yet:", self._refusal, tone=Tone.ERROR))
            return
        caller, payload = self.caller.text(), self.payload.typed()
        self._background.start(lambda: _Tried(mock, caller, payload, try_call(mock, payload, caller)))

    def _show_trial(self, tried: _Tried) -> None:
        words = trial_words(tried.mock, tried.trial)
        self._show(words)
        if words.rule is None or words.tone is not Tone.OK:
            return
        action = tried.mock.rules[words.rule].action
        if isinstance(action, Template):
            self._rendering = Rendering(action.source, tried.mock.method, tried.caller, tried.payload)
            self.render_wanted.emit(self._rendering)

    def _show(self, words: TrialWords) -> None:
        self._rendering = None
        self._words = words
        self._result.show_words(words)
        self._show_link()
        self.shown.emit()

    def _show_link(self) -> None:
        rule = self._words.rule
        self._link.setVisible(rule is not None and rule != self._rule)
        if rule is not None:
            self._link.setText(f"Show rule {rule + 1}")
            self._link.setAccessibleName(f"Show rule {rule + 1}")

    def _choose_rule(self) -> None:
        if self._words.rule is not None:
            self.rule_chosen.emit(self._words.rule)


class ResultBox(QFrame):
    """The outcome on its first lines, why beneath; a bar at its left has the tone."""

    def __init__(self, action: QWidget) -> None:
        """`action` stands at the end of the outcome."""
        super().__init__()
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._shown = TrialWords("")
        self._outcome = _wrapping()
        self._why = _wrapping()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(10, 6, 10, 6)
        layout.setSpacing(2)
        outcome = QHBoxLayout()
        outcome.setSpacing(12)
        outcome.addWidget(self._outcome, 1)
        outcome.addWidget(action, 0, Qt.AlignmentFlag.AlignTop)
        layout.addLayout(outcome)
        layout.addWidget(self._why)

    def show_words(self, words: TrialWords) -> None:
        """Shows what a trial came to."""
        self._shown = words
        theme = current_theme()
        role = {Tone.OK: theme.ok, Tone.ERROR: theme.error}.get(words.tone, theme.secondary)
        title = f"<b style='color:{role}'>{_rich(words.title)}</b>" if words.title else ""
        code = f"<code>{_rich(words.quoted)}</code>" if words.quoted else ""
        parts = (title, _rich(words.does), code, _rich(words.after))
        self._outcome.setText(" ".join(filter(None, parts)))
        self._why.setText(f"<span style='color:{theme.secondary}'>{_rich(words.why)}</span>")
        self._why.setVisible(bool(words.why))
        self._outcome.setAccessibleName(self.words())
        tone = "" if words.tone is Tone.FAINT else words.tone.value
        if self.property("finding") != tone:
            self.setProperty("finding", tone)
            restyle(self)

    def words(self) -> str:
        """All that it says."""
        words = self._shown
        outcome = " ".join(filter(None, (words.title, words.does, words.quoted, words.after)))
        return "\n".join(filter(None, (outcome, words.why)))


def _rich(text: str) -> str:
    """A text, a peer's maybe, in a view that reads markup: escaped, and breakable where it is long."""
    return escape(breakable(visible(text)))


def _wrapping() -> QLabel:
    widget = _Wrapping()
    widget.setTextFormat(Qt.TextFormat.RichText)
    widget.setWordWrap(True)
    policy = QSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
    policy.setHeightForWidth(True)
    widget.setSizePolicy(policy)
    return widget


class _Wrapping(QLabel):
    """A label that wraps and never asks for width."""

    def minimumSizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """As narrow as it may be."""
        return QSize(0, super().minimumSizeHint().height())
