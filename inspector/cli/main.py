"""Where `rpc-inspector` begins."""

from __future__ import annotations

import sys


def main() -> None:
    """Runs the command line and ends the process with its exit code.

    Without a word to parse there is only a window to open, and it is drawn before anything else is imported.
    """
    if len(sys.argv) == 1:
        sys.exit(_open_window())
    from inspector.cli.commands import commands

    sys.exit(commands.main(standalone_mode=True))


def _open_window() -> int:
    from inspector.gui.opening import open_window

    opened = open_window()
    from inspector.gui.app import Launch, launch

    return launch(opened, Launch())
