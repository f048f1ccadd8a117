"""How another program joins: a snippet in its language; a whole token is made by copying it."""

from __future__ import annotations

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from inspector.gui.models.join_snippets import (
    MASK,
    SHORT_TOKEN,
    WORDS,
    Admission,
    JoinWish,
    Language,
    snippet,
)
from inspector.gui.models.local_room_facts import LocalRoomFacts
from inspector.gui.widgets.controls import Tone, button, label, line_edit, row
from inspector.gui.widgets.field_frame import FieldFrame
from inspector.gui.widgets.plain_text import ElidedLabel
from inspector.gui.widgets.segments import Segments
from inspector.gui.widgets.snippet_view import SnippetView

FIRST_IDENTITY = "web-client-2"
FIRST_ROOM = "demo"
_HINT = "The copy holds the whole token, good for 6 h."
_SAYS_COPIED_MS = 4000


class JoinSnippet(QWidget):
    """The middle part of the Local room panel. A whole token is made only when somebody copies."""

    copy_requested = Signal(object)
    """The `JoinWish` to be put on the clipboard."""

    def __init__(self) -> None:
        super().__init__()
        self._facts = LocalRoomFacts()
        self.languages = Segments(
            {language.value: word for language, word in WORDS.items()}, name="Join from"
        )
        self.view = SnippetView(name="Snippet to join from another program")
        self.identity = line_edit(name="Identity to join as")
        self.identity.setText(FIRST_IDENTITY)
        self.room = line_edit(name="Room to join")
        self.room.setText(FIRST_ROOM)
        self.copy = button("Copy", self._copy, name="Copy the snippet with its token", primary=True)
        self.note = ElidedLabel(_HINT, tone=Tone.SECONDARY)
        self._reset = QTimer(self)
        self._reset.setSingleShot(True)
        self._reset.setInterval(_SAYS_COPIED_MS)
        self._reset.timeout.connect(lambda: self.note.setText(_HINT))
        self._lay_out()
        self.languages.value_changed.connect(self._show)
        for field in (self.identity, self.room):
            field.textChanged.connect(self._edited)
            field.returnPressed.connect(self._copy)
        self._show()

    def _lay_out(self) -> None:
        who = row(FieldFrame("as", self.identity), FieldFrame("room", self.room), self.copy, spacing=6)
        widths = who.layout()
        assert isinstance(widths, QHBoxLayout)
        widths.setStretch(0, 2)
        widths.setStretch(1, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 10, 12, 8)
        layout.setSpacing(8)
        layout.addWidget(row(label("Join from", tone=Tone.FAINT, meta=True), None, self.languages))
        layout.addWidget(self.view, 1)
        layout.addWidget(who)
        layout.addWidget(self.note)

    def show_facts(self, facts: LocalRoomFacts) -> None:
        """Shows how to join this room."""
        self._facts = facts
        self._show()

    def say_copied(self, text: str) -> None:
        """Says for a while what came of the wish to copy."""
        self.note.setText(text)
        self._reset.start()

    def language(self) -> Language:
        """The language chosen."""
        return Language(self.languages.value())

    def _edited(self) -> None:
        complete = bool(self.identity.text().strip() and self.room.text().strip())
        self.copy.setEnabled(complete)
        self.note.setText(_HINT if complete else "A token names an identity and a room: give both.")

    def _show(self) -> None:
        secret = MASK if self._facts.hides_secret else self._facts.api_secret
        looks = Admission(self._facts.url, self._facts.api_key, secret, SHORT_TOKEN)
        self.view.show_text(snippet(self.language(), looks))

    def _copy(self) -> None:
        if self.copy.isEnabled():
            wish = JoinWish(self.language(), self.identity.text().strip(), self.room.text().strip())
            self.copy_requested.emit(wish)
