"""Scripts of mocks for tests: their files, the calls they answer, and what their log says."""

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest

from inspector.scripts.log import ScriptLine
from inspector.scripts.messages import Voice
from inspector.scripts.session_scripts import SessionScripts
from inspector.session.ports import RpcFailure, RpcRequest, ScriptCall

WITHIN_S = 20.0


def a_call(payload: str = '{"city":"Oslo"}', **changes: object) -> ScriptCall:
    """Return a call as a mock passes it on."""
    facts: dict[str, object] = {
        "payload": payload,
        "caller": "web",
        "method": "quote",
        "request_id": "request-1",
        "timeout_s": 30.0,
        "hits": 1,
        "vars": {},
    }
    return ScriptCall(**{**facts, **changes})  # type: ignore[arg-type]


async def no_calls(request: RpcRequest) -> str:
    """Stand in for calls of a script's own where it makes none."""
    raise AssertionError(request)


class Scripts:
    """The scripts of a session, in a folder of the test's."""

    def __init__(self, runner: SessionScripts, folder: Path) -> None:
        self.runner = runner
        self._folder = folder
        self._lines: list[ScriptLine] = []
        self._wake = asyncio.Event()
        runner.on_line(self._heard)

    def write(self, text: str, name: str = "quote.py") -> str:
        """Write a script; its path."""
        path = self._folder / name
        path.write_text(text)
        return str(path)

    def remove(self, path: str) -> None:
        """Take a script away."""
        Path(path).unlink()

    async def answer(self, path: str, call: ScriptCall | None = None) -> str:
        """Return the script's answer to a call."""
        async with asyncio.timeout(WITHIN_S):
            return await self.runner.respond(path, call or a_call(), no_calls)

    async def error(self, path: str, call: ScriptCall | None = None) -> RpcFailure:
        """Return the error that a call gets from the script."""
        with pytest.raises(RpcFailure) as raised:
            await self.answer(path, call)
        return raised.value

    async def refusal(self, path: str, call: ScriptCall | None = None) -> str:
        """Return the text of the 1500 that a call gets because the script has no answer."""
        failure = await self.error(path, call)
        assert (failure.code, failure.data) == (1500, None)
        return failure.message

    def said(self, voice: Voice) -> list[str]:
        """Return the lines of a kind that were said so far."""
        return [line.text for line in self._lines if line.voice is voice]

    async def until_said(self, part: str) -> str:
        """Return the first line that has `part` in it, once it is said."""
        return await self._until(lambda: next((line.text for line in self._lines if part in line.text), None))

    async def _until(self, condition: Callable[[], str | None]) -> str:
        async with asyncio.timeout(WITHIN_S):
            while (found := condition()) is None:
                self._wake.clear()
                await self._wake.wait()
        return found

    def _heard(self, line: ScriptLine) -> None:
        self._lines.append(line)
        self._wake.set()
