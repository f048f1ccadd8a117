"""Files that are replaced whole: a crash leaves the old one or the new one, and two windows never mix theirs.

Read before the first window is drawn, so this imports little.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path


def replace_file(path: Path, parts: Iterable[bytes]) -> None:
    """Puts a file of these parts, which only its owner may read, in place of `path`.

    The new file has a name of this process until it is complete. The folder is made where there is none.

    Raises:
        OSError: it cannot be written; `path` is then as it was.
    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    temporary = path.with_name(f"{path.name}.{os.getpid()}.new")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_BINARY", 0), 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.writelines(parts)
        file.flush()
        os.fsync(file.fileno())  # else a power cut may leave the new name on an empty file
    temporary.replace(path)
