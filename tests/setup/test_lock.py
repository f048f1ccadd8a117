"""The lock files: every package by hash, both Qt pins, and nothing of where they were made."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LOCKS = [ROOT / "requirements.lock", *sorted((ROOT / "tests/interop/peers").glob("python-*.txt"))]


def entries(lock: Path) -> list[str]:
    """Return what a lock file says of each package."""
    return re.split(r"\n(?=[a-z0-9])", lock.read_text())[1:]


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.name)
def test_every_package_has_hashes(lock: Path) -> None:
    assert len(entries(lock)) > 4
    assert not [entry for entry in entries(lock) if "--hash=sha256:" not in entry]


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.name)
def test_it_names_no_host(lock: Path) -> None:
    assert not re.findall(r"https?://|--(?:extra-)?index-url|--find-links", lock.read_text())


def test_each_python_gets_the_qt_that_it_can_run() -> None:
    pins = [entry.split(" \\")[0] for entry in entries(LOCKS[0]) if entry.startswith("pyside6-essentials==")]

    old, new = sorted(pins)
    assert re.fullmatch(r"pyside6-essentials==6\.11\.\d+ ; python_full_version < '3\.12'", old)
    assert re.fullmatch(r"pyside6-essentials==6\.(1[2-9]|\d{3,})\.\d+ ; python_full_version >= '3\.12'", new)


def test_the_older_sdks_stay_the_ones_that_they_are_here_for() -> None:
    pinned = {lock.stem: re.findall(r"^livekit==(\S+)", lock.read_text(), re.MULTILINE) for lock in LOCKS[1:]}

    assert pinned == {"python-1.0": ["1.0.25"], "python-1.1": ["1.1.2"]}
