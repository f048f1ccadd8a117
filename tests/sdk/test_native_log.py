import io
import logging
import subprocess
import sys
from collections.abc import Iterator

import pytest

from inspector.sdk.native_log import LogOutput, install_logging
from inspector.sdk.sources import ConnectionSource, KeyCredentials
from inspector.sdk.tokens import make_token
from tests.sdk.measured_texts import TOKEN
from tests.support.livekit_server import LiveKitServer

SDK = logging.getLogger("livekit")
OURS = logging.getLogger("inspector.somewhere")
PAYLOAD = TOKEN.split(".")[1]


@pytest.fixture(autouse=True)
def _logging_as_before() -> Iterator[None]:
    root = logging.getLogger()
    before = root.handlers[:], root.level, SDK.filters[:]
    yield
    root.handlers[:], level, SDK.filters[:] = before
    root.setLevel(level)


@pytest.fixture
def shown() -> io.StringIO:
    """What a verbose run shows."""
    stream = io.StringIO()
    install_logging(verbose=True, stream=stream)
    return stream


class Listener(logging.Handler):
    """A handler that somebody else installed."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(self.format(record))


def ffi_event_callback(level: int, text: str) -> None:
    """Log as the SDK's function of this name passes on a native line."""
    SDK.log(level, "%s:%s:%s - %s", "livekit::rtc_engine", 559, "livekit::rtc_engine", text)


def fail(text: str) -> None:
    raise RuntimeError(text)


def test_a_token_in_a_message_or_its_arguments_is_not_shown(shown: io.StringIO) -> None:
    OURS.warning("in the message %s", TOKEN)
    OURS.warning(f"in the text {TOKEN}")
    OURS.warning("in a mapping %(token)s", {"token": TOKEN})
    SDK.error("of the SDK %s", TOKEN)

    assert PAYLOAD not in shown.getvalue()
    assert shown.getvalue().count("[token]") == 4


def test_a_token_in_a_traceback_is_not_shown(shown: io.StringIO) -> None:
    try:
        fail(f"invalid token: {TOKEN}")
    except RuntimeError:
        OURS.exception("it failed")

    assert "RuntimeError: invalid token: [token]" in shown.getvalue()
    assert PAYLOAD not in shown.getvalue()


def test_a_traceback_of_the_sdk_is_clean_whoever_listens(shown: io.StringIO) -> None:
    other = Listener()
    logging.getLogger().addHandler(other)
    try:
        fail(f"invalid token: {TOKEN}")
    except RuntimeError:
        SDK.exception("it failed")

    for text in (shown.getvalue(), *other.lines):
        assert "RuntimeError: invalid token: [token]" in text
        assert PAYLOAD not in text


def test_a_line_of_the_sdk_is_clean_whoever_listens(shown: io.StringIO) -> None:
    other = Listener()
    SDK.addHandler(other)
    try:
        ffi_event_callback(logging.WARNING, f"authentication rejected (invalid token: {TOKEN})")
    finally:
        SDK.removeHandler(other)

    assert other.lines == [
        "livekit::rtc_engine:559:livekit::rtc_engine - authentication rejected (invalid token: [token])"
    ]


def test_control_characters_from_peers_do_not_reach_the_terminal(shown: io.StringIO) -> None:
    SDK.warning("participant \x1b[31mevil\x07 joined")

    assert "\x1b" not in shown.getvalue()
    assert "\\u001b[31mevil\\u0007" in shown.getvalue()


def test_a_line_that_cannot_be_formatted_ends_nobody(shown: io.StringIO) -> None:
    SDK.warning("%d", "no number")

    assert "cannot be printed" in shown.getvalue()


def test_quiet_shows_no_native_line_and_only_errors_of_the_sdk() -> None:
    stream = io.StringIO()
    install_logging(stream=stream)

    ffi_event_callback(logging.ERROR, "error while connecting to a room")
    SDK.warning("something may be wrong")
    OURS.info("a detail")
    assert stream.getvalue() == ""

    SDK.error("failed to emit event")
    OURS.warning("mind this")
    assert [line.split(" ", 2)[2] for line in stream.getvalue().splitlines()] == [
        "ERROR livekit: failed to emit event",
        "WARNING inspector.somewhere: mind this",
    ]


def test_installed_again_it_replaces_itself() -> None:
    first, second = io.StringIO(), io.StringIO()
    install_logging(stream=first)
    install_logging(stream=second)

    OURS.warning("once")

    assert first.getvalue() == ""
    assert second.getvalue().count("once") == 1
    assert sum(isinstance(handler, LogOutput) for handler in logging.getLogger().handlers) == 1


def test_without_a_stream_it_writes_to_stderr_as_it_is_then(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    install_logging()

    OURS.warning("said")
    assert "said" in capsys.readouterr().err

    monkeypatch.setattr(sys, "stderr", None)  # as in a window program on Windows
    OURS.warning("unheard")


JOIN = """
import asyncio, logging, sys, threading
from livekit import rtc
from inspector.core.problems import ProblemError
from inspector.sdk.failures import connect_problem
from inspector.sdk.native_log import install_logging

install_logging(verbose=sys.argv[1] == "verbose")
url, token = sys.argv[2], sys.stdin.read()

# Native lines come in batches from a thread of their own, so the process must not end before they are here.
told = threading.Event()

class Refusal(logging.Handler):
    def emit(self, record):
        if "401" in record.getMessage():
            told.set()

logging.getLogger("livekit").addHandler(Refusal(logging.WARNING))

async def main():
    room = rtc.Room()
    try:
        await room.connect(url, token, rtc.RoomOptions(auto_subscribe=False))
    except rtc.ConnectError as error:
        problem = connect_problem(error, url, (token,))
    print(problem)
    await asyncio.to_thread(told.wait, 20)
    raise ProblemError(problem) from None

asyncio.run(main())
"""


@pytest.mark.parametrize("how", ["verbose", "quiet"])
def test_a_real_401_leaves_no_token_anywhere(livekit_server: LiveKitServer, how: str) -> None:
    wrong = KeyCredentials("devkey", "not-the-secret-of-this-server-at-all")
    token = make_token(ConnectionSource(livekit_server.url, wrong, room="r", identity="i"))

    done = subprocess.run(
        [sys.executable, "-c", JOIN, how, livekit_server.url],
        input=token,
        capture_output=True,
        text=True,
        check=False,
        timeout=50,
    )

    output = done.stdout + done.stderr
    assert "not signed with the secret" in done.stdout
    assert not any(part in output for part in token.split(".")[1:])
    native = [line for line in done.stderr.splitlines() if " livekit: " in line]
    if how == "verbose":
        assert any("invalid token: [token]" in line for line in native)
    else:
        assert native == []
