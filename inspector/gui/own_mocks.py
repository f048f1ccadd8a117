"""The file of the mocks made in the window, which several windows may share."""

from __future__ import annotations

from pathlib import Path

from inspector.core.mock_files import parse_mocks, write_mocks
from inspector.core.mocks import Mock, MocksFile
from inspector.core.problems import Problem, ProblemError, ProblemKind, Side
from inspector.gui.whole_files import replace_file

FILE_NAME = "mocks.yaml"


class OwnMocks:
    """Reads the file, and writes this window's mocks into it beside those that others added meanwhile.

    The others' mocks are kept in the file and come into force here at the next start. Once the file could not
    be read it is left alone, so that it can be mended.
    """

    def __init__(self, folder: Path) -> None:
        self._path = folder / FILE_NAME
        self._text = ""  # as it was last seen; another text means that somebody else wrote
        self._ours: tuple[Mock, ...] = ()
        self._theirs: tuple[Mock, ...] = ()
        self._readable = True

    def read(self) -> tuple[Mock, ...]:
        """The mocks of the file, none where there is no file. May take a second: call it in a thread.

        Raises:
            ProblemError: it cannot be read.
        """
        self._text = self._read_text()
        self._ours = self._parsed(self._text)
        return self._ours

    def write(self, ours: tuple[Mock, ...]) -> None:
        """Keeps these mocks, and those that others added.

        Raises:
            ProblemError: the file was changed outside and cannot be read.
            OSError: it cannot be written.
        """
        if not self._readable:
            return
        text = self._read_text()
        if text != self._text:
            self._theirs = tuple(mock for mock in self._parsed(text) if mock not in self._ours)
        kept = ours + tuple(mock for mock in self._theirs if mock not in ours)
        self._ours = ours
        self._text = write_mocks(MocksFile(mocks=kept))
        if kept or text:
            replace_file(self._path, [self._text.encode()])

    def _read_text(self) -> str:
        try:
            return self._path.read_text(encoding="utf-8")
        except FileNotFoundError:
            return ""
        except (OSError, UnicodeDecodeError) as error:
            raise self._unreadable(str(error)) from error

    def _parsed(self, text: str) -> tuple[Mock, ...]:
        if not text:
            return ()
        parsed = parse_mocks(text, "")
        if parsed.file is None:
            raise self._unreadable(str(parsed.errors[0]))
        return parsed.file.mocks

    def _unreadable(self, detail: str) -> ProblemError:
        self._readable = False
        return ProblemError(
            Problem(
                kind=ProblemKind.STORAGE,
                what=f"{self._path} could not be read: mocks are neither taken from it nor kept in it.",
                side=Side.HERE,
                next_step="Mend or remove the file, then start anew; till then it stays as it is.",
                detail=detail,
            )
        )
