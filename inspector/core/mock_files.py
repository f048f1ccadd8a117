"""Mocks files: YAML or JSON text in, mocks and problems with their places out (product, section 6)."""

from __future__ import annotations

import msgspec

from inspector.core.documents import Document, FileProblem, Severity, read_document
from inspector.core.mock_reader import JOIN_KINDS, VERSION, MocksReader
from inspector.core.mock_writer import write_mocks
from inspector.core.mocks import JoinWish, MocksFile

__all__ = ["JOIN_KINDS", "VERSION", "JoinWish", "MocksFile", "ParsedMocks", "parse_mocks", "write_mocks"]


class ParsedMocks(msgspec.Struct, frozen=True):
    """A mocks file as read."""

    file: MocksFile | None
    """None where a problem is an error: such a file is refused whole."""
    problems: tuple[FileProblem, ...]
    """In the order of the text."""

    @property
    def errors(self) -> tuple[FileProblem, ...]:
        """The problems for which the file is refused."""
        return tuple(problem for problem in self.problems if problem.severity is Severity.ERROR)

    @property
    def warnings(self) -> tuple[FileProblem, ...]:
        """The problems it can be used in spite of."""
        return tuple(problem for problem in self.problems if problem.severity is Severity.WARNING)


def parse_mocks(text: str, source: str) -> ParsedMocks:
    """Reads a mocks file; `source` is the name its problems and mocks carry. Never raises.

    Every problem is found, save behind one that ends the reading: text that is neither YAML nor JSON, or a
    version of the format that is not known. A thousand mocks take half a second or more: for what may be
    long, call it in a thread.
    """
    return parse_document(read_document(text), source)


def parse_document(document: Document, source: str) -> ParsedMocks:
    """Takes a document that was read before for a mocks file, as `parse_mocks` does. Never raises."""
    reader = MocksReader(source, document)
    file = reader.file(document.root) if document.is_readable else None
    return ParsedMocks(None if reader.has_errors else file, reader.problems())
