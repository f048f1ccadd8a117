"""What cannot be read is refused with words, and never a traceback."""

import contextlib
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from inspector.core.calls import Outcome
from inspector.core.problems import ProblemError
from inspector.recording.reader import Recording
from tests.support.fuzzing import CASES, mutations
from tests.support.recordings import entries_of, write
from tests.support.records import a_call


def change(path: Path, statement: str) -> None:
    with contextlib.closing(sqlite3.connect(path)) as database:
        database.execute(statement)
        database.commit()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    made = tmp_path / "a.db"
    write(made, [a_call(f"run-{n}", outcome=Outcome.OK, payload="x" * 500) for n in range(100)])
    return made


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (lambda path: change(path, "PRAGMA user_version = 7"), "by a newer RPC Inspector .schema 7; this"),
        (lambda path: change(path, "PRAGMA application_id = 0"), "no recording of RPC Inspector"),
        (lambda path: path.write_text("{}" * 3000), "no recording of RPC Inspector"),
        (lambda path: path.unlink(), "cannot be read: No such file or directory"),
        (lambda path: change(path, "DROP TABLE bodies"), "is damaged"),
        (lambda path: change(path, "UPDATE calls SET outcome = 'fine' WHERE id = 'run-70'"), "is damaged"),
        (lambda path: change(path, "UPDATE calls SET method = x'ff' WHERE id = 'run-70'"), "is damaged"),
        (lambda path: change(path, "UPDATE calls SET started_at = 1e300"), "is damaged"),
        (lambda path: change(path, "UPDATE meta SET value = x'00'"), "is damaged"),
        (lambda path: path.write_bytes(path.read_bytes()[:20_000]), "is damaged"),
    ],
)
def test_it_is_refused_with_words(path: Path, spoil: Callable[[Path], object], words: str) -> None:
    spoil(path)
    with pytest.raises(ProblemError, match=words):
        entries_of(path)


def test_what_stands_before_the_damage_is_read(path: Path) -> None:
    change(path, "UPDATE calls SET outcome = 'fine' WHERE id = 'run-70'")
    with Recording(path) as recording:
        calls = recording.calls()
        assert [next(calls).id for _ in range(70)] == [f"run-{n}" for n in range(70)]
        with pytest.raises(ProblemError, match="is damaged"):
            next(calls)


def test_reading_changes_nothing(path: Path) -> None:
    before = path.read_bytes()
    path.chmod(0o400)
    assert len(entries_of(path)) == 100
    assert path.read_bytes() == before
    assert list(path.parent.iterdir()) == [path]


def test_bytes_that_were_changed_give_entries_or_words(tmp_path: Path, path: Path) -> None:
    changed = tmp_path / "changed.db"
    for data in mutations([path.read_bytes()], cases=CASES // 5):
        changed.write_bytes(data)
        with contextlib.suppress(ProblemError):
            entries_of(changed)
