"""What is wrong about the patterns and paths of a condition, whether a file or the window says them.

Apart from `mock_checks`, which the local room's process has for its faults: it matches no payload, and what
reads these would add to the time it takes to start.
"""

from __future__ import annotations

from inspector.core.documents import Remark
from inspector.core.matching.paths import Path
from inspector.core.matching.patterns import Pattern


def check_path(source: str) -> tuple[Remark, ...]:
    """Remarks on a JSONPath."""
    try:
        Path(source)
    except ValueError as error:
        return (Remark(f"not a JSONPath: {error}"),)
    return ()


def check_pattern(source: str) -> tuple[Remark, ...]:
    """Remarks on a regular expression."""
    try:
        Pattern(source)
    except ValueError as error:
        return (Remark(f"not a regular expression: {error}"),)
    return ()
