"""Calls that tests of filters ask about, and made-up ones of every kind."""

from hypothesis import strategies as st

from inspector.core.calls import Call, CallError, Direction, Outcome, utf8_bytes
from inspector.core.filters import parse_filter
from inspector.core.log import row_of


def a_call(**fields: object) -> Call:
    known: dict[str, object] = {
        "id": "run-1",
        "room": "demo",
        "connection": "c1",
        "direction": Direction.OUT,
        "caller": "inspector",
        "destination": "agent-weather",
        "method": "get_weather",
    }
    return Call(**(known | fields))  # type: ignore[arg-type]


def passes(text: str, call: Call) -> bool:
    return parse_filter(text).passes(row_of(call), call)


FAILED = a_call(
    payload='{"city": "New York"}',
    response=None,
    outcome=Outcome.ERROR,
    error=CallError(1502, "RESPONSE_TIMEOUT", "Response timed out", '{"after": 15}'),
)
ANSWERED = a_call(payload='{"city": "Oslo"}', response='{"sky": "Cloudy"}', outcome=Outcome.OK)

names = st.sampled_from(
    ["a", "ab", "get_weather", "get_location", "Web-1", "x y", 'q"q', "*", "ß", "-in", "a|b", "to:c"]
)
texts = st.sampled_from(["", "oslo", "a b", "AB", '{"a": "b"}', "x\x1fy", "to:c"]) | st.text(max_size=8)


@st.composite
def calls(draw: st.DrawFn) -> Call:
    outcome = draw(st.sampled_from(Outcome))
    error = None
    if outcome in (Outcome.ERROR, Outcome.LOST):
        code = draw(st.none() | st.sampled_from([1400, 1502, 7, -1]))
        error = CallError(code, None, draw(texts), draw(st.none() | texts))
    payload, response = draw(st.none() | texts), draw(st.none() | texts)
    return a_call(
        direction=draw(st.sampled_from(Direction)),
        caller=draw(st.none() | names),
        destination=draw(st.none() | names),
        room=draw(st.none() | names),
        method=draw(names),
        outcome=outcome,
        error=error,
        payload=payload,
        payload_bytes=None if payload is None else utf8_bytes(payload),
        response=response,
        response_bytes=None if response is None else utf8_bytes(response),
        elapsed_ms=draw(st.none() | st.sampled_from([0.0, 0.94, 118.04, 118.2, 499.6, 500.0, 15_000.0])),
        mock=draw(st.none() | names),
        unmatched=draw(st.none() | st.booleans()),
        note=draw(st.none() | st.sampled_from(["", "look here"])),
    )


_values = {
    "dir": ["in", "OUT", "seen"],
    "outcome": ["ok", "error", "pending", "lost", "stopped"],
    "is": ["pending", "error", "unmatched", "seen", "noted"],
    "code": ["1400", ">=1400", "14*", "<8", "response_timeout"],
    "ms": ["118", "=118.0", ">0.5s", "<=500ms", ">=0.25m"],
    "size": ["0", ">3", "<=1kB", "=10B", ">0.01KiB"],
}
_texts = [
    "a",
    "get_*",
    "*E*",
    "*",
    '"x y"',
    '"q\\"q"',
    '"*"',
    "ß",
    "oslo",
    '"a|b"',
    "b*",
    '"to:c"',
    '"-in"',
    '""',
    "",
]


@st.composite
def filter_texts(draw: st.DrawFn) -> str:
    """Filters that can be read, of every field."""
    terms = []
    for _ in range(draw(st.integers(0, 4))):
        name = draw(
            st.sampled_from(["", "from", "to", "method", "mock", "room", "payload", "response", *_values])
        )
        values = draw(st.lists(st.sampled_from(_values.get(name, _texts)), min_size=1, max_size=3))
        terms.append(draw(st.sampled_from(["", "-"])) + (f"{name}:" if name else "") + "|".join(values))
    return draw(st.sampled_from([" ", "  "])).join(terms)
