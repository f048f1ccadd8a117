"""What a cell of a table says, as a value that a delegate draws."""

from __future__ import annotations

import msgspec

from inspector.gui.widgets.controls import Tone


class Cell(msgspec.Struct, frozen=True):
    """The text of one cell, plain and on one line."""

    text: str = ""
    tone: Tone = Tone.NORMAL
    mono: bool = False
    bold: bool = False
    prefix: str = ""
    """Said before the text, fainter: the number of a rule."""
    suffix: str = ""
    """Said after the text, fainter."""
    suffix_tone: Tone = Tone.FAINT
    short: str = ""
    """Said instead of the text where that does not fit."""
    checked: bool | None = None
    """For a box to tick: whether it is; None: there is no box."""

    @property
    def whole(self) -> str:
        """All that it says."""
        return " ".join(filter(None, (self.prefix, self.text, self.suffix)))
