"""Every example of the guide's chapter on filters can be read, and lets some calls through and others not."""

import re
from pathlib import Path

import pytest

from inspector.core.calls import CallError, Direction, Outcome
from inspector.core.filters import FIELDS, parse_filter
from tests.core.filters.sample_calls import a_call, passes

GUIDE = (Path(__file__).parents[3] / "docs" / "filter.md").read_text(encoding="utf-8")
(BLOCK,) = re.findall(r"^```\n(.*?)^```$", GUIDE, re.DOTALL | re.MULTILINE)
EXAMPLES = [re.split(r"\s{2,}# ", line)[0] for line in BLOCK.splitlines()]

CALLS = [
    a_call(
        direction=Direction.IN,
        caller="web-1",
        outcome=Outcome.ERROR,
        error=CallError(1502, "RESPONSE_TIMEOUT", "Response timeout"),
        payload='{"city": "Oslo"}',
        elapsed_ms=15_002.0,
        unmatched=True,
    ),
    a_call(outcome=Outcome.OK, payload="new york", response="cloudy", elapsed_ms=1700.0, payload_bytes=8),
    a_call(direction=Direction.SEEN, caller="agent-weather", method="set_volume", response="bergen"),
]


@pytest.mark.parametrize("example", EXAMPLES)
def test_an_example_finds_some_calls_and_leaves_out_others(example: str) -> None:
    assert parse_filter(example)
    found = [passes(example, call) for call in CALLS]
    assert any(found)
    assert not all(found)


def test_there_is_a_row_for_every_field() -> None:
    rows = "".join(
        line.partition("|")[2].partition("|")[0] for line in GUIDE.splitlines() if line.startswith("| `")
    )
    assert set(re.findall(r"`(\w+)`", rows)) == set(FIELDS)
