"""The Python environment: `.venv`, with every package as the lock file has it, checked by hash.

Each Python version keeps an environment of its own under `.venvs/`, and `.venv` is a link to the one in
use, so changing to another Python and back costs nothing after the first time.
"""

import importlib.util
import os
import platform
import sys
from pathlib import Path

from setup import apt, libraries, stamps
from setup.console import ROOT, SetupError, run, say

LOCK = ROOT / "requirements.lock"
PROJECT = ROOT / "pyproject.toml"
LINK = ROOT / ".venv"
ENVIRONMENTS = ROOT / ".venvs"


def prepare() -> None:
    """Bring the environment and the system libraries to where lock file and pyproject.toml want them.

    Raises:
        SetupError: something is missing that only a person can bring, or a program failed.
    """
    folder = ENVIRONMENTS / "{}.{}".format(*sys.version_info)
    install_locked(folder, LOCK, "about a minute the first time")
    _install_project(folder)
    _point_link_at(folder)
    libraries.prepare()


def install_locked(folder: Path, lock: Path, takes: str) -> None:
    """Have a Python environment in `folder` with the packages of a lock file, and no others.

    `takes` says how long that may last. It is over at once where the environment is as the lock has it.

    Raises:
        SetupError: something is missing that only a person can bring, or a program failed.
    """
    stamp = folder / "packages.stamp"
    mark = stamps.fingerprint(lock, platform.python_version(), sys.base_prefix, str(folder))
    if stamps.is_fresh(stamp, mark):
        return
    _ensure_venv_module()
    say(f"installing the packages of {lock.name} into {folder.relative_to(ROOT)}, {takes}")
    # Made anew, so that nothing the lock no longer names stays behind.
    run([_base_python(), "-m", "venv", "--clear", folder])
    run([*_pip(folder), "--require-hashes", "--no-deps", "--only-binary", ":all:", "-r", lock])
    stamps.write(stamp, mark)


def _install_project(folder: Path) -> None:
    stamp = folder / "project.stamp"
    mark = stamps.fingerprint(PROJECT, (folder / "packages.stamp").read_text(encoding="ascii"))
    if stamps.is_fresh(stamp, mark):
        return
    # The build back end is in the lock too: nothing is fetched here.
    run([*_pip(folder), "--no-index", "--no-deps", "--no-build-isolation", "--editable", ROOT])
    try:
        run([folder / "bin/python", "-m", "pip", "check", "--quiet"])
    except SetupError as error:
        raise SetupError("requirements.lock does not fit pyproject.toml; renew it:  make lock") from error
    stamps.write(stamp, mark)


def _pip(folder: Path) -> list[str | Path]:
    pip: list[str | Path] = [folder / "bin/python", "-m", "pip", "--disable-pip-version-check"]
    return [*pip, "install", "--quiet", "--no-input"]


def _point_link_at(folder: Path) -> None:
    target = folder.relative_to(ROOT)
    if LINK.is_symlink() and LINK.readlink() == target:
        return
    if LINK.exists() and not LINK.is_symlink():
        raise SetupError(".venv was made by something else and is left alone; move it away, then try again")
    # Replaced in one step: whoever looks at .venv meanwhile sees the old one or the new one.
    fresh = LINK.with_name(f".venv.{os.getpid()}")
    fresh.symlink_to(target, target_is_directory=True)
    fresh.replace(LINK)


def _base_python() -> str:
    """Return the interpreter behind this one, which may itself be that of the environment to be replaced."""
    base: str = getattr(sys, "_base_executable", None) or sys.executable
    return base


def _ensure_venv_module() -> None:
    """Debian keeps `ensurepip`, and so `venv`, in a package of its own."""
    if importlib.util.find_spec("ensurepip") is not None:
        return
    package = "python{}.{}-venv".format(*sys.version_info)
    if not apt.may_install():
        # With what would be asked for next, so that one command is enough.
        command = apt.command_for([package, *libraries.missing()])
        raise SetupError(f"this Python lacks its venv module; run this, then make again:\n  {command}")
    apt.install([package])
