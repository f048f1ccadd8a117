"""Stamps: small files that say what a finished step was made from, so that it is not repeated in vain."""

import hashlib
from pathlib import Path


def fingerprint(*sources: Path | str) -> str:
    """Return a hash over the files' contents and the plain texts given, in their order."""
    whole = hashlib.sha256()
    for source in sources:
        part = source.read_bytes() if isinstance(source, Path) else source.encode()
        whole.update(hashlib.sha256(part).digest())
    return whole.hexdigest()


def is_fresh(stamp: Path, mark: str) -> bool:
    """Say whether the step that wrote this stamp was made from what `mark` stands for."""
    try:
        return stamp.read_text(encoding="ascii").strip() == mark
    except OSError:
        return False


def write(stamp: Path, mark: str) -> None:
    """Note that the step is finished. Call it last: a step that was interrupted must leave no stamp."""
    stamp.write_text(mark + "\n", encoding="ascii")
