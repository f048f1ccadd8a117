"""The lock file: every package by hash, both Qt pins, and nothing of where it was made."""

import re
from pathlib import Path

LOCK = (Path(__file__).resolve().parents[2] / "requirements.lock").read_text()
ENTRIES = re.split(r"\n(?=[a-z0-9])", LOCK)[1:]


def test_every_package_has_hashes() -> None:
    assert len(ENTRIES) > 50
    assert not [entry for entry in ENTRIES if "--hash=sha256:" not in entry]


def test_each_python_gets_the_qt_that_it_can_run() -> None:
    pins = [entry.split(" \\")[0] for entry in ENTRIES if entry.startswith("pyside6-essentials==")]

    old, new = sorted(pins)
    assert re.fullmatch(r"pyside6-essentials==6\.11\.\d+ ; python_full_version < '3\.12'", old)
    assert re.fullmatch(r"pyside6-essentials==6\.(1[2-9]|\d{3,})\.\d+ ; python_full_version >= '3\.12'", new)


def test_it_names_no_host() -> None:
    assert not re.findall(r"https?://|--(?:extra-)?index-url|--find-links", LOCK)
