"""What the scripts of mocks say while a command runs, for stderr."""

from __future__ import annotations

from pathlib import Path

from inspector.cli.output import say
from inspector.scripts.log import ScriptLine


def say_script_line(line: ScriptLine) -> None:
    """Says a line with the name of the script's file before it."""
    say(f"{Path(line.path).name}: {line.text}")
