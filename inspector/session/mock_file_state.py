"""How a mocks file that is followed stands, as its users see it."""

from __future__ import annotations

from enum import StrEnum

import msgspec

from inspector.core.documents import FileProblem


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
