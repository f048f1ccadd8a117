"""Debian packages: installed where that is allowed, otherwise named in one command to run."""

import contextlib
import os
import shutil
from collections.abc import Sequence

from setup.console import SetupError, run, say


def may_install() -> bool:
    """Say whether this is a Debian-like system on which we are root."""
    return shutil.which("apt-get") is not None and hasattr(os, "geteuid") and os.geteuid() == 0


def install(packages: Sequence[str]) -> None:
    """Install packages from the system's own archive. Only where `may_install()`.

    Raises:
        SetupError: apt-get failed.
    """
    say(f"installing {' '.join(packages)}")
    no_questions = {"DEBIAN_FRONTEND": "noninteractive"}
    # One archive of several that cannot be reached fails this, and need not matter to what is installed here.
    with contextlib.suppress(SetupError):
        run(["apt-get", "update", "-qq"], errors_only=True)
    install_command = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", *packages]
    run(install_command, env=no_questions, errors_only=True)


def command_for(packages: Sequence[str]) -> str:
    """Return the one command that installs the packages, to be shown to a person."""
    return f"sudo apt-get update && sudo apt-get install -y --no-install-recommends {' '.join(packages)}"
