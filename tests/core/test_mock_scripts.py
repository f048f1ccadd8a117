"""Where a mocks file names scripts."""

import pytest

from inspector.core.documents import read_document
from inspector.core.mock_scripts import script_places

TEXT = """
mocks:
  - method: quote
    rules:
      - script: quote.py
      - when: {payload: {equals: script}}
        reply: {script: not-one.py}
  - method: other
    rules:
      - sequence: {steps: [{reply: a}, {script: "part/two.py"}]}
"""


def test_rules_and_steps_name_scripts_and_nothing_else_does() -> None:
    assert list(script_places(read_document(TEXT))) == [("quote.py", 5, 17), ("part/two.py", 10, 49)]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "script",
        "script: [",
        "mocks: script",
        "mocks: [script, {rules: script}, {rules: [script, {script: }, {script: 1}, {script: [a.py]}]}]",
        "mocks: [{rules: [{sequence: script}, {sequence: {steps: [script, {script: {}}]}}]}]",
        "\x00 script",
    ],
)
def test_text_of_any_shape_is_read(text: str) -> None:
    assert list(script_places(read_document(text))) == []
