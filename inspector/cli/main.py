"""Where `rpc-inspector` begins."""

from __future__ import annotations

import sys

from inspector.cli.exit_codes import ExitCode
from inspector.ending import Ending
from inspector.roles import CHILD, ROLES


def main() -> None:
    """Runs the command line and ends the process with its exit code.

    Without a word to parse there is only a window to open, and it is drawn before anything else is imported.
    """
    ending = Ending()
    try:
        ending.code = _run(sys.argv[1:])
    except KeyboardInterrupt:  # also while modules are imported, which takes longer than a person's patience
        ending.code = ExitCode.INTERRUPTED
    sys.exit(ending.code)


def _run(words: list[str]) -> int:
    match words:
        case []:
            return _open_window()
        case [word, role] if word == CHILD and role in ROLES:
            return _play(role)
    return _run_command_line()


def _play(role: str) -> int:
    from inspector.processes import play

    return play(role)


def _run_command_line() -> int:
    from inspector.cli.commands import run_command_line

    return run_command_line()


def _open_window() -> int:
    from inspector.gui.opening import open_window

    opened = open_window()
    from inspector.gui.app import Launch, launch

    return launch(opened, Launch())
