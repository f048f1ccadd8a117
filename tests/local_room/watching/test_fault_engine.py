"""Which rule a call or a join gets: order, chance that repeats, counts, and what a change of rules keeps."""

import msgspec
import pytest

from inspector.core.faults import FaultKind, FaultMatch, FaultRule
from inspector.local_room.watching.fault_engine import ChosenFault, FaultEngine, JoinFaults


def engine(*rules: FaultRule, seed: int = 0) -> FaultEngine:
    made = FaultEngine(seed)
    made.set_rules(rules)
    return made


def chosen(faults: FaultEngine, method: str = "m") -> str | None:
    fault = faults.for_call(method=method, caller="alice", callee="bob")
    return None if fault is None else fault.title


def test_the_first_rule_that_matches_is_done_and_counted() -> None:
    faults = engine(
        FaultRule(FaultKind.DROP_ACK, FaultMatch(method="other")),
        FaultRule(FaultKind.DROP_RESPONSE, enabled=False),
        FaultRule(FaultKind.DROP_REQUEST, name="mine"),
        FaultRule(FaultKind.ERROR, code=1400),
    )

    assert faults.for_call(method="m", caller="a", callee="b") == ChosenFault(faults.rules[2], "mine")
    assert [state.hits for state in faults.states()] == [0, 0, 1, 0]


def test_a_rule_is_done_as_often_as_it_says_and_then_the_next_has_its_turn() -> None:
    faults = engine(FaultRule(FaultKind.DROP_ACK, times=2), FaultRule(FaultKind.DROP_REQUEST, times=1))

    assert [chosen(faults) for _ in range(4)] == ["1 drop_ack", "1 drop_ack", "2 drop_request", None]


def test_chance_repeats_with_its_seed_and_is_as_large_as_it_says() -> None:
    rule = FaultRule(FaultKind.DROP_ACK, probability=0.3)
    runs = [[chosen(faults) is not None for _ in range(1000)] for faults in (engine(rule), engine(rule))]
    other = engine(rule, seed=1)

    assert runs[0] == runs[1]
    assert 250 < sum(runs[0]) < 350
    assert [chosen(other) is not None for _ in range(1000)] != runs[0]


def test_chance_is_each_rules_own() -> None:
    first, second = (
        FaultRule(FaultKind.DROP_ACK, probability=0.5),
        FaultRule(FaultKind.DROP_REQUEST, probability=0.5),
    )
    alone = engine(second)
    behind = engine(FaultRule(FaultKind.DELAY, FaultMatch(method="x"), ms=1), second)
    after = engine(first, second)

    assert [chosen(alone) is None for _ in range(50)] == [chosen(behind) is None for _ in range(50)]
    assert {chosen(after) for _ in range(50)} == {"1 drop_ack", "2 drop_request", None}


@pytest.mark.parametrize(("probability", "hits"), [(0.0, 0), (1.0, 100)])
def test_never_and_always(probability: float, hits: int) -> None:
    faults = engine(FaultRule(FaultKind.DROP_ACK, probability=probability))

    assert sum(chosen(faults) is not None for _ in range(100)) == hits


def test_unchanged_rules_keep_their_hits_wherever_they_move() -> None:
    kept, changed = (
        FaultRule(FaultKind.DROP_ACK, times=3),
        FaultRule(FaultKind.ERROR, FaultMatch(method="x"), code=1),
    )
    faults = engine(kept, changed)
    chosen(faults)
    chosen(faults, "x")
    faults.set_rules((FaultRule(FaultKind.ERROR, FaultMatch(method="x"), code=2), kept, kept))

    assert [state.hits for state in faults.states()] == [0, 2, 0]
    assert [chosen(faults) for _ in range(4)] == ["2 drop_ack", *["3 drop_ack"] * 3]


def test_who_joins_gets_every_rule_for_joins_that_names_it() -> None:
    faults = engine(
        FaultRule(FaultKind.FORCE_V1, FaultMatch(caller="web-*")),
        FaultRule(FaultKind.OLD_SERVER, FaultMatch(callee="web-2"), times=1),
        FaultRule(FaultKind.DROP_REQUEST),
    )

    assert faults.for_join("agent") == JoinFaults()
    forced = JoinFaults(force_v1=True, force_v1_title="1 force_v1")
    assert faults.for_join("web-1") == forced
    assert faults.for_join("web-2") == msgspec.structs.replace(forced, old_server=True)
    assert faults.for_join("web-2") == forced
    assert [state.hits for state in faults.states()] == [3, 1, 0]


def test_who_listens_is_told_of_changes_and_hits() -> None:
    faults = FaultEngine()
    told: list[int] = []
    faults.listeners.add(lambda: told.append(sum(state.hits for state in faults.states())))

    faults.set_rules((FaultRule(FaultKind.DROP_ACK, FaultMatch(method="m")),))
    chosen(faults)
    chosen(faults, "other")

    assert told == [0, 1]
