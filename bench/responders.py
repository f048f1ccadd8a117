"""What the responders of `bench respond` have in common, and how they are started and ended."""

import asyncio
import contextlib
import os
import sys
from collections.abc import AsyncIterator
from pathlib import Path

METHOD = "get_weather"
ANSWER = '{"temp_c":21,"wind":"south west","sky":"cloudy"}'
READY = b"ready\n"
READY_WITHIN_S = 60.0
END_WITHIN_S = 20.0


async def serve_until_told() -> None:
    """Says that calls are answered from now on, and returns once whoever started this closes its stdin."""
    print(READY.decode(), end="", flush=True)
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)


@contextlib.asynccontextmanager
async def responder(module: str, folder: Path, *arguments: str) -> AsyncIterator[int]:
    """Start a responder of this folder, and end it with the `async with` block; its process id."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        f"bench.{module}",
        *arguments,
        env={**os.environ, "XDG_DATA_HOME": str(folder)},
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        async with asyncio.timeout(READY_WITHIN_S):
            if await process.stdout.readline() != READY:
                sys.exit(f"bench.{module} ended before it answered anything")
        yield process.pid
    finally:
        process.stdin.close()
        try:
            async with asyncio.timeout(END_WITHIN_S):
                await process.wait()
        except TimeoutError:
            process.kill()
            await process.wait()
