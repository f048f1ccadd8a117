"""System libraries that Qt loads and no Python package brings, and what tests need besides.

Each is asked for by loading it, not by asking a package manager, so the answer holds on any Linux.
macOS and Windows need none of this.
"""

import ctypes
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

from setup import apt
from setup.console import SetupError, say

# Shared object -> the Debian package that has it. Packages that these depend on are not repeated here.
WINDOW_LIBRARIES = {
    "libEGL.so.1": "libegl1",
    "libGL.so.1": "libgl1",
    "libglib-2.0.so.0": "libglib2.0-0",
    "libbrotlidec.so.1": "libbrotli1",
    "libdbus-1.so.3": "libdbus-1-3",
    "libfontconfig.so.1": "libfontconfig1",
    "libxkbcommon.so.0": "libxkbcommon0",
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
    "libxcb-shape.so.0": "libxcb-shape0",
    "libwayland-cursor.so.0": "libwayland-cursor0",
    "libwayland-egl.so.1": "libwayland-egl1",
}
TEST_PROGRAMS = {"Xvfb": "xvfb", "xauth": "xauth"}
# Qt finds no font of its own in the wheel; without one every text is empty boxes.
FONT = "DejaVuSans.ttf"
FONT_PACKAGE = "fonts-dejavu-core"
FONT_FOLDERS = (Path("/usr/share/fonts"), Path("/usr/local/share/fonts"), Path.home() / ".local/share/fonts")


def missing() -> list[str]:
    """Return the Debian packages that this system lacks for the window, the tests and the pictures."""
    return missing_for_window() + missing_for_tests()


def missing_for_window() -> list[str]:
    """Return the Debian packages without which the window does not open, or shows no text."""
    return sorted({*_missing_libraries(), *_missing_font()}) if sys.platform == "linux" else []


def missing_for_tests() -> list[str]:
    """Return the Debian packages that tests and screenshots need and the window does not."""
    if sys.platform != "linux":
        return []
    return sorted(package for program, package in TEST_PROGRAMS.items() if shutil.which(program) is None)


def prepare() -> None:
    """Install what is missing where we may. Elsewhere print the one command to run, and go on.

    It goes on since the command line needs none of these.
    """
    packages = missing()
    if packages and apt.may_install():
        apt.install(packages)
    elif packages:
        say(f"the command line is ready; the window and the tests also need:\n  {apt.command_for(packages)}")


def require_for_window() -> None:
    """Raise SetupError, with the command to run, if the window could not open here."""
    _require(missing_for_window(), "the window cannot open without these system packages")


def require_for_tests() -> None:
    """Raise SetupError, with the command to run, if the tests or screenshots could not run here."""
    _require(missing(), "the tests need these system packages")


def _require(packages: list[str], why: str) -> None:
    if packages:
        raise SetupError(f"{why}:\n  {apt.command_for(packages)}")


def _missing_libraries() -> Iterator[str]:
    for library, package in WINDOW_LIBRARIES.items():
        try:
            ctypes.CDLL(library)
        except OSError:
            yield package


def _missing_font() -> Iterator[str]:
    if not any(next(folder.rglob(FONT), None) for folder in FONT_FOLDERS):
        yield FONT_PACKAGE
