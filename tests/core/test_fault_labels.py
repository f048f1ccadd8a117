"""Short words for faults: parameters and tags."""

import pytest

from inspector.core.fault_labels import KIND_SENTENCES, chance_text, parameters_text, tag_text
from inspector.core.faults import CallPart, FaultKind, FaultRule, title_of


@pytest.mark.parametrize(
    ("rule", "text"),
    [
        (FaultRule(FaultKind.DELAY, ms=800, probability=0.25), "800 ms, 1 in 4"),
        (FaultRule(FaultKind.DELAY, ms=1500.5, part=CallPart.ACK), "1,500.5 ms of the ack"),
        (FaultRule(FaultKind.DROP_REQUEST, probability=0.1), "1501, 1 in 10"),
        (FaultRule(FaultKind.ERROR, code=1401), "1401 at once"),
        (FaultRule(FaultKind.DROP_RESPONSE, times=3), "1502, 3 times"),
        (FaultRule(FaultKind.DUPLICATE_REQUEST, times=1), "runs twice, once"),
        (FaultRule(FaultKind.DISCONNECT_CALLEE), "1503"),
        (FaultRule(FaultKind.FORCE_V1), "for who joins"),
        (FaultRule(FaultKind.OLD_SERVER), "1403, for who joins"),
    ],
)
def test_parameters_say_what_the_kind_does_not(rule: FaultRule, text: str) -> None:
    assert parameters_text(rule) == text


@pytest.mark.parametrize(
    ("probability", "text"),
    [(1, ""), (0, "never"), (0.5, "1 in 2"), (1 / 3, "1 in 3"), (0.3, "30 %"), (0.999, "99.9 %")],
)
def test_chances_are_said_as_people_say_them(probability: float, text: str) -> None:
    assert chance_text(probability) == text


@pytest.mark.parametrize("kind", FaultKind)
def test_every_kind_has_its_words_and_a_tag_short_enough_for_the_log(kind: FaultKind) -> None:
    rule = FaultRule(kind, code=1401, ms=1)
    assert len(tag_text(title_of(rule, 12))) <= 5
    assert KIND_SENTENCES[kind].endswith(".")
    assert parameters_text(rule)


def test_a_rule_with_a_name_of_its_own_is_tagged_by_it() -> None:
    assert tag_text("slow Oslo") == "slow Oslo"
