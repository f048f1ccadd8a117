"""Which fault a call or a join gets: the first rule that is about it and takes its chance."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence

import msgspec

from inspector.core.faults import FaultKind, FaultRule, FaultState, matches_call, matches_join, title_of
from inspector.core.listeners import Listeners
from inspector.core.mocks import chance


class ChosenFault(msgspec.Struct, frozen=True):
    """A rule that is to be done, and what the log calls it."""

    rule: FaultRule
    title: str


class JoinFaults(msgspec.Struct, frozen=True):
    """What is done to a participant as it joins."""

    force_v1: bool = False
    """It is shown to the others, and they to it, as not speaking RPC v2."""
    force_v1_title: str = ""
    """What the log calls the rule that says so."""
    old_server: bool = False
    """It is told of a server too old for RPC."""


class _Place:
    """A rule in its place, with what became of it so far."""

    def __init__(self, rule: FaultRule, number: int, earlier: _Place | None) -> None:
        self.rule = rule
        self.title = title_of(rule, number)
        self.hits: int = earlier.hits if earlier else 0
        self.tries: int = earlier.tries if earlier else 0
        self._key = msgspec.json.encode(rule).decode() if rule.probability < 1 else ""

    def takes_its_chance(self, seed: int) -> bool:
        """Whether it is done this time; counts either way."""
        rule = self.rule
        if rule.times is not None and self.hits >= rule.times:
            return False
        self.tries += 1
        if rule.probability < 1 and chance(seed, "fault", self._key, self.tries) >= rule.probability:
            return False
        self.hits += 1
        return True


class FaultEngine:
    """The faults of one server, in their order, and how often each was done.

    Chance depends on `seed`, the rule and how often it was tried, and on nothing else: a run repeats.
    """

    def __init__(self, seed: int = 0) -> None:
        self.listeners: Listeners[Callable[[], None]] = Listeners()
        """Told when rules change or a hit is counted."""
        self._seed = seed
        self._places: tuple[_Place, ...] = ()
        self._for_calls: tuple[_Place, ...] = ()
        self._for_joins: tuple[_Place, ...] = ()

    @property
    def rules(self) -> tuple[FaultRule, ...]:
        """The rules in their order."""
        return tuple(place.rule for place in self._places)

    def set_rules(self, rules: Sequence[FaultRule]) -> None:
        """Puts `rules` in place of all; those that were there before keep their hits, calls their faults."""
        before: defaultdict[FaultRule, list[_Place]] = defaultdict(list)
        for place in reversed(self._places):
            before[place.rule].append(place)
        self._places = tuple(
            _Place(rule, number, before[rule].pop() if before[rule] else None)
            for number, rule in enumerate(rules, start=1)
        )
        enabled = tuple(place for place in self._places if place.rule.enabled)
        self._for_calls = tuple(place for place in enabled if not place.rule.fault.is_for_joins)
        self._for_joins = tuple(place for place in enabled if place.rule.fault.is_for_joins)
        self._tell()

    def states(self) -> tuple[FaultState, ...]:
        """The rules with their hits."""
        return tuple(FaultState(place.rule, place.hits) for place in self._places)

    def for_call(self, *, method: str, caller: str, callee: str) -> ChosenFault | None:
        """The fault that a call gets; counts it."""
        for place in self._for_calls:
            rule = place.rule
            if matches_call(rule, method=method, caller=caller, callee=callee) and place.takes_its_chance(
                self._seed
            ):
                self._tell()
                return ChosenFault(rule, place.title)
        return None

    def for_join(self, identity: str) -> JoinFaults:
        """What a participant that joins gets; counts it."""
        done: dict[FaultKind, str] = {}
        for place in self._for_joins:
            rule = place.rule
            if rule.fault not in done and matches_join(rule, identity) and place.takes_its_chance(self._seed):
                done[rule.fault] = place.title
        if done:
            self._tell()
        return JoinFaults(
            force_v1=FaultKind.FORCE_V1 in done,
            force_v1_title=done.get(FaultKind.FORCE_V1, ""),
            old_server=FaultKind.OLD_SERVER in done,
        )

    def _tell(self) -> None:
        self.listeners.tell(lambda listener: listener())
