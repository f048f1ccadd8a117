"""Mocks files that live: opened into the mocks in force, read again when they change, edited in place."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import StrEnum

import msgspec

from inspector.core.documents import FileProblem
from inspector.core.mocks import Mock
from inspector.session.mock_set import MockSet
from inspector.session.ports import Clock
from inspector.tasks import TaskOwner


class Allowed(StrEnum):
    """Whether the scripts of a mocks file may run."""

    NONE = "none"
    """It has none."""
    ASK = "ask"
    """A person has to say; until then their calls are answered 1500."""
    YES = "yes"
    NO = "no"


class MocksFileState(msgspec.Struct, frozen=True):
    """How a mocks file stands."""

    path: str
    """As it was given; the `Mock.source` of its mocks."""
    problems: tuple[FileProblem, ...]
    """Of the text on disk now."""
    loaded_at: float
    """When the version in force was loaded, in seconds since the epoch."""
    is_current: bool
    """False: the text on disk is broken, or gone; the version of `loaded_at` goes on answering."""
    mock_ids: tuple[str, ...]
    """Its mocks in the set, in the order of the file."""
    scripts: Allowed
    content: str
    """Hash of the text in force and of its scripts' texts: what a person allows scripts for."""


class MockFiles:
    """The mocks files that are open."""

    def __init__(
        self,
        mocks: MockSet,
        tasks: TaskOwner,
        clock: Clock,
        variables: Mapping[str, object] | None = None,
    ) -> None:
        """`variables` win over what the files say (`--var`)."""

    def states(self) -> tuple[MocksFileState, ...]:
        """Every open file, in the order they were opened."""
        raise NotImplementedError

    def on_changed(self, callback: Callable[[], None]) -> Callable[[], None]:
        """Calls back after a state has changed; the result ends it."""
        raise NotImplementedError

    async def open(self, path: str, *, allow_scripts: bool) -> MocksFileState:
        """Takes a file's mocks into the set, and follows it from now on; once more is harmless.

        With `allow_scripts` its scripts may run, also after the file changed.

        Raises:
            ProblemError: it cannot be read, or is broken; with the place of the first mistake.
        """
        raise NotImplementedError

    async def close(self, path: str) -> None:
        """Takes a file's mocks out of the set, and follows it no longer; unknown is harmless."""

    def allow_scripts(self, path: str, yes: bool) -> None:
        """Notes what a person said of the scripts of a file as it is now (`MocksFileState.content`)."""

    async def replace(self, mock_id: str, mock: Mock) -> None:
        """Writes an edited mock into its file, only the text of what differs; then it is in force.

        Raises:
            ProblemError: it cannot be written; file and mocks are as they were.
        """

    async def add(self, path: str, mock: Mock) -> str:
        """Writes a new mock at the end of a file; its id.

        Raises:
            ProblemError: it cannot be written; file and mocks are as they were.
        """
        raise NotImplementedError

    async def remove(self, mock_id: str) -> None:
        """Takes a mock out of its file.

        Raises:
            ProblemError: it cannot be written; file and mocks are as they were.
        """
