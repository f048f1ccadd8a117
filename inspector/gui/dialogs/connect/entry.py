"""What a page of the Connect dialog has to say: a server, the credentials for it, and what is missing."""

from __future__ import annotations

import msgspec
from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from inspector.gui.dialogs.connect.form import FormGrid, FormRow
from inspector.gui.dialogs.connect.services import ProbeAnswer
from inspector.gui.widgets.controls import Tone
from inspector.sdk.sources import KeyCredentials, TokenCredentials

TYPED_IN = "typed in"
"""The label of a source that a person typed."""


class Missing(msgspec.Struct, frozen=True):
    """Something that is not filled in: its name, and the field it belongs in."""

    word: str
    field: QWidget


class Entry(msgspec.Struct, frozen=True):
    """What is filled in on a page now."""

    url: str
    """The server's ws(s) address; empty while there is none that could be one."""
    credentials: TokenCredentials | KeyCredentials | None
    """What lets in; None while it is not complete."""
    by_key: bool
    """Whether the token is made here, so that room and identity are chosen here too."""
    label: str = TYPED_IN
    """Where the source comes from, in words."""
    missing: tuple[Missing, ...] = ()
    """What is not filled in, first field first."""


class Page(QWidget):
    """One way to name a server. `changed` tells of every edit."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.form = FormGrid(self)
        self.server: FormRow | None = None
        """The row beside which it stands whether the server answers."""

    def entry(self) -> Entry:
        """What is filled in now."""
        raise NotImplementedError

    def show_errors(self) -> None:
        """Says below each field what is wrong with it."""

    def say_probe(self, answer: ProbeAnswer | None) -> None:
        """Shows beside the server whether it answers; None: not known."""
        if self.server is None:
            return
        if answer is None:
            self.server.say("")
        elif answer.problem is not None:
            self.server.say("✕ no answer", Tone.ERROR, answer.problem.sentence())
        elif answer.ms is not None:
            self.server.say(f"✓ answers, {answer.ms:.0f} ms", Tone.OK)

    def say_refused(self, why: str | None) -> None:
        """Says that the server refused the credentials; None: not as far as is known."""
