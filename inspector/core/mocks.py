"""Mocks: what answers a method, as values; `mock_decisions` decides by them."""

from __future__ import annotations

import hashlib
import json
from enum import StrEnum
from fnmatch import fnmatchcase
from typing import TypeAlias

import msgspec

from inspector.core.participants import ParticipantKind
from inspector.core.payloads import shortened
from inspector.core.same_values import same

SUMMARY_CHARS = 120
"""The most of a reply or message that a one-line summary shows."""


class Delay(msgspec.Struct, frozen=True):
    """How long an answer is held back: `ms`, give or take `jitter_ms` (milliseconds)."""

    ms: float = 0
    jitter_ms: float = 0


class Reply(msgspec.Struct, frozen=True, tag="reply"):
    """Answers with `text`, exactly as it is."""

    text: str


class Fail(msgspec.Struct, frozen=True, tag="error"):
    """Answers with an `RpcError`. No `data` is something else than empty data, where the SDK can say so."""

    code: int
    message: str = ""
    data: str | None = None


class NoAnswer(msgspec.Struct, frozen=True, tag="no_answer"):
    """Never answers: the caller waits until its time is up and gets 1502."""


class Template(msgspec.Struct, frozen=True, tag="template"):
    """Answers with what the Jinja template `source` makes of the call."""

    source: str


class Script(msgspec.Struct, frozen=True, tag="script"):
    """Answers with what `respond` of the Python file at `path` returns."""

    path: str


class Ask(msgspec.Struct, frozen=True, tag="ask"):
    """Holds the call until a person answers it."""


class Forward(msgspec.Struct, frozen=True, tag="forward"):
    """Passes the call on, and its answer back."""

    to: str
    """The destination, as `rpc-inspector call` takes it."""
    method: str | None = None
    """None: the method that was called."""
    connection: str | None = None
    """The connection it goes out by; None: the one that was called."""


StepAction: TypeAlias = Reply | Fail | NoAnswer | Template | Script | Ask | Forward
"""What one answer does: a value that the session carries out, told apart by its tag."""


class Step(msgspec.Struct, frozen=True):
    """One answer of a sequence."""

    action: StepAction
    delay: Delay | None = None
    """None: the delay of the rule."""


class Then(StrEnum):
    """What comes after the last step of a sequence."""

    REPEAT_LAST = "repeat_last"
    CYCLE = "cycle"


class Sequence(msgspec.Struct, frozen=True, tag="sequence"):
    """Answers with one step after the other, one each time its rule acts."""

    steps: tuple[Step, ...]
    """At least one."""
    then: Then = Then.REPEAT_LAST

    def place(self, acted: int) -> int:
        """The step (from 0) that is next after the rule acted `acted` times."""
        if self.then is Then.CYCLE:
            return acted % len(self.steps)
        return min(acted, len(self.steps) - 1)


Action: TypeAlias = StepAction | Sequence
"""What a rule does with a call."""


def step_actions(action: Action) -> tuple[StepAction, ...]:
    """What an action may answer by: each step of a sequence, or else itself."""
    return tuple(step.action for step in action.steps) if isinstance(action, Sequence) else (action,)


class PayloadMatch(msgspec.Struct, frozen=True):
    """Conditions on the payload's text; all that are given must hold."""

    equals: str | None = None
    contains: str | None = None
    regex: str | None = None
    """Found anywhere in it (RE2's syntax)."""


class JsonType(StrEnum):
    """The types of JSON. A number without a fraction is an `integer` and a `number`."""

    STRING = "string"
    NUMBER = "number"
    INTEGER = "integer"
    BOOLEAN = "boolean"
    NULL = "null"
    ARRAY = "array"
    OBJECT = "object"


class JsonMatch(msgspec.Struct, frozen=True):
    """Conditions on the values at a JSONPath: they hold where one of the values meets all of them.

    Values are equal as JSON has it: 1 and 1.0 are, 1 and true are not.
    """

    path: str
    equals: object = msgspec.UNSET
    not_: object = msgspec.UNSET
    contains: object = msgspec.UNSET
    """A part of a string, an item of a list, or a key of an object."""
    regex: str | None = None
    gt: float | None = None
    lt: float | None = None
    exists: bool | None = None
    """False: they hold where there is no value."""
    type: JsonType | None = None

    def __eq__(self, other: object) -> bool:
        """Whether both say the same. Python takes 1 and true for equal, and they match other calls."""
        if not isinstance(other, JsonMatch):
            return NotImplemented
        return self._plain() == other._plain() and all(map(same, self._values(), other._values()))

    def __hash__(self) -> int:
        return hash(self._plain())

    def _plain(self) -> tuple[object, ...]:
        return self.path, self.regex, self.gt, self.lt, self.exists, self.type

    def _values(self) -> tuple[object, ...]:
        return self.equals, self.not_, self.contains


class When(msgspec.Struct, frozen=True):
    """Which calls a rule is for; all that is given must hold."""

    caller: str | None = None
    """Glob on the caller's identity (heeds case)."""
    payload: PayloadMatch | None = None
    json: tuple[JsonMatch, ...] = ()
    schema: dict[str, object] | bool | None = None
    """A JSON Schema."""

    def __eq__(self, other: object) -> bool:
        """Whether both say the same, as `JsonMatch` has it."""
        if not isinstance(other, When):
            return NotImplemented
        return self._plain() == other._plain() and same(self.schema, other.schema)

    def __hash__(self) -> int:
        return hash(self._plain())

    def _plain(self) -> tuple[object, ...]:
        return self.caller, self.payload, self.json


class Rule(msgspec.Struct, frozen=True):
    """One way to answer."""

    action: Action
    name: str | None = None
    when: When | None = None
    """None: every call."""
    delay: Delay | None = None
    probability: float = 1.0
    """How likely it acts on a call it is for, 0 to 1."""
    times: int | None = None
    """How often it acts at most."""
    enabled: bool = True

    @property
    def always_acts(self) -> bool:
        """Whether it acts on every call it is for: neither chance nor a number of times lets one pass."""
        return self.probability >= 1 and self.times is None


class Mock(msgspec.Struct, frozen=True):
    """The answers for one method: the first enabled rule that is for a call acts."""

    method: str
    rules: tuple[Rule, ...] = ()
    enabled: bool = True
    identity: str | None = None
    """Glob on the identity of the connection that is called; None: on every connection."""
    source: str = ""
    """The file it came from; empty: made in the window."""


class JoinWish(msgspec.Struct, frozen=True):
    """How a mocks file wants its connection to join; what is None it leaves open."""

    identity: str | None = None
    kind: ParticipantKind | None = None
    name: str | None = None
    metadata: str | None = None
    attributes: dict[str, str] = msgspec.field(default_factory=dict)


class MocksFile(msgspec.Struct, frozen=True):
    """What a mocks file says."""

    version: int = 1
    as_: JoinWish | None = None
    mocks: tuple[Mock, ...] = ()
    vars: dict[str, object] = msgspec.field(default_factory=dict)
    """What templates and scripts are given by these names."""


def applies_to(mock: Mock, identity: str) -> bool:
    """Whether `mock` answers on the connection that joined as `identity` (globs heed case)."""
    return mock.enabled and (mock.identity is None or fnmatchcase(identity, mock.identity))


def chance(seed: int, mock_key: str, rule_key: str, hit: int) -> float:
    """A number in [0, 1) that depends on nothing else: a run repeats whatever order its calls arrive in."""
    facts = json.dumps([seed, mock_key, rule_key, hit]).encode()
    digest = hashlib.blake2b(facts, digest_size=8).digest()
    return (int.from_bytes(digest) >> 11) / (1 << 53)


def reply_text(value: object) -> str:
    """What is sent for a reply written as `value`: a string as it is, anything else as compact JSON.

    Raises ValueError for NaN and infinities, TypeError for what JSON does not know.
    """
    if isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))


def structure_of(text: str) -> dict[str, object] | list[object] | None:
    """The mapping or list for which exactly `text` is sent; None where there is none."""
    try:
        value = json.loads(text)
        is_sent_so = isinstance(value, dict | list) and reply_text(value) == text
    except (ValueError, RecursionError):
        return None
    return value if is_sent_so else None


def action_summary(action: Action, delay: Delay | None = None) -> str:
    """The action on one line: `{"lat":59.91} after 400 ± 150 ms`, `error 1602 "no such city"`."""
    return _what(action) + (f" after {delay_text(delay)}" if delay else "")


def delay_text(delay: Delay) -> str:
    """`400 ms`, or with jitter `400 ± 150 ms`."""
    jitter = f" ± {delay.jitter_ms:g}" if delay.jitter_ms else ""
    return f"{delay.ms:g}{jitter} ms"


def action_kind(action: Action) -> str:
    """The word a mocks file has for the action: `reply`, `no_answer`."""
    return str(action.__struct_config__.tag)


def _what(action: Action) -> str:
    match action:
        case Reply(text=""):
            return "empty reply"
        case Reply(text=text):
            return shortened(text, SUMMARY_CHARS)
        case Fail(code=code, message=message):
            return f'error {code} "{shortened(message, SUMMARY_CHARS)}"' if message else f"error {code}"
        case NoAnswer():
            return "no answer"
        case Template(source=source):
            return f"template {shortened(source, SUMMARY_CHARS)}"
        case Script(path=path):
            return f"script {shortened(path, SUMMARY_CHARS)}"
        case Ask():
            return "asks a person"
        case Forward(to=to, method=method):
            return f"forwards to {shortened(to, SUMMARY_CHARS)}" + (
                f", method {shortened(method, SUMMARY_CHARS)}" if method is not None else ""
            )
        case Sequence(steps=steps, then=then):
            parts = ", ".join(shortened(action_summary(step.action, step.delay), 40) for step in steps[:4])
            more = ", …" if len(steps) > 4 else ""
            return shortened(f"in turn: {parts}{more}", SUMMARY_CHARS) + (
                "; over again" if then is Then.CYCLE else "; then the last"
            )
