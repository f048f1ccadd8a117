"""Mocks written as YAML: it reads back as the same values, and a person likes to read it."""

import json
from pathlib import Path

import msgspec
import pytest
from hypothesis import example, given, settings
from ruamel.yaml import YAML

from inspector.core.documents import read_document, to_value
from inspector.core.matching.schemas import Schema
from inspector.core.mock_files import JoinWish, MocksFile, parse_mocks, write_mocks
from inspector.core.mocks import (
    Delay,
    Fail,
    Mock,
    Reply,
    Rule,
    reply_text,
)
from inspector.core.participants import ParticipantKind
from tests.support.any_mocks import FILES

FORMAT = Schema(json.loads((Path(__file__).parents[2] / "resources/mocks.schema.json").read_text()))


def one_reply(text: str) -> str:
    return write_mocks([Mock("m", (Rule(Reply(text)),))])


@settings(max_examples=300, deadline=None)
@given(FILES)
@example(MocksFile(mocks=(Mock("m", (Rule(Reply(reply_text([[[[{"k" * 2000: ["v" * 80, {}]}]]]]))),)),)))
def test_what_is_written_reads_back_as_the_same_values(file: MocksFile) -> None:
    text = write_mocks(file)

    result = parse_mocks(text, "")

    assert result.file == file, text
    assert not result.errors


@given(FILES)
def test_the_json_schema_for_editors_accepts_it_too(file: MocksFile) -> None:
    root = read_document(write_mocks(file)).root
    assert root is not None
    value = to_value(root)

    assert FORMAT.holds(value), FORMAT.why_not(value)


@given(FILES)
def test_other_yaml_readers_understand_it_too(file: MocksFile) -> None:
    read = YAML(typ="safe", pure=True).load(write_mocks(file))

    assert [mock["method"] for mock in read["mocks"]] == [mock.method for mock in file.mocks]


def test_the_source_of_a_mock_is_not_written() -> None:
    mock = Mock("m", (Rule(Reply("x")),))

    assert write_mocks([msgspec.structs.replace(mock, source="/home/me/mocks.yaml")]) == write_mocks([mock])


def test_values_that_cannot_be_sent_are_written_and_refused_on_reading() -> None:
    text = write_mocks([Mock("half \ud800", (Rule(Fail(-1)),))])

    assert len(parse_mocks(text, "").errors) == 2
    text.encode()


def test_no_mocks_are_a_file_too() -> None:
    assert write_mocks([]) == "version: 1\nmocks: []\n"


def test_it_is_laid_out_as_a_person_would() -> None:
    long = {"forecast": [{"day": day, "temp_c": 21.5, "sky": "clear, then rain"} for day in ("mon", "tue")]}
    file = MocksFile(
        as_=JoinWish(identity="weather-api", kind=ParticipantKind.AGENT, attributes={"role": "backend"}),
        mocks=(
            Mock(
                "get_weather",
                identity="inspector*",
                rules=(
                    Rule(
                        Fail(1602, "no such city", '{"city":"Atlantis"}'), name="unknown city", enabled=False
                    ),
                    Rule(Reply('{"temp_c":21}'), delay=Delay(400, 150)),
                ),
            ),
            Mock(
                "all",
                enabled=False,
                rules=(
                    Rule(Reply(reply_text(long))),
                    Rule(Reply('{"kept": "as it is"}'), delay=Delay(0.5)),
                    Rule(Reply("first line\n  second line\n")),
                    Rule(Reply("on")),
                    Rule(Reply("tab\tand esc \x1b")),
                ),
            ),
            Mock("none"),
        ),
    )

    assert (
        write_mocks(file)
        == """\
version: 1
as: {identity: weather-api, kind: agent, attributes: {role: backend}}
mocks:
  - method: get_weather
    identity: "inspector*"
    rules:
      - name: unknown city
        enabled: false
        error: {code: 1602, message: no such city, data: '{"city":"Atlantis"}'}
      - delay: {ms: 400, jitter_ms: 150}
        reply: {temp_c: 21}
  - method: all
    enabled: false
    rules:
      - reply:
          forecast:
            - {day: mon, temp_c: 21.5, sky: "clear, then rain"}
            - {day: tue, temp_c: 21.5, sky: "clear, then rain"}
      - delay: {ms: 0.5}
        reply: '{"kept": "as it is"}'
      - reply: |
          first line
            second line
      - reply: "on"
      - reply: "tab\\tand esc \\u001b"
  - method: none
    rules: []
"""
    )


@pytest.mark.parametrize(
    "text",
    [
        *('{"a": 1}', '{"a":1,"a":2}', "[1e5]", '["\\u00e5"]'),
        *("[" * 2000, "[" * 50 + "]" * 50, f"[{'9' * 400}]", f'["{"x" * 5000}"]'),
    ],
)
def test_json_that_would_be_sent_otherwise_or_is_large_stays_a_string(text: str) -> None:
    result = parse_mocks(one_reply(text), "")

    assert result.file is not None
    assert result.file.mocks[0].rules[0].action == Reply(text)
    assert "reply: '" in one_reply(text) or 'reply: "' in one_reply(text)


@pytest.mark.parametrize(
    "mocks",
    [
        "[{method: m, rules: [{replay: x}]}]",
        "[{method: m, rules: [{reply: x, error: {code: 1}}]}]",
        "[{method: m, rules: [{}]}]",
        "[{method: m, rules: [{reply: x, times: 0}]}]",
        "[{method: m, rules: [{reply: x, probability: 2}]}]",
        "[{method: m, rules: [{no_answer: false}]}]",
        "[{method: m, rules: [{sequence: {steps: []}}]}]",
        "[{method: m, rules: [{reply: x, when: {payload: {}}}]}]",
        "[{method: m, rules: [{reply: x, when: {json: {city: {equals: 1}}}}]}]",
        "[{method: m, rules: [{reply: x, when: {json: {$.a: {exists: false, gt: 1}}}}]}]",
        "[{rules: [{reply: x}]}]",
        "{}",
    ],
)
def test_the_json_schema_for_editors_refuses_what_the_reader_refuses(mocks: str) -> None:
    text = f"mocks: {mocks}"
    root = read_document(text).root
    assert root is not None

    assert not FORMAT.holds(to_value(root))
    assert parse_mocks(text, "").file is None
