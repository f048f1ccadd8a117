"""How long it takes to decide which rule answers a call, where mocks and rules are many."""

import gc
import json
import time
from collections.abc import Callable
from statistics import quantiles

from inspector.core.mock_decisions import PreparedMock, decide
from inspector.core.mocks import JsonMatch, Mock, PayloadMatch, Reply, Rule, When
from inspector.session.mock_set import MockSet

DECISIONS = 1000
PAYLOAD = json.dumps(
    {"city": "Oslo", "days": 3, "items": [{"id": n, "name": f"item {n}", "price": 2.5 * n} for n in range(5)]}
)
RULES: dict[str, list[When]] = {
    "payload_1000": [
        When(payload=_match)
        for n in range(250)
        for _match in (
            PayloadMatch(equals=f"y{n}"),
            PayloadMatch(contains=f"x{n}"),
            PayloadMatch(regex=f"z{n}"),
            PayloadMatch(contains="item", regex=f"name.*w{n}"),
        )
    ],
    "json_100": [When(json=(JsonMatch(f"$.items[*].k{n}", equals=n),)) for n in range(100)],
    "json_one_path_100": [When(json=(JsonMatch("$.items[*].id", equals=100 + n),)) for n in range(100)],
    "json_filter_100": [
        When(json=(JsonMatch(f"$.items[?@.id > {n} && @.price < 0].name", exists=True),)) for n in range(100)
    ],
    "schema_100": [
        When(schema={"required": ["city"], "properties": {"city": {"const": str(n)}}}) for n in range(100)
    ],
}
"""Conditions that do not hold, by the name of their figure: every rule has to be asked."""


def measure() -> dict[str, object]:
    """Milliseconds that 99 of 100 decisions stay under, for each kind of condition and for 1,000 mocks."""
    took = {name: _p99_ms(_decision(whens)) for name, whens in RULES.items()}
    took["mocks_1000"] = _p99_ms(_decision_among_mocks(1000))
    return {f"decision_p99_ms_{name}": ms for name, ms in took.items()}


def _decision(whens: list[When]) -> Callable[[], object]:
    rules = [Rule(Reply(str(n)), when=when) for n, when in enumerate(whens)]
    prepared = PreparedMock(Mock("m", (*rules, Rule(Reply("the rest")))))
    return lambda: decide(prepared, payload=PAYLOAD, caller="web-1", hit=1, seed=0)


def _decision_among_mocks(count: int) -> Callable[[], object]:
    """Of the last of so many mocks, each for a method of its own on some connections."""
    mocks = MockSet()
    when = When(json=(JsonMatch("$.city", equals="Atlantis"),))
    mocks.add(
        Mock(f"method_{n}", (Rule(Reply("a"), when=when), Rule(Reply("b"))), identity="agent-*")
        for n in range(count)
    )

    def decision() -> object:
        entry = mocks.find("agent-1", f"method_{count - 1}")
        assert entry is not None
        decided = decide(mocks.prepared(entry.id), payload=PAYLOAD, caller="web-1", hit=1, seed=0)
        mocks.count_hit(entry.id, 1, "web-1", 0.0)
        return decided

    return decision


def _p99_ms(decision: Callable[[], object]) -> float:
    decision()
    took = []
    gc.collect()
    for _ in range(DECISIONS):
        began = time.thread_time()  # what the decision takes, whatever else the machine does meanwhile
        decision()
        took.append((time.thread_time() - began) * 1000)
    return round(quantiles(took, n=100)[-1], 3)
