"""Which room, and as whom: the fields that every source with a key shares."""

from __future__ import annotations

import re
import secrets
import string
import time
from collections.abc import Callable

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, Qt, Signal
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QStyledItemDelegate, QStyleOptionViewItem, QWidget

from inspector.core.participants import Participant
from inspector.core.payloads import visible
from inspector.core.problems import Problem
from inspector.gui.dialogs.connect.form import FormGrid
from inspector.gui.dialogs.connect.services import OpenRoom
from inspector.gui.models.presence import clock_text
from inspector.gui.theme import META_PX, current_theme, text_font
from inspector.gui.widgets.controls import Tone, combo_box, link
from inspector.gui.widgets.inset_edit import InsetEdit

SUFFIX_CHARS = string.ascii_lowercase + string.digits
SUFFIX_LENGTH = 4
_SUFFIX = re.compile(rf"-[a-z0-9]{{{SUFFIX_LENGTH}}}$")
HERE = Qt.ItemDataRole.UserRole + 1


def random_suffix() -> str:
    """Four letters or digits, enough to be nobody else in a room."""
    return "".join(secrets.choice(SUFFIX_CHARS) for _ in range(SUFFIX_LENGTH))


def with_suffix(identity: str, suffix: str) -> str:
    """`identity` with this suffix, in place of one of the same form."""
    return f"{_SUFFIX.sub('', identity) or 'inspector'}-{suffix}"


class WhoFields(QWidget):
    """Room (picked from the server's or typed) and identity, each with what was found out beside it."""

    changed = Signal()

    def __init__(
        self, new_suffix: Callable[[], str] = random_suffix, now: Callable[[], float] = time.time
    ) -> None:
        super().__init__()
        self._new_suffix = new_suffix
        self._now = now
        self._rooms: dict[str, OpenRoom] = {}
        self._people: tuple[Participant, ...] | None = None
        self.room_field = combo_box(name="Room", editable=True)
        self.room_field.setCompleter(None)  # type: ignore[arg-type]  # it would finish names nobody meant
        self.room_field.view().setItemDelegate(_RoomItem(self.room_field))
        self.room_field.setMaxVisibleItems(12)
        again = link("new suffix", self._renew_suffix, name="Give the identity a new suffix")
        self.identity_field = InsetEdit(name="Identity", inset=again)
        form = FormGrid(self)
        self._room = form.add("Room", self.room_field)
        self._identity = form.add("Identity", self.identity_field)
        self.room_field.editTextChanged.connect(self._room_edited)
        self.identity_field.textChanged.connect(self._identity_edited)

    # --- values --------------------------------------------------------------------------------------

    def room(self) -> str:
        """The room's name."""
        return self.room_field.currentText().strip()

    def set_room(self, name: str) -> None:
        """Fills in a room."""
        self.room_field.setEditText(name)

    def identity(self) -> str:
        """The identity."""
        return self.identity_field.text().strip()

    def set_identity(self, identity: str) -> None:
        """Fills in an identity; without one, a name of ours with a fresh suffix."""
        self.identity_field.setText(identity or with_suffix("inspector", self._new_suffix()))

    def missing(self) -> list[str]:
        """What is not filled in."""
        return [word for word, text in (("room", self.room()), ("identity", self.identity())) if not text]

    def show_errors(self) -> QWidget | None:
        """Says below the fields what is missing; the first such field."""
        self._room.set_error(
            None if self.room() else "Name a room; one that is not open yet is made by joining."
        )
        self._identity.set_error(None if self.identity() else "Choose the identity others will see.")
        if not self.room():
            return self.room_field
        return None if self.identity() else self.identity_field

    # --- what was found out ------------------------------------------------------------------------------

    def show_rooms(self, rooms: tuple[OpenRoom, ...] | None) -> None:
        """Offers the rooms of the server; None where they are not known."""
        self._rooms = {room.name: room for room in rooms or ()}
        text = self.room_field.currentText()
        self.room_field.blockSignals(True)
        self.room_field.clear()
        for room in sorted(self._rooms.values(), key=lambda room: room.name.casefold()):
            self.room_field.addItem(room.name)
            self.room_field.setItemData(self.room_field.count() - 1, _here(room.participants), HERE)
        self.room_field.setCurrentIndex(-1)
        self.room_field.setEditText(text)
        self.room_field.blockSignals(False)
        self._tell_room(known=rooms is not None)

    def room_is_open(self) -> bool:
        """Whether the server lists the room that is filled in."""
        return self.room() in self._rooms

    def say_rooms_unknown(self, problem: Problem) -> None:
        """The server did not list its rooms."""
        self._room.say("rooms not listed", Tone.FAINT, problem.sentence())

    def show_people(self, people: tuple[Participant, ...] | None) -> None:
        """Says whether the identity is free, now that it is known who is there; None: not known."""
        self._people = people
        self._tell_room(known=bool(self._rooms))
        taken = any(p.identity == self.identity() for p in people or ())
        self._identity.set_warning("The older one would be removed from the room." if taken else None)
        if taken:
            self._identity.say("already there", Tone.WARNING)
        else:
            known = people is not None and bool(self.identity())
            self._identity.say("✓ free in this room" if known else "", Tone.OK)

    def _tell_room(self, *, known: bool) -> None:
        room = self._rooms.get(self.room())
        if room is not None:
            # A server does not count agents in its list of rooms; who is listed by name counts.
            count = room.participants if self._people is None else len(self._people)
            since = f" since {clock_text(room.since, self._now(), seconds=False)}" if room.since else ""
            self._room.say(f"{_here(count)}{since}" if count else "open, nobody here", Tone.SECONDARY)
        elif not known:
            self._room.say("")
        elif self.room():
            self._room.say("not open yet", Tone.FAINT, "Not open yet: joining makes it.")
        elif self._rooms:
            self._room.say(f"{len(self._rooms)} to pick from", Tone.FAINT)
        else:
            self._room.say("none open", Tone.FAINT)

    # --- edits ---------------------------------------------------------------------------------------

    def _renew_suffix(self) -> None:
        self.identity_field.setText(with_suffix(self.identity(), self._new_suffix()))

    def _room_edited(self) -> None:
        self._room.set_error(None)
        self._tell_room(known=bool(self._rooms))
        self.changed.emit()

    def _identity_edited(self) -> None:
        self._identity.set_error(None)
        self.changed.emit()


def _here(count: int) -> str:
    return f"{count} here" if count else "nobody here"


class _RoomItem(QStyledItemDelegate):
    """A room in the list: its name, and faint on the right how many are there."""

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        super().paint(painter, option, index)
        painter.save()
        painter.setFont(text_font(px=META_PX))
        painter.setPen(current_theme().color("faint"))
        place = QRect(option.rect).adjusted(0, 0, -8, 0)
        flags = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight
        painter.drawText(place, flags, index.data(HERE) or "")
        painter.restore()

    def displayText(self, value: object, locale: object) -> str:  # noqa: ARG002, N802 - Qt's name
        """Names come from peers."""
        return visible(str(value))
