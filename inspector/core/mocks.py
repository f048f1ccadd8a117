"""Mocks: what answers a method, and the pure decision which answer a call gets."""

from __future__ import annotations

import hashlib
import json
from fnmatch import fnmatchcase
from typing import TypeAlias

import msgspec

from inspector.core.participants import ParticipantKind
from inspector.core.payloads import shortened

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


Action: TypeAlias = Reply | Fail
"""What a rule does with a call: a value that the session carries out, told apart by its tag."""


class Rule(msgspec.Struct, frozen=True):
    """One way to answer."""

    action: Action
    name: str | None = None
    delay: Delay | None = None
    enabled: bool = True


class Mock(msgspec.Struct, frozen=True):
    """The answers for one method: the first enabled rule acts."""

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


class Decision(msgspec.Struct, frozen=True):
    """The rule that answers a call."""

    action: Action
    rule_index: int
    """Position in `Mock.rules`, from 0."""
    rule: Rule
    delay_ms: float
    """How long to hold the answer back (milliseconds), jitter included."""


class Unmatched(msgspec.Struct, frozen=True):
    """No rule of the mock answers the call: the caller gets 1500 `no mock rule matched`."""


def applies_to(mock: Mock, identity: str) -> bool:
    """Whether `mock` answers on the connection that joined as `identity` (globs heed case)."""
    return mock.enabled and (mock.identity is None or fnmatchcase(identity, mock.identity))


def decide(
    mock: Mock,
    *,
    payload: str,  # noqa: ARG001 - a decision may rest on the whole call; no rule looks at this part of it yet
    caller: str,  # noqa: ARG001 - likewise
    hit: int,
    seed: int,
) -> Decision | Unmatched:
    """Which rule of `mock` answers its `hit`-th call. The same arguments always give the same answer."""
    for index, rule in enumerate(mock.rules):
        if rule.enabled:
            return Decision(rule.action, index, rule, _delay_ms(mock, index, rule, hit=hit, seed=seed))
    return Unmatched()


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


def action_summary(action: Action, delay: Delay | None = None) -> str:
    """The action on one line: `{"lat":59.91} after 400 ± 150 ms`, `error 1602 "no such city"`."""
    return _what(action) + (f" after {delay_text(delay)}" if delay else "")


def delay_text(delay: Delay) -> str:
    """`400 ms`, or with jitter `400 ± 150 ms`."""
    jitter = f" ± {delay.jitter_ms:g}" if delay.jitter_ms else ""
    return f"{delay.ms:g}{jitter} ms"


def _what(action: Action) -> str:
    match action:
        case Reply(text=""):
            return "empty reply"
        case Reply(text=text):
            return shortened(text, SUMMARY_CHARS)
        case Fail(code=code, message=message):
            return f'error {code} "{shortened(message, SUMMARY_CHARS)}"' if message else f"error {code}"


def _delay_ms(mock: Mock, index: int, rule: Rule, *, hit: int, seed: int) -> float:
    delay = rule.delay
    if delay is None:
        return 0.0
    if not delay.jitter_ms:
        return max(0.0, float(delay.ms))
    # The source is left out: the same file elsewhere gives the same run.
    mock_key = f"{mock.method} on {mock.identity or '*'}"
    place = 2 * chance(seed, mock_key, f"rule {index} delay", hit) - 1
    return max(0.0, delay.ms + place * delay.jitter_ms)
