"""Runs the templates and scripts of a session's mocks, and ends what it runs them in."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable
from pathlib import Path

from inspector.core.listeners import Listeners
from inspector.core.rpc_errors import RpcCode
from inspector.scripts.log import ScriptLine, ScriptLog
from inspector.scripts.messages import CallTold, vars_text
from inspector.scripts.script import Script
from inspector.scripts.templates import Templates
from inspector.session.ports import PerformRpc, RpcFailure, ScriptCall
from inspector.tasks import ReportUnexpected, TaskOwner

MAX_WORKERS = 32
"""So many processes for scripts at a time."""
CLOSE_WITHIN_S = 0.5


class SessionScripts:
    """The `ScriptRunner` of a session. Whoever makes one awaits `close`, after the session's own."""

    def __init__(self, report: ReportUnexpected, clock: Callable[[], float] = time.time) -> None:
        """`clock` gives the time of log lines, in seconds since the epoch."""
        self._report = report
        self._clock = clock
        self._tasks = TaskOwner(report)
        self._scripts: dict[Path, Script] = {}
        self._uses = itertools.count(1)
        self._templates = Templates(self._tasks)
        self._lines = Listeners[Callable[[ScriptLine], None]](report)

    def lines(self, path: str) -> tuple[ScriptLine, ...]:
        """The newest lines of the script at `path`, the oldest first."""
        script = self._scripts.get(Path(path).absolute())
        return () if script is None else script.log.lines()

    def on_line(self, callback: Callable[[ScriptLine], None]) -> Callable[[], None]:
        """Calls back with each line that any script says; the result ends it."""
        return self._lines.add(callback)

    async def render(self, source: str, call: ScriptCall) -> str:
        """The text a template makes of a call.

        Raises:
            RpcFailure: it makes none; the caller gets this error.
        """
        return await self._templates.render(source, _told(call))

    async def respond(self, path: str, call: ScriptCall, perform: PerformRpc) -> str:
        """The answer of the script at `path`. Cancelled, it lets the script's call go.

        Raises:
            RpcFailure: the script's own error, or why there is no answer.
        """
        script = self._script(Path(path))
        script.used = next(self._uses)
        if not script.workers:
            await self._make_room()
        return await script.respond(_told(call), perform)

    async def close(self) -> None:
        """Ends all workers. Harmless twice."""
        for script in self._scripts.values():
            script.hang_up()
        await self._templates.close()
        for script in self._scripts.values():
            await script.close()
        await self._tasks.shut_down(CLOSE_WITHIN_S)

    def _script(self, path: Path) -> Script:
        path = path.absolute()
        if (script := self._scripts.get(path)) is None:
            log = ScriptLog(str(path), self._clock, self._report)
            log.on_line(lambda line: self._lines.tell(lambda callback: callback(line)))
            script = self._scripts[path] = Script(path, log, self._tasks)
        return script

    async def _make_room(self) -> None:
        """Ends the worker that was not used for longest, where there are as many as there may be."""
        if sum(script.workers for script in self._scripts.values()) < MAX_WORKERS:
            return
        idle = [script for script in self._scripts.values() if script.workers and script.is_idle]
        if not idle:
            text = f"{MAX_WORKERS} scripts answer calls already, as many as may at a time"
            raise RpcFailure(RpcCode.APPLICATION_ERROR, text)
        longest = min(idle, key=lambda script: script.used)
        longest.log.note("its worker made room for another script's; `state` starts empty")
        await longest.close()


def _told(call: ScriptCall) -> CallTold:
    return CallTold(
        call.payload,
        call.caller,
        call.method,
        call.request_id,
        call.timeout_s,
        call.hits,
        vars_text(call.vars),
    )
