"""The mocks in force, how often each was used, and who follows changes to them."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Mapping, Sequence

import msgspec

from inspector.core.listeners import Listeners, Report
from inspector.core.mock_decisions import PreparedMock
from inspector.core.mocks import Mock, Rule, applies_to


class MockUse(msgspec.Struct, frozen=True):
    """How often a mock and each of its rules answered, when they did last, and whom."""

    hits: int = 0
    rule_hits: dict[int, int] = msgspec.field(default_factory=dict)
    last_at: float | None = None
    last_caller: str | None = None
    rule_last_at: dict[int, float] = msgspec.field(default_factory=dict)
    """When each rule answered last (seconds since the epoch)."""


class MockEntry(msgspec.Struct, frozen=True):
    """One mock under the id that stays its own while it is edited."""

    id: str
    mock: Mock
    use: MockUse = MockUse()
    vars: dict[str, object] = msgspec.field(default_factory=dict)
    """What its templates and scripts are given by name."""
    scripts_allowed: bool = True
    """False: a person has yet to allow the scripts of its file, or said no."""


class MockSet:
    """An ordered set of mocks. For one method the first that applies to a connection answers there."""

    def __init__(self, *, seed: int = 0, report: Report | None = None) -> None:
        self.seed = seed
        self._numbers = itertools.count(1)
        self._entries: dict[str, MockEntry] = {}
        self._prepared: dict[str, PreparedMock] = {}
        self._sources: list[str] = []
        self._changed = Listeners[Callable[[], None]](report)
        self._used = Listeners[Callable[[str], None]](report)

    def __len__(self) -> int:
        return len(self._entries)

    def entries(self) -> tuple[MockEntry, ...]:
        """The mocks, in order."""
        return tuple(self._entries.values())

    def get(self, mock_id: str) -> MockEntry | None:
        """One mock, None when it was removed."""
        return self._entries.get(mock_id)

    def on_changed(self, callback: Callable[[], None]) -> Callable[[], None]:
        """Calls back after mocks were added, edited or removed; the result ends it."""
        return self._changed.add(callback)

    def on_used(self, callback: Callable[[str], None]) -> Callable[[], None]:
        """Calls back with a mock's id each time it was used; the result ends it."""
        return self._used.add(callback)

    def add(self, mocks: Iterable[Mock], variables: Mapping[str, object] | None = None) -> tuple[str, ...]:
        """Adds mocks at the end, with the `vars` of their file; their ids."""
        given = dict(variables or {})
        added = [MockEntry(f"mock-{next(self._numbers)}", mock, vars=given) for mock in mocks]
        self._entries.update((entry.id, entry) for entry in added)
        self._prepared.update((entry.id, PreparedMock(entry.mock)) for entry in added)
        self._tell_changed()
        return tuple(entry.id for entry in added)

    def set_file(
        self,
        source: str,
        mocks: Sequence[Mock],
        variables: Mapping[str, object],
        *,
        scripts_allowed: bool = True,
        prepared: Sequence[PreparedMock] = (),
    ) -> tuple[str, ...]:
        """Puts the mocks of a file, all of this `source`, in place of those it had before; their ids.

        `prepared` are the same mocks as decisions need them, where there was a thread to make many ready in.

        A mock that stays the same, or has the method and identity of one before, keeps its id and, as
        `replace` has it, its hits; calls under way finish on the old. Files keep the order they came in.
        """
        if source not in self._sources:
            self._sources.append(source)
        given = dict(variables)
        old = [entry for entry in self._entries.values() if entry.mock.source == source]
        matched = _same_mocks([entry.mock for entry in old], mocks)
        entries: list[MockEntry] = []
        for place, (mock, index) in enumerate(zip(mocks, matched, strict=True)):
            entry = MockEntry(f"mock-{next(self._numbers)}", mock) if index is None else old[index]
            if entry.mock != mock:
                entry = msgspec.structs.replace(entry, mock=mock, use=_use_after(entry, mock.rules))
            if index is None or entry.mock is not old[index].mock:
                self._prepared[entry.id] = prepared[place] if prepared else PreparedMock(mock)
            entries.append(msgspec.structs.replace(entry, vars=given, scripts_allowed=scripts_allowed))
        before, behind = self._around(source)
        self._entries = {entry.id: entry for entry in (*before, *entries, *behind)}
        self._prepared = {each: self._prepared[each] for each in self._entries}
        self._tell_changed()
        return tuple(entry.id for entry in entries)

    def _around(self, source: str) -> tuple[list[MockEntry], list[MockEntry]]:
        """The entries of others that come before and behind those of a file."""
        sources = [entry.mock.source for entry in self._entries.values()]
        others = [entry for entry in self._entries.values() if entry.mock.source != source]
        if source in sources:
            at = sources.index(source)
        else:
            later = self._sources[self._sources.index(source) + 1 :]
            at = next((i for i, e in enumerate(others) if e.mock.source in later), len(others))
        return others[:at], others[at:]

    def replace(self, mock_id: str, mock: Mock) -> None:
        """Puts an edited mock in place of the old one; calls under way finish on the old.

        Rules that stay the same keep their hits wherever they move, and so does one edited in its place.
        """
        entry = self._entries[mock_id]
        use = _use_after(entry, mock.rules)
        self._entries[mock_id] = msgspec.structs.replace(entry, mock=mock, use=use)
        self._prepared[mock_id] = PreparedMock(mock)
        self._tell_changed()

    def remove(self, mock_id: str) -> None:
        """Forgets a mock; unknown is harmless."""
        if self._entries.pop(mock_id, None) is not None:
            del self._prepared[mock_id]
            self._tell_changed()

    def move(self, mock_id: str, to: int) -> None:
        """Puts a mock at another place (from 0) among those of its source; one too far is the last."""
        moving = self._entries[mock_id]
        source = moving.mock.source
        own = [entry for entry in self._entries.values() if entry.mock.source == source]
        moved = [entry for entry in own if entry is not moving]
        moved.insert(to, moving)
        if moved == own:
            return
        in_turn = iter(moved)
        entries = [
            next(in_turn) if entry.mock.source == source else entry for entry in self._entries.values()
        ]
        self._entries = {entry.id: entry for entry in entries}
        self._tell_changed()

    def prepared(self, mock_id: str) -> PreparedMock:
        """A mock of the set as decisions need it."""
        return self._prepared[mock_id]

    def methods_for(self, identity: str) -> frozenset[str]:
        """The methods a connection with this identity has to answer.

        A mock with no enabled rule counts: its callers are told so, instead of 1400 from the SDK.
        """
        return frozenset(e.mock.method for e in self._entries.values() if applies_to(e.mock, identity))

    def find(self, identity: str, method: str) -> MockEntry | None:
        """The mock that answers `method` on a connection with this identity."""
        for entry in self._entries.values():
            if entry.mock.method == method and applies_to(entry.mock, identity):
                return entry
        return None

    def count_hit(self, mock_id: str, rule: int | None, caller: str, at: float) -> None:
        """Notes that a mock was used, and by which of its rules (None: by none)."""
        entry = self._entries.get(mock_id)
        if entry is None:
            return
        rule_hits, rule_last_at = dict(entry.use.rule_hits), dict(entry.use.rule_last_at)
        if rule is not None:
            rule_hits[rule] = rule_hits.get(rule, 0) + 1
            rule_last_at[rule] = at
        use = MockUse(entry.use.hits + 1, rule_hits, at, caller, rule_last_at)
        self._entries[mock_id] = msgspec.structs.replace(entry, use=use)
        self._used.tell(lambda callback: callback(mock_id))

    def _tell_changed(self) -> None:
        self._changed.tell(lambda callback: callback())


def _same_mocks(old: Sequence[Mock], new: Sequence[Mock]) -> list[int | None]:
    """For each of `new` which of `old` it is: the same one, else one with its method and identity."""
    named: dict[tuple[str, str | None], list[int]] = {}
    for index, mock in enumerate(old):
        named.setdefault((mock.method, mock.identity), []).append(index)
    places: list[int | None] = [None] * len(new)
    for needs_same in (True, False):
        for index, mock in enumerate(new):
            free = named.get((mock.method, mock.identity), [])
            if places[index] is None:
                places[index] = next((each for each in free if not needs_same or old[each] == mock), None)
                if (found := places[index]) is not None:
                    free.remove(found)
    return places


def _use_after(entry: MockEntry, rules: tuple[Rule, ...]) -> MockUse:
    """What is known of the use of a mock once `rules` take the place of its own."""
    before, use = entry.mock.rules, entry.use
    unclaimed = {index: rule for index, rule in enumerate(before) if rule not in rules}
    moved: dict[int, int] = {}  # from old places to new ones
    for index, rule in enumerate(rules):
        same = (old for old, each in enumerate(before) if each == rule and old not in moved)
        source = index if index < len(before) and before[index] == rule else next(same, None)
        if source is None and index in unclaimed:
            source = index
        if source is not None and source not in moved:
            moved[source] = index
    return msgspec.structs.replace(
        use,
        rule_hits={moved[old]: count for old, count in use.rule_hits.items() if old in moved},
        rule_last_at={moved[old]: at for old, at in use.rule_last_at.items() if old in moved},
    )
