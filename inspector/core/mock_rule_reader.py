"""Reads rules: when they act, what they answer, how late, how likely and how often."""

from __future__ import annotations

from functools import partial

from inspector.core.documents import Fields, Form, Node, Scalar, to_value
from inspector.core.mock_checks import (
    check_code,
    check_data,
    check_delay,
    check_message,
    check_method,
    check_milliseconds,
    check_name,
    check_probability,
    check_reply,
    check_script,
    check_times,
)
from inspector.core.mock_when_reader import WhenReader
from inspector.core.mocks import (
    Action,
    Ask,
    Delay,
    Fail,
    Forward,
    NoAnswer,
    Reply,
    Rule,
    Script,
    Sequence,
    Step,
    StepAction,
    Template,
    Then,
    reply_text,
)
from inspector.core.template_checks import check_template

STEP_ANSWERS = ("reply", "template", "error", "script", "no_answer", "ask", "forward")
ANSWERS = (*STEP_ANSWERS, "sequence")
RULE = Form(
    "a rule",
    "`{reply: hello}`",
    ("name", "when", "enabled", *ANSWERS, "delay", "probability", "times"),
    misplaced=tuple((key, "`when`") for key in ("caller", "payload", "json", "schema")),
)
_STEP = Form(
    "a step",
    "`{reply: hello}`",
    (*STEP_ANSWERS, "delay"),
    misplaced=(("sequence", "a rule: a sequence has none within it"),),
)
_SEQUENCE = Form("`sequence`", "`{steps: [{reply: one}, {reply: two}], then: cycle}`", ("steps", "then"))
_ERROR = Form("`error`", "`{code: 1602, message: no such city}`", ("code", "message", "data"))
_ASK = Form("`ask`", "`{}`", ())
_FORWARD = Form("`forward`", "`{to: agent-1, method: search}`", ("to", "method", "connection"))
_DELAY = Form("`delay`", "`{ms: 400, jitter_ms: 150}`", ("ms", "jitter_ms"))


class RuleReader(WhenReader):
    """Turns the nodes of rules into rules."""

    def rule(self, node: Node) -> Rule:
        """One rule."""
        fields = self.fields(node, RULE)
        action = self._action(fields)
        return Rule(
            action=action,
            name=self.text(fields, "name"),
            when=self.when(fields.values["when"]) if "when" in fields.values else None,
            delay=self._delay(fields, action),
            probability=self._probability(fields),
            times=self._times(fields),
            enabled=self.flag(fields, "enabled", default=True),
        )

    def _action(self, fields: Fields) -> Action:
        key = self._one_answer(fields, "rule", ANSWERS)
        if key == "sequence":
            return self._sequence(fields.values[key])
        return Reply("") if key is None else self._step_action(key, fields.values[key])

    def _one_answer(self, fields: Fields, what: str, answers: tuple[str, ...]) -> str | None:
        given = [key for key in fields.keys if key in answers]
        if not given and not fields.has_unknown:
            names = ", ".join(f"`{key}`" for key in answers[:-1])
            self.error(fields.start, f"the {what} has no answer: give it {names} or `{answers[-1]}`")
        for key in given[1:]:
            self.error(fields.keys[key].start, f"`{key}` beside `{given[0]}`: a {what} has one answer")
        return given[0] if given else None

    def _step_action(self, key: str, node: Node) -> StepAction:
        match key:
            case "reply":
                return self._reply(node)
            case "error":
                return self._fail(node)
            case "ask":
                self.fields(node, _ASK)
                return Ask()
            case "forward":
                return self._forward(node)
            case "template":
                return self._template(node)
            case "script":
                return self._script(node)
            case _:
                return self._no_answer(node)

    def _sequence(self, node: Node) -> Action:
        fields = self.fields(node, _SEQUENCE)
        if "steps" not in fields.values:
            if not fields.has_unknown:
                self.error(fields.start, "the sequence has no `steps`, as in `steps: [{reply: hello}]`")
            return Reply("")
        nodes = self.items(fields.values["steps"], "steps", "step")
        steps = tuple(self._step(each) for each in nodes)
        if not steps:
            self.error(fields.values["steps"].start, "a sequence has at least one step")
            return Reply("")
        return Sequence(steps, self._then(fields))

    def _step(self, node: Node) -> Step:
        fields = self.fields(node, _STEP)
        key = self._one_answer(fields, "step", STEP_ANSWERS)
        action = Reply("") if key is None else self._step_action(key, fields.values[key])
        return Step(action, self._delay(fields, action))

    def _then(self, fields: Fields) -> Then:
        node = fields.values.get("then")
        if node is None:
            return Then.REPEAT_LAST
        value = node.value if isinstance(node, Scalar) else None
        if value in list(Then):
            return Then(value)
        self.error(node.start, f"`then` is `{Then.REPEAT_LAST}` or `{Then.CYCLE}`")
        return Then.REPEAT_LAST

    def _no_answer(self, node: Node) -> NoAnswer:
        if not isinstance(node, Scalar) or node.value is not True:
            self.error(node.start, "`no_answer` is `true`; for another answer leave it out")
        return NoAnswer()

    def _reply(self, node: Node) -> Reply:
        if isinstance(node, Scalar) and node.plain and not node.text:
            self.warn(node, 'nothing after `reply:` sends `null`: write `reply: ""` to send nothing')
        text = reply_text(to_value(node))
        self.remark(node, check_reply(text))
        return Reply(text)

    def _template(self, node: Node) -> Template:
        return Template(self.text_of(node, "`template`", check_template) or "")

    def _script(self, node: Node) -> Script:
        return Script(self.text_of(node, "`script`", check_script) or "")

    def _fail(self, node: Node) -> Fail:
        fields = self.fields(node, _ERROR)
        message = self.text(fields, "message", check_message)
        data = to_value(fields.values["data"]) if "data" in fields.values else None
        data_text = None if data is None else reply_text(data)
        if data_text is not None:
            self.remark(fields.values["data"], check_data(data_text))
        return Fail(self._code(fields), message or "", data_text)

    def _forward(self, node: Node) -> Forward:
        fields = self.fields(node, _FORWARD)
        if "to" not in fields.values and not fields.has_unknown:
            self.error(fields.start, "the forward has no `to`, as in `{to: agent-1}`")
        return Forward(
            to=self.text(fields, "to", partial(check_name, what="`to`")) or "",
            connection=self.text(fields, "connection", partial(check_name, what="`connection`")),
            method=self.text(fields, "method", check_method),
        )

    def _code(self, fields: Fields) -> int:
        node = fields.values.get("code")
        if node is None:
            if not fields.has_unknown:
                self.error(
                    fields.start, "the error has no `code`, as in `{code: 1602, message: no such city}`"
                )
            return 0
        code = node.value if isinstance(node, Scalar) else None
        if isinstance(code, int) and not isinstance(code, bool):
            self.remark(node, check_code(code))
            return code
        self.error(node.start, "`code` is a whole number, such as 1602")
        return 0

    def _delay(self, parent: Fields, action: Action) -> Delay | None:
        node = parent.values.get("delay")
        if node is None:
            return None
        fields = self.fields(node, _DELAY)
        delay = Delay(self._milliseconds(fields, "ms"), self._milliseconds(fields, "jitter_ms"))
        self.remark(node, check_delay(delay, action))
        return delay

    def _milliseconds(self, fields: Fields, key: str) -> float:
        node = fields.values.get(key)
        if node is None:
            return 0.0
        value = node.value if isinstance(node, Scalar) else None
        if isinstance(value, bool) or not isinstance(value, int | float):
            self.error(node.start, f"`{key}` is a number of milliseconds, such as 400")
            return 0.0
        remarks = check_milliseconds(value)
        self.remark(node, remarks)
        return 0.0 if remarks else float(value)

    def _probability(self, fields: Fields) -> float:
        node = fields.values.get("probability")
        if node is None:
            return 1.0
        value = node.value if isinstance(node, Scalar) else None
        if isinstance(value, bool) or not isinstance(value, int | float):
            self.error(node.start, "`probability` is a number from 0 to 1")
            return 1.0
        remarks = check_probability(value)
        self.remark(node, remarks)
        return 1.0 if remarks else float(value)

    def _times(self, fields: Fields) -> int | None:
        node = fields.values.get("times")
        if node is None:
            return None
        value = node.value if isinstance(node, Scalar) else None
        if isinstance(value, bool) or not isinstance(value, int):
            self.error(node.start, "`times` is a whole number, from 1")
            return None
        self.remark(node, check_times(value))
        return value
