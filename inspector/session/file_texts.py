"""Texts of files that others may write at any time: looked at cheaply, and replaced whole."""

from __future__ import annotations

import os
import stat
import time
from pathlib import Path

import msgspec

MAX_BYTES = 64 * 1024 * 1024
"""Larger files are not read: no text of the most characters that are read has more bytes."""
_FRESH_S = 3.0
"""Some file systems tell only every second or two of a change: a file changed this lately is read again."""


class Stamp(msgspec.Struct, frozen=True):
    """What differs after a file was written or replaced, save within a moment of another change."""

    device: int
    inode: int
    size: int
    modified_ns: int
    changed_ns: int


class Look(msgspec.Struct, frozen=True):
    """What a file was found to hold."""

    stamp: Stamp | None
    """None where there is no file."""
    text: str | None
    failure: str = ""
    """Why there is no text, in words that follow `FILE:1:1:`."""
    is_regular: bool = True
    """False for a pipe and the like, which can be read once."""

    def same_text(self, other: Look) -> bool:
        """Whether both found the same text, or the same reason for having none."""
        return self.text == other.text and self.failure == other.failure


def look(path: Path, known: Look | None = None) -> Look:
    """What a file holds; `known`, found before, where nothing says that it has changed. Never raises.

    Links are followed. Blocks as long as the file system does: call it in a thread.
    """
    if known is not None and not known.is_regular:
        return known
    try:
        before = path.stat()
        if not stat.S_ISREG(before.st_mode):
            return Look(None, path.read_bytes().decode(), is_regular=False)
        stamp = _stamp(before)
        if known is not None and known.stamp == stamp and abs(time.time() - before.st_mtime) > _FRESH_S:
            return known
        if before.st_size > MAX_BYTES:
            return Look(stamp, None, f"larger than {MAX_BYTES:,} bytes, the most that is read")
        return Look(stamp, path.read_bytes().decode())
    except UnicodeDecodeError as error:
        return Look(None, None, f"not UTF-8 text (byte {error.start})")
    except FileNotFoundError:
        return Look(None, None, "the file is not there")
    except OSError as error:
        return Look(None, None, f"cannot be read: {error.strerror or type(error).__name__}")


def stamp_of(path: Path) -> Stamp | None:
    """How a file stands, None where there is none. Never raises."""
    try:
        return _stamp(path.stat())
    except OSError:
        return None


def replace_text(path: Path, text: str) -> None:
    """Puts a file with this text in place of the one at `path`, in one step; its mode stays.

    A link stays a link: the file it leads to is replaced.

    Raises:
        OSError: it cannot be written; the file is then as it was.
    """
    real = Path(os.path.realpath(path))
    temporary = real.with_name(f".{real.name}.{os.getpid()}.new")
    mode = stat.S_IMODE(real.stat().st_mode)
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_BINARY", 0), mode)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(text.encode())
            file.flush()
            os.fsync(file.fileno())  # else a power cut may leave the new name on an empty file
        temporary.chmod(mode)  # the one it was made with went through the umask
        temporary.replace(real)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def _stamp(found: os.stat_result) -> Stamp:
    return Stamp(found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns)
