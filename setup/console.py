"""How setup speaks to a person and runs other programs."""

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
"""The repository's top folder; every step works there."""


class SetupError(Exception):
    """A step could not be done. The text says what is wrong and what the person does next."""


def say(text: str) -> None:
    """Print one message on stderr, its further lines indented beneath the first."""
    sys.stderr.write("setup: " + text.replace("\n", "\n       ") + "\n")


def run(
    command: Sequence[str | Path],
    *,
    env: Mapping[str, str] | None = None,
    cwd: Path = ROOT,
    errors_only: bool = False,
) -> None:
    """Run a program to its end, its output shown as it comes, or only what it says on stderr.

    `env` is added to the environment.

    Raises:
        SetupError: it could not be started, or ended with another status than 0.
    """
    words = [str(word) for word in command]
    try:
        status = subprocess.run(
            words,
            cwd=cwd,
            env={**os.environ, **(env or {})},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL if errors_only else None,
            check=False,
        ).returncode
    except OSError as error:
        raise SetupError(f"could not start {words[0]}: {error.strerror}") from error
    if status != 0:
        raise SetupError(f"this command failed with status {status}:\n  {' '.join(words)}")


def answer(command: Sequence[str | Path]) -> str:
    """Return what a short command prints on stdout, stripped; empty if it cannot run or fails."""
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""
