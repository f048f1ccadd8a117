"""Rules of every shape that a mocks file can hold, for property tests."""

import msgspec
from hypothesis import strategies as st

from inspector.core.mocks import (
    Ask,
    Delay,
    Fail,
    Forward,
    JsonMatch,
    JsonType,
    NoAnswer,
    PayloadMatch,
    Reply,
    Rule,
    Script,
    Sequence,
    Step,
    Template,
    Then,
    When,
    reply_text,
)

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=3,
)
NUMBERS = st.integers(0, 10**6) | st.floats(0, 10**6)
DELAYS = st.none() | st.builds(Delay, NUMBERS, NUMBERS)
STEP_ACTIONS = st.one_of(
    st.builds(Reply, st.text() | JSON.map(reply_text)),
    st.builds(Fail, st.integers(0, 2**32 - 1), st.text(), st.none() | st.text(min_size=1)),
    st.just(NoAnswer()),
    st.just(Ask()),
    st.builds(Template, st.text()),
    st.builds(Script, st.text(min_size=1)),
    st.builds(Forward, st.text(min_size=1), st.none() | st.text(min_size=1), st.none() | st.text(min_size=1)),
)
ACTIONS = STEP_ACTIONS | st.builds(
    Sequence,
    st.lists(st.builds(Step, STEP_ACTIONS, DELAYS), min_size=1, max_size=3).map(tuple),
    st.sampled_from(Then),
)
_PATTERNS = st.sampled_from(["a+", "^b", "[0-9]{3}"])
_VALUES = st.just(msgspec.UNSET) | JSON
_BOUNDS = st.none() | st.integers(-99, 99) | st.floats(-9, 9)
JSON_MATCHES = st.builds(
    JsonMatch,
    st.sampled_from(["$.a", "$.b[0]", "$..c"]),
    _VALUES,
    _VALUES,
    _VALUES,
    st.none() | _PATTERNS,
    _BOUNDS,
    _BOUNDS,
    st.sampled_from([None, True]),
    st.sampled_from([None, *JsonType]),
).filter(lambda match: match != JsonMatch(match.path)) | st.just(JsonMatch("$.d", exists=False))
PAYLOAD_MATCHES = st.builds(
    PayloadMatch, st.none() | st.text(), st.none() | st.text(), st.none() | _PATTERNS
).filter(lambda match: match != PayloadMatch())
WHENS = st.builds(
    When,
    st.none() | st.text(),
    st.none() | PAYLOAD_MATCHES,
    st.lists(JSON_MATCHES, max_size=3, unique_by=lambda match: match.path).map(tuple),
    st.none() | st.booleans() | st.just({"required": ["city"]}),
).filter(lambda when: when != When())
RULES = st.builds(
    Rule,
    ACTIONS,
    st.none() | st.text(min_size=1),
    st.none() | WHENS,
    DELAYS,
    st.just(1.0) | st.floats(0, 1),
    st.none() | st.integers(1, 9),
    st.booleans(),
)
