"""A mock as it is being written: its fields as typed, what is to be said of them, and the mock they make."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

import msgspec

from inspector.core.documents import Remark, Severity
from inspector.core.mock_checks import check_method, shadowed_mocks
from inspector.core.mocks import Mock, Reply, Rule, Then
from inspector.core.mocks import Sequence as SequenceOf
from inspector.core.rule_text import ParsedRule, read_rule, write_rule
from inspector.gui.models.answer_draft import (
    AnswerDraft,
    AnswerKind,
    StepDraft,
    action_of,
    answer_remarks,
    draft_of_answer,
    draft_of_steps,
    essence,
    given,
    readable_action,
    step_remarks,
)
from inspector.gui.models.condition_draft import ConditionDraft, condition_remarks, rows_of, when_of
from inspector.gui.models.delay_draft import (
    DelayDraft,
    OftenDraft,
    delay_of,
    delay_remarks,
    draft_of_delay,
    draft_of_often,
    often_remarks,
    probability_of,
    times_of,
)
from inspector.gui.models.field_remarks import Field, FieldRemark, remarks_on

_LONGEST_AS_TEXT = 20_000
"""Characters of an answer above which a rule is not edited as YAML: reading it with every key is felt."""


class RuleDraft(msgspec.Struct, frozen=True):
    """One rule as typed; on or off is not part of it, since that takes effect at once."""

    name: str = ""
    conditions: tuple[ConditionDraft, ...] = ()
    delay: DelayDraft = DelayDraft()
    often: OftenDraft = OftenDraft()
    answer: AnswerDraft = AnswerDraft()
    steps: tuple[StepDraft, ...] = (StepDraft(),)
    """The answers in turn, where it answers by a sequence."""
    then: Then = Then.REPEAT_LAST
    broken_text: str | None = None
    """The rule as YAML, where that is being written and cannot be read; the fields are as before."""


class MockDraft(msgspec.Struct, frozen=True):
    """A mock as typed; on or off is not part of it, since that takes effect at once."""

    method: str = ""
    identity: str = ""
    """Glob on our identity; empty: every connection."""
    rules: tuple[RuleDraft, ...] = (RuleDraft(),)
    """At least one."""

    def with_rule(self, index: int, rule: RuleDraft) -> MockDraft:
        """The draft with another rule in place of one (from 0)."""
        rules = (*self.rules[:index], rule, *self.rules[index + 1 :])
        return msgspec.structs.replace(self, rules=rules)


# --- from a mock and back --------------------------------------------------------------------------------


def draft_of(mock: Mock) -> MockDraft:
    """The fields that show `mock`."""
    rules = tuple(_draft_of_rule(rule) for rule in mock.rules) or (RuleDraft(),)
    return MockDraft(mock.method, mock.identity or "", rules)


def differs(draft: MockDraft, base: Mock | None, shown: MockDraft | None = None) -> bool:
    """Whether saving `draft` would change anything; `base` is the mock it began from, None for a new one.

    `shown` is `draft_of(base)` where that is at hand: for a thousand rules it takes a moment.
    """
    if base is None:
        return draft != MockDraft() and _essence(draft) != _essence(MockDraft())
    try:
        return mock_of(draft, base, shown) != base
    except ValueError:
        return True


def mock_of(draft: MockDraft, base: Mock | None, shown: MockDraft | None = None) -> Mock:
    """The mock that `draft` makes of `base`; whatever was not touched stays exactly as it was in `base`.

    Raises:
        ValueError: a number cannot be read; `remarks` says which.
    """
    if base is None:
        return Mock(draft.method, tuple(_rule_of(rule, None) for rule in draft.rules), identity=_glob(draft))
    before = draft_of(base) if shown is None else shown
    if _is_same(draft, before):
        return base
    made = _made(draft, base, before)
    return base if made == base else made


def _is_same(draft: MockDraft, before: MockDraft) -> bool:
    """Whether nothing was typed but for kinds of answer that are not chosen."""
    if draft == before:
        return True
    if (draft.method, draft.identity) != (before.method, before.identity):
        return False
    if len(draft.rules) != len(before.rules):
        return False
    pairs = ((now, then) for now, then in zip(draft.rules, before.rules, strict=True) if now != then)
    return all(_essence_of_rule(now) == _essence_of_rule(then) for now, then in pairs)


def _made(draft: MockDraft, base: Mock, before: MockDraft) -> Mock:
    known = {index: (rule, before.rules[index]) for index, rule in enumerate(base.rules)}
    rules: list[Rule] = []
    for index, typed in enumerate(draft.rules):
        rule, shown = known.get(index, (None, None))
        rules.append(rule if rule is not None and typed == shown else _rule_of(typed, rule))
    identity = base.identity if draft.identity == (base.identity or "") else _glob(draft)
    return msgspec.structs.replace(base, method=draft.method, identity=identity, rules=tuple(rules))


def has_text(draft: RuleDraft, base: Rule | None) -> bool:
    """Whether the rule that was typed can be shown as YAML: it can be read, and is not too long."""
    answer = draft.answer
    if len(answer.reply) + len(answer.template) + len(answer.data) > _LONGEST_AS_TEXT:
        return False
    try:
        _rule_of(draft, base)
    except ValueError:
        return False
    return True


def text_of_rule(draft: RuleDraft, base: Rule | None) -> str:
    """The rule that was typed, in place of `base`, as YAML; whether it is on is not part of that.

    Raises:
        ValueError: it cannot be read yet.
    """
    return write_rule(msgspec.structs.replace(_rule_of(draft, base), enabled=True))


def draft_of_text(text: str, before: RuleDraft) -> RuleDraft:
    """The draft with the rule that was typed as YAML in place of `before`.

    What stood in the fields of the kinds of answer that it does not have stays there.
    """
    rule = _parsed(text).rule
    if rule is None or not rule.enabled:
        return msgspec.structs.replace(before, broken_text=text)
    shown = _draft_of_rule(rule)
    is_sequence = isinstance(rule.action, SequenceOf)
    return msgspec.structs.replace(
        shown,
        answer=msgspec.structs.replace(before.answer, **given(shown.answer)),
        steps=shown.steps if is_sequence else before.steps,
        then=shown.then if is_sequence else before.then,
    )


@lru_cache(maxsize=1)
def _parsed(text: str) -> ParsedRule:
    """Kept, since up to three ask with each key: reading a long text takes 6 ms."""
    return read_rule(text)


def _draft_of_rule(rule: Rule) -> RuleDraft:
    return RuleDraft(
        name=rule.name or "",
        conditions=rows_of(rule.when),
        delay=draft_of_delay(rule.delay),
        often=draft_of_often(rule.probability, rule.times),
        answer=draft_of_answer(rule.action),
        steps=draft_of_steps(rule.action),
        then=rule.action.then if isinstance(rule.action, SequenceOf) else Then.REPEAT_LAST,
    )


def _rule_of(draft: RuleDraft, base: Rule | None) -> Rule:
    """The rule that was typed, in place of `base`."""
    if draft.broken_text is not None:
        raise ValueError("the YAML of the rule cannot be read")
    before = Rule(Reply("")) if base is None else base
    return msgspec.structs.replace(
        before,
        name=before.name if draft.name == (before.name or "") else draft.name or None,
        when=when_of(draft.conditions, before.when),
        delay=delay_of(draft.delay, before.delay),
        probability=probability_of(draft.often, before.probability),
        times=times_of(draft.often),
        action=action_of(draft.answer, draft.steps, draft.then, before.action),
    )


def _essence(draft: MockDraft) -> MockDraft:
    """The draft without what was typed for the kinds of answer that are not chosen."""
    return msgspec.structs.replace(draft, rules=tuple(_essence_of_rule(rule) for rule in draft.rules))


def _essence_of_rule(rule: RuleDraft) -> RuleDraft:
    steps: tuple[StepDraft, ...] = ()
    then = Then.REPEAT_LAST
    if rule.answer.kind is AnswerKind.SEQUENCE:
        then = rule.then
        steps = tuple(msgspec.structs.replace(step, answer=essence(step.answer)) for step in rule.steps)
    return msgspec.structs.replace(rule, answer=essence(rule.answer), steps=steps, then=then)


def _glob(draft: MockDraft) -> str | None:
    return draft.identity or None


# --- what there is to say --------------------------------------------------------------------------------


class DraftRemarks:
    """Looks at drafts; what it found of a rule it keeps as long as that rule is part of the newest draft."""

    def __init__(self) -> None:
        self._known: dict[int, tuple[RuleDraft, list[FieldRemark]]] = {}

    def of(self, draft: MockDraft, *, base: Mock | None, above: Sequence[Mock]) -> tuple[FieldRemark, ...]:
        """All there is to say of `draft`, as `remarks` has it."""
        said = [*_method_remarks(draft, base), *_rival_remarks(draft, base, above)]
        found = [FieldRemark(Field.METHOD, remark.message, remark.severity) for remark in said]
        # By the very object: a draft shares the rules that were not touched with the one before it.
        self._known = {id(rule): self._looked_at(rule) for rule in draft.rules}
        for index, rule in enumerate(draft.rules):
            _, here = self._known[id(rule)]
            found += [msgspec.structs.replace(remark, rule=index) for remark in here]
        return tuple(found)

    def _looked_at(self, rule: RuleDraft) -> tuple[RuleDraft, list[FieldRemark]]:
        return self._known.get(id(rule)) or (rule, rule_remarks(rule))


def remarks(draft: MockDraft, *, base: Mock | None, above: Sequence[Mock]) -> tuple[FieldRemark, ...]:
    """All there is to say of `draft`, in the order of the fields; `above` are the mocks asked before it."""
    return DraftRemarks().of(draft, base=base, above=above)


def rule_remarks(rule: RuleDraft) -> list[FieldRemark]:
    """What there is to say of a rule, whichever it is."""
    if rule.broken_text is not None:
        return text_remarks(rule.broken_text)
    is_sequence = rule.answer.kind is AnswerKind.SEQUENCE
    return [
        *condition_remarks(rule.conditions),
        *delay_remarks(rule.delay, readable_action(rule.answer, rule.steps, rule.then)),
        *often_remarks(rule.often),
        *(step_remarks(rule.steps) if is_sequence else answer_remarks(rule.answer)),
    ]


def text_remarks(text: str) -> list[FieldRemark]:
    """What stands against taking a text as the YAML of a rule, with its places."""
    parsed = _parsed(text)
    wrong = [problem for problem in parsed.problems if problem.severity is Severity.ERROR]
    said = [Remark(f"line {p.line}, column {p.column}: {p.message}") for p in wrong]
    if parsed.rule is not None and not parsed.rule.enabled:
        said.append(Remark("`enabled` is the box above, and takes effect at once: leave it out here"))
    return remarks_on(Field.TEXT, said)


def file_name(source: str) -> str:
    """The last part of a path, whichever system wrote it."""
    return re.split(r"[/\\]", source)[-1] or source


def _method_remarks(draft: MockDraft, base: Mock | None) -> tuple[Remark, ...]:
    if not draft.method and (base is None or base.method):
        return (Remark("a mock needs the name of its method"),)
    spaced = draft.method != draft.method.strip()
    space = Remark("a space at its start or end counts: callers must send it too", Severity.WARNING)
    return check_method(draft.method) + ((space,) if spaced else ())


def _rival_remarks(draft: MockDraft, base: Mock | None, above: Sequence[Mock]) -> tuple[Remark, ...]:
    enabled = base is None or base.enabled
    rivals = [mock for mock in above if mock.method == draft.method]
    line = [*rivals, Mock(draft.method, enabled=enabled, identity=_glob(draft))]
    winner = next((winner for index, winner in shadowed_mocks(line) if index == len(rivals)), None)
    if winner is None:
        return ()
    source = f" (from {file_name(rivals[winner].source)})" if rivals[winner].source else ""
    return (Remark(f"the mock above{source} answers first", Severity.WARNING),)
