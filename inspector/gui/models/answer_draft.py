"""What a rule answers as it is being written: the fields of every kind of answer, as typed."""

from __future__ import annotations

from enum import StrEnum
from functools import lru_cache
from typing import Any

import msgspec

from inspector.core.documents import Remark
from inspector.core.limits import MAX_ERROR_CODE
from inspector.core.mock_checks import (
    check_code,
    check_data,
    check_message,
    check_method,
    check_name,
    check_reply,
    check_script,
)
from inspector.core.mocks import (
    Action,
    Ask,
    Fail,
    Forward,
    NoAnswer,
    Reply,
    Script,
    Sequence,
    Step,
    StepAction,
    Template,
    Then,
)
from inspector.core.payloads import format_json, looks_like_json, minify_json
from inspector.core.rpc_errors import RpcCode, name_of
from inspector.core.template_checks import check_template
from inspector.gui.models.delay_draft import DelayDraft, delay_of, delay_remarks, draft_of_delay
from inspector.gui.models.field_remarks import Field, FieldRemark, remarks_on
from inspector.gui.models.typed_numbers import whole_number

RESERVED_CODES = range(1001, 2000)
"""LiveKit's own, named or not (its RPC documentation); mocks may imitate them."""

MOST_COMPACTED = 256 * 1024
"""Characters of JSON above which it is sent as it is: making it compact with every key would be felt."""
_MOST_LAID_OUT = 32 * 1024


class AnswerKind(StrEnum):
    """What a rule answers with, by the words of mocks files."""

    REPLY = "reply"
    TEMPLATE = "template"
    ERROR = "error"
    SEQUENCE = "sequence"
    SCRIPT = "script"
    ASK = "ask"
    FORWARD = "forward"
    NO_ANSWER = "no_answer"


class AnswerDraft(msgspec.Struct, frozen=True):
    """One answer as typed. The fields of the kinds that are not chosen keep what was typed in them."""

    kind: AnswerKind = AnswerKind.REPLY
    reply: str = ""
    is_compact: bool = True
    """Whether a reply that is an object or a list of JSON is sent without white space."""
    template: str = ""
    code: str = str(RpcCode.APPLICATION_ERROR.value)
    message: str = ""
    data: str = ""
    script: str = ""
    to: str = ""
    method: str = ""
    connection: str = ""


class StepDraft(msgspec.Struct, frozen=True):
    """One step of a sequence as typed; without a delay of its own it has that of the rule."""

    answer: AnswerDraft = AnswerDraft()
    delay: DelayDraft = DelayDraft()


# --- from an action and back -----------------------------------------------------------------------------


def draft_of_answer(action: Action, *, lay_out: bool = True) -> AnswerDraft:
    """The fields that show an action; `lay_out` shows JSON on several lines."""
    match action:
        case Reply(text=text):
            return _draft_of_reply(text, lay_out=lay_out)
        case Fail(code=code, message=message, data=data):
            return AnswerDraft(AnswerKind.ERROR, code=str(code), message=message, data=data or "")
        case Template(source=source):
            return AnswerDraft(AnswerKind.TEMPLATE, template=source)
        case Script(path=path):
            return AnswerDraft(AnswerKind.SCRIPT, script=path)
        case Forward(to=to, method=method, connection=connection):
            return AnswerDraft(AnswerKind.FORWARD, to=to, method=method or "", connection=connection or "")
        case Ask():
            return AnswerDraft(AnswerKind.ASK)
        case NoAnswer():
            return AnswerDraft(AnswerKind.NO_ANSWER)
        case Sequence():
            return AnswerDraft(AnswerKind.SEQUENCE)


def draft_of_steps(action: Action) -> tuple[StepDraft, ...]:
    """The steps of a sequence; for another action one to begin with."""
    if not isinstance(action, Sequence):
        return (StepDraft(),)
    return tuple(
        StepDraft(draft_of_answer(step.action, lay_out=False), draft_of_delay(step.delay))
        for step in action.steps
    )


def essence(draft: AnswerDraft) -> AnswerDraft:
    """The draft without what was typed for the kinds that are not chosen."""
    return AnswerDraft(**given(draft))


def given(draft: AnswerDraft) -> dict[str, Any]:
    """The parts of the draft that count for the kind that is chosen, that kind among them."""
    return {name: getattr(draft, name) for name in ("kind", *_FIELDS[draft.kind])}


_FIELDS: dict[AnswerKind, tuple[str, ...]] = {
    AnswerKind.REPLY: ("reply", "is_compact"),
    AnswerKind.TEMPLATE: ("template",),
    AnswerKind.ERROR: ("code", "message", "data"),
    AnswerKind.SEQUENCE: (),
    AnswerKind.SCRIPT: ("script",),
    AnswerKind.ASK: (),
    AnswerKind.FORWARD: ("to", "method", "connection"),
    AnswerKind.NO_ANSWER: (),
}


def action_of(draft: AnswerDraft, steps: tuple[StepDraft, ...], then: Then, base: Action | None) -> Action:
    """The action that was typed; what was not touched stays exactly as it was in `base`.

    Raises:
        ValueError: a number cannot be read; `answer_remarks` and `step_remarks` say which.
    """
    if draft.kind is not AnswerKind.SEQUENCE:
        return _step_action(draft, None if isinstance(base, Sequence) else base, lay_out=True)
    known = base.steps if isinstance(base, Sequence) else ()
    made = [_step_of(step, known[i] if i < len(known) else None) for i, step in enumerate(steps)]
    return Sequence(tuple(made), then)


def readable_action(
    draft: AnswerDraft, steps: tuple[StepDraft, ...] = (), then: Then = Then.REPEAT_LAST
) -> Action | None:
    """The action that was typed; None where it cannot be read yet."""
    try:
        return action_of(draft, steps, then, None)
    except ValueError:
        return None


def sent_text(draft: AnswerDraft) -> str:
    """What a reply sends: an object or list of JSON without white space where it is to be compact."""
    return _compacted(draft.reply) if draft.is_compact else draft.reply


@lru_cache(maxsize=4)
def _compacted(text: str) -> str:
    """Kept, since all that looks at a rule with one key of its reply asks for it: up to 6 ms each time."""
    if len(text) > MOST_COMPACTED or not looks_like_json(text):
        return text
    try:
        return minify_json(text)
    except ValueError:
        return text


def code_words(text: str) -> str:
    """What an error code is: `1502 RESPONSE_TIMEOUT`; empty where it cannot be read."""
    code = whole_number(text)
    if code is None or check_code(code):
        return ""
    name = name_of(code)
    if name is not None:
        return f"{code} {name}"
    return f"{code}, reserved for LiveKit" if code in RESERVED_CODES else f"{code}, a code of your own"


def _draft_of_reply(text: str, *, lay_out: bool) -> AnswerDraft:
    as_it_is = AnswerDraft(reply=text)
    if sent_text(as_it_is) != text:
        return msgspec.structs.replace(as_it_is, is_compact=False)
    if not lay_out or len(text) > _MOST_LAID_OUT or not looks_like_json(text):
        return as_it_is
    try:
        laid_out = msgspec.structs.replace(as_it_is, reply=format_json(text))
    except ValueError:
        return as_it_is
    return laid_out if sent_text(laid_out) == text else as_it_is


def _step_of(draft: StepDraft, base: Step | None) -> Step:
    action = _step_action(draft.answer, None if base is None else base.action, lay_out=False)
    return Step(action, delay_of(draft.delay, None if base is None else base.delay))


def _step_action(draft: AnswerDraft, base: StepAction | None, *, lay_out: bool) -> StepAction:
    if base is not None and essence(draft_of_answer(base, lay_out=lay_out)) == essence(draft):
        return base
    match draft.kind:
        case AnswerKind.REPLY:
            return Reply(sent_text(draft))
        case AnswerKind.TEMPLATE:
            return Template(draft.template)
        case AnswerKind.SCRIPT:
            return Script(draft.script)
        case AnswerKind.FORWARD:
            return Forward(draft.to, draft.method or None, draft.connection or None)
        case AnswerKind.ASK:
            return Ask()
        case AnswerKind.NO_ANSWER:
            return NoAnswer()
        case AnswerKind.ERROR if (code := whole_number(draft.code)) is not None:
            return Fail(code, draft.message, draft.data or None)
    raise ValueError(f"{draft.code!r} is not an error code")


# --- what there is to say --------------------------------------------------------------------------------


def answer_remarks(draft: AnswerDraft, *, item: int | None = None) -> list[FieldRemark]:
    """What there is to say of an answer, that of step `item` where it is one."""
    said: list[tuple[Field, tuple[Remark, ...]]] = []
    match draft.kind:
        case AnswerKind.REPLY:
            said = [(Field.REPLY, check_reply(sent_text(draft)))]
        case AnswerKind.ERROR:
            said = [
                (Field.CODE, _code_remarks(draft.code)),
                (Field.MESSAGE, check_message(draft.message)),
                (Field.DATA, check_data(draft.data)),
            ]
        case AnswerKind.TEMPLATE:
            said = [(Field.TEMPLATE, check_template(draft.template))]
        case AnswerKind.SCRIPT:
            said = [(Field.SCRIPT, check_script(draft.script))]
        case AnswerKind.FORWARD:
            said = [
                (Field.TO, check_name(draft.to, "`to`")),
                (Field.TO_METHOD, check_method(draft.method) if draft.method else ()),
                (Field.CONNECTION, check_name(draft.connection, "`connection`") if draft.connection else ()),
            ]
    return [remark for field, remarks in said for remark in remarks_on(field, remarks, item=item)]


def step_remarks(steps: tuple[StepDraft, ...]) -> list[FieldRemark]:
    """What there is to say of the steps of a sequence."""
    if not steps:
        return remarks_on(Field.STEPS, (Remark("a sequence has at least one step"),))
    found: list[FieldRemark] = []
    for index, step in enumerate(steps):
        found += answer_remarks(step.answer, item=index)
        found += delay_remarks(step.delay, readable_action(step.answer), item=index)
    return found


def _code_remarks(text: str) -> tuple[Remark, ...]:
    code = whole_number(text)
    return check_code(code) if code is not None else (Remark(_CODE_WORDS),)


_CODE_WORDS = f"a code is a whole number from 0 to {MAX_ERROR_CODE}"
