"""Where the files beside the code are, as icons and style sheet; the same from a checkout and a package."""

from __future__ import annotations

from pathlib import Path


def resource(name: str) -> Path:
    """The path of a resource: inside the package when installed, beside it in a checkout."""
    package = Path(__file__).resolve().parent
    installed = package / "resources"
    return (installed if installed.is_dir() else package.parent / "resources") / name
