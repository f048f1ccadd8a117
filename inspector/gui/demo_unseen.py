"""The demo without a display: calls are made and answered off screen, then shown as a table and a picture."""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Callable
from pathlib import Path

from inspector.core.calls import CallDraft, Direction, Outcome
from inspector.core.log import Row
from inspector.core.problems import ProblemError
from inspector.demo.cast import AGENT, ROBOT
from inspector.gui.demo import Demo
from inspector.gui.main_window import MainWindow
from inspector.gui.models.log_text import log_text
from inspector.gui.picture import leave_picture
from inspector.session.connection import Connection
from inspector.session.session import Session
from inspector.session.waiting import until

PICTURE = Path("rpc-inspector-demo.png")
PEERS_WITHIN_S = 12.0
TRAFFIC_WITHIN_S = 5.0
"""Long enough for calls of every direction to have an outcome, and the whole run stays under 20 s."""
ENOUGH_CALLS = 20
CALLS = (
    (AGENT, "get_weather", '{"city":"Lisbon"}'),
    (AGENT, "set_volume", '{"level":140}'),
    (AGENT, "flaky", ""),
    (ROBOT, "move_to", '{"to":{"x":1.5,"y":2.0}}'),
    (ROBOT, "dance", ""),
)
"""What the run calls itself: answers, an error of the handler's own, and a method that nobody registered."""


async def show_demo(session: Session, window: MainWindow, demo: Demo) -> int:
    """Calls, waits for the calls of others, prints the log and leaves a picture; the exit code."""
    try:
        connection = await demo.start()
        await connection.settled()
    except ProblemError as error:
        _say(f"The demo could not start: {error.problem.sentence()}")
        return 1
    await until(session, lambda: _are_active(connection, (AGENT, ROBOT)) or None, PEERS_WITHIN_S)
    for destination, method, payload in CALLS:
        await session.call(CallDraft(connection.id, destination, method, payload))
    await _wait_for(session, lambda: _shows_everything(session), TRAFFIC_WITHIN_S)
    print(log_text(_rows(session), time.time()), flush=True)  # noqa: T201 - the result of this run
    window.panels.log.next_error()  # so that the details have something to explain
    try:
        await leave_picture(window, PICTURE)
    except OSError as error:
        _say(str(error))
        return 1
    _say(f"The window is in {PICTURE}.")
    return 0


def _are_active(connection: Connection, identities: tuple[str, ...]) -> bool:
    found = (connection.participant(identity) for identity in identities)
    return all(participant is not None and participant.is_active for participant in found)


def _rows(session: Session) -> list[Row]:
    return [entry for entry in session.log if isinstance(entry, Row)]


def _shows_everything(session: Session) -> bool:
    """Whether there is enough to look at: calls of every direction with their outcome, and failed ones."""
    rows = _rows(session)
    if len(rows) < ENOUGH_CALLS:
        return False
    answered = {row.direction for row in rows if row.outcome is Outcome.OK}
    return answered == set(Direction) and any(row.outcome is Outcome.ERROR for row in rows)


class _LogWake:
    """Sets an event at every change of the log."""

    def __init__(self) -> None:
        self.event = asyncio.Event()

    def entry_added(self, index: int) -> None:  # noqa: ARG002 - any change wakes
        self.event.set()

    def entry_changed(self, index: int) -> None:  # noqa: ARG002 - any change wakes
        self.event.set()

    def entries_removed(self) -> None:
        self.event.set()


async def _wait_for(session: Session, condition: Callable[[], bool], within_s: float) -> None:
    """Waits until the log fulfils `condition`, at most `within_s` seconds."""
    wake = _LogWake()
    end_following = session.log.subscribe(wake)
    try:
        async with asyncio.timeout(within_s):
            while not condition():
                wake.event.clear()
                await wake.event.wait()
    except TimeoutError:
        _say("Not every kind of call was seen in time.")
    finally:
        end_following()


def _say(text: str) -> None:
    print(text, file=sys.stderr)  # noqa: T201 - the only way to tell anybody
