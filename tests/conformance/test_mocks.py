"""Every condition and answer of a mocks file, as the callers of a real server meet them."""

import asyncio
import json
from pathlib import Path
from typing import NamedTuple

from livekit import rtc

from inspector.core.calls import Direction, Outcome
from inspector.core.mock_decisions import Decision, decide
from inspector.core.mock_files import parse_mocks
from inspector.core.mocks import Mock, Reply
from tests.conformance.stage import Stage
from tests.support.python_peer import PythonPeer
from tests.support.sessions import calls, until_logged

SEED = 7
WEB, CLI = "web-1", "cli"
UNMATCHED = (1500, "no mock rule matched", None)

CONDITIONS = """
version: 1
mocks:
  - method: by_caller
    rules:
      - {when: {caller: "web-*"}, reply: from the web}
      - {when: {caller: CLI}, reply: heeds no case}
  - method: by_payload
    rules:
      - {when: {payload: {equals: "exactly"}}, reply: equals}
      - {when: {payload: {contains: "mønday"}}, reply: contains}
      - {when: {payload: {regex: "^[a-c]+$"}}, reply: regex}
      - {when: {payload: {contains: x, regex: "y$"}}, reply: both}
  - method: by_json
    rules:
      - {when: {json: {$.equals: {equals: {a: [1, true]}}}}, reply: equals}
      - {when: {json: {$.not: {not: 1}}}, reply: not}
      - {when: {json: {$.contains: {contains: part}}}, reply: contains}
      - {when: {json: {$.regex: {regex: "^o.*o$"}}}, reply: regex}
      - {when: {json: {$.between: {gt: 1, lt: 2}}}, reply: between}
      - {when: {json: {$.there: {exists: true}}}, reply: there}
      - {when: {json: {$.type: {type: integer}}}, reply: type}
      - {when: {json: {"$..deep[?@.n > 1].name": {equals: b}}}, reply: filtered}
      - {when: {json: {$.gone: {exists: false}, $.last: {equals: true}}}, reply: gone}
  - method: by_schema
    rules:
      - when: {schema: {type: object, required: [city], properties: {days: {type: integer, maximum: 7}}}}
        reply: fits
  - method: by_all
    rules:
      - when:
          caller: "web-*"
          payload: {contains: Oslo}
          json: {$.days: {gt: 2}}
          schema: {required: [city]}
        reply: all
  - method: off
    rules: [{reply: never, enabled: false}, {reply: the next}]
  - {method: elsewhere, identity: "agent-*", rules: [{reply: never}]}
  - {method: here, identity: "inspec*", rules: [{reply: here}]}
"""

ANSWERS = """
version: 1
mocks:
  - {method: text, rules: [{reply: "as it is, {not} JSON"}]}
  - {method: mapping, rules: [{reply: {temp_c: 21, sky: klår, list: [1, 2.5, true, null]}}]}
  - {method: empty, rules: [{reply: ""}]}
  - {method: error, rules: [{error: {code: 1602, message: no such city, data: '{"city":"Atlantis"}'}}]}
  - {method: bare_error, rules: [{error: {code: 4242}}]}
  - {method: no_answer, rules: [{no_answer: true}]}
  - {method: late, rules: [{reply: late, delay: {ms: 250, jitter_ms: 50}}]}
  - {method: too_late, rules: [{reply: never, delay: {ms: 30000}}]}
  - method: in_turn
    rules: [{sequence: {steps: [{reply: "1"}, {error: {code: 1500, message: once}}, {reply: "3"}]}}]
  - {method: round, rules: [{sequence: {steps: [{reply: a}, {reply: b}], then: cycle}}]}
  - {method: twice, rules: [{reply: first, times: 2}, {reply: then}]}
  - {method: by_chance, rules: [{reply: lucky, probability: 0.4}, {reply: unlucky}]}
"""

Answer = str | tuple[int, str, str | None]
"""A response, or code, message and data of an error."""


class Case(NamedTuple):
    """One call and what becomes of it."""

    method: str
    payload: str
    answer: Answer
    caller: str = WEB


CONDITION_CASES = [
    Case("by_caller", "", "from the web"),
    Case("by_caller", "", UNMATCHED, CLI),
    Case("by_payload", "exactly", "equals"),
    Case("by_payload", "exactly ", UNMATCHED),
    Case("by_payload", "on mønday 🌧", "contains"),
    Case("by_payload", "abcab", "regex"),
    Case("by_payload", "x and y", "both"),
    Case("by_payload", "", UNMATCHED),
    Case("by_json", '{"equals": {"a": [1.0, true]}}', "equals"),
    Case("by_json", '{"equals": {"a": [true, 1]}}', UNMATCHED),
    Case("by_json", '{"not": true}', "not"),
    Case("by_json", '{"contains": "a part of it"}', "contains"),
    Case("by_json", '{"contains": ["part"]}', "contains"),
    Case("by_json", '{"regex": "oslo"}', "regex"),
    Case("by_json", '{"between": 1.5}', "between"),
    Case("by_json", '{"between": 2}', UNMATCHED),
    Case("by_json", '{"there": null}', "there"),
    Case("by_json", '{"type": 3}', "type"),
    Case("by_json", '{"type": true}', UNMATCHED),
    Case("by_json", '{"a": [{"deep": [{"n": 1, "name": "a"}, {"n": 2, "name": "b"}]}]}', "filtered"),
    Case("by_json", '{"last": true}', "gone"),
    Case("by_json", '{"last": true, "gone": 0}', UNMATCHED),
    Case("by_json", "no JSON", UNMATCHED),
    Case("by_json", "NaN", UNMATCHED),
    Case("by_schema", '{"city": "Oslo", "days": 7}', "fits"),
    Case("by_schema", '{"city": "Oslo", "days": 8}', UNMATCHED),
    Case("by_schema", "[]", UNMATCHED),
    Case("by_all", '{"city": "Oslo", "days": 3}', "all"),
    Case("by_all", '{"city": "Oslo", "days": 3}', UNMATCHED, CLI),
    Case("off", "", "the next"),
    Case("elsewhere", "", (1400, "Method not supported at destination", None)),
    Case("here", "", "here"),
]

ANSWER_CASES = [
    Case("text", "", "as it is, {not} JSON"),
    Case("mapping", "", '{"temp_c":21,"sky":"klår","list":[1,2.5,true,null]}'),
    Case("empty", "", ""),
    Case("error", "", (1602, "no such city", '{"city":"Atlantis"}')),
    Case("bare_error", "", (4242, "", None)),
    Case("late", "", "late"),
]

IN_ORDER: dict[str, list[Answer]] = {
    "in_turn": ["1", (1500, "once", None), "3", "3", "3"],
    "round": ["a", "b", "a", "b"],
    "twice": ["first", "first", "then", "then"],
}


COMPUTED = """
version: 1
vars: {unit: C}
mocks:
  - method: weather
    rules:
      - template: '{{ {"city": json.city, "unit": vars.unit, "by": caller, "n": hits} | tojson }}'
  - {method: bad_template, rules: [{template: "{{ json.city.upper() }}"}]}
  - {method: quote, rules: [{script: scripts/quote.py}]}
  - method: mixed
    rules:
      - sequence:
          steps: [{template: "{{ payload }}"}, {script: scripts/quote.py}, {reply: "3"}]
          then: cycle
"""
SCRIPT = """
def respond(call):
    state["asked"] = state.get("asked", 0) + 1
    match call.json.get("want"):
        case "error":
            raise RpcError(1602, "no such city", call.payload)
        case "exit":
            raise SystemExit(3)
        case "nothing":
            return None
    return {"price": call.json["price"], "by": call.caller, "asked": state["asked"]}
"""
PRICE = '{"price":3,"by":"web-1","asked":%d}'


def mocks_of(text: str) -> tuple[Mock, ...]:
    result = parse_mocks(text, "mocks.yaml")
    assert result.file is not None, result.problems
    return result.file.mocks


async def answer(
    caller: PythonPeer, method: str, payload: str = "", *, timeout_s: float | None = None
) -> Answer:
    """What a caller gets."""
    try:
        return await caller.perform("inspector", method, payload, timeout_s=timeout_s)
    except rtc.RpcError as error:
        return error.code, error.message, error.data or None


async def test_every_condition_is_for_the_calls_it_names(stage: Stage) -> None:
    stage.session.mocks.add(mocks_of(CONDITIONS))
    await stage.connect()
    callers = {name: await stage.peer(name) for name in (WEB, CLI)}
    await asyncio.gather(*(peer.wait_until_active("inspector") for peer in callers.values()))

    met = await asyncio.gather(
        *(answer(callers[case.caller], case.method, case.payload) for case in CONDITION_CASES)
    )

    wrong = [(case, got) for case, got in zip(CONDITION_CASES, met, strict=True) if got != case.answer]
    assert not wrong
    unmatched = [call for call in calls(stage.session, Direction.IN) if call.unmatched]
    assert len(unmatched) == sum(case.answer == UNMATCHED for case in CONDITION_CASES)
    assert all(call.note for call in unmatched), "each says which rule is nearest, and why it is not for it"


async def test_every_answer_arrives_as_the_file_says(stage: Stage) -> None:
    stage.session.mocks.seed = SEED
    stage.session.mocks.add(mocks_of(ANSWERS))
    await stage.connect()
    caller = await stage.peer(WEB)
    await caller.wait_until_active("inspector")
    never = [asyncio.create_task(answer(caller, name, timeout_s=9.0)) for name in ("no_answer", "too_late")]

    met = await asyncio.gather(*(answer(caller, case.method, case.payload) for case in ANSWER_CASES))
    in_order = {name: [await answer(caller, name) for _ in answers] for name, answers in IN_ORDER.items()}

    assert dict(zip([case.method for case in ANSWER_CASES], met, strict=True)) == {
        case.method: case.answer for case in ANSWER_CASES
    }
    assert in_order == IN_ORDER
    assert [ended[0] for ended in await asyncio.gather(*never)] == [1502, 1502]
    # The caller's clock may run out first: ours says the same a moment later.
    await until_logged(stage.session.log, lambda: True if not stage.session.log.pending() else None)
    late = {call.method: call for call in calls(stage.session, Direction.IN)}
    assert (late["no_answer"].code, late["too_late"].code) == (1502, 1502)
    assert late["late"].elapsed_ms is not None
    assert late["late"].elapsed_ms >= 200


async def test_chance_repeats_itself_with_the_seed_whatever_order_calls_arrive_in(stage: Stage) -> None:
    stage.session.mocks.seed = SEED
    (mock,) = (mock for mock in mocks_of(ANSWERS) if mock.method == "by_chance")
    (mock_id,) = stage.session.mocks.add([mock])
    await stage.connect()
    caller = await stage.peer(WEB)
    await caller.wait_until_active("inspector")

    met = await asyncio.gather(*(answer(caller, "by_chance", str(number)) for number in range(40)))

    decided = [decide(mock, payload="", caller=WEB, hit=hit, seed=SEED) for hit in range(1, 41)]
    texts = [
        each.action.text for each in decided if isinstance(each, Decision) and isinstance(each.action, Reply)
    ]
    assert sorted(map(str, met)) == sorted(texts)
    assert {"lucky", "unlucky"} == set(texts)
    entry = stage.session.mocks.get(mock_id)
    assert entry is not None
    assert entry.use.hits == 40
    assert entry.use.rule_hits == {0: texts.count("lucky"), 1: texts.count("unlucky")}
    assert entry.use.last_caller == WEB


async def test_a_payload_that_takes_a_rule_too_long_costs_its_own_call_a_clear_1500(stage: Stage) -> None:
    slow = "mocks: [{method: slow, rules: [{when: {json: {'$..*..*..*': {equals: 1}}}, reply: never}]}]"
    stage.session.mocks.add([*mocks_of(slow), *mocks_of(ANSWERS)])
    await stage.connect()
    caller = await stage.peer(WEB)
    await caller.wait_until_active("inspector")
    nested = json.dumps([[[[[[0] * 6] * 6] * 6] * 6] * 6] * 6)

    met = await asyncio.gather(answer(caller, "slow", nested), answer(caller, "text"))

    assert list(met) == [
        (1500, "mock rule 1 takes too long to match this payload", None),
        "as it is, {not} JSON",
    ]
    (slow_call,) = (call for call in calls(stage.session, Direction.IN) if call.method == "slow")
    assert (slow_call.outcome, slow_call.note) == (
        Outcome.ERROR,
        "rule 1 takes too long to match this payload",
    )


async def test_an_edit_is_in_force_for_the_next_call_while_the_last_ends_on_the_old(stage: Stage) -> None:
    (before,) = mocks_of("mocks: [{method: greet, rules: [{delay: {ms: 400}, reply: old}]}]")
    (after,) = mocks_of("mocks: [{method: greet, rules: [{reply: new}]}]")
    (mock_id,) = stage.session.mocks.add([before])
    await stage.connect()
    caller = await stage.peer(WEB)
    await caller.wait_until_active("inspector")
    under_way = asyncio.create_task(answer(caller, "greet"))
    await until_logged(stage.session.log, lambda: next(iter(stage.session.log.pending()), None))

    stage.session.mocks.replace(mock_id, after)

    assert await answer(caller, "greet") == "new"
    assert await under_way == "old"


async def test_templates_and_scripts_compute_answers(stage: Stage, tmp_path: Path) -> None:
    (tmp_path / "scripts").mkdir()
    (tmp_path / "scripts/quote.py").write_text(SCRIPT)
    result = parse_mocks(COMPUTED, str(tmp_path / "mocks.yaml"))
    assert result.file is not None, result.problems
    stage.session.mocks.add(result.file.mocks, result.file.vars)
    await stage.connect()
    caller = await stage.peer(WEB)
    await caller.wait_until_active("inspector")

    weather = await answer(caller, "weather", '{"city": "Oslo"}')
    broken = refusal(await answer(caller, "bad_template", '{"city": 3}'))
    wants = [
        await answer(caller, "quote", json.dumps({"want": want})) for want in ("error", "exit", "nothing")
    ]
    prices = [await answer(caller, "quote", '{"price": 3}') for _ in range(2)]
    mixed = [await answer(caller, "mixed", '{"price":3}') for _ in range(4)]

    assert isinstance(weather, str)
    assert json.loads(weather) == {"city": "Oslo", "unit": "C", "by": "web-1", "n": 1}
    assert broken[0] == 1500
    assert "template" in broken[1]
    assert wants[0] == (1602, "no such city", '{"want": "error"}')
    assert [refusal(want)[0] for want in wants[1:]] == [1500, 1500]
    assert all("quote.py" in refusal(want)[1] for want in wants[1:])
    assert prices == [PRICE % 4, PRICE % 5]
    assert mixed == ['{"price":3}', PRICE % 6, "3", '{"price":3}']


def refusal(met: Answer) -> tuple[int, str, str | None]:
    assert not isinstance(met, str)
    return met
