"""Runs a command's coroutine: builds its session, and turns how it ends into an exit code."""

from __future__ import annotations

import asyncio
import signal
import sys
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

import click

from inspector.cli.exit_codes import ExitCode
from inspector.cli.output import say, say_problem, say_unexpected
from inspector.core.participants import ParticipantKind
from inspector.core.payloads import visible
from inspector.core.problems import Problem, ProblemError
from inspector.sdk.gateway import Gateway
from inspector.sdk.native_log import install_logging
from inspector.sdk.sources import ConnectionSource
from inspector.session.connection_info import ConnectionInfo, ConnectionState, RejoinPolicy
from inspector.session.ports import JoinAs
from inspector.session.session import Session
from inspector.session.waiting import until

T = TypeVar("T")

NEWS_WITHIN_S = 0.5
COMMAND_REJOINS_FOR_S = 120.0
"""How long a running command goes on rejoining before it ends with 3 (product, section 5)."""


class Runtime:
    """What a command works with while it runs."""

    def __init__(self, session: Session, gateway: Gateway, *, quiet: bool) -> None:
        self.session = session
        self._quiet = quiet
        self._gateway = gateway
        self.terminated = asyncio.Event()
        """Set by SIGTERM where the command asked to end cleanly on it."""

    async def join(self, source: ConnectionSource) -> str:
        """Joins, and returns the connection's id.

        Raises:
            NotConnectedError: it could not connect.
        """
        connection = self.session.connect(self._gateway.joiner(source))
        try:
            await connection.settled()
        except ProblemError as error:
            raise NotConnectedError(error.problem) from None
        if not self._quiet:
            _warn_of_agents(connection.info)
        return connection.id

    async def lost_for_good(self, connection_id: str) -> NotConnectedError:
        """Waits until the connection has failed for good; with why."""
        problem = await until(self.session, lambda: self._failure(connection_id), None)
        assert problem is not None
        return NotConnectedError(problem)

    async def fail_if_lost(self, connection_id: str) -> None:
        """Tells a call that ended because we were thrown out from one whose destination left.

        The SDK ends both as 1503, and in the first case says a moment later that the connection is over.

        Raises:
            NotConnectedError: the connection was lost for good.
        """
        problem = await until(self.session, lambda: self._failure(connection_id), NEWS_WITHIN_S)
        if problem is not None:
            raise NotConnectedError(problem)

    async def while_connected(self, connection_id: str, work: Coroutine[Any, Any, T]) -> T:
        """The result of `work`, given up as soon as the connection is lost for good.

        Raises:
            NotConnectedError: it was lost for good first.
        """
        working = self.session.tasks.spawn(work, "command", awaited=True)
        watching = self.session.tasks.spawn(self.lost_for_good(connection_id), "watch", awaited=True)
        try:
            await asyncio.wait({working, watching}, return_when=asyncio.FIRST_COMPLETED)
            if working.done():
                return working.result()
            raise watching.result()
        finally:
            working.cancel()
            watching.cancel()

    def _failure(self, connection_id: str) -> Problem | None:
        info = self.info(connection_id)
        return info.problem if info.state is ConnectionState.FAILED else None

    def info(self, connection_id: str) -> ConnectionInfo:
        """The connection as it stands now."""
        info = self.session.connection(connection_id)
        assert info is not None
        return info


class NotConnectedError(ProblemError):
    """A connection that could not be made, or was lost for good: exit code 3."""


Main = Callable[[Runtime], Coroutine[Any, Any, int]]


def _warn_of_agents(info: ConnectionInfo) -> None:
    """A voice agent takes the first standard participant for its user, and looks again at every session."""
    agents = [participant.identity for participant in info.participants if participant.is_agent]
    if not agents or info.target.join_as is JoinAs.BESIDE or info.local is None:
        return
    if info.local.kind is ParticipantKind.STANDARD:
        names = visible(", ".join(agents))
        say(f"An agent is in the room ({names}), and may take {info.identity} for its user.")
        say("  With --join-as beside, which needs a key, it passes you over.")


def run(main: Main, *, quiet: bool = False, verbose: bool = False, ends_on_sigterm: bool = False) -> None:
    """Runs `main` to its end and ends the process with what it returns."""
    install_logging(verbose=verbose)
    try:
        with asyncio.Runner() as runner:
            code = runner.run(_run(main, quiet, ends_on_sigterm))
    except KeyboardInterrupt:
        code = ExitCode.INTERRUPTED
    except asyncio.CancelledError:
        code = ExitCode.TERMINATED
    raise click.exceptions.Exit(code)


async def _run(main: Main, quiet: bool, ends_on_sigterm: bool) -> int:
    failed: list[BaseException] = []

    def report(error: BaseException, doing: str) -> None:
        failed.append(error)
        say_unexpected(error, doing)

    asyncio.get_running_loop().set_exception_handler(_loop_reporter(report))
    session = Session(report, policy=RejoinPolicy(give_up_after_s=COMMAND_REJOINS_FOR_S))
    gateway = Gateway(session.tasks.spawn, report)
    runtime = Runtime(session, gateway, quiet=quiet)
    _heed_sigterm(runtime, ends_on_sigterm)
    try:
        code = await main(runtime)
    except NotConnectedError as error:
        say_problem(error.problem)
        return ExitCode.NOT_CONNECTED
    except ProblemError as error:
        say_problem(error.problem)
        return ExitCode.BAD_USAGE
    finally:
        await session.close()
        gateway.close()
    return code or (ExitCode.RPC_ERROR if failed else ExitCode.DONE)


def _heed_sigterm(runtime: Runtime, ends_cleanly: bool) -> None:
    if sys.platform == "win32":  # it has no SIGTERM to heed
        return
    task = asyncio.current_task()
    assert task is not None

    def terminate() -> None:
        if ends_cleanly:
            runtime.terminated.set()
        else:
            task.cancel()

    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, terminate)


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
