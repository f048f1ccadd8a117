"""Filters of JSONPath (RFC 9535, section 2.3.5), as functions: a tenth of the time python-jsonpath takes.

It parses them; what is understood here is its tree of comparisons, tests for existence, `match` and `search`,
and their combinations. Filters with other functions, or with wide queries from the root, are left to it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, TypeAlias

from jsonpath import JSONPath
from jsonpath.filter import (
    NIL,
    BaseExpression,
    FilterExpression,
    FilterExpressionLiteral,
    FunctionExtension,
    InfixExpression,
    PrefixExpression,
    RegexLiteral,
    RelativeFilterQuery,
    RootFilterQuery,
)

from inspector.core.matching.effort import Effort
from inspector.core.matching.patterns import PatternFunction
from inspector.core.matching.values import equal, is_number

_STEPS_A_PATTERN = 100
"""What making one ready costs."""

Query: TypeAlias = Callable[[object, object, Effort], list[object]]
"""The values that a path leads to from a value, within a whole."""
Test: TypeAlias = Callable[[object, object, Effort], bool]
"""Whether a value passes, within a whole. Both raise TooMuchEffortError."""
_Operand: TypeAlias = Callable[[object, object, Effort], object]


class _Nothing:
    """Stands for what is compared where a query leads nowhere."""


_NOTHING: Final = _Nothing()


def test_of(expression: BaseExpression, query_of: Callable[[JSONPath], Query | None]) -> Test | None:
    """What a filter tests; None where that is left to the library. `query_of` makes the queries within it."""
    match expression:
        case FilterExpression():
            return test_of(expression.expression, query_of)
        case PrefixExpression(operator="!"):
            inner = test_of(expression.right, query_of)
            return None if inner is None else _negated(inner)
        case InfixExpression(logical=True):
            left, right = test_of(expression.left, query_of), test_of(expression.right, query_of)
            return None if left is None or right is None else _combined(expression.operator, left, right)
        case InfixExpression():
            one, other = _operand(expression.left, query_of), _operand(expression.right, query_of)
            return None if one is None or other is None else _comparison(expression.operator, one, other)
        case RelativeFilterQuery():
            query = query_of(expression.path)
            return None if query is None else _existence(query)
        case FunctionExtension(name="match" | "search", args=[text, pattern]):
            of, by = _operand(text, query_of), _operand(pattern, query_of)
            if of is None or by is None:
                return None
            is_written_out = isinstance(pattern, FilterExpressionLiteral)
            return _pattern_test(of, by, whole=expression.name == "match", is_written_out=is_written_out)
    return None


def _negated(inner: Test) -> Test:
    return lambda value, root, effort: not inner(value, root, effort)


def _combined(operator: str, left: Test, right: Test) -> Test:
    if operator == "&&":
        return lambda value, root, effort: left(value, root, effort) and right(value, root, effort)
    return lambda value, root, effort: left(value, root, effort) or right(value, root, effort)


def _existence(query: Query) -> Test:
    return lambda value, root, effort: bool(query(value, root, effort))


def _operand(expression: BaseExpression, query_of: Callable[[JSONPath], Query | None]) -> _Operand | None:
    if expression is NIL:
        return lambda _value, _root, _effort: None
    if isinstance(expression, FilterExpressionLiteral) and not isinstance(expression, RegexLiteral):
        literal: object = expression.value
        return lambda _value, _root, _effort: literal
    if isinstance(expression, RelativeFilterQuery | RootFilterQuery) and expression.path.singular_query():
        query = query_of(expression.path)
        from_root = isinstance(expression, RootFilterQuery)
        return None if query is None else _only_value(query, from_root=from_root)
    return None


def _only_value(query: Query, *, from_root: bool) -> _Operand:
    def value_of(value: object, root: object, effort: Effort) -> object:
        found = query(root if from_root else value, root, effort)
        return found[0] if found else _NOTHING

    return value_of


def _pattern_test(text: _Operand, pattern: _Operand, *, whole: bool, is_written_out: bool) -> Test:
    """`match` or `search`."""
    function = PatternFunction(whole=whole)

    def test(value: object, root: object, effort: Effort) -> bool:
        if not is_written_out:  # each value may bring one of its own
            effort.spend(_STEPS_A_PATTERN)
        return function.holds(text(value, root, effort), pattern(value, root, effort), effort)

    return test


def _comparison(operator: str, one: _Operand, other: _Operand) -> Test | None:
    compare = _COMPARISONS.get(operator)
    if compare is None:
        return None

    def test(value: object, root: object, effort: Effort) -> bool:
        return compare(one(value, root, effort), other(value, root, effort), effort)

    return test


def _equal(one: object, other: object, effort: Effort) -> bool:
    if one is _NOTHING or other is _NOTHING:
        return one is other
    return equal(one, other, effort)


def _less(one: object, other: object) -> bool:
    comparable = (isinstance(one, str) and isinstance(other, str)) or (is_number(one) and is_number(other))
    return comparable and one < other  # type: ignore[operator]


_COMPARISONS: dict[str, Callable[[object, object, Effort], bool]] = {
    "==": _equal,
    "!=": lambda one, other, effort: not _equal(one, other, effort),
    "<": lambda one, other, _: _less(one, other),
    ">": lambda one, other, _: _less(other, one),
    "<=": lambda one, other, effort: _less(one, other) or _equal(one, other, effort),
    ">=": lambda one, other, effort: _less(other, one) or _equal(one, other, effort),
}
