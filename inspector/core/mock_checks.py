"""What is wrong or risky about the parts of a mock, whether a file or the window says them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from fnmatch import fnmatchcase

from inspector.core.calls import is_utf8, utf8_bytes
from inspector.core.deadlines import LEAST_ONWARD_S
from inspector.core.documents import Remark, Severity
from inspector.core.limits import (
    ERROR_DATA_BYTES,
    ERROR_MESSAGE_BYTES,
    MAX_ERROR_CODE,
    MAX_TIMEOUT_S,
    METHOD_NAME_BYTES,
    PAYLOAD_V1_BYTES,
    budgets,
    seconds_text,
)
from inspector.core.mocks import Action, Delay, Forward, Mock, Rule, When
from inspector.core.mocks import Sequence as ActionSequence

# For each mock this many earlier ones of its method are looked at: enough for files people write, and
# comparing all of a hostile file's with each other would take minutes.
_COMPARED_MOCKS = 64


def check_method(method: str) -> tuple[Remark, ...]:
    """Remarks on a method's name."""
    if not method:
        return (_warning("an empty method name: servers carry it, but hardly any caller means it"),)
    return _unsendable(method) or _longer(
        method, METHOD_NAME_BYTES, "a method name", "LiveKit documents no more"
    )


def check_identity_glob(pattern: str) -> tuple[Remark, ...]:
    """Remarks on the glob that says which connections a mock answers on."""
    return (
        () if pattern else (_warning("an empty `identity` matches no connection: leave it out to match all"),)
    )


def check_reply(text: str) -> tuple[Remark, ...]:
    """Remarks on what a reply sends."""
    return _unsendable(text) or _longer(
        text, PAYLOAD_V1_BYTES, "a reply", "callers over RPC v1 get 1504 instead"
    )


def check_name(text: str, what: str) -> tuple[Remark, ...]:
    """Remarks on whom a call is forwarded to, or the connection it goes out by; `what` says which."""
    return _unsendable(text) if text else (Remark(f"{what} names nobody: it is empty"),)


def check_script(path: str) -> tuple[Remark, ...]:
    """Remarks on the name of a script's file."""
    if not path.strip():
        return (Remark("a script is the name of a Python file, such as `quote.py`"),)
    if "\0" in path:
        return (Remark("the name of a file cannot hold a NUL character"),)
    return () if path.endswith(".py") else (Remark("a script is a Python file, whose name ends in `.py`"),)


def check_code(code: int) -> tuple[Remark, ...]:
    """Remarks on an error code. Reserved ones (1001 to 1999) are welcome: mocks imitate LiveKit too."""
    if 0 <= code <= MAX_ERROR_CODE:
        return ()
    return (Remark(f"error codes go from 0 to {MAX_ERROR_CODE}: the SDK cannot send {shown_code(code)}"),)


def check_message(message: str) -> tuple[Remark, ...]:
    """Remarks on an error's message."""
    return _unsendable(message) or _longer(
        message, ERROR_MESSAGE_BYTES, "an error message", "some SDKs cut the rest off"
    )


def check_data(data: str) -> tuple[Remark, ...]:
    """Remarks on an error's data."""
    return _unsendable(data) or _longer(data, ERROR_DATA_BYTES, "error data", "some SDKs cut the rest off")


def check_milliseconds(value: float) -> tuple[Remark, ...]:
    """Remarks on a part of a delay (milliseconds)."""
    if not value >= 0:  # also not a number at all
        return (Remark("milliseconds are a number from 0"),)
    if value > MAX_TIMEOUT_S * 1000:
        return (Remark("longer than a day, and no call lasts that long"),)
    return ()


def check_delay(delay: Delay, action: Action | None = None) -> tuple[Remark, ...]:
    """Remarks on a whole delay: an answer as late as that may be too late. So may what `action` does then."""
    handler_s = budgets(None).handler_s
    limit = seconds_text(handler_s)
    if delay.ms + delay.jitter_ms > handler_s * 1000:
        return (_warning(f"over {limit}, all that a caller's default timeout leaves: it gets 1502 instead"),)
    if _goes_onward(action) and delay.ms + delay.jitter_ms > (handler_s - LEAST_ONWARD_S) * 1000:
        return (_warning(f"of {limit}, all that a caller's default timeout leaves, none is left to forward"),)
    return ()


def _goes_onward(action: Action | None) -> bool:
    """Whether the delay of a rule with this action holds a call onward back."""
    if isinstance(action, ActionSequence):
        return any(isinstance(step.action, Forward) and step.delay is None for step in action.steps)
    return isinstance(action, Forward)


def check_probability(value: float) -> tuple[Remark, ...]:
    """Remarks on how likely a rule acts."""
    return () if 0 <= value <= 1 else (Remark("`probability` is a number from 0 to 1"),)


def check_times(value: int) -> tuple[Remark, ...]:
    """Remarks on how often a rule acts at most."""
    return () if value >= 1 else (Remark("`times` is a whole number, from 1: `enabled: false` is for never"),)


def unreachable_rules(rules: Sequence[Rule]) -> tuple[tuple[int, int], ...]:
    """Enabled rules that never act, each with the one before it that always does (indexes from 0)."""
    first = first_sure_rule(rules)
    if first is None:
        return ()
    return tuple((index, first) for index in range(first + 1, len(rules)) if rules[index].enabled)


def first_sure_rule(rules: Sequence[Rule]) -> int | None:
    """The first rule (from 0) that acts on every call that reaches it, None where none does."""
    return next((index for index, rule in enumerate(rules) if _is_sure(rule)), None)


def _is_sure(rule: Rule) -> bool:
    unconditional = rule.when is None or rule.when == When()
    return rule.enabled and unconditional and rule.always_acts


def shadowed_mocks(mocks: Sequence[Mock]) -> tuple[tuple[int, int], ...]:
    """Enabled mocks that never answer, each with the earlier one that answers first (indexes from 0).

    An earlier mock for some identities does not shadow a later one for more: there order is the point.
    """
    earlier: defaultdict[str, list[int]] = defaultdict(list)
    shadowed = []
    for index, mock in enumerate(mocks):
        if not mock.enabled:
            continue
        rivals = earlier[mock.method]
        winner = next((rival for rival in rivals if _covers(mocks[rival].identity, mock.identity)), None)
        if winner is not None:
            shadowed.append((index, winner))
        elif len(rivals) < _COMPARED_MOCKS:
            rivals.append(index)
    return tuple(shadowed)


def shown_code(code: int) -> str:
    """The code in digits, or its size where they would fill the screen."""
    return str(code) if abs(code) < 10**20 else f"a number of {code.bit_length()} bits"


def _covers(glob: str | None, other: str | None) -> bool:
    """Whether `glob` surely matches each identity that `other` does (None matches all)."""
    if glob is None or glob == other:
        return True
    if other is None:
        return glob == "*"
    if not set(other) & set("*?["):
        return fnmatchcase(other, glob)
    # Where `glob` has no wildcard but `*`, it can match those of `other` only by a `*` that takes in whatever
    # they stand for. Sets of characters are left out: a letter would match inside them.
    return not (set(glob) & set("?[") or "[" in other) and fnmatchcase(other, glob)


def _warning(message: str) -> Remark:
    return Remark(message, Severity.WARNING)


def _longer(text: str, limit: int, what: str, consequence: str) -> tuple[Remark, ...]:
    size = utf8_bytes(text)
    return (_warning(f"{what} of {size:,} bytes, over {limit:,}: {consequence}"),) if size > limit else ()


def _unsendable(text: str) -> tuple[Remark, ...]:
    """What cannot become UTF-8 would end the call without any answer (facts, section 5)."""
    return () if is_utf8(text) else (Remark("half of a surrogate pair, which cannot be sent as UTF-8"),)
