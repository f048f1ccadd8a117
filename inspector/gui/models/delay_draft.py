"""How soon and how often a rule answers, as it is being written."""

from __future__ import annotations

import msgspec

from inspector.core.documents import Remark
from inspector.core.mock_checks import check_delay, check_milliseconds, check_probability, check_times
from inspector.core.mocks import Action, Delay
from inspector.gui.models.field_remarks import Field, FieldRemark, remarks_on
from inspector.gui.models.typed_numbers import decimal, number_text, whole_number


class DelayDraft(msgspec.Struct, frozen=True):
    """A delay as typed, in milliseconds; both empty: none."""

    ms: str = ""
    jitter_ms: str = ""


class OftenDraft(msgspec.Struct, frozen=True):
    """How often a rule acts, as typed."""

    chance: str = ""
    """Per cent of the calls it is for; empty: all."""
    times: str = ""
    """How often at most; empty: without end."""


# --- from values and back --------------------------------------------------------------------------------


def draft_of_delay(delay: Delay | None) -> DelayDraft:
    """The fields that show a delay."""
    if delay is None:
        return DelayDraft()
    return DelayDraft(number_text(delay.ms), number_text(delay.jitter_ms) if delay.jitter_ms else "")


def delay_of(draft: DelayDraft, base: Delay | None = None) -> Delay | None:
    """The delay as typed, `base` where that is what the fields show; None where none is.

    Raises:
        ValueError: it cannot be read.
    """
    if draft == draft_of_delay(base):
        return base
    if not draft.ms.strip() and not draft.jitter_ms.strip():
        return None
    ms, jitter_ms = _milliseconds(draft.ms), _milliseconds(draft.jitter_ms)
    if ms is None or jitter_ms is None:
        msg = f"{draft.ms!r} ± {draft.jitter_ms!r} is not a delay"
        raise ValueError(msg)
    return Delay(ms, jitter_ms)


def draft_of_often(probability: float, times: int | None) -> OftenDraft:
    """The fields that show how often a rule acts."""
    chance = "" if probability == 1 else number_text(probability, places=2)
    return OftenDraft(chance, "" if times is None else str(times))


def probability_of(draft: OftenDraft, base: float = 1.0) -> float:
    """The probability (0 to 1) as typed, `base` where that is what the fields show.

    Raises:
        ValueError: it cannot be read.
    """
    if draft.chance == draft_of_often(base, None).chance:
        return base
    if not draft.chance.strip():
        return 1.0
    probability = decimal(draft.chance, places=2)
    if probability is None:
        msg = f"{draft.chance!r} is not a number"
        raise ValueError(msg)
    return probability


def times_of(draft: OftenDraft) -> int | None:
    """How often at most, as typed; None where there is no end.

    Raises:
        ValueError: it cannot be read.
    """
    if not draft.times.strip():
        return None
    times = whole_number(draft.times)
    if times is None:
        msg = f"{draft.times!r} is not a whole number"
        raise ValueError(msg)
    return times


def _milliseconds(text: str) -> float | None:
    """Milliseconds as typed; nothing typed is none at all."""
    return decimal(text) if text.strip() else 0.0


# --- what there is to say --------------------------------------------------------------------------------


def delay_remarks(draft: DelayDraft, action: Action | None, *, item: int | None = None) -> list[FieldRemark]:
    """What there is to say of a delay before `action`, that of step `item` where it is one."""
    found: list[FieldRemark] = []
    for field, text in ((Field.DELAY, draft.ms), (Field.JITTER, draft.jitter_ms)):
        ms = _milliseconds(text)
        found += remarks_on(field, check_milliseconds(float("nan") if ms is None else ms), item=item)
    delay = None if found else delay_of(draft)
    return found if delay is None else remarks_on(Field.DELAY, check_delay(delay, action), item=item)


def often_remarks(draft: OftenDraft) -> list[FieldRemark]:
    """What there is to say of how often a rule acts."""
    probability = decimal(draft.chance, places=2) if draft.chance.strip() else 1.0
    bad = probability is None or check_probability(probability)
    chance = (Remark("a chance is a number of per cent, from 0 to 100"),) if bad else ()
    times = whole_number(draft.times) if draft.times.strip() else 1
    often = (Remark(_TIMES_WORDS),) if times is None or check_times(times) else ()
    return [*remarks_on(Field.CHANCE, chance), *remarks_on(Field.TIMES, often)]


_TIMES_WORDS = (
    "how often is a whole number from 1; empty is without end, and a rule is switched off for never"
)


def delay_words(draft: DelayDraft) -> str:
    """How soon the answer goes out: `250 to 550 ms`, `at once`; empty where the delay cannot be read."""
    try:
        delay = delay_of(draft)
    except ValueError:
        return ""
    if delay is None or delay.ms + delay.jitter_ms <= 0:
        return "at once"
    if not delay.jitter_ms:
        return f"after {delay.ms:,g} ms"
    return f"{max(0.0, delay.ms - delay.jitter_ms):,g} to {delay.ms + delay.jitter_ms:,g} ms"


def often_words(draft: OftenDraft) -> str:
    """How often the rule acts: `at every match`, `at 5 % of matches, once`; empty where it cannot be read."""
    if often_remarks(draft):
        return ""
    probability, times = probability_of(draft), times_of(draft)
    if probability == 0:
        return "never"
    share = "at every match" if probability == 1 else f"at {100 * probability:.4g} % of matches"
    if times is None:
        return share
    most = "once" if times == 1 else f"{times:,} times"
    return f"{most}, then never" if probability == 1 else f"{share}, {most}"
