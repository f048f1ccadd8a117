"""Which calls a mock answers and how soon: method, connections, rule, delay."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QScrollArea, QSizePolicy, QWidget

from inspector.core.mocks import Mock
from inspector.core.payloads import visible
from inspector.gui.models.mock_cells import is_reached
from inspector.gui.models.mock_draft import Field, FieldRemark, MockDraft, RuleDraft, delay_words, file_name
from inspector.gui.widgets.controls import Tone, check_box, column, combo_box, label, line_edit, row
from inspector.gui.widgets.field_frame import FieldFrame
from inspector.gui.widgets.mock_words import FieldWords
from inspector.gui.widgets.plain_text import ElidedLabel

_DELAY_PX = 108
_NAME_CHARS = 60


class MockForm(QScrollArea):
    """The fields of a mock and of one of its rules; the answer stands beside it."""

    changed = Signal()
    """A person changed something."""
    rule_chosen = Signal(int)
    """A person wants to see another rule (from 0)."""
    rule_enable_requested = Signal(int, bool)

    def __init__(self) -> None:
        super().__init__()
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._is_showing = False
        self.method = line_edit(name="Mock method", mono=True)
        self.identity = line_edit(name="Mock on connections", placeholder="every connection", mono=True)
        self.name = line_edit(name="Rule name", placeholder="optional")
        self.delay = line_edit(name="Mock delay in milliseconds", placeholder="0", mono=True)
        self.jitter = line_edit(name="Mock delay, give or take milliseconds", placeholder="0", mono=True)
        self.rules = combo_box(name="Rule")
        self.rule_on = check_box("on", name="Rule on")
        self._source = FieldWords()
        self._delay_words = ElidedLabel(tone=Tone.SECONDARY, meta=True)
        self._reach = FieldWords()
        self._conditions = FieldWords()
        self._frames = {
            Field.METHOD: FieldFrame("method", self.method),
            Field.IDENTITY: FieldFrame("on", self.identity),
            Field.DELAY: FieldFrame("delay", self.delay, label("ms", tone=Tone.FAINT, meta=True)),
            Field.JITTER: FieldFrame("±", self.jitter, label("ms", tone=Tone.FAINT, meta=True)),
        }
        self._words = {Field.METHOD: FieldWords(self.method), Field.DELAY: FieldWords(self.delay)}
        self._lay_out()
        for line in (self.method, self.identity, self.name, self.delay, self.jitter):
            line.textChanged.connect(self._changed)
        self.rules.activated.connect(self.rule_chosen)
        self.rule_on.clicked.connect(self._switch_rule)

    def _lay_out(self) -> None:
        self.rules.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        for field in (Field.DELAY, Field.JITTER):
            self._frames[field].setFixedWidth(_DELAY_PX)
        self._rule_row = row(self.rules, self.rule_on)
        _stretch(self._rule_row, 0)
        who = row(self._frames[Field.IDENTITY], FieldFrame("name", self.name), spacing=6)
        _stretch(who, 0, 1)
        delay = row(self._frames[Field.DELAY], self._frames[Field.JITTER], self._delay_words, spacing=6)
        _stretch(delay, 2)
        body = column(
            self._source,
            self._frames[Field.METHOD],
            self._words[Field.METHOD],
            self._rule_row,
            self._reach,
            self._conditions,
            who,
            delay,
            self._words[Field.DELAY],
            None,
            spacing=6,
            margins=(12, 6, 12, 6),
        )
        self.setWidget(body)

    def show_mock(self, draft: MockDraft, rule: int, saved: Mock | None) -> None:
        """Fills the fields; `saved` is the mock in force, None where there is none yet."""
        self._is_showing = True
        read_only = saved is not None and bool(saved.source)
        self._source.show_words(
            _source_words(saved) if saved is not None and read_only else "", Tone.SECONDARY
        )
        shown = draft.rules[rule]
        for line, text in (
            (self.method, draft.method),
            (self.identity, draft.identity),
            (self.name, shown.name),
            (self.delay, shown.delay_ms),
            (self.jitter, shown.jitter_ms),
        ):
            line.setReadOnly(read_only)
            if line.text() != text:
                line.setText(text)
                line.setCursorPosition(0)
        self._show_rules(draft, rule, saved)
        self._delay_words.setText(delay_words(shown))
        conditions = f"Only: {shown.conditions}. A mocks file changes this." if shown.conditions else ""
        self._conditions.show_words(conditions, Tone.SECONDARY)
        self._is_showing = False

    def _show_rules(self, draft: MockDraft, rule: int, saved: Mock | None) -> None:
        several = saved is not None and len(saved.rules) > 1
        self._rule_row.setVisible(several)
        reached = True
        if saved is not None and several and rule < len(saved.rules):
            _fill(self.rules, [_rule_title(index, each) for index, each in enumerate(draft.rules)], rule)
            self.rule_on.setChecked(saved.rules[rule].enabled)
            reached = is_reached(saved, rule)
        self._reach.show_words("" if reached else "Not reached: a rule above answers every call.", Tone.FAINT)

    def written(self, draft: MockDraft, rule: int) -> MockDraft:
        """`draft` with what stands in the fields, those of the rule in its place."""
        changed = msgspec.structs.replace(
            draft.rules[rule],
            name=self.name.text(),
            delay_ms=self.delay.text(),
            jitter_ms=self.jitter.text(),
        )
        rules = (*draft.rules[:rule], changed, *draft.rules[rule + 1 :])
        return msgspec.structs.replace(
            draft, method=self.method.text(), identity=self.identity.text(), rules=rules
        )

    def show_remarks(self, remarks: Sequence[FieldRemark]) -> None:
        """Shows what is said of each field."""
        both = (Field.DELAY, Field.JITTER)
        self._words[Field.METHOD].show_remarks(r for r in remarks if r.field is Field.METHOD)
        self._words[Field.DELAY].show_remarks(r for r in remarks if r.field in both)
        for field, frame in self._frames.items():
            frame.set_invalid(any(r.field is field and r.is_error for r in remarks))

    def words(self) -> str:
        """All that is said beneath the fields."""
        return "\n".join(w.text() for w in self._all_words() if w.text())

    def _all_words(self) -> tuple[FieldWords, ...]:
        return (self._source, *self._words.values(), self._reach, self._conditions)

    def _changed(self) -> None:
        if not self._is_showing:
            typed = RuleDraft(delay_ms=self.delay.text(), jitter_ms=self.jitter.text())
            self._delay_words.setText(delay_words(typed))
            self.changed.emit()

    def _switch_rule(self, on: bool) -> None:
        self.rule_enable_requested.emit(self.rules.currentIndex(), on)


def _source_words(mock: Mock) -> str:
    return f"From {visible(file_name(mock.source))}; edit the file and start anew, or duplicate it here."


def _rule_title(index: int, rule: RuleDraft) -> str:
    name = visible(rule.name[:_NAME_CHARS]) or rule.kind.value
    return f"{index + 1}  {name}"


def _stretch(line: QWidget, *items: int) -> None:
    """Lets items of a `row` share the width there is."""
    layout = line.layout()
    assert isinstance(layout, QHBoxLayout)
    for item in items:
        layout.setStretch(item, 1)


def _fill(combo: QComboBox, titles: list[str], current: int) -> None:
    if [combo.itemText(i) for i in range(combo.count())] != titles:
        combo.clear()
        combo.addItems(titles)
    combo.setCurrentIndex(current)
