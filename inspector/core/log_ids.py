"""Ids of the calls of a log, and where each stands: a few bytes a call, not a text and its place in a dict.

A log names its own calls `RUN-1`, `RUN-2` and so on, so that their number says it all. A call from elsewhere
may have any id; it is kept whole.
"""

from __future__ import annotations

from array import array
from itertools import takewhile

_PAGE_BITS = 5
_PAGE = 1 << _PAGE_BITS
"""Numbers in a page: few enough that one whose neighbours are elsewhere costs no more than a whole id."""
_ON_PAGE = _PAGE - 1
_DIGITS = 18
"""Of a number that fits 64 bits."""
NO_NUMBER = -1
"""Stands for the number of an id that is kept whole."""


class CallIds:
    """Finds positions (index in the log, plus how many entries were let go from its beginning) by id."""

    def __init__(self, run: str) -> None:
        self._prefix = f"{run}-"
        self._pages: dict[int, array[int]] = {}  # position + 1 of `_PAGE` numbers; 0 where there is none
        self._whole: dict[str, int] = {}
        self._whole_at: dict[int, str] = {}

    def number(self, call_id: str) -> int:
        """The number of an id of this run, `NO_NUMBER` of any other."""
        prefix = self._prefix
        if not call_id.startswith(prefix):
            return NO_NUMBER
        digits = call_id[len(prefix) :]
        is_number = digits.isdigit() and digits.isascii() and digits[0] != "0" and len(digits) <= _DIGITS
        return int(digits) if is_number else NO_NUMBER

    def put(self, call_id: str, position: int) -> int:
        """Notes where a call stands; its number, with which `text` finds the id again."""
        number = self.number(call_id)
        if number == NO_NUMBER:
            self._whole[call_id] = position
            self._whole_at[position] = call_id
            return NO_NUMBER
        page = self._pages.get(number >> _PAGE_BITS)
        if page is None:
            page = self._pages[number >> _PAGE_BITS] = array("Q", bytes(8 * _PAGE))
        page[number & _ON_PAGE] = position + 1
        return number

    def position(self, call_id: str) -> int | None:
        """Where the call was put; it may have been let go since, but for ids kept whole."""
        number = self.number(call_id)
        if number == NO_NUMBER:
            return self._whole.get(call_id)
        page = self._pages.get(number >> _PAGE_BITS)
        at = page[number & _ON_PAGE] if page is not None else 0
        return at - 1 if at else None

    def text(self, number: int, position: int) -> str:
        """The id of the call at a position, by what `put` gave."""
        return self._whole_at[position] if number == NO_NUMBER else f"{self._prefix}{number}"

    def forget_before(self, position: int) -> None:
        """Lets go of calls that stood before `position`, oldest first, as far as they are in the way."""
        # Pages and ids stand in the order in which they came; a page goes with its last call.
        pages = list(takewhile(lambda number: max(self._pages[number]) <= position, self._pages))
        for number in pages:
            del self._pages[number]
        for gone in list(takewhile(lambda at: at < position, self._whole_at)):
            call_id = self._whole_at.pop(gone)
            if self._whole.get(call_id) == gone:
                del self._whole[call_id]

    def clear(self) -> None:
        """Forgets every call."""
        self._pages.clear()
        self._whole.clear()
        self._whole_at.clear()
