"""A local room server in a process of its own, for tests and benchmarks, with the face of `LiveKitServer`."""

import contextlib
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import msgspec

from inspector.local_room.limits import Limits
from tests.support.livekit_server import ServerDidNotStartError
from tests.support.servers import OwnServer

STOP_DEADLINE_S = 10.0
LOG_LINE_CHARS = 300
_ROOT = Path(__file__).resolve().parents[2]
_READY = b"ready "


class LocalRoom(OwnServer):
    """One server process, on a port that stays the same when it is started again.

    `log_folder` receives its log, appended to over restarts; a sound server writes nothing into it.
    """

    def __init__(self, log_folder: Path, limits: Limits | None = None) -> None:
        self._limits = limits or Limits()
        self._log_folder = log_folder
        self._process: subprocess.Popen[bytes] | None = None
        self._port = 0

    @property
    def url(self) -> str:
        return f"ws://127.0.0.1:{self._port}"

    @property
    def port(self) -> int:
        return self._port

    @property
    def pid(self) -> int:
        """Of the process that runs."""
        assert self._process is not None
        return self._process.pid

    @property
    def log_file(self) -> Path:
        return self._log_folder / "local-room.log"

    def start(self) -> None:
        """Start the server and return once it takes connections; the first start takes any free port.

        Raises:
            ServerDidNotStartError: it ended.
        """
        limits = msgspec.json.encode(self._limits).decode()
        with self.log_file.open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "tests.support.local_room_process", str(self._port), limits],
                cwd=_ROOT,
                stdin=subprocess.PIPE,  # the process ends with us
                stdout=subprocess.PIPE,
                stderr=log,
            )
        self._process = process
        assert process.stdout is not None
        said = process.stdout.readline()
        if not said.startswith(_READY):
            self.kill()
            raise ServerDidNotStartError(f"the local room did not start:\n{self.log_tail()}")
        self._port = int(said.removeprefix(_READY))

    def stop(self) -> None:
        self._end("terminate")

    def kill(self) -> None:
        self._end("kill")

    def log_tail(self, *, lines: int = 60) -> str:
        """Return the last lines of the log."""
        text = self.log_file.read_text(errors="replace")
        return "\n".join(line[:LOG_LINE_CHARS] for line in text.splitlines()[-lines:])

    def _end(self, how: str) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        getattr(process, how)()
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(STOP_DEADLINE_S)
        process.kill()
        process.wait()
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                pipe.close()


@contextlib.contextmanager
def running_local_room(log_folder: Path, limits: Limits | None = None) -> Iterator[LocalRoom]:
    """Run a server for the length of a `with` block; what it reports fails the block."""
    server = LocalRoom(log_folder, limits)
    server.start()
    try:
        yield server
    finally:
        server.stop()
    assert not server.log_tail(), f"the local room reported:\n{server.log_tail()}"
