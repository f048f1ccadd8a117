"""What the exit status of a command says (product, section 3)."""

from __future__ import annotations

from enum import IntEnum


class ExitCode(IntEnum):
    """The fixed exit codes."""

    DONE = 0
    RPC_ERROR = 1
    BAD_USAGE = 2
    NOT_CONNECTED = 3
    UNMET = 4
    """`--fail-on-unmatched` or `--fail-on-unused` met one, where all else was done."""
    COMMAND_NOT_RUN = 126
    """The command that `respond` was to run is there, and cannot be run; as shells have it."""
    COMMAND_NOT_FOUND = 127
    INTERRUPTED = 130
    TERMINATED = 143
