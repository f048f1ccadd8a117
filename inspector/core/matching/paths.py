"""JSONPath (RFC 9535): which values of a payload a path leads to.

Paths are parsed by python-jsonpath. Steps by name, index, slice, wildcard, descent and the filters that
`filters.py` understands are taken here, at a tenth of its time; paths with other filters are taken by it,
with patterns by RE2 and every node counted.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from typing import Any, TypeAlias

from jsonpath import JSONPath, JSONPathEnvironment, JSONPathError, JSONPathMatch
from jsonpath.filter import BaseExpression, FilterQuery
from jsonpath.function_extensions import ExpressionType, FilterFunction
from jsonpath.segments import JSONPathRecursiveDescentSegment
from jsonpath.selectors import Filter as FilterSelector
from jsonpath.selectors import IndexSelector, NameSelector, SliceSelector, WildcardSelector

from inspector.core.matching.effort import Effort
from inspector.core.matching.filters import Query, Test, test_of
from inspector.core.matching.patterns import PatternFunction

_STEPS_A_NODE = 20
"""What a node that python-jsonpath visits costs."""
_EFFORT = "effort"
_MAX_DEPTH = 1000
_MAX_PATH_CHARS = 1000
_PATTERN_EFFORT = 200_000
"""What one pattern in a filter may take: the library does not say there what is left of the whole."""


class _Everything:
    """The step that a wildcard is."""


_EVERYTHING = _Everything()


class _Filter:
    """The step that a filter is."""

    def __init__(self, test: Test) -> None:
        self.test = test


_Selector: TypeAlias = str | int | slice | _Everything | _Filter
_Segment: TypeAlias = tuple[bool, tuple[_Selector, ...]]
"""Whether it descends, and what it selects."""


class Path:
    """A JSONPath, ready to be followed."""

    def __init__(self, source: str) -> None:
        """Raises ValueError, with a message for whoever wrote it, where `source` is no JSONPath."""
        if len(source) > _MAX_PATH_CHARS:
            raise ValueError(f"longer than {_MAX_PATH_CHARS:,} characters")
        if not source.startswith("$"):
            raise ValueError("a JSONPath begins with `$`, as in `$.city`")
        try:
            query = _Environment().compile(source)
        except (JSONPathError, RecursionError) as error:
            raise ValueError(_why(error)) from None
        assert isinstance(query, JSONPath)  # unions of paths are not part of the strict syntax
        self.source = source
        self._segments = _segments(query)
        self._query = _counted(query)

    def values(self, root: object, effort: Effort) -> list[object]:
        """The values it leads to from `root`.

        Raises:
            TooMuchEffortError: there is too much to look at.
        """
        if self._segments is None:
            return self._by_library(root, effort)
        return _followed(self._segments, root, root, effort)

    def _by_library(self, root: object, effort: Effort) -> list[object]:
        if not isinstance(root, dict | list):
            return []  # it takes a string for JSON yet to be read; a filter finds nothing in a single value
        try:
            return [match.obj for match in self._query.finditer(root, filter_context={_EFFORT: effort})]
        except (JSONPathError, RecursionError):
            return []  # nested deeper than it follows


def _segments(query: JSONPath) -> tuple[_Segment, ...] | None:
    """The path in steps of our own; None where it has a filter that is left to the library."""
    segments: list[_Segment] = []
    for segment in query.segments:
        selectors = tuple(_selector(selector) for selector in segment.selectors)
        known = tuple(selector for selector in selectors if selector is not None)
        if len(known) < len(selectors):
            return None
        segments.append((isinstance(segment, JSONPathRecursiveDescentSegment), known))
    return tuple(segments)


def _selector(selector: object) -> _Selector | None:
    match selector:
        case NameSelector():
            return str(selector.name)
        case IndexSelector():
            return int(selector.index)
        case SliceSelector():
            return selector.slice
        case FilterSelector():
            test = test_of(selector.expression, _query)
            return None if test is None else _Filter(test)
    return _EVERYTHING if isinstance(selector, WildcardSelector) else None


def _query(path: JSONPath) -> Query | None:
    """A path within a filter, as a function."""
    segments = _segments(path)
    return None if segments is None else partial(_followed, segments)


def _followed(segments: tuple[_Segment, ...], start: object, root: object, effort: Effort) -> list[object]:
    """The values that steps lead to from `start`, a value within `root`."""
    values = [start]
    for descends, selectors in segments:
        if descends:
            values = _descended(values, effort)
        effort.spend(len(values) * len(selectors))
        found: list[object] = []
        for value in values:
            for selector in selectors:
                if isinstance(selector, _Filter):
                    found += _passing(selector.test, value, root, effort)
                else:
                    found += _selected(value, selector)
        effort.spend(len(found))
        values = found
    return values


def _passing(test: Test, value: object, root: object, effort: Effort) -> list[object]:
    children = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    effort.spend(len(children))
    return [child for child in children if test(child, root, effort)]


def _selected(value: object, selector: str | int | slice | _Everything) -> list[object]:
    if isinstance(value, dict):
        if isinstance(selector, str):
            return [value[selector]] if selector in value else []
        return list(value.values()) if selector is _EVERYTHING else []
    if isinstance(value, list):
        if isinstance(selector, int):
            return [value[selector]] if -len(value) <= selector < len(value) else []
        if isinstance(selector, slice):
            return [] if selector.step == 0 else value[selector]
        return value if selector is _EVERYTHING else []
    return []


def _descended(values: list[object], effort: Effort) -> list[object]:
    """The values and all beneath them."""
    return [each for value in values for each in _and_beneath(value, effort)]


def _and_beneath(value: object, effort: Effort) -> Iterator[object]:
    open_ = [value]
    while open_:
        here = open_.pop()
        effort.spend()
        yield here
        children = here.values() if isinstance(here, dict) else here if isinstance(here, list) else ()
        open_ += reversed([child for child in children if isinstance(child, dict | list)])


class _CountedPath(JSONPath):
    """A path that is followed from a counted node, as all the nodes beneath it then are."""

    __slots__ = ()

    def finditer(
        self,
        data: Any,  # noqa: ANN401 - as the library has it
        *,
        filter_context: Mapping[str, Any] | None = None,
    ) -> Iterable[JSONPathMatch]:
        """The nodes the path leads to; raises TooMuchEffortError while they are asked for."""
        root = _CountedMatch(
            filter_context=filter_context or {}, obj=data, parent=None, path="$", parts=(), root=data
        )
        matches: Iterable[JSONPathMatch] = [root]
        for segment in self.segments:
            matches = segment.resolve(matches)
        return matches


def _counted(query: JSONPath) -> JSONPath:
    """The same path with every node counted, also those of paths within its filters."""
    for segment in query.segments:
        for selector in segment.selectors:
            if isinstance(selector, FilterSelector):
                _count_within(selector.expression)
    return _CountedPath(env=query.env, segments=query.segments)


def _count_within(expression: BaseExpression) -> None:
    for child in expression.children():
        _count_within(child)
    if isinstance(expression, FilterQuery):
        expression.path = _CountedPath(env=expression.path.env, segments=expression.path.segments)


class _CountedMatch(JSONPathMatch):
    """A node of python-jsonpath that costs effort."""

    __slots__ = ()

    def __init__(
        self,
        *,
        filter_context: Mapping[str, Any],
        obj: object,
        parent: JSONPathMatch | None,
        path: str,
        parts: tuple[int | str, ...],
        root: Any,  # noqa: ANN401 - as the library has it
    ) -> None:
        super().__init__(
            filter_context=filter_context, obj=obj, parent=parent, path=path, parts=parts, root=root
        )
        effort = filter_context.get(_EFFORT)
        if isinstance(effort, Effort):
            effort.spend(_STEPS_A_NODE + len(path))

    def add_child(self, *children: JSONPathMatch) -> None:
        """Does nothing: nobody asks for them, and each would be a cycle that keeps a payload in memory."""


class _Environment(JSONPathEnvironment):
    """RFC 9535 and nothing else, with its functions `match` and `search` by RE2."""

    max_recursion_depth = _MAX_DEPTH

    def __init__(self) -> None:
        super().__init__(strict=True)

    def setup_function_extensions(self) -> None:
        """Adds the functions of RFC 9535, section 2.4."""
        super().setup_function_extensions()
        self.function_extensions["match"] = _LibraryFunction(PatternFunction(whole=True))
        self.function_extensions["search"] = _LibraryFunction(PatternFunction(whole=False))


class _LibraryFunction(FilterFunction):
    """`match` or `search`, as the library calls it."""

    arg_types = [ExpressionType.VALUE, ExpressionType.VALUE]  # noqa: RUF012 - as the library declares it
    return_type = ExpressionType.LOGICAL

    def __init__(self, function: PatternFunction) -> None:
        self._function = function

    def __call__(self, value: object, pattern: object) -> bool:
        """Whether `value` matches."""
        return self._function.holds(value, pattern, Effort(_PATTERN_EFFORT))


def _why(error: Exception) -> str:
    message = error.args[0] if error.args else error
    token = getattr(error, "token", None)
    place = f" (character {token.index + 1})" if token is not None else ""
    return f"{message}{place}"
