"""Our side of `bench respond`: a mock answers, with the window open and every call in its log.

Arguments: URL, token.
"""

import os
import sys

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from bench.responders import ANSWER, METHOD, serve_until_told
from inspector.core.mocks import Fail, JsonMatch, Mock, Reply, Rule, When
from inspector.gui.app import Launch, Program
from inspector.gui.opening import Opened, open_window
from inspector.gui.run import run_app
from inspector.sdk.sources import ConnectionSource, TokenCredentials

MOCK = Mock(
    METHOD,
    (
        Rule(Fail(1602, "no such city"), when=When(json=(JsonMatch("$.city", equals="Atlantis"),))),
        Rule(Reply(ANSWER)),
    ),
)


async def main(opened: Opened, url: str, token: str) -> int:
    """Opens the window, joins and answers until stdin ends."""
    program = Program(opened, Launch())
    running = program.session.tasks.spawn(program.run(), "window")
    program.session.mocks.add([MOCK])
    connection = program.connecting.join(ConnectionSource(url=url, credentials=TokenCredentials(token)))
    assert connection is not None
    await connection.settled()
    await serve_until_told()
    program.window.close()
    await running
    return 0


if __name__ == "__main__":
    window = open_window("dark")
    sys.exit(run_app(window.app, main(window, *sys.argv[1:3])))
