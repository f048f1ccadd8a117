"""Mocks of every kind, with the texts that writers and readers of YAML trip over."""

import json

import msgspec
from hypothesis import strategies as st

from inspector.core.mock_files import JOIN_KINDS, JoinWish, MocksFile
from inspector.core.mocks import (
    Ask,
    Delay,
    Fail,
    Forward,
    JsonMatch,
    JsonType,
    Mock,
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

TRICKY = st.sampled_from(
    [
        *("", " ", "a ", " a", "a: b", "a #b", "- a", "it's", 'say "no"', "x" * 1100, "å", "😀", "a\u00a0b"),
        *("on", "n", "null", "~", "true", "12", "0x1", "1e3", "---", "...", "<<", "=", *"-#&*!|>%@`'\"\\?{["),
        *("\n", "a\n", "\na", "a\n\nb\n", "a\n\n", " a\nb", "a\n b\n", "a \nb", "a\tb", "a\r\nb", "\ta\nb"),
        *("a\n#b\n---\n", "\x00", "\x1b[0m", "\x7f", "\x85", "\u2028", "\ufeff", "\u202e", "\ufffe"),
        *("{}", "{} ", '{"a":1}', '{"a": 1}', '{"a":1,"a":2}', '{"on":"on"}', "[1,2]", "[1e5]", "[1.0]"),
        *('["\\ud800"]', "[NaN]"),
    ]
)
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=30) | TRICKY
FINITE = st.floats(allow_nan=False, allow_infinity=False)
JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | FINITE | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=12,
)
MILLISECONDS = st.integers(0, 10_000) | st.floats(0, 86_400_000)
REPLIES = st.builds(
    Reply, TEXT | JSON_VALUES.map(reply_text) | JSON_VALUES.map(lambda value: json.dumps(value, indent=2))
)
FAILS = st.builds(Fail, st.integers(0, 2**32 - 1), TEXT, st.none() | TEXT)
NAMES = TEXT.filter(bool)
FORWARDS = st.builds(Forward, NAMES, st.none() | TEXT, st.none() | NAMES)
SOURCES = ["", "{{ hits }}", "a: {{ json.a }}\n", "{% if json %}\n#{% endif %}"]
TEMPLATES = st.builds(Template, st.sampled_from(SOURCES))
SCRIPTS = st.builds(Script, st.sampled_from(["quote.py", "a b/c.py"]))
STEP_ACTIONS = REPLIES | FAILS | st.just(NoAnswer()) | st.just(Ask()) | FORWARDS | TEMPLATES | SCRIPTS
DELAYS = st.none() | st.builds(Delay, MILLISECONDS, MILLISECONDS)
STEPS = st.lists(st.builds(Step, STEP_ACTIONS, DELAYS), min_size=1, max_size=3).map(tuple)
GIVEN_OR_NOT = st.just(msgspec.UNSET) | JSON_VALUES
NUMBERS = st.none() | st.integers(-(10**20), 10**20) | FINITE
JSON_MATCHES = st.builds(
    JsonMatch,
    path=st.sampled_from(["$", "$.city", "$..*", "$['a b'][0:2]", "$[?@.n > 1]"]),
    equals=GIVEN_OR_NOT,
    not_=GIVEN_OR_NOT,
    contains=GIVEN_OR_NOT,
    regex=st.none() | st.just("^a+$"),
    gt=NUMBERS,
    lt=NUMBERS,
    exists=st.just(True),
    type=st.none() | st.sampled_from(JsonType),
)
PAYLOADS = st.builds(PayloadMatch, TEXT, st.none() | TEXT, st.none() | st.just("(a|b)+"))
SCHEMAS = st.booleans() | st.builds(lambda value: {"const": value}, JSON_VALUES)
WHENS = st.builds(
    When,
    caller=st.none() | TEXT,
    payload=st.none() | PAYLOADS,
    json=st.lists(JSON_MATCHES, max_size=2, unique_by=lambda match: match.path).map(tuple),
    schema=st.none() | SCHEMAS,
)
RULES = st.builds(
    Rule,
    action=STEP_ACTIONS | st.builds(Sequence, STEPS, st.sampled_from(Then)),
    name=st.none() | TEXT,
    when=st.none() | WHENS,
    probability=st.floats(0, 1),
    times=st.none() | st.integers(1, 10**9),
    delay=DELAYS,
    enabled=st.booleans(),
)
MOCKS = st.builds(
    Mock,
    method=TEXT,
    rules=st.lists(RULES, max_size=3).map(tuple),
    enabled=st.booleans(),
    identity=st.none() | TEXT,
)
JOINS = st.builds(
    JoinWish,
    identity=st.none() | TEXT.filter(bool),
    kind=st.none() | st.sampled_from(JOIN_KINDS),
    name=st.none() | TEXT,
    metadata=st.none() | TEXT,
    attributes=st.dictionaries(TEXT, TEXT, max_size=3),
)
FILES = st.builds(
    MocksFile,
    as_=st.none() | JOINS,
    mocks=st.lists(MOCKS, max_size=3).map(tuple),
    vars=st.dictionaries(TEXT, JSON_VALUES, max_size=2),
)
