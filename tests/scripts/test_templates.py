"""Templates make answers: from what they are given, within bounds, and no slow one holds up the others."""

import asyncio
import errno
import itertools
import json
import os
import re
import resource
import time

import pytest

from inspector.processes import ChildProcess
from inspector.scripts.child.templates import bound_memory
from inspector.scripts.session_scripts import SessionScripts
from inspector.scripts.templates import KEPT, MAX_WORKERS
from inspector.session.ports import RpcFailure, ScriptCall
from tests.support.children import children_of
from tests.support.scripts import WITHIN_S, a_call

ENDLESS = "{% for i in range(100000) %}{% for j in range(100000) %}{% endfor %}{% endfor %}"
BACK_WITHIN_S = 2.0


async def refusal(runner: SessionScripts, source: str, call: ScriptCall | None = None) -> str:
    """Return why a template makes no text."""
    with pytest.raises(RpcFailure) as raised:
        await runner.render(source, call or a_call())
    assert raised.value.code == 1500
    return raised.value.message


async def test_a_template_is_given_all_of_the_call_and_the_files_vars(runner: SessionScripts) -> None:
    source = "{{ [payload, json, caller, method, request_id, hits, vars] | tojson }}"

    text = await runner.render(source, a_call(hits=4, vars={"unit": "C"}))

    assert json.loads(text) == [
        '{"city":"Oslo"}',
        {"city": "Oslo"},
        "web",
        "quote",
        "request-1",
        4,
        {"unit": "C"},
    ]


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ('{"city": {{ json.city | tojson }}, "n": {{ hits }}}', '{"city": "Oslo", "n": 1}'),
        ("{{ {'a': [1, none], 'b': '<ø&\\''} | tojson }}", '{"a":[1,null],"b":"<ø&\'"}'),
        ("{{ '<b>' }} {{ payload }}", '<b> {"city":"Oslo"}'),
        ("{{ vars.unit | default('K') }}", "K"),
        ("{% if json.city is defined %}yes{% endif %}", "yes"),
        ("a\n{% for n in range(2) %}{{ loop.index }}\n{% endfor %}", "a\n1\n2\n"),
        ("{% set box = {'items': 3, 'a': 1} %}{{ box.items }}", "3"),
        ("{% for key, value in json.items() %}{{ key }}={{ value }}{% endfor %}", "city=Oslo"),
        ("", ""),
    ],
)
async def test_what_a_template_makes_is_sent_as_it_is(runner: SessionScripts, source: str, text: str) -> None:
    assert await runner.render(source, a_call()) == text


async def test_time_and_chance_are_values_and_functions(runner: SessionScripts) -> None:
    text = await runner.render(
        "{{ now }}|{{ now() }}|{{ now('%Y') }}|{{ uuid }}|{{ uuid() }}|"
        "{{ random_int(5, 5) }}|{{ random_int }}",
        a_call(),
    )

    moment, again, year, one, other, five, chance = text.split("|")
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", moment)
    assert (again[:10], year, five) == (moment[:10], moment[:4], "5")
    assert one != other
    assert re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", one)
    assert 0 <= int(chance) < 100


@pytest.mark.parametrize(
    ("source", "payload", "why"),
    [
        ("{{ citty }}", "", "`citty` is not defined"),
        ("{{ json.citty }}", "{}", "there is no `citty` in the object"),
        ("a\n{{ json.city.name }}", '{"city":{}}', "line 2: there is no `name` in the object"),
        ("{{ json.city | tojson }}", "{}", "there is no `city` in the object"),
        ("{{ {'at': json.city} | tojson }}", "{}", "there is no `city` in the object"),
        (
            "{{ now.isascii | tojson }}",
            "",
            "TypeError: a value of type builtin_function_or_method is not JSON",
        ),
        ("{{ json.city }}", "nonsense", "`json`: the payload is not JSON: Expecting value"),
        ("{{ 1 // json }}", "0", "ZeroDivisionError: "),
        ("{{ ''.__class__ }}", "", "access to attribute '__class__' of 'str' object is unsafe"),
        ("{{ '\\ud800' }}", "", "it made text that is not valid Unicode"),
        (
            "{% for n in range(100000) %}{{ 'x' * 100 }}{% endfor %}",
            "",
            "its text is longer than the 5,242,880",
        ),
        ("{{ 'x' * 10 ** 10 }}", "", "it takes more memory than a template may"),
        ("{% for %}", "", "Expected an expression"),
        ("{{ " + "(" * 5000, "", "it is nested too deeply"),
    ],
)
async def test_a_template_without_a_text_says_why(
    runner: SessionScripts, source: str, payload: str, why: str
) -> None:
    assert (await refusal(runner, source, a_call(payload))).startswith(f"template: {why}")
    assert await runner.render("{{ hits }}", a_call()) == "1"


def test_a_system_that_bounds_no_memory_renders_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise ValueError("current limit exceeds maximum limit")

    monkeypatch.setattr(resource, "setrlimit", refuse)

    bound_memory()


async def until_spare(runner: SessionScripts) -> None:
    """Wait until the workers are there that are kept once there was one."""
    assert await runner.render("{{ hits }}", a_call()) == "1"
    async with asyncio.timeout(WITHIN_S):
        while len(runner._templates._idle) < KEPT:  # noqa: ASYNC110 - a worker that is ready tells nobody
            await asyncio.sleep(0.01)


async def test_a_template_that_takes_too_long_costs_its_call_alone(runner: SessionScripts) -> None:
    await until_spare(runner)
    began = time.monotonic()
    slow = asyncio.ensure_future(refusal(runner, ENDLESS))

    others = await asyncio.gather(*(runner.render("{{ hits }}", a_call(hits=hits)) for hits in range(50)))

    assert others == [str(hits) for hits in range(50)]
    assert not slow.done(), "the others waited for it"
    assert await slow == "template: it was not done within 1 s"
    assert time.monotonic() - began < BACK_WITHIN_S


async def test_one_worker_serves_all_calls_where_the_system_starts_no_other(
    runner: SessionScripts, monkeypatch: pytest.MonkeyPatch
) -> None:
    start, tries = ChildProcess.start, itertools.count(1)

    async def only_once(role: str, first_line: object) -> ChildProcess:
        if next(tries) > 1:
            raise OSError(errno.EAGAIN, "Resource temporarily unavailable")
        return await start(role, first_line)

    monkeypatch.setattr(ChildProcess, "start", only_once)

    answers = await asyncio.gather(*(runner.render("{{ hits }}", a_call(hits=hits)) for hits in range(9)))

    assert answers == [str(hits) for hits in range(9)]
    assert await refusal(runner, ENDLESS) == "template: it was not done within 1 s"
    assert next(tries) < 100, "it is tried again and again while a template is slow"
    why = "template: no worker can be started for it: Resource temporarily unavailable"
    assert await refusal(runner, "{{ hits }}") == why


async def test_as_many_slow_templates_as_there_may_be_workers_hold_up_none_for_long(
    runner: SessionScripts,
) -> None:
    others = set(children_of(os.getpid()))
    slow = [asyncio.ensure_future(refusal(runner, ENDLESS)) for _ in range(MAX_WORKERS + 1)]

    assert await runner.render("{{ hits }}", a_call()) == "1"

    assert await asyncio.gather(*slow) == ["template: it was not done within 1 s"] * len(slow)
    assert len(set(children_of(os.getpid())) - others) <= MAX_WORKERS


async def test_a_call_that_its_caller_gave_up_leaves_its_worker_to_others(runner: SessionScripts) -> None:
    assert await runner.render("{{ hits }}", a_call()) == "1"
    given_up = [asyncio.ensure_future(runner.render(ENDLESS, a_call())) for _ in range(2)]
    waiting = asyncio.ensure_future(runner.render("{{ hits }}", a_call(hits=2)))
    await asyncio.wait(given_up, timeout=0)
    for each in given_up:
        each.cancel()

    assert await waiting == "2"
    assert await asyncio.gather(*given_up, return_exceptions=True)
