"""Faults: which calls and joins a rule is about, and what it is called."""

import pytest

from inspector.core.faults import FaultKind, FaultMatch, FaultRule, matches_call, matches_join, title_of


@pytest.mark.parametrize(
    ("match", "matches"),
    [
        (FaultMatch(), True),
        (FaultMatch(method="get_*"), True),
        (FaultMatch(method="get_weather", caller="web-?", callee="agent-[ab]"), True),
        (FaultMatch(method="Get_*"), False),
        (FaultMatch(method="weather"), False),
        (FaultMatch(caller="web"), False),
        (FaultMatch(callee="web-1"), False),
    ],
)
def test_a_rule_is_about_the_calls_whose_names_its_globs_match_whole(
    match: FaultMatch, matches: bool
) -> None:
    rule = FaultRule(FaultKind.DROP_REQUEST, match)

    assert matches_call(rule, method="get_weather", caller="web-1", callee="agent-a") is matches


def test_a_rule_switched_off_is_about_nothing() -> None:
    assert not matches_call(
        FaultRule(FaultKind.ERROR, code=1, enabled=False), method="", caller="", callee=""
    )
    assert not matches_join(FaultRule(FaultKind.FORCE_V1, enabled=False), "web-1")


def test_rules_for_joins_and_rules_for_calls_keep_apart() -> None:
    assert not matches_call(FaultRule(FaultKind.OLD_SERVER), method="m", caller="a", callee="b")
    assert not matches_join(FaultRule(FaultKind.DELAY, ms=1), "a")


@pytest.mark.parametrize("kind", [FaultKind.FORCE_V1, FaultKind.OLD_SERVER])
@pytest.mark.parametrize(
    ("match", "matches"),
    [
        (FaultMatch(), True),
        (FaultMatch(caller="web-*"), True),
        (FaultMatch(callee="web-*"), True),
        (FaultMatch(caller="agent-*"), False),
        (FaultMatch(caller="web-*", callee="agent-*"), False),
    ],
)
def test_a_rule_for_joins_names_participants_by_from_or_to(
    kind: FaultKind, match: FaultMatch, matches: bool
) -> None:
    assert matches_join(FaultRule(kind, match), "web-1") is matches


def test_a_rule_is_called_by_its_name_or_by_its_number_and_fault() -> None:
    assert title_of(FaultRule(FaultKind.DELAY, ms=1, name="slow net"), 3) == "slow net"
    assert title_of(FaultRule(FaultKind.DELAY, ms=1), 3) == "3 delay"
