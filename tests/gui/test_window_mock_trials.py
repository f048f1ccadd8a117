"""Try it in the whole window: what a template makes of a call is what the caller would get."""

from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

from tests.support.window import ProgramUnderTest

Act = Callable[[ProgramUnderTest, str], Coroutine[Any, Any, None]]
TEXT = """
vars: {unit: C}
mocks:
  - method: get_weather
    rules:
      - when: {caller: "web-*"}
        template: '{"city": {{ json.city | tojson }}, "unit": {{ vars.unit | tojson }}, "n": {{ hits }}}'
      - template: '{{ json.country.name }}'
"""


def trying(act: Act, use: Callable[..., None], tmp_path: Path) -> None:
    """Run `act` with the mock of the file in the editor, and its id."""
    path = tmp_path / "mocks.yaml"
    path.write_text(TEXT)

    async def with_mock(program: ProgramUnderTest) -> None:
        await program.until(program.session.mocks.entries, "the mock")
        (entry,) = program.session.mocks.entries()
        program.window.show_mocks()
        program.panels.mocks.show_rule(entry.id, 0)
        await act(program, entry.id)

    use(with_mock, mocks=((str(path), TEXT),))


def test_what_a_template_answers_is_shown_and_nothing_is_counted(
    use: Callable[..., None], tmp_path: Path
) -> None:
    async def act(program: ProgramUnderTest, mock_id: str) -> None:
        try_it = program.panels.mocks.editor.try_it
        program.panels.mocks.try_call("web-1", '{"city": "Oslo"}')
        answer = '{"city": "Oslo", "unit": "C", "n": 1}'
        await program.until(lambda: answer in try_it.words(), "the answer")
        assert try_it.words() == (
            f"✓ Rule 1 matches, answers, as its template makes it now: {answer}\n"
            "Rule 2 is not reached. Nothing was sent and no hit was counted."
        )
        entry = program.session.mocks.get(mock_id)
        assert entry is not None
        assert entry.use.hits == 0

    trying(act, use, tmp_path)


def test_why_a_template_makes_no_answer_is_said(use: Callable[..., None], tmp_path: Path) -> None:
    async def act(program: ProgramUnderTest, mock_id: str) -> None:
        assert mock_id
        try_it = program.panels.mocks.editor.try_it
        program.panels.mocks.try_call("phone", "{}")
        await program.until(lambda: "makes no answer" in try_it.words(), "the refusal")
        assert try_it.words().startswith(
            "✕ Rule 2 matches, but makes no answer: "
            "the caller gets 1500 template: there is no `country` in the object"
        )
        program.panels.mocks.try_call("phone", '{"country": {"name": "Norway"}}')
        await program.until(lambda: "makes it now: Norway" in try_it.words(), "the answer of the newer trial")

    trying(act, use, tmp_path)
