"""The calls of one connection that are under way, so that they end when it does."""

from __future__ import annotations

import asyncio

from inspector.core.problems import Problem, ProblemError
from inspector.session.ports import JoinedRoom, RpcRequest


class CallLostError(ProblemError):
    """The connection ended while a call was under way; whether the handler ran is not known."""


class CallsUnderWay:
    """Performs calls, and ends those that are under way when the connection is lost."""

    def __init__(self) -> None:
        self._callers: set[asyncio.Task[object]] = set()
        self._lost: dict[asyncio.Task[object], Problem] = {}

    async def perform(self, joined: JoinedRoom, request: RpcRequest) -> str:
        """Sends one call and waits for its response.

        Raises:
            RpcFailure: it ended in an RPC error.
            CallLostError: `lose` ended it.
            ProblemError: the SDK could not send it.
        """
        task = asyncio.current_task()
        assert task is not None
        self._callers.add(task)
        try:
            return await joined.perform(request)
        except asyncio.CancelledError:
            problem = self._lost.get(task)
            # Cancelled from elsewhere as well, it ends as that asks: somebody stopped waiting.
            if problem is None or task.uncancel() > 0:
                raise
            raise CallLostError(problem) from None
        finally:
            self._callers.discard(task)
            self._lost.pop(task, None)

    def lose(self, problem: Problem) -> None:
        """Ends every call that is under way, for this reason."""
        for task in self._callers:
            self._lost[task] = problem
            task.cancel()
