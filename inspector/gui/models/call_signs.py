"""A sign and a word for how a call stands, who called, and what to expect of a destination."""

from __future__ import annotations

import msgspec

from inspector.core.calls import Direction, Outcome
from inspector.core.destinations import Outlook
from inspector.gui.models.presence import Sign
from inspector.gui.theme import current_theme
from inspector.gui.widgets.controls import Tone

INTERNAL_PREFIX = "lk."
"""Methods of LiveKit's own components, such as `lk.agent.*` (facts, section 8)."""

_OUTCOMES = {
    Outcome.PENDING: Sign("…", Tone.SECONDARY, "pending"),
    Outcome.OK: Sign("✓", Tone.OK, "ok"),
    Outcome.ERROR: Sign("✕", Tone.ERROR, "error"),
    Outcome.STOPPED: Sign("■", Tone.WARNING, "stopped"),
    Outcome.LOST: Sign("✕", Tone.ERROR, "lost"),
}
_DIRECTIONS = {
    Direction.OUT: Sign("→", Tone.OUT, "out"),
    Direction.IN: Sign("←", Tone.IN, "in"),
    Direction.SEEN: Sign("·", Tone.SEEN, "seen"),
}
_OUTLOOKS = {
    Outlook.ACTIVE: Sign("●", Tone.OK, "active"),
    Outlook.JOINING: Sign("◐", Tone.WARNING, "joining"),
    Outlook.NOT_LISTED: Sign("○", Tone.FAINT, "not listed yet"),
    Outlook.GONE: Sign("○", Tone.WARNING, "gone"),
    Outlook.SELF: Sign("○", Tone.WARNING, "yourself"),
    Outlook.NOT_CONNECTED: Sign("○", Tone.FAINT, "not connected"),
    Outlook.RECONNECTING: Sign("◐", Tone.WARNING, "reconnecting"),
}


def outcome_sign(outcome: Outcome, code: int | None = None) -> Sign:
    """How a call stands; the code is the word of one that failed with a code."""
    sign = _OUTCOMES[outcome]
    return sign if code is None else msgspec.structs.replace(sign, words=str(code))


def direction_sign(direction: Direction) -> Sign:
    """Who called."""
    return _DIRECTIONS[direction]


def outlook_sign(outlook: Outlook) -> Sign:
    """What to expect of a destination."""
    return _OUTLOOKS[outlook]


def sign_text(sign: Sign) -> str:
    """Sign and word, as a label shows them: `✓ ok`."""
    return f"{sign.char} {sign.words}"


def is_internal(method: str) -> bool:
    """Whether the method belongs to LiveKit's own components."""
    return method.startswith(INTERNAL_PREFIX)


def tone_color(tone: Tone) -> str:
    """The colour of a tone in the theme in force, for what is painted rather than styled."""
    role = "text" if tone is Tone.NORMAL else tone.value
    return current_theme().color(role).name()
