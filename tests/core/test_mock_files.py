"""Mocks files: what they say, and every problem in them with its place."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inspector.core.documents import FileProblem, Severity
from inspector.core.mock_files import JoinWish, MocksFile, parse_mocks
from inspector.core.mocks import Action, Delay, Fail, Mock, Reply, Rule
from inspector.core.participants import ParticipantKind

EXAMPLE = """\
version: 1
as: {identity: weather-api, kind: standard, name: Weather, metadata: "{}", attributes: {role: backend}}
mocks:
  - method: get_weather
    enabled: true
    identity: "inspector*"
    rules:
      - name: unknown city
        enabled: false
        error: {code: 1602, message: no such city, data: '{"city":"Atlantis"}'}
      - delay: {ms: 400, jitter_ms: 150}
        reply: {temp_c: 21, sky: [clear, on]}
  - method: get_location
    enabled: false
    rules: [{reply: "1"}]
"""


def parsed(text: str) -> MocksFile:
    result = parse_mocks(text, "mocks.yaml")
    assert result.file is not None, result.problems
    assert not result.errors
    return result.file


def problems(text: str) -> list[str]:
    return [str(problem) for problem in parse_mocks(text, "f").problems]


def problem(text: str) -> str:
    (only,) = problems(text)
    return only


def action(rule: str) -> Action:
    return parsed(f"mocks: [{{method: m, rules: [{rule}]}}]").mocks[0].rules[0].action


def test_a_file_says_how_to_join_and_what_to_answer() -> None:
    assert parsed(EXAMPLE) == MocksFile(
        version=1,
        as_=JoinWish(
            identity="weather-api",
            kind=ParticipantKind.STANDARD,
            name="Weather",
            metadata="{}",
            attributes={"role": "backend"},
        ),
        mocks=(
            Mock(
                method="get_weather",
                identity="inspector*",
                source="mocks.yaml",
                rules=(
                    Rule(
                        Fail(1602, "no such city", '{"city":"Atlantis"}'), name="unknown city", enabled=False
                    ),
                    Rule(Reply('{"temp_c":21,"sky":["clear","on"]}'), delay=Delay(400, 150)),
                ),
            ),
            Mock(method="get_location", enabled=False, source="mocks.yaml", rules=(Rule(Reply("1")),)),
        ),
    )


def test_version_and_as_may_be_left_out() -> None:
    assert parsed("mocks: []") == MocksFile(version=1, as_=None, mocks=())


def test_json_of_the_same_shape_is_accepted_with_tabs_too() -> None:
    text = '{\n\t"version": 1,\n\t"mocks": [\n\t\t{"method": "m", "rules": [{"reply": {"a": 1}}]}\n\t]\n}'

    assert parsed(text).mocks == (Mock("m", (Rule(Reply('{"a":1}')),), source="mocks.yaml"),)


@pytest.mark.parametrize(
    ("written", "sent"),
    [
        ("hello", "hello"),
        ('""', ""),
        ("'{\"a\": 1}'", '{"a": 1}'),
        ("{a: 1, b: on}", '{"a":1,"b":"on"}'),
        ("[1, 2.50, ~]", "[1,2.5,null]"),
        ("21", "21"),
        ("0x10", "16"),
        ("true", "true"),
        ("null", "null"),
        ("2001-12-14", "2001-12-14"),
        ("{1: å}", '{"1":"å"}'),
    ],
)
def test_a_reply_is_a_string_as_it_is_or_compact_json(written: str, sent: str) -> None:
    assert action(f"{{reply: {written}}}") == Reply(sent)


@pytest.mark.parametrize(
    ("written", "fail"),
    [
        ("{code: 1602}", Fail(1602, "", None)),
        ("{code: 0, message: x, data: ''}", Fail(0, "x", "")),
        ("{code: 1, data: {city: Atlantis}}", Fail(1, "", '{"city":"Atlantis"}')),
        ("{code: 1, data: ~}", Fail(1, "", None)),
    ],
)
def test_an_error_has_a_code_and_may_have_message_and_data(written: str, fail: Fail) -> None:
    assert action(f"{{error: {written}}}") == fail


def test_reserved_codes_are_no_problem() -> None:
    assert problems("mocks: [{method: m, rules: [{error: {code: 1502, message: late}}]}]") == []


@pytest.mark.parametrize("text", ["", "\n\n", "# nothing yet\n", "---\n", "\ufeff", "null"])
def test_an_empty_file_is_told_what_a_minimal_one_looks_like(text: str) -> None:
    minimal = "mocks: [{method: greet, rules: [{reply: hello}]}]"

    assert problem(text) == f"f:1:1: the file is empty; a minimal one is `{minimal}`"
    assert parse_mocks(text, "f").file is None
    assert problems(minimal) == []


def in_file(text: str) -> str:
    return f"mocks:\n  - {text}\n"


def in_mock(text: str) -> str:
    return in_file(f"method: m\n    {text}")


def in_rule(text: str) -> str:
    return in_mock(f"rules:\n      - {text}")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("- method: m", "1:1: a list by itself: put it under `mocks:`"),
        ("hello", "1:1: a mocks file is a mapping, as in `mocks: ["),
        ("version: 2\nnew_key: 1", "1:10: `version` is not 1, the only one this program reads"),
        ("version: '1'\nmocks: []", "1:10: `version` is a number: write `version: 1`"),
        ("version: true\nmocks: []", "1:10: `version` is a number"),
        ("version: 1", "1:1: `mocks` is missing; a minimal file is `mocks: ["),
        ("mock: []", "1:1: unknown key `mock`, did you mean `mocks`?"),
        ("mocks:", "1:1: `mocks` is a list"),
        ("mocks: {method: m}", "1:8: `mocks` is a list: put `- ` before each mock"),
        ("vars: C\nmocks: []", "1:7: `vars` is a mapping, as in `{unit: C}`"),
        ("method: m\nmocks: []", "1:1: `method` belongs to a mock, under `mocks`"),
        ("as: weather\nmocks: []", "1:5: `as` is a mapping, as in `{identity: weather-api}`"),
        ("as: {identity: ''}\nmocks: []", "1:16: `identity` cannot be empty"),
        ("as: {kind: robot}\nmocks: []", "1:12: `kind` is one of standard, agent, ingress, egress, sip"),
        ("as: {attributes: [a]}\nmocks: []", "1:18: `attributes` is a mapping, as in `{role: backend}`"),
        (
            "as: {attributes: {floor: 3}}\nmocks: []",
            '1:26: the attribute `floor` is a string: write it in quotes, "3"',
        ),
        (in_file("m"), "2:5: a mock is a mapping, as in `{method: greet"),
        (in_file("rules: []"), "2:5: the mock has no `method`"),
        (
            in_file("method: 3\n    rules: [{reply: a}]"),
            '2:13: `method` is a string: write it in quotes, "3"',
        ),
        (in_file("method:\n    rules: [{reply: a}]"), "2:5: `method` is a string"),
        (in_file("method: m"), "2:5: the mock has no `rules`, as in `rules: [{reply: hello}]`"),
        (in_mock("reply: hello"), "3:5: `reply` belongs to a rule, under `rules`"),
        (in_mock("when: {}"), "3:5: `when` belongs to a rule, under `rules`"),
        (in_mock("enabled: on\n    rules: [{reply: a}]"), "3:14: `enabled` is `true` or `false`"),
        (in_mock("identity: [a]\n    rules: [{reply: a}]"), "3:15: `identity` is a string"),
        (in_mock("rules: {reply: a}"), "3:12: `rules` is a list: put `- ` before each rule"),
        (in_rule("hello"), "4:9: a rule is a mapping, as in `{reply: hello}`"),
        (
            in_rule("name: x"),
            "4:9: the rule has no answer: give it `reply`, `template`, `error`, `script`, `no_answer`, "
            "`ask`, `forward` or",
        ),
        (in_rule("replay: x"), "4:9: unknown key `replay`, did you mean `reply`?"),
        (
            in_rule("qqq: x"),
            "4:9: unknown key `qqq`; a rule has name, when, enabled, reply, template, error, script",
        ),
        (in_rule("ask: true"), "4:14: `ask` is a mapping, as in `{}`"),
        (in_rule("ask: {who: me}"), "4:15: unknown key `who`; `ask` has no keys"),
        (in_rule("forward: agent-1"), "4:18: `forward` is a mapping, as in `{to: agent-1, method: search}`"),
        (in_rule("forward: {method: a}"), "4:18: the forward has no `to`, as in `{to: agent-1}`"),
        (in_rule("forward: {to: ''}"), "4:23: `to` names nobody: it is empty"),
        (in_rule("forward: {to: 1}"), "4:23: `to` is a string: write it in quotes"),
        (in_rule('forward: {to: "\\ud800"}'), "4:23: half of a surrogate pair"),
        (
            in_rule("forward: {to: a, via: b}"),
            "4:26: unknown key `via`; `forward` has to, method, connection",
        ),
        (in_rule("forward: {to: a, connection: ''}"), "4:38: `connection` names nobody: it is empty"),
        (in_rule("sequence: {steps: [{forward: {}}]}"), "4:38: the forward has no `to`"),
        (in_rule("template: 1"), "4:19: `template` is a string: write it in quotes"),
        (in_rule("template: '{{ json.city '"), "4:19: template: unexpected end of template"),
        (in_rule("template: '{{ json | toJson }}'"), "4:19: template: there is no filter `toJson`"),
        (in_rule("template: '{{ " + "1" * 5000 + " }}'"), "4:19: a number in the template is too long"),
        (in_rule("template: '" + "{{ (" * 500 + "'"), "4:19: "),
        (in_rule("template: '{{ 1" + " + 1" * 3000 + " }}'"), "4:19: the template is nested too deeply"),
        (in_rule("script: quote.js"), "4:17: a script is a Python file, whose name ends in `.py`"),
        (in_rule("script: ''"), "4:17: a script is the name of a Python file"),
        (in_rule("script: {file: quote.py}"), "4:17: `script` is a string"),
        (in_rule("{caller: a, reply: x}"), "4:10: `caller` belongs to `when`"),
        (in_rule("{when: web, reply: x}"), "4:16: `when` is a mapping, as in `{json:"),
        (in_rule("{when: {cal: a}, reply: x}"), "4:17: unknown key `cal`, did you mean `caller`?"),
        (in_rule("{when: {payload: a}, reply: x}"), "4:26: `payload` is a mapping"),
        (in_rule("{when: {payload: {}}, reply: x}"), "4:26: `payload` has at least one of equals, contains"),
        (in_rule("{when: {payload: {contains: 1}}, reply: x}"), "4:37: `contains` is a string"),
        (in_rule("{when: {payload: {regex: '(a'}}, reply: x}"), "4:34: not a regular expression: missing )"),
        (in_rule("{when: {payload: {regex: '(?=a)'}}, reply: x}"), "4:34: not a regular expression: invalid"),
        (in_rule("{when: {json: {city: {equals: 1}}}, reply: x}"), "4:24: not a JSONPath: a JSONPath begins"),
        (in_rule("{when: {json: {'$.[': {equals: 1}}}, reply: x}"), "4:24: not a JSONPath: "),
        (in_rule("{when: {json: {$.a: 1}}, reply: x}"), "4:29: a condition on JSON is a mapping, as in"),
        (in_rule("{when: {json: {$.a: {eq: 1}}}, reply: x}"), "4:30: unknown key `eq`"),
        (in_rule("{when: {json: {$.a: {gt: '1'}}}, reply: x}"), "4:34: `gt` is a number"),
        (in_rule("{when: {json: {$.a: {type: int}}}, reply: x}"), "4:36: `type` is one of string, number"),
        (
            in_rule("{when: {json: {$.a: {regex: '['}}}, reply: x}"),
            "4:37: not a regular expression: missing ]",
        ),
        (
            in_rule("{when: {json: {$.a: {exists: false, gt: 1}}}, reply: x}"),
            "4:45: `gt` beside `exists: false`",
        ),
        (in_rule("{when: {json: []}, reply: x}"), "4:23: `json` is a mapping of JSONPaths"),
        (in_rule("{when: {schema: 1}, reply: x}"), "4:25: `schema` is a JSON Schema"),
        (in_rule("{when: {schema: {properties: {a: {type: x}}}}, reply: x}"), "4:49: not a JSON Schema: "),
        (in_rule("{when: {schema: {$ref: 'http://127.0.0.1:9/s'}}, reply: x}"), "4:25: not a JSON Schema: "),
        (in_rule("{when: {schema: {pattern: '(?=a)'}}, reply: x}"), "4:35: not a JSON Schema: "),
        (in_rule("{reply: x, probability: 1.5}"), "4:33: `probability` is a number from 0 to 1"),
        (in_rule("{reply: x, probability: half}"), "4:33: `probability` is a number from 0 to 1"),
        (in_rule("{reply: x, times: 0}"), "4:27: `times` is a whole number, from 1"),
        (in_rule("{reply: x, times: 1.5}"), "4:27: `times` is a whole number, from 1"),
        (in_rule("no_answer: false"), "4:20: `no_answer` is `true`"),
        (in_rule("sequence: {then: cycle}"), "4:19: the sequence has no `steps`"),
        (in_rule("sequence: {steps: []}"), "4:27: a sequence has at least one step"),
        (in_rule("sequence: {steps: [{reply: a}], then: stop}"), "4:47: `then` is `repeat_last` or `cycle`"),
        (in_rule("sequence: {steps: [{delay: {ms: 1}}]}"), "4:28: the step has no answer"),
        (in_rule("sequence: {steps: [{sequence: {}}]}"), "4:29: `sequence` belongs to a rule"),
        (in_rule("sequence: {steps: [{template: '{% if %}'}]}"), "4:39: template: Expected an expression"),
        (in_rule("{reply: a, error: {code: 1}}"), "4:20: `error` beside `reply`: a rule has one answer"),
        (in_rule("{reply: a, error: {code: 1}, reply: b}"), "4:20: `error` beside"),
        (in_rule("error: boom"), "4:16: `error` is a mapping, as in `{code: 1602"),
        (in_rule("error: {message: x}"), "4:16: the error has no `code`"),
        (in_rule("error: {code: '1602'}"), "4:23: `code` is a whole number, such as 1602"),
        (in_rule("error: {code: 1602.0}"), "4:23: `code` is a whole number"),
        (in_rule("error: {code: true}"), "4:23: `code` is a whole number"),
        (in_rule("error: {code: -1}"), "4:23: error codes go from 0 to 4294967295"),
        (in_rule("error: {code: 1, message: 2}"), '4:35: `message` is a string: write it in quotes, "2"'),
        (in_rule("{reply: a, delay: 400}"), "4:27: `delay` is a mapping, as in `{ms: 400"),
        (in_rule("{reply: a, delay: {ms: 1s}}"), "4:32: `ms` is a number of milliseconds, such as 400"),
        (in_rule("{reply: a, delay: {ms: -1}}"), "4:32: milliseconds are a number from 0"),
        (in_rule("{reply: a, delay: {jitter_ms: 0x" + "f" * 290 + "}}"), "4:39: longer than a day"),
        (in_rule("{reply: {a: .inf}}"), "4:21: JSON has no `.inf`"),
        (in_rule("reply: [1"), "5:1: not YAML: expected ',' or ']', but got the end of the text"),
    ],
)
def test_a_broken_file_is_refused_with_the_place_and_what_to_write_instead(text: str, expected: str) -> None:
    result = parse_mocks(text, "f")

    assert result.file is None
    assert str(result.problems[0]).startswith(f"f:{expected}")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (in_file("{method: '', rules: [{reply: a}]}"), "2:14: warning: an empty method name"),
        (
            in_file(f"{{method: {'m' * 65}, rules: [{{reply: a}}]}}"),
            "2:14: warning: a method name of 65 bytes",
        ),
        (in_mock("identity: ''\n    rules: [{reply: a}]"), "3:15: warning: an empty `identity` matches no"),
        (in_mock("rules: []"), "3:12: warning: no rules: every caller gets 1500 `no mock rule matched`"),
        (in_rule("reply:"), "4:9: warning: nothing after `reply:` sends `null`"),
        (
            in_rule(f"reply: {'x' * 15_361}"),
            "4:16: warning: a reply of 15,361 bytes, over 15,360: callers over",
        ),
        (
            in_rule(f"error: {{code: 1, message: {'x' * 257}}}"),
            "4:35: warning: an error message of 257 bytes",
        ),
        (in_rule(f"error: {{code: 1, data: {'x' * 15_361}}}"), "4:32: warning: error data of 15,361 bytes"),
        (in_rule("{ask: {}, delay: {ms: 7000, jitter_ms: 1001}}"), "4:26: warning: over 8 s, all that a"),
        (
            in_rule("sequence: {steps: [{reply: a, delay: {ms: 8001}}]}"),
            "4:46: warning: over 8 s, all that a caller's default timeout leaves: it gets 1502 instead",
        ),
        (
            in_rule("{forward: {to: a}, delay: {ms: 7701}}"),
            "4:35: warning: of 8 s, all that a caller's default timeout leaves, none is left to forward",
        ),
        (
            in_rule("{delay: {ms: 7701}, sequence: {steps: [{reply: b}, {forward: {to: a}}]}}"),
            "4:17: warning: of 8 s, all that a caller's default timeout leaves, none is left to forward",
        ),
        (in_rule("forward: {to: a, method: ''}"), "4:34: warning: an empty method name"),
        (
            in_mock("rules:\n      - {reply: a}\n      - {reply: b}"),
            "5:9: warning: never reached: the rule on line 4 always answers first",
        ),
        (
            in_file("{method: m, rules: [{reply: a}]}\n  - {method: m, identity: x, rules: [{reply: a}]}"),
            "3:5: warning: never answers: the mock on line 2 answers `m` first",
        ),
    ],
)
def test_a_risky_file_is_accepted_with_a_warning(text: str, expected: str) -> None:
    result = parse_mocks(text, "f")

    assert result.file is not None
    assert result.errors == ()
    assert result.warnings == result.problems
    assert problem(text).startswith(f"f:{expected}")


def test_every_problem_is_found_in_the_order_of_the_text() -> None:
    text = in_file(
        "method: 3\n    colour: red\n    rules:\n      - replay: x\n      - {reply: a, reply: b}\n"
        "      - error: {code: -1, mesage: x}\n  - !x {method: m, rules: [{}]}"
    )

    assert [line.split(": ")[0] for line in problems(text)] == [
        "f:2:13",
        "f:3:5",
        "f:5:9",
        "f:6:20",
        "f:7:23",
        "f:7:27",
        "f:8:5",
        "f:8:28",
    ]


def test_a_problem_that_an_alias_repeats_is_said_once() -> None:
    text = "mocks: [{method: a, rules: &r [{reply: x, dely: 1}]}, {method: b, rules: *r}]"

    assert problem(text).startswith("f:1:43: unknown key `dely`, did you mean `delay`?")


def test_nothing_is_said_of_the_order_of_rules_that_are_not_understood() -> None:
    text = in_mock("rules:\n      - {scrip: a.py}\n      - {reply: b}")

    assert problem(text) == "f:4:10: unknown key `scrip`, did you mean `script`?"


def test_a_problem_cannot_send_escape_codes_to_a_terminal() -> None:
    line = str(parse_mocks('"\\e[2J": 1\nmocks: []', "f\x1b.yaml").problems[0])

    assert "\x1b" not in line
    assert line.startswith("f\\u001b.yaml:1:1: unknown key `\\u001b[2J`")


def test_problems_sort_by_place() -> None:
    late, early = FileProblem("f", 10, 1, "a"), FileProblem("f", 9, 80, "b")

    assert sorted([late, early]) == [early, late]


MUTATIONS = st.lists(
    st.tuples(
        st.integers(0, len(EXAMPLE)),
        st.integers(0, 12),
        st.sampled_from(
            [*"\n\t :-[]{}'\"&*!#|>%å\x00\r\ud800", "  ", "null", "- ", "*a", "&a ", ": ", "<<", "99", "when"]
        ),
    ),
    min_size=1,
    max_size=6,
)


@settings(max_examples=1000, deadline=None)
@given(MUTATIONS)
def test_a_damaged_file_gives_mocks_or_problems_with_places(mutations: list[tuple[int, int, str]]) -> None:
    text = EXAMPLE
    for start, length, piece in mutations:
        text = text[:start] + piece + text[start + length :]

    result = parse_mocks(text, "f")

    assert (result.file is None) == any(found.severity is Severity.ERROR for found in result.problems)
    lines = text.replace("\r", "\n").count("\n") + 1
    for found in result.problems:
        assert 1 <= found.line <= lines
        assert found.column >= 1
        str(found).encode()
