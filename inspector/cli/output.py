"""What goes to which stream: results to stdout and nothing else, everything said beside them to stderr."""

from __future__ import annotations

import os
import sys
import traceback
from io import TextIOWrapper
from pathlib import Path

from inspector.core.calls import Call, CallError
from inspector.core.findings import finding
from inspector.core.payloads import visible
from inspector.core.problems import Problem, ProblemError, ProblemKind, Side
from inspector.core.redact import redact


class ReaderGoneError(Exception):
    """Nobody reads stdout any more, as after `| head -1` has its line."""


def say(text: str, *, keep_lines: bool = False) -> None:
    """A line for the person, on stderr: without secrets, and control characters made visible.

    With `keep_lines` line ends stay what they are: for texts of ours, not for those of peers.
    """
    if sys.stderr is None:
        return
    try:
        sys.stderr.write(visible(redact(text), keep_lines=keep_lines) + "\n")
        sys.stderr.flush()
    except OSError:  # nobody to be told; what the command was asked to do goes on
        sys.stderr = _nowhere()


def say_secret(text: str) -> None:
    """A line on stderr as it is: for a secret of our own making that somebody asked to be told."""
    if sys.stderr is not None:
        sys.stderr.write(text + "\n")
        sys.stderr.flush()


def result(text: str) -> None:
    """A line of the result, on stdout, flushed at once so that a pipe sees it now.

    Raises:
        ReaderGoneError: nobody reads it any more.
        ProblemError: it cannot be written.
    """
    _write(text + "\n")


def text(part: str) -> None:
    """A part of the result, on stdout, as it is. Raises as `result`."""
    _write(part)


def beside(text: str) -> None:
    """A line of the result, as it is, on stderr: where stdout is that of a program we run."""
    if sys.stderr is None:
        return
    try:
        sys.stderr.buffer.write((text + "\n").encode())
        sys.stderr.flush()
    except OSError:  # as in `say`
        sys.stderr = _nowhere()


def response(text: str) -> None:
    """A response payload as it came; a newline is added only on a terminal. Raises as `result`."""
    on_terminal = sys.stdout is not None and sys.stdout.isatty()
    _write(text + "\n" if on_terminal and not text.endswith("\n") else text)


def _write(text: str) -> None:
    # As bytes: a locale could not write every payload, and Windows would write other line ends.
    if sys.stdout is None:
        raise ReaderGoneError
    try:
        sys.stdout.buffer.write(text.encode())
        sys.stdout.buffer.flush()
    except OSError as error:
        sys.stdout = _nowhere()  # else Python itself would try again as it ends, and say so
        if isinstance(error, BrokenPipeError):
            raise ReaderGoneError from None
        raise ProblemError(_unwritable(error)) from None


def _nowhere() -> TextIOWrapper:
    return Path(os.devnull).open("w", encoding="utf-8")  # it lives as long as the process


def _unwritable(error: OSError) -> Problem:
    return Problem(
        kind=ProblemKind.STORAGE,
        what=f"The output cannot be written: {error.strerror or type(error).__name__}.",
        side=Side.HERE,
        next_step="Make room where it goes, or send it elsewhere.",
    )


def say_problem(problem: Problem) -> None:
    """A failure: what happened, and what to do next."""
    say(problem.what)
    if problem.next_step:
        say(f"  {problem.next_step}")
    if problem.detail:
        say(f"  ({problem.detail})")


def say_failed_call(call: Call) -> None:
    """Why a call failed: code, name and message, its data, what it means and what to try."""
    found = finding(call)
    if call.error is not None and (call.error.code is not None or found is None):
        say(error_line(call.error))
        if call.error.data:
            say(f"data: {call.error.data}")
    if found is None:
        return
    say(f"{found.title} {found.text}")
    for step in found.tries:
        say(f"  - {step}")


def error_line(error: CallError) -> str:
    """`1400 UNSUPPORTED_METHOD: <message>`, as it came."""
    if error.code is None:
        return error.message
    return f"{error.code} {error.name}: {error.message}" if error.name else f"{error.code}: {error.message}"


def say_unexpected(error: BaseException, doing: str) -> None:
    """An exception nobody expected: with its traceback, for a report."""
    say(f"RPC Inspector failed unexpectedly ({doing}): {type(error).__name__}: {error}")
    say("".join(traceback.format_exception(error)).rstrip(), keep_lines=True)
