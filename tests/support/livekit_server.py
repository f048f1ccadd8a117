"""A real livekit-server on loopback, for tests, benchmarks and pictures.

It runs as `livekit-server --dev`, so a room exists as soon as somebody joins it. Every method here blocks; in
a coroutine, call them through `asyncio.to_thread`.
"""

import contextlib
import http.client
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

from tests.support.ports import free_ports
from tests.support.servers import OwnServer

START_DEADLINE_S = 20.0
STOP_DEADLINE_S = 10.0
LOG_LINE_CHARS = 300
"""A line of the log that holds a whole session description says nothing more beyond this."""
_POLL_S = 0.02
_ASKED_AGAIN_AFTER_S = 0.2
_ATTEMPTS = 5
_PORT_TAKEN = "address already in use"
_PORTS_BOUND = "starting LiveKit server"


class ServerDidNotStartError(Exception):
    """The server ended, or did not answer in time. The text has the end of its log."""


class LiveKitServer(OwnServer):
    """One server process, on ports that stay the same when it is started again.

    `log_folder` receives its log, `livekit-server-PORT.log`, appended to over restarts.
    """

    def __init__(self, program: Path, log_folder: Path) -> None:
        self._program = program
        self._log_folder = log_folder
        self._process: subprocess.Popen[bytes] | None = None
        self._ports = free_ports(3)

    @property
    def url(self) -> str:
        """The address clients connect to."""
        return f"ws://127.0.0.1:{self._ports[0]}"

    @property
    def pid(self) -> int:
        """Of its process, while it runs."""
        assert self._process is not None
        return self._process.pid

    @property
    def log_file(self) -> Path:
        """Where the server's log is."""
        return self._log_folder / f"livekit-server-{self._ports[0]}.log"

    def start(self) -> None:
        """Start the server and return once it answers.

        The first start takes other ports if these were taken meanwhile; later ones keep them.

        Raises:
            ServerDidNotStartError: it ended, or did not answer within START_DEADLINE_S.
        """
        first = not self.log_file.exists()
        for attempts_left in reversed(range(_ATTEMPTS)):
            try:
                self._start_once()
            except ServerDidNotStartError as error:
                if _PORT_TAKEN not in str(error) or not attempts_left:
                    raise
                if first:
                    self._ports = free_ports(3)
            else:
                return

    def stop(self) -> None:
        """Let the server shut down, telling the clients so.

        The first SIGTERM only has it wait until everybody has left; asked again, it puts them out.
        """
        if self._process is not None:
            self._process.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(_ASKED_AGAIN_AFTER_S)
        self._end("terminate")

    def kill(self) -> None:
        """End the server at once, as a crash would: clients are told nothing."""
        self._end("kill")

    def log_tail(self, *, since: int = 0, lines: int = 60) -> str:
        """Return the last lines of the log, none of them older than its first `since` bytes."""
        with self.log_file.open("rb") as log:
            log.seek(since)
            text = log.read().decode(errors="replace")
        return "\n".join(line[:LOG_LINE_CHARS] for line in text.splitlines()[-lines:])

    def _start_once(self) -> None:
        port, tcp_port, udp_port = self._ports
        config = f"port: {port}\nrtc:\n  tcp_port: {tcp_port}\n  udp_port: {udp_port}\n"
        loopback = ["--bind", "127.0.0.1", "--node-ip", "127.0.0.1"]
        with self.log_file.open("ab") as log:
            size = log.tell()
            self._process = subprocess.Popen(
                [self._program, "--dev", *loopback, "--config-body", config],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        deadline = time.monotonic() + START_DEADLINE_S
        while not self._answers(since=size):
            if self._process.poll() is not None or time.monotonic() > deadline:
                self.kill()
                raise ServerDidNotStartError(f"livekit-server did not start:\n{self.log_tail(since=size)}")
            time.sleep(_POLL_S)

    def _answers(self, *, since: int) -> bool:
        # Whoever holds our port would answer too: this line says that the ports are our own server's.
        if _PORTS_BOUND not in self.log_tail(since=since):
            return False
        connection = http.client.HTTPConnection("127.0.0.1", self._ports[0], timeout=1)
        with contextlib.closing(connection):
            try:
                connection.request("GET", "/")
                return connection.getresponse().status == 200
            except (OSError, http.client.HTTPException):
                return False

    def _end(self, how: str) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        getattr(process, how)()
        try:
            process.wait(STOP_DEADLINE_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


@contextlib.contextmanager
def running_server(program: Path, log_folder: Path) -> Iterator[LiveKitServer]:
    """Run a server for the length of a `with` block."""
    server = LiveKitServer(program, log_folder)
    server.start()
    try:
        yield server
    finally:
        server.kill()
