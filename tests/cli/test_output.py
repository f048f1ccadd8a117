"""What is written to which stream, and what becomes of it where nobody reads or nothing can be written."""

import errno
import io
import sys

import pytest

from inspector.cli import output
from inspector.core.calls import Call, CallError, Direction, Outcome
from inspector.core.problems import ProblemError

TOKEN = "eyJhbGciOiJIUzI1NiJ9.eyJ2aWRlbyI6e319.c2lnbmF0dXJl"


class _FailingBytes(io.RawIOBase):
    """A stdout that fails as a pipe without a reader or a full disk does."""

    def __init__(self, error: OSError) -> None:
        self._error = error

    def writable(self) -> bool:
        return True

    def write(self, _data: object) -> int:
        raise self._error


def _failing(error: OSError) -> io.TextIOWrapper:
    return io.TextIOWrapper(io.BufferedWriter(_FailingBytes(error)), write_through=True)


def test_says_neither_secrets_nor_control_characters(capsys: pytest.CaptureFixture[str]) -> None:
    output.say(f"refused {TOKEN}\x1b[2J\nhello")

    assert capsys.readouterr().err == "refused [token]\\u001b[2J\\nhello\n"


def test_keeps_the_lines_of_texts_of_ours(capsys: pytest.CaptureFixture[str]) -> None:
    output.say("one\ntwo\x1b", keep_lines=True)

    assert capsys.readouterr().err == "one\ntwo\\u001b\n"


def test_an_error_of_a_peer_cannot_pose_as_lines_of_ours(capsys: pytest.CaptureFixture[str]) -> None:
    error = CallError(1700, None, "no\x1b]0;title\x07\nall is well", "da\rta")
    output.say_failed_call(
        Call("1", "room", None, Direction.OUT, "me", "peer", "m", outcome=Outcome.ERROR, error=error)
    )

    first, second, *_ = capsys.readouterr().err.splitlines()
    assert first == "1700: no\\u001b]0;title\\u0007\\nall is well"
    assert second == "data: da\\rta"


def test_a_lost_call_is_explained_once(capsys: pytest.CaptureFixture[str]) -> None:
    error = CallError(None, None, "The server shut down.")
    output.say_failed_call(
        Call("1", "room", None, Direction.OUT, "me", "peer", "m", outcome=Outcome.LOST, error=error)
    )

    assert capsys.readouterr().err.count("The server shut down.") == 1


def test_writes_utf8_whatever_the_locale_could_write(monkeypatch: pytest.MonkeyPatch) -> None:
    written = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(written, encoding="latin-1", newline="\r\n"))

    output.response("日本\n")
    output.result("é")

    assert written.getvalue() == "日本\né\n".encode()


def test_a_reader_that_has_gone_is_told_apart_from_a_full_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdout", _failing(BrokenPipeError(errno.EPIPE, "Broken pipe")))
    with pytest.raises(output.ReaderGoneError):
        output.result("x")
    sys.stdout.close()

    monkeypatch.setattr(sys, "stdout", _failing(OSError(errno.ENOSPC, "No space left on device")))
    with pytest.raises(ProblemError, match="No space left on device"):
        output.result("x")
    sys.stdout.close()


def test_a_stdout_that_was_closed_from_the_start_has_no_reader(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdout", None)

    with pytest.raises(output.ReaderGoneError):
        output.response("x")


def test_nobody_to_be_told_stops_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stderr", _failing(BrokenPipeError(errno.EPIPE, "Broken pipe")))
    output.say("one")
    output.say("two")
    sys.stderr.close()

    monkeypatch.setattr(sys, "stderr", None)
    output.say("three")
