"""The text of a mocks file and what it says; reading and changing both take a thread."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec

from inspector.core.documents import FileProblem, Severity
from inspector.core.mock_decisions import PreparedMock
from inspector.core.mock_edits import CannotEditError, EditedMocks
from inspector.core.mock_files import MocksFile, ParsedMocks, parse_mocks
from inspector.core.mock_writer import mock_value
from inspector.core.mocks import Mock, Script, step_actions
from inspector.core.payloads import visible
from inspector.core.problems import Problem, ProblemError, ProblemKind, Side
from inspector.core.same_values import same
from inspector.session.acting import script_file
from inspector.session.file_texts import Look, Stamp, look, replace_text, stamp_of


class MocksText(msgspec.Struct, frozen=True):
    """A mocks file as it was found."""

    look: Look
    file: MocksFile | None
    """None where it is broken, gone, or cannot be read."""
    problems: tuple[FileProblem, ...]
    content: str
    """Hash of its text and of its scripts' texts."""
    scripts: dict[Path, Stamp | None]
    """The script files it names."""
    prepared: tuple[PreparedMock, ...] = ()
    """Its mocks as decisions need them."""


def read_mocks_text(path: str, found: Look) -> MocksText:
    """What a text says. Reads the scripts it names. Never raises."""
    if found.text is None:
        return MocksText(found, None, (FileProblem(path, 1, 1, found.failure),), "", {})
    return _with_scripts(path, found, parse_mocks(found.text, path))


def edit_mocks_text(
    path: str, known: MocksText, change: Callable[[str, MocksText], EditedMocks]
) -> MocksText:
    """Changes a mocks file on disk, as it is there now; how it is then.

    `known` is how it was found last. `change` is given its text and what it says.

    Raises:
        ProblemError: it cannot be changed; it is then as it was.
    """
    found = look(Path(path), known.look)
    before = known if found.same_text(known.look) else read_mocks_text(path, found)
    if before.file is None or found.text is None:
        first = next(errors(before.problems))
        raise ProblemError(_not_edited(path, str(first), "Mend the file, then do it again."))
    if not found.is_regular:
        raise ProblemError(_not_edited(path, "it is no file", "Open the mocks from a file."))
    try:
        edited = change(found.text, before)
    except CannotEditError as error:
        next_step = "Change it in an editor: it is read again at once."
        raise ProblemError(_not_edited(path, str(error), next_step)) from None
    if edited.text == found.text:
        return before
    try:
        replace_text(Path(path), edited.text)
    except OSError as error:
        detail = error.strerror or type(error).__name__
        raise ProblemError(_not_edited(path, detail, "See whether it may be written to.")) from None
    return _with_scripts(path, Look(stamp_of(Path(path)), edited.text), edited.parsed)


def _with_scripts(path: str, found: Look, parsed: ParsedMocks) -> MocksText:
    names = sorted({script.path for script in _scripts(parsed.file)}) if parsed.file else []
    files = {name: Path(script_file(name, path)) for name in names}
    stamps = {file: stamp_of(file) for file in files.values()}
    content = _hash(found.text or "", files)
    prepared = tuple(map(PreparedMock, parsed.file.mocks)) if parsed.file else ()
    return MocksText(found, parsed.file, parsed.problems, content, stamps, prepared)


def place_of(mock: Mock, found: MocksText, expected: int) -> int:
    """The place (from 0) of a mock in the text, where it stood at `expected` when it was loaded.

    Raises:
        CannotEditError: it was changed meanwhile, or taken out.
    """
    mocks = found.file.mocks if found.file else ()
    value = mock_value(mock)
    places = [index for index, each in enumerate(mocks) if same(mock_value(each), value)]
    if expected in places:
        return expected
    if len(places) == 1:
        return places[0]
    msg = f"`{visible(mock.method)}` was changed there meanwhile, and comes into force in a moment"
    raise CannotEditError(msg)


def errors(problems: tuple[FileProblem, ...]) -> Iterator[FileProblem]:
    """Those for which a file is refused."""
    return (problem for problem in problems if problem.severity is Severity.ERROR)


def unreadable(path: str, found: MocksText) -> Problem:
    """Why a mocks file was not opened."""
    first = next(errors(found.problems), None)
    return Problem(
        kind=ProblemKind.BAD_INPUT,
        what=f"{visible(Path(path).name)} was not opened: {found.look.failure or first}.",
        side=Side.HERE,
        next_step="Open it again once it is in order.",
    )


def _scripts(file: MocksFile) -> Iterator[Script]:
    for mock in file.mocks:
        for rule in mock.rules:
            yield from (action for action in step_actions(rule.action) if isinstance(action, Script))


def _hash(text: str, scripts: dict[str, Path]) -> str:
    digest = hashlib.sha256(text.removeprefix("\ufeff").encode())
    for name, file in scripts.items():
        digest.update(b"\0" + name.encode() + b"\0")
        found = look(file)
        digest.update((found.text or f"\0{found.failure}").encode())
    return digest.hexdigest()


def _not_edited(path: str, detail: str, next_step: str) -> Problem:
    return Problem(
        kind=ProblemKind.STORAGE,
        what=f"{visible(Path(path).name)} was not changed: {detail}.",
        side=Side.HERE,
        next_step=next_step,
    )
