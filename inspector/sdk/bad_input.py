"""What a person gave that cannot be used, as a problem with words."""

from __future__ import annotations

from inspector.core.problems import Problem, ProblemError, ProblemKind, Side


def bad_input(what: str, next_step: str, kind: ProblemKind = ProblemKind.BAD_INPUT) -> ProblemError:
    """An error to raise: `what` is wrong with the input, and the `next_step` that helps."""
    return ProblemError(Problem(kind=kind, what=what, side=Side.HERE, next_step=next_step, final=True))
