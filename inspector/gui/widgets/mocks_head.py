"""The head of the Mocks panel: how many there are, what is worth knowing, what can be done with one."""

from __future__ import annotations

import msgspec
from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout

from inspector.gui.widgets.controls import Head, Tone, button, link, set_tone
from inspector.gui.widgets.plain_text import ElidedLabel, plain_tooltip

HINT = "A method with no mock never reaches this program: the SDK answers 1400."
BEHIND = "Changed on disk: Save writes yours, Revert takes the file's."

_LEAST_FACTS_PX = 60
"""Fixed, so that other words never move the dock's edge."""


class HeadState(msgspec.Struct, frozen=True):
    """What the head has to know of the panel."""

    facts: str = ""
    """How many there are, and what is not saved; empty where there is nothing."""
    has_selection: bool = False
    is_new: bool = False
    """The selected mock was never saved."""
    is_edited: bool = False
    is_behind: bool = False
    """The selected mock was edited here, and meanwhile in its file."""
    deleted: str | None = None
    """What was deleted last, as long as it can be brought back."""


class MocksHead(Head):
    """Title, count and hint on the left, the actions on the right."""

    new_requested = Signal()
    open_requested = Signal()
    save_requested = Signal()
    revert_requested = Signal()
    undo_requested = Signal()

    def __init__(self) -> None:
        self._undo = link("Undo delete", lambda: self.undo_requested.emit())
        self._revert = button("Revert", lambda: self.revert_requested.emit(), name="Revert the mock")
        self._save = button(
            "Save",
            lambda: self.save_requested.emit(),
            name="Save the mock",
            primary=True,
            shortcut_text="Ctrl+S",
        )
        self._new = button("+ Mock", lambda: self.new_requested.emit(), name="New mock")
        self._open = button("Open…", lambda: self.open_requested.emit(), name="Open a mocks file")
        actions = (
            self._undo,
            self._open,
            self._new,
            self._revert,
            self._save,
        )
        super().__init__("Mocks", *actions)
        self.facts.setMinimumWidth(_LEAST_FACTS_PX)
        self._note = ElidedLabel(tone=Tone.FAINT, meta=True)
        self._refusal = ""
        self._hint = HINT
        self._state = HeadState()
        layout = self.layout()
        assert isinstance(layout, QHBoxLayout)
        layout.setStretch(2, 0)
        layout.insertWidget(2, self._note, 1)
        for action in actions:
            # A click leaves the focus in the field that is being written.
            action.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.show_state(HeadState())

    def show_state(self, state: HeadState) -> None:
        """Shows count and actions."""
        self._state = state
        self.facts.setText(state.facts)
        self._show_note()
        self._undo.setVisible(state.deleted is not None)
        self._undo.setToolTip(plain_tooltip(f"Brings {state.deleted} back"))
        self._revert.setText("Discard" if state.is_new else "Revert")
        self._revert.setAccessibleName("Discard the new mock" if state.is_new else "Revert the mock")
        self._revert.setVisible(state.has_selection)
        self._revert.setEnabled(state.is_new or state.is_edited)
        self._save.setVisible(state.has_selection)
        self._save.setEnabled(state.is_edited)

    def set_hint(self, text: str) -> None:
        """What is worth knowing as long as there is nothing else to say."""
        self._hint = text or HINT
        self._show_note()

    def show_note(self, text: str) -> None:
        """Says why something was not done; an empty text brings the hint back."""
        self._refusal = text
        self._show_note()

    def show_hint(self, text: str) -> None:
        """Says what is worth knowing just now, until something else is said."""
        self._refusal = ""
        set_tone(self._note, Tone.SECONDARY)
        self._note.setText(text)

    def _show_note(self) -> None:
        tone, words = self._words()
        set_tone(self._note, tone)
        self._note.setText(words)

    def _words(self) -> tuple[Tone, str]:
        if self._refusal:
            return Tone.ERROR, f"✕ {self._refusal}"
        if self._state.is_behind:
            return Tone.WARNING, f"! {BEHIND}"
        is_empty = not self._state.facts and not self._state.has_selection
        return Tone.FAINT, "" if is_empty else self._hint  # an empty panel says the hint itself

    def note(self) -> str:
        """The hint, or what was said last."""
        return self._note.text()
