"""Stamps: a step is repeated when what it was made from changed, and only then."""

from pathlib import Path

from setup import stamps


def test_a_stamp_is_fresh_until_a_source_changes(tmp_path: Path) -> None:
    lock, stamp = tmp_path / "lock", tmp_path / "stamp"
    lock.write_text("a==1")

    stamps.write(stamp, stamps.fingerprint(lock, "3.11.2"))

    assert stamps.is_fresh(stamp, stamps.fingerprint(lock, "3.11.2"))
    assert not stamps.is_fresh(stamp, stamps.fingerprint(lock, "3.12.1"))
    lock.write_text("a==2")
    assert not stamps.is_fresh(stamp, stamps.fingerprint(lock, "3.11.2"))


def test_no_stamp_is_not_fresh(tmp_path: Path) -> None:
    assert not stamps.is_fresh(tmp_path / "absent/stamp", stamps.fingerprint("a"))


def test_where_one_source_ends_and_the_next_begins_counts() -> None:
    assert stamps.fingerprint("ab", "c") != stamps.fingerprint("a", "bc")
