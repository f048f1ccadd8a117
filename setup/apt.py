"""Debian packages: installed where that is allowed, otherwise named in one command to run."""

import os
import shutil
from collections.abc import Sequence

from setup.console import run, say


def may_install() -> bool:
    """Say whether this is a Debian-like system on which we are root."""
    return shutil.which("apt-get") is not None and hasattr(os, "geteuid") and os.geteuid() == 0


def install(packages: Sequence[str]) -> None:
    """Install packages from the system's own archive. Only where `may_install()`.

    Raises:
        SetupError: apt-get failed.
    """
    say(f"installing {' '.join(packages)}")
    quiet = {"DEBIAN_FRONTEND": "noninteractive"}
    run(["apt-get", "update", "-qq"], env=quiet)
    run(["apt-get", "install", "-y", "-qq", "--no-install-recommends", *packages], env=quiet)


def command_for(packages: Sequence[str]) -> str:
    """Return the one command that installs the packages, to be shown to a person."""
    return f"sudo apt-get update && sudo apt-get install -y --no-install-recommends {' '.join(packages)}"
