"""What goes to which stream: results to stdout and nothing else, everything said beside them to stderr."""

from __future__ import annotations

import os
import sys
import traceback

import click

from inspector.core.calls import Call, CallError, Outcome
from inspector.core.problems import Problem
from inspector.core.redact import redact
from inspector.core.rpc_errors import finding


def say(text: str) -> None:
    """A line for the person, on stderr."""
    click.echo(redact(text), err=True)


def result(text: str, *, newline: bool = True) -> None:
    """A result, on stdout, flushed at once so that a pipe sees it now."""
    sys.stdout.write(text + ("\n" if newline else ""))
    sys.stdout.flush()


def silence() -> None:
    """Lets nothing more be written to a stdout that nobody reads, also not by Python as it ends."""
    sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115, PTH123 - it lives as long as the process


def response(text: str) -> None:
    """A response payload as it came; a newline is added only on a terminal."""
    sys.stdout.write(text)
    if sys.stdout.isatty() and not text.endswith("\n"):
        sys.stdout.write("\n")
    sys.stdout.flush()


def say_problem(problem: Problem) -> None:
    """A failure: what happened, and what to do next."""
    say(problem.what)
    if problem.next_step:
        say(f"  {problem.next_step}")
    if problem.detail:
        say(f"  ({problem.detail})")


def say_failed_call(call: Call) -> None:
    """Why a call failed: code, name and message, its data, what it means and what to try."""
    if call.error is not None:
        say(error_line(call.error))
        if call.error.data:
            say(f"data: {call.error.data}")
    elif call.outcome is not Outcome.OK:
        say(call.outcome.value)
    found = finding(call)
    if found is None:
        return
    say(f"{found.title} {found.text}")
    for step in found.tries:
        say(f"  - {step}")


def error_line(error: CallError) -> str:
    """`1400 UNSUPPORTED_METHOD: <message>`."""
    if error.code is None:
        return error.message
    return f"{error.code} {error.name}: {error.message}" if error.name else f"{error.code}: {error.message}"


def say_unexpected(error: BaseException, doing: str) -> None:
    """An exception nobody expected: with its traceback, for a report."""
    say(f"RPC Inspector failed unexpectedly ({doing}): {type(error).__name__}: {error}")
    say("".join(traceback.format_exception(error)).rstrip())
