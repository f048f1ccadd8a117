"""Our side of `bench calls`: the whole path, from a draft to a settled record, with the window open.

Arguments: URL, token, destination, folder for what the window keeps.
"""

import os
import sys

import msgspec

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from bench import workload
from inspector.core.calls import Call, CallDraft, Outcome
from inspector.gui.app import Launch, Program
from inspector.gui.opening import Opened, open_window
from inspector.gui.run import run_app
from inspector.sdk.sources import ConnectionSource, TokenCredentials
from inspector.session.waiting import until


async def main(opened: Opened, url: str, token: str, destination: str) -> int:
    """Opens the window, joins, makes the calls and prints the figures."""
    program = Program(opened, Launch())
    running = program.session.tasks.spawn(program.run(), "window")
    connection = program.connecting.join(ConnectionSource(url=url, credentials=TokenCredentials(token)))
    assert connection is not None
    await connection.settled()
    await until(program.session, lambda: connection.info.participant(destination), 10)

    async def call() -> Call:
        draft = CallDraft(connection.id, destination, "echo", workload.PAYLOAD)
        made = await program.session.start_call(draft, queue="bench").task
        assert made.outcome is Outcome.OK, made
        return made

    figures = await workload.run(call)
    program.window.close()
    await running
    print(msgspec.json.encode(figures).decode(), flush=True)
    return 0


if __name__ == "__main__":
    window = open_window("dark")
    sys.exit(run_app(window.app, main(window, *sys.argv[1:4])))
