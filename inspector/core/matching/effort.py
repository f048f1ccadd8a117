"""How much work a decision may take, counted in steps, so that the same call always gets the same answer."""

from __future__ import annotations

SMALL_EFFORT = 20_000
"""Steps that take about 10 ms at the most: more is no work for an event loop."""
LARGE_EFFORT = 2_000_000
"""The most steps that one rule may take of one call: about a second."""


class TooMuchEffortError(Exception):
    """The work takes more steps than it was given."""


class Effort:
    """Steps that are left. One is a value looked at, or as much of any other work."""

    def __init__(self, steps: int) -> None:
        self.left = steps

    def spend(self, steps: int = 1) -> None:
        """Takes steps.

        Raises:
            TooMuchEffortError: there are not so many left.
        """
        self.left -= steps
        if self.left < 0:
            raise TooMuchEffortError
