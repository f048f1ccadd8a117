"""Mocks files that live: opened into the mocks in force, read again when they change, edited in place."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Mapping
from pathlib import Path

import msgspec

from inspector.core.listeners import Listeners, Report
from inspector.core.mock_edits import EditedMocks, add_mock, edit_mock, move_mock, remove_mock
from inspector.core.mocks import Mock
from inspector.core.problems import Problem, ProblemError, ProblemKind, Side
from inspector.session.file_texts import Look, Stamp, look, stamp_of
from inspector.session.mock_file_state import Allowed, MocksFileState
from inspector.session.mock_set import MockSet
from inspector.session.mocks_text import (
    MocksText,
    edit_mocks_text,
    place_of,
    read_mocks_text,
    unreadable,
)
from inspector.session.ports import Clock
from inspector.tasks import TaskOwner

__all__ = ["Allowed", "MockFiles", "MocksFileState"]

LOOK_EVERY_S = 0.2
"""How often files are looked at. Asking the system to tell of changes fails on network mounts and for links
into other folders, while looking at a file costs microseconds."""
_CALM_LOOKS, _BROKEN_LOOKS = 1, 2
"""How many looks more must find a new text the same: an editor may be in the middle of writing it."""

_Change = Callable[[str, MocksText], EditedMocks]
"""An edit of a file's text, by what it says."""


class _OpenFile:
    """One mocks file that is followed."""

    def __init__(
        self, path: str, real: str, found: MocksText, state: MocksFileState, *, trusted: bool
    ) -> None:
        self.path = path
        self.real = real
        """The path it had when it was opened, without links: another way to the same file."""
        self.in_force = found
        self.on_disk = found
        self.state = state
        self.trusted = trusted
        self.said: dict[str, bool] = {}
        """What a person said of its scripts, by content."""
        self.lock = asyncio.Lock()
        """Held while the file is written, or its text comes into force."""
        self.latest = found.look
        self.latest_scripts = found.scripts
        """How its scripts were found by the latest look."""
        self.calm = 0
        """How many looks in a row found `latest`."""

    def sees(self, found: Look) -> bool:
        """Takes a look; whether it found what others did before, and is not what is known by now."""
        self.calm = self.calm + 1 if found.same_text(self.latest) else 0
        self.latest = found
        if found.same_text(self.on_disk.look):
            self.on_disk = msgspec.structs.replace(self.on_disk, look=found)
            return False
        return self.calm >= _CALM_LOOKS

    def allowed(self, found: MocksText) -> Allowed:
        """Whether the scripts of a text may run."""
        if not found.scripts:
            return Allowed.NONE
        if self.trusted:
            return Allowed.YES
        said = self.said.get(found.content)
        return Allowed.ASK if said is None else Allowed.YES if said else Allowed.NO


class MockFiles:
    """The mocks files that are open."""

    def __init__(
        self,
        mocks: MockSet,
        tasks: TaskOwner,
        clock: Clock,
        variables: Mapping[str, object] | None = None,
        *,
        report: Report | None = None,
    ) -> None:
        """`variables` win over what the files say (`--var`)."""
        self._mocks = mocks
        self._tasks = tasks
        self._clock = clock
        self._variables = dict(variables or {})
        self._files: dict[str, _OpenFile] = {}
        self._changed = Listeners[Callable[[], None]](report)
        self._following: asyncio.Task[None] | None = None

    def states(self) -> tuple[MocksFileState, ...]:
        """Every open file, in the order they were opened."""
        return tuple(file.state for file in self._files.values())

    def on_changed(self, callback: Callable[[], None]) -> Callable[[], None]:
        """Calls back after a state has changed; the result ends it."""
        return self._changed.add(callback)

    async def open(self, path: str, *, allow_scripts: bool, text: str | None = None) -> MocksFileState:
        """Takes a file's mocks into the set, and follows it from now on.

        A file that is open already, by whatever path, stays as it is. With `allow_scripts` its scripts may
        run, also after the file changed. `text` is what was read of it already, as of a pipe.

        Raises:
            ProblemError: it cannot be read, or is broken; with the place of the first mistake.
        """
        real = await asyncio.to_thread(os.path.realpath, path)
        found = await asyncio.to_thread(_found, path, text)
        same = next((file for file in self._files.values() if real == file.real), None)
        if same is not None:
            return same.state
        if found.file is None:
            raise ProblemError(unreadable(path, found))
        state = MocksFileState(
            path, found.problems, 0.0, is_current=True, mock_ids=(), scripts=Allowed.NONE, content=""
        )
        file = _OpenFile(path, real, found, state, trusted=allow_scripts)
        self._files[path] = file
        self._bring_into_force(file, found)
        if self._following is None or self._following.done():
            self._following = self._tasks.spawn(self._follow(), "following the mocks files")
        return file.state

    async def close(self, path: str) -> None:
        """Takes a file's mocks out of the set, and follows it no longer; unknown is harmless."""
        file = self._files.get(path)
        if file is None:
            return
        async with file.lock:
            if self._files.pop(path, None) is not None:
                self._mocks.set_file(path, (), {})
                self._tell_changed()

    def allow_scripts(self, path: str, yes: bool) -> None:
        """Notes what a person said of the scripts of a file as it is now (`MocksFileState.content`)."""
        file = self._files.get(path)
        if file is not None:
            file.said[file.in_force.content] = yes
            self._put(file)

    # --- edits --------------------------------------------------------------------------------------------

    async def replace(self, mock_id: str, mock: Mock) -> None:
        """Writes an edited mock into its file, only the text of what differs; then it is in force.

        Raises:
            ProblemError: it cannot be written; file and mocks are as they were.
        """
        file, _ = self._mock(mock_id)
        async with file.lock:
            await self._edit(
                file, self._at(mock_id, lambda text, place: edit_mock(text, place, mock, file.path))
            )
            if self._mocks.get(mock_id) is not None:  # under its new method it would not be known again
                self._mocks.replace(mock_id, msgspec.structs.replace(mock, source=file.path))
            self._bring_into_force(file, file.on_disk)

    async def add(self, path: str, mock: Mock) -> str:
        """Writes a new mock at the end of a file; its id.

        Raises:
            ProblemError: it cannot be written; file and mocks are as they were.
        """
        file = self._files.get(path)
        if file is None:
            raise ProblemError(_not_open(path))
        async with file.lock:
            await self._edit(file, lambda text, _: add_mock(text, mock, file.path))
            self._bring_into_force(file, file.on_disk)
        return file.state.mock_ids[-1]

    async def remove(self, mock_id: str) -> None:
        """Takes a mock out of its file.

        Raises:
            ProblemError: it cannot be written; file and mocks are as they were.
        """
        file, _ = self._mock(mock_id)
        async with file.lock:
            await self._edit(file, self._at(mock_id, lambda text, place: remove_mock(text, place, file.path)))
            self._mocks.remove(mock_id)
            self._bring_into_force(file, file.on_disk)

    async def move(self, mock_id: str, to: int) -> None:
        """Puts a mock at another place (from 0) of its file.

        Raises:
            ProblemError: it cannot be written; file and mocks are as they were.
        """
        file, _ = self._mock(mock_id)
        async with file.lock:
            await self._edit(
                file, self._at(mock_id, lambda text, place: move_mock(text, place, to, file.path))
            )
            self._bring_into_force(file, file.on_disk)

    def _at(self, mock_id: str, edit: Callable[[str, int], EditedMocks]) -> _Change:
        """An edit of the text at the place where a mock stands in it."""
        file, mock = self._mock(mock_id)
        expected = file.state.mock_ids.index(mock_id)
        return lambda text, found: edit(text, place_of(mock, found, expected))

    def _mock(self, mock_id: str) -> tuple[_OpenFile, Mock]:
        entry = self._mocks.get(mock_id)
        file = None if entry is None else self._files.get(entry.mock.source)
        if entry is None or file is None or mock_id not in file.state.mock_ids:
            raise ProblemError(_gone())
        return file, entry.mock

    async def _edit(self, file: _OpenFile, change: _Change) -> None:
        file.on_disk = await asyncio.to_thread(edit_mocks_text, file.path, file.on_disk, change)
        file.latest = file.on_disk.look

    # --- following ----------------------------------------------------------------------------------------

    async def _follow(self) -> None:
        """Looks at the files, and at the scripts they name, until there is none left."""
        while self._files:
            await asyncio.sleep(LOOK_EVERY_S)
            files = [file for file in self._files.values() if not file.lock.locked()]
            found = await asyncio.to_thread(_looks, [(file.path, file.latest) for file in files])
            for file, seen in zip(files, found, strict=True):
                if self._files.get(file.path) is file and not file.lock.locked():
                    async with file.lock:
                        await self._take(file, seen)

    async def _take(self, file: _OpenFile, seen: Look) -> None:
        if file.sees(seen):
            text = await asyncio.to_thread(read_mocks_text, file.path, seen)
            if text.file is not None or file.calm >= _BROKEN_LOOKS:
                self._bring_into_force(file, text)
        elif file.in_force.scripts:
            stamps: dict[Path, Stamp | None] = await asyncio.to_thread(_stamps, file.in_force)
            if stamps != file.in_force.scripts and stamps == file.latest_scripts:
                found = await asyncio.to_thread(read_mocks_text, file.path, file.in_force.look)
                if file.state.is_current:
                    file.on_disk = found
                self._answer_by(file, found)
            file.latest_scripts = stamps

    def _bring_into_force(self, file: _OpenFile, found: MocksText) -> None:
        """Makes a text the one that answers, unless it is broken: then the last good one goes on."""
        file.on_disk = found
        if found.file is None:
            file.state = msgspec.structs.replace(file.state, problems=found.problems, is_current=False)
            self._tell_changed()
            return
        file.state = msgspec.structs.replace(file.state, problems=found.problems, is_current=True)
        self._answer_by(file, found)

    def _answer_by(self, file: _OpenFile, found: MocksText) -> None:
        """Puts a text in force, which is a new version where it or one of its scripts says something else."""
        if not file.state.loaded_at or found.content != file.in_force.content:
            file.state = msgspec.structs.replace(file.state, loaded_at=self._clock.now())
        file.in_force = found
        self._put(file)

    def _put(self, file: _OpenFile) -> None:
        """Puts the mocks of the version in force into the set."""
        found = file.in_force
        assert found.file is not None, "what is broken does not come into force"
        scripts = file.allowed(found)
        ids = self._mocks.set_file(
            file.path,
            found.file.mocks,
            {**found.file.vars, **self._variables},
            scripts_allowed=scripts in (Allowed.NONE, Allowed.YES),
            prepared=found.prepared,
        )
        file.state = msgspec.structs.replace(file.state, mock_ids=ids, scripts=scripts, content=found.content)
        self._tell_changed()

    def _tell_changed(self) -> None:
        self._changed.tell(lambda callback: callback())


def _found(path: str, text: str | None) -> MocksText:
    found = (
        look(Path(path))
        if text is None
        else Look(stamp_of(Path(path)), text, is_regular=Path(path).is_file())
    )
    return read_mocks_text(path, found)


def _looks(files: list[tuple[str, Look]]) -> list[Look]:
    return [look(Path(path), known) for path, known in files]


def _stamps(found: MocksText) -> dict[Path, Stamp | None]:
    return {path: stamp_of(path) for path in found.scripts}


def _gone() -> Problem:
    return Problem(
        kind=ProblemKind.NOT_FOUND,
        what="The mock is not in its file any more.",
        side=Side.HERE,
        next_step="Look at the file as it is now.",
    )


def _not_open(path: str) -> Problem:
    return Problem(
        kind=ProblemKind.NOT_FOUND,
        what=f"{Path(path).name} is not open.",
        side=Side.HERE,
        next_step="Open it first.",
    )
