"""What a process has used: processor time and memory, as Linux tells it."""

import os
from pathlib import Path
from typing import NamedTuple


class Usage(NamedTuple):
    """Of one process since it began: processor time, and memory that it holds now."""

    cpu_ms: float
    rss_mb: float


def usage(pid: int) -> Usage:
    """Return what the process has used so far.

    Raises:
        OSError: there is no such process, or this is no Linux.
    """
    folder = Path(f"/proc/{pid}")
    # After the name, which may hold spaces: user and system time are the 12th and 13th.
    times = (folder / "stat").read_text().rpartition(")")[2].split()
    ticks = int(times[11]) + int(times[12])
    pages = int((folder / "statm").read_text().split()[1])
    return Usage(
        ticks / os.sysconf("SC_CLK_TCK") * 1000,
        round(pages * os.sysconf("SC_PAGE_SIZE") / 1_000_000, 1),
    )
