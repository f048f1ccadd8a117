"""Lines that nobody waits for: written in order, left out and counted where their reader is too slow."""

import os
import subprocess
import sys
import threading
from collections.abc import Iterator

import pytest

from inspector.cli import line_writer
from inspector.cli.line_writer import LineWriter

WITHIN_S = 10.0


class Pipe:
    """A pipe in the place of stdout."""

    def __init__(self) -> None:
        self.reader, self.writer = os.pipe()
        self._open = {self.reader, self.writer}

    def close_writer(self) -> None:
        """Lets whoever reads come to the end."""
        self._close(self.writer)

    def close_reader(self) -> None:
        """Lets nobody read any more."""
        self._close(self.reader)

    def close(self) -> None:
        for end in tuple(self._open):
            self._close(end)

    def _close(self, end: int) -> None:
        self._open.discard(end)
        os.close(end)


@pytest.fixture
def pipe(monkeypatch: pytest.MonkeyPatch) -> Iterator[Pipe]:
    pipe = Pipe()
    monkeypatch.setattr(line_writer, "STDOUT", pipe.writer)
    yield pipe
    pipe.close()


def test_lines_are_written_in_order_before_it_closes(pipe: Pipe) -> None:
    writer = LineWriter(lambda: None)
    for number in range(100):
        writer.put(f"line {number}")
    writer.close()

    assert os.read(pipe.reader, 65536).decode().splitlines() == [f"line {number}" for number in range(100)]


def test_a_reader_that_is_too_slow_holds_nobody_up_and_is_told_what_is_missing(
    pipe: Pipe, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(line_writer, "WAITING_LINES", 10)
    writer = LineWriter(lambda: None)
    for _ in range(100):  # 8 fit into the pipe, one is being written, at most 10 wait
        writer.put("x" * 8191)
    assert capsys.readouterr().err == ""
    reading = threading.Thread(target=_read_all, args=(pipe.reader,))
    reading.start()
    said = ""
    while not said:  # there is room again
        writer.put("after")
        said = capsys.readouterr().err
    writer.close()
    pipe.close_writer()
    reading.join(WITHIN_S)

    assert "calls were left out" in said
    assert int(said.partition(": ")[2].split()[0]) >= 100 - 8 - 1 - 10


def _read_all(reader: int) -> None:
    while os.read(reader, 65536):
        pass


def test_it_says_when_nobody_reads_any_more(pipe: Pipe) -> None:
    gone = threading.Event()
    writer = LineWriter(gone.set)
    pipe.close_reader()
    writer.put("to nobody")

    assert gone.wait(WITHIN_S)
    writer.close()


def test_a_reader_that_stands_still_does_not_keep_the_program_from_ending() -> None:
    program = (
        "from inspector.cli.line_writer import LineWriter\n"
        "writer = LineWriter(lambda: None)\n"
        "for _ in range(1000):\n"
        "    writer.put('x' * 8191)\n"
        "writer.close()\n"
    )
    reader, theirs = os.pipe()
    try:
        done = subprocess.run(
            [sys.executable, "-c", program],
            stdout=theirs,
            stderr=subprocess.PIPE,
            timeout=WITHIN_S,
            check=False,
        )
    finally:
        os.close(reader)
        os.close(theirs)

    assert (done.returncode, done.stderr) == (0, b"")
