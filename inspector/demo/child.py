"""A demo peer's process: who it is and where to go comes from whoever started it, as `processes.py` says."""

from __future__ import annotations

import logging

import msgspec

from inspector.demo.parts import PARTS
from inspector.demo.peer import DemoPeer
from inspector.processes import run_child
from inspector.tasks import TaskOwner

logger = logging.getLogger(__name__)

END_WITHIN_S = 1.0


class Engagement(msgspec.Struct, frozen=True):
    """What a peer's process is told."""

    identity: str
    url: str
    token: str


def main() -> int:
    """Plays the part until stdin ends; the exit code."""
    return run_child(_play)


async def _play(first_line: bytes) -> int:
    engagement = msgspec.json.decode(first_line, type=Engagement)
    tasks = TaskOwner(_report)
    peer = DemoPeer(PARTS[engagement.identity](), tasks)
    try:
        await peer.play(engagement.url, engagement.token)
    finally:
        await tasks.shut_down(END_WITHIN_S)
    return 0


def _report(error: BaseException, doing: str) -> None:
    logger.error("failed while %s", doing, exc_info=error)
