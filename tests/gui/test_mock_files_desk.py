"""Mocks files in the window: opened by the command line or by a person, followed, and asked of once."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtWidgets import QFileDialog

from inspector.core.mocks import Reply
from inspector.session.mock_file_state import Allowed
from tests.support.window import ProgramUnderTest

TEXT = "mocks: [{method: greet, rules: [{reply: hello}]}]"


def replies(program: ProgramUnderTest) -> list[str]:
    actions = [entry.mock.rules[0].action for entry in program.session.mocks.entries()]
    return [action.text for action in actions if isinstance(action, Reply)]


def write(path: Path, text: str) -> None:
    path.write_text(text)


def test_a_file_named_on_the_command_line_is_followed(use: Callable[..., None], tmp_path: Path) -> None:
    path = tmp_path / "mocks.yaml"
    write(path, TEXT)

    async def act(program: ProgramUnderTest) -> None:
        await program.until(lambda: replies(program) == ["hello"], "the mock")
        write(path, TEXT.replace("hello", "changed"))
        await program.until(lambda: replies(program) == ["changed"], "the changed mock")

    use(act, mocks=((str(path), TEXT),))


def test_a_person_opens_files_and_is_told_of_those_that_are_broken(
    use: Callable[..., None], tmp_path: Path
) -> None:
    good, broken = tmp_path / "good.yaml", tmp_path / "broken.yaml"
    write(good, TEXT)
    write(broken, TEXT.replace("rules", "rulez"))

    async def act(program: ProgramUnderTest) -> None:
        program.program.mock_files_desk.choose()
        dialog = program.window.findChild(QFileDialog)
        assert dialog is not None
        assert dialog.isVisible()
        dialog.filesSelected.emit([str(good), str(broken)])
        dialog.reject()
        await program.until(lambda: replies(program) == ["hello"], "the mock")
        notices = program.panels.notices
        await program.until(lambda: "broken.yaml:1:25: unknown key `rulez`" in notices.text, "the problem")
        assert [state.path for state in program.program.mock_files.states()] == [str(good)]

    use(act)


def test_a_file_is_closed_by_the_palette_and_its_mocks_go(use: Callable[..., None], tmp_path: Path) -> None:
    path = tmp_path / "mocks.yaml"
    write(path, TEXT)

    async def act(program: ProgramUnderTest) -> None:
        await program.until(lambda: replies(program) == ["hello"], "the mock")
        program.program.mock_files_desk.close_selected()
        await program.until(lambda: replies(program) == [], "the mock gone")
        program.program.mock_files_desk.close_selected()
        assert program.panels.notices.text == "No mocks file is open."
        assert path.exists()

    use(act, mocks=((str(path), TEXT),))


def test_the_file_whose_row_is_selected_is_the_one_to_close(use: Callable[..., None], tmp_path: Path) -> None:
    kept, closed = tmp_path / "kept.yaml", tmp_path / "closed.yaml"
    write(kept, TEXT.replace("hello", "kept"))
    write(closed, TEXT)

    async def act(program: ProgramUnderTest) -> None:
        panel = program.panels.mocks
        await program.until(lambda: len(replies(program)) == 2, "both mocks")
        program.program.mock_files_desk.close_selected()
        assert program.panels.notices.text == "Select the file to close first, or a mock of it."
        panel.table.setCurrentIndex(panel.model.index_of_file(str(closed)))
        program.program.mock_files_desk.close_selected()
        await program.until(lambda: replies(program) == ["kept"], "the file to be closed")

    use(act, mocks=((str(kept), TEXT.replace("hello", "kept")), (str(closed), TEXT)))


def test_scripts_wait_for_a_persons_word_and_it_is_remembered_for_their_content(
    use: Callable[..., None], tmp_path: Path
) -> None:
    path = tmp_path / "mocks.yaml"
    write(path, "mocks: [{method: a, rules: [{script: quote.py}]}]")
    write(tmp_path / "quote.py", "def respond(call): return '1'")
    seen: list[Allowed] = []

    async def opened(program: ProgramUnderTest) -> None:
        program.program.mock_files_desk.open([str(path)])
        await program.until(program.program.mock_files.states, "the file")
        seen.append(program.program.mock_files.states()[0].scripts)

    async def open_and_allow(program: ProgramUnderTest) -> None:
        await opened(program)
        program.program.mock_files_desk.allow_scripts(str(path), True)
        seen.append(program.program.mock_files.states()[0].scripts)

    use(open_and_allow)
    use(opened)
    write(tmp_path / "quote.py", "def respond(call): return '2'")
    use(opened)
    assert seen == [Allowed.ASK, Allowed.YES, Allowed.YES, Allowed.ASK]


def test_the_panel_shows_how_files_stand_and_closes_them(use: Callable[..., None], tmp_path: Path) -> None:
    path = tmp_path / "mocks.yaml"
    write(path, TEXT)

    async def act(program: ProgramUnderTest) -> None:
        panel = program.panels.mocks
        await program.until(lambda: "1 file · 1 method" in panel.head.facts.text(), "the file")
        write(path, TEXT.replace("rules", "rulez"))
        await program.until(lambda: panel.body.problems.isVisible(), "the problem")
        assert panel.body.problems.place.text() == "mocks.yaml:1:25"
        assert panel.model.index(0, 0).data() == "mocks.yaml ✕ 1 problem"

        panel.close_file_requested.emit(str(path))
        await program.until(lambda: not panel.model.has_files, "the file to be closed")
        assert panel.body.problems.isHidden()
        assert replies(program) == []

    use(act, mocks=((str(path), TEXT),))


def test_scripts_of_a_file_wait_until_the_panel_hears_a_word(
    use: Callable[..., None], tmp_path: Path
) -> None:
    path = tmp_path / "mocks.yaml"
    write(path, "mocks: [{method: quote, rules: [{script: quote.py}]}]")
    write(tmp_path / "quote.py", "def respond(call):\n    return 'x'\n")

    async def act(program: ProgramUnderTest) -> None:
        consent = program.panels.mocks.body.consent
        program.program.mock_files_desk.open([str(path)])
        await program.until(lambda: consent.text != "", "the question")
        assert consent.text == "mocks.yaml wants to run scripts: quote.py."
        consent.allow.click()
        await program.until(lambda: consent.text == "", "the answer")
        assert [state.scripts for state in program.program.mock_files.states()] == [Allowed.YES]

    use(act)
