"""The mocks in force: which answers, how often each did, and who hears of changes."""

import msgspec
import pytest

from inspector.core.mocks import JsonMatch, Mock, Reply, Rule, When
from inspector.session.mock_set import MockSet
from tests.support.mocks import fail, reply


@pytest.fixture
def mocks() -> MockSet:
    return MockSet()


def switched_off(mocks: MockSet, mock_id: str) -> None:
    entry = mocks.get(mock_id)
    assert entry is not None
    mocks.replace(mock_id, msgspec.structs.replace(entry.mock, enabled=False))


def test_mocks_stand_in_the_order_they_were_added_each_under_its_id(mocks: MockSet) -> None:
    ids = mocks.add([reply("a"), reply("b")]) + mocks.add([reply("c")])

    assert len(set(ids)) == len(mocks) == 3
    assert [(entry.id, entry.mock.method) for entry in mocks.entries()] == list(zip(ids, "abc", strict=True))


def test_an_edited_mock_keeps_its_id_place_and_use(mocks: MockSet) -> None:
    first, _ = mocks.add([reply("a", "old"), reply("b")])
    mocks.count_hit(first, 0, "web", 5.0)

    mocks.replace(first, reply("a", "new"))

    entry = mocks.entries()[0]
    assert (entry.id, entry.mock, entry.use.hits) == (first, reply("a", "new"), 1)


def test_a_removed_mock_is_gone_and_its_id_is_not_given_again(mocks: MockSet) -> None:
    (first,) = mocks.add([reply("a")])
    mocks.remove(first)
    mocks.remove(first)
    mocks.count_hit(first, 0, "web", 5.0)

    assert mocks.get(first) is None
    assert mocks.add([reply("a")]) != (first,)


def test_the_first_that_applies_answers(mocks: MockSet) -> None:
    elsewhere, first, _ = mocks.add([reply("a", identity="agent-*"), reply("a", "first"), fail("a", 1500)])

    found = mocks.find("me", "a")
    assert found is not None
    assert found.id == first
    switched_off(mocks, first)
    found = mocks.find("agent-1", "a")
    assert found is not None
    assert found.id == elsewhere
    assert mocks.find("me", "b") is None


def test_a_connection_registers_the_methods_of_the_mocks_that_apply_to_it(mocks: MockSet) -> None:
    off, *_ = mocks.add([reply("off"), reply("a"), reply("a"), reply("b", identity="agent-*")])
    mocks.add([Mock("without a rule")])
    switched_off(mocks, off)

    assert mocks.methods_for("me") == {"a", "without a rule"}
    assert mocks.methods_for("agent-1") == {"a", "b", "without a rule"}


def test_use_is_counted_by_mock_and_by_rule(mocks: MockSet) -> None:
    (first,) = mocks.add([reply("a")])
    for at, (rule, caller) in enumerate(((0, "web"), (1, "web"), (0, "phone"), (None, "sip"))):
        mocks.count_hit(first, rule, caller, 4.0 + at)

    entry = mocks.get(first)
    assert entry is not None
    assert (entry.use.hits, entry.use.rule_hits) == (4, {0: 2, 1: 1})
    assert (entry.use.last_caller, entry.use.last_at) == ("sip", 7.0)
    assert entry.use.rule_last_at == {0: 6.0, 1: 5.0}


def test_changes_and_uses_are_told_apart(mocks: MockSet) -> None:
    told: list[str] = []
    ends = [
        mocks.on_changed(lambda: told.append("changed")),
        mocks.on_used(lambda mock_id: told.append(f"used {mock_id}")),
    ]

    (first,) = mocks.add([reply("a")])
    mocks.count_hit(first, 0, "web", 7.0)
    mocks.replace(first, reply("a", "new"))
    mocks.remove(first)
    mocks.remove(first)
    for end in ends:
        end()
    (second,) = mocks.add([reply("a")])
    mocks.count_hit(second, 0, "web", 8.0)

    assert told == ["changed", f"used {first}", "changed", "changed"]


def test_the_hits_of_a_rule_go_with_it_when_rules_move_or_change() -> None:
    mocks = MockSet()
    one, two, three = (Rule(Reply(text)) for text in "123")
    (mock_id,) = mocks.add([Mock("m", (one, two))])
    for rule in (0, 1, 1):
        mocks.count_hit(mock_id, rule, "web", 0.0)

    def hits_after(*rules: Rule) -> dict[int, int]:
        mocks.replace(mock_id, Mock("m", rules))
        entry = mocks.get(mock_id)
        assert entry is not None
        return entry.use.rule_hits

    assert hits_after(two, one) == {0: 2, 1: 1}
    assert hits_after(two, three) == {0: 2, 1: 1}, "an edited rule goes on counting"
    assert hits_after(one, two, three) == {1: 2, 2: 1}
    assert hits_after(one) == {}


def test_when_a_rule_answered_last_goes_with_it_as_its_hits_do(mocks: MockSet) -> None:
    (mock_id,) = mocks.add([Mock("m", (Rule(Reply("1")), Rule(Reply("2"))))])
    mocks.count_hit(mock_id, 1, "web", 5.0)

    mocks.replace(mock_id, Mock("m", (Rule(Reply("2")), Rule(Reply("1")))))

    entry = mocks.get(mock_id)
    assert entry is not None
    assert entry.use.rule_last_at == {0: 5.0}


def test_mocks_keep_the_variables_of_their_file_when_they_are_edited() -> None:
    mocks = MockSet()
    (mock_id,) = mocks.add([Mock("m")], {"unit": "C"})
    mocks.replace(mock_id, Mock("n"))
    assert [(entry.mock.method, entry.vars) for entry in mocks.entries()] == [("n", {"unit": "C"})]


def of_file(method: str, *replies: str, identity: str | None = None) -> Mock:
    rules = tuple(Rule(Reply(text), times=9) for text in replies)
    return Mock(method, rules, identity=identity, source="f")


def test_a_file_read_again_keeps_ids_and_hits_of_what_is_still_there() -> None:
    mocks = MockSet()
    a, b, second_a = mocks.set_file("f", (of_file("a", "1"), of_file("b", "1"), of_file("a", "2")), {})
    mocks.add((Mock("own"),))
    mocks.count_hit(second_a, 0, "web", 1.0)
    told: list[int] = []
    mocks.on_changed(lambda: told.append(len(mocks)))
    again = (of_file("a", "2", "3"), of_file("new"), of_file("a", "1"), of_file("b", "1", identity="x"))
    ids = mocks.set_file("f", again, {"unit": "C"})
    assert (ids[0], ids[2]) == (second_a, a), "the one that stays the same stays itself"
    assert b not in ids
    assert [entry.mock.method for entry in mocks.entries()] == ["a", "new", "a", "b", "own"]
    entry = mocks.get(second_a)
    assert entry is not None
    assert (entry.use.hits, entry.use.rule_hits, entry.vars) == (1, {0: 1}, {"unit": "C"})
    assert told == [5]
    assert mocks.prepared(second_a).mock == again[0]
    assert mocks.set_file("f", (), {}) == ()
    assert [entry.mock.method for entry in mocks.entries()] == ["own"]


def test_files_stay_in_the_order_they_came_in_also_when_one_was_empty() -> None:
    mocks = MockSet()
    mocks.set_file("f", (), {})
    mocks.set_file("g", (Mock("a", source="g"),), {})
    mocks.set_file("f", (Mock("a", source="f"),), {})
    assert [entry.mock.source for entry in mocks.entries()] == ["f", "g"]


def test_a_moved_mock_changes_who_answers_and_keeps_its_use() -> None:
    mocks = MockSet()
    first, second = mocks.add([reply("a", "1"), reply("a", "2")])
    mocks.count_hit(second, 0, "web", 5.0)

    mocks.move(second, 0)

    found = mocks.find("me", "a")
    assert found is not None
    assert (found.id, found.use.hits) == (second, 1)
    assert [entry.id for entry in mocks.entries()] == [second, first]


def test_a_mock_moves_among_those_of_its_source_alone() -> None:
    mocks = MockSet()
    (first,) = mocks.add([reply("a")])
    (file_one,) = mocks.set_file("x.yaml", [Mock("f", source="x.yaml")], {})
    second, third = mocks.add([reply("b"), reply("c")])

    mocks.move(first, 1)
    assert [entry.id for entry in mocks.entries()] == [second, file_one, first, third]

    mocks.move(second, 99)
    assert [entry.id for entry in mocks.entries()] == [first, file_one, third, second]


def test_a_mock_that_stays_where_it_is_tells_nobody() -> None:
    mocks = MockSet()
    first, second = mocks.add([reply("a"), reply("b")])
    told: list[None] = []
    mocks.on_changed(lambda: told.append(None))

    mocks.move(first, 0)
    mocks.move(second, 5)
    assert told == []

    mocks.move(second, 0)
    assert told == [None]


def test_a_file_in_which_1_became_true_comes_into_force() -> None:
    def for_value(value: object) -> Mock:
        return Mock("a", (Rule(Reply("x"), when=When(json=(JsonMatch("$.b", equals=value),))),), source="f")

    mocks = MockSet()
    (mock_id,) = mocks.set_file("f", (for_value(1),), {})
    assert mocks.set_file("f", (for_value(True),), {}) == (mock_id,)
    entry = mocks.get(mock_id)
    assert entry is not None
    when = entry.mock.rules[0].when
    assert when is not None
    assert when.json[0].equals is True
