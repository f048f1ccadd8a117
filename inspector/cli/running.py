"""Runs a command's coroutine: builds its session, and turns how it ends into an exit code."""

from __future__ import annotations

import asyncio
import signal
import sys
from collections.abc import Callable, Coroutine
from typing import Any

import click

from inspector.cli.exit_codes import ExitCode
from inspector.cli.output import ReaderGoneError, say, say_problem, say_unexpected
from inspector.cli.runtime import NotConnectedError, Runtime
from inspector.cli.script_lines import say_script_line
from inspector.core.problems import ProblemError
from inspector.scripts.session_scripts import SessionScripts
from inspector.sdk.gateway import Gateway
from inspector.sdk.native_log import install_logging
from inspector.session.connection_info import RejoinPolicy
from inspector.session.session import Session
from inspector.tasks import ReportUnexpected
from inspector.xray.client import XrayClient

COMMAND_REJOINS_FOR_S = 120.0
"""How long a running command goes on rejoining before it ends with 3 (product, section 5)."""

Main = Callable[[Runtime], Coroutine[Any, Any, int]]
AloneMain = Callable[[ReportUnexpected], Coroutine[Any, Any, int]]


def run(
    main: Main,
    *,
    quiet: bool = False,
    verbose: bool = False,
    ends_on_sigterm: bool = False,
    xray: bool = False,
) -> None:
    """Runs `main` with a session to its end and ends the process with what it returns.

    SIGTERM cancels it, as Ctrl-C does; with `ends_on_sigterm` that is a clean end. With `xray` a local room
    is asked for the calls that do not reach us, too.
    """

    async def with_session(report: ReportUnexpected) -> int:
        policy = RejoinPolicy(give_up_after_s=COMMAND_REJOINS_FOR_S)
        scripts = SessionScripts(report)
        scripts.on_line(say_script_line)
        session = Session(report, policy=policy, open_xray=XrayClient if xray else None, scripts=scripts)
        runtime = Runtime(session, Gateway(session.tasks.spawn, report), quiet=quiet)
        try:
            return await main(runtime)
        finally:
            try:
                await runtime.close()
            finally:
                await scripts.close()

    run_alone(with_session, verbose=verbose, ends_on_sigterm=ends_on_sigterm)


def run_alone(main: AloneMain, *, verbose: bool = False, ends_on_sigterm: bool = False) -> None:
    """Runs `main` as `run` does, without a session; it is given whom to tell of what nobody expected."""
    install_logging(verbose=verbose)
    try:
        with asyncio.Runner() as runner:
            code = runner.run(_run(main))
    except KeyboardInterrupt:
        code = ExitCode.INTERRUPTED
    except asyncio.CancelledError:
        code = ExitCode.DONE if ends_on_sigterm else ExitCode.TERMINATED
    raise click.exceptions.Exit(code)


async def _run(main: AloneMain) -> int:
    failed: list[BaseException] = []

    def report(error: BaseException, doing: str) -> None:
        failed.append(error)
        say_unexpected(error, doing)

    asyncio.get_running_loop().set_exception_handler(_loop_reporter(report))
    heed_sigterm()
    try:
        code = await main(report)
    except NotConnectedError as error:
        say_problem(error.problem)
        return ExitCode.NOT_CONNECTED
    except ProblemError as error:
        say_problem(error.problem)
        return ExitCode.BAD_USAGE
    except ReaderGoneError:  # who asked has seen enough
        return ExitCode.DONE
    return code or (ExitCode.RPC_ERROR if failed else ExitCode.DONE)


def heed_sigterm() -> None:
    """From now on SIGTERM cancels the task that calls this."""
    if sys.platform == "win32":  # it has no SIGTERM to heed
        return
    task = asyncio.current_task()
    assert task is not None
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)


def _loop_reporter(
    report: Callable[[BaseException, str], None],
) -> Callable[[asyncio.AbstractEventLoop, dict[str, Any]], None]:
    def handle(_loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        error = context.get("exception")
        if isinstance(error, BaseException):
            report(error, str(context.get("message", "running")))
        else:
            say(str(context.get("message")))

    return handle
