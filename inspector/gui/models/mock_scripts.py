"""The script files that a mock answers by."""

from __future__ import annotations

from pathlib import Path

from inspector.core.mocks import Mock, Script, Sequence
from inspector.session.acting import script_file


def scripts_of(mock: Mock | None) -> frozenset[str]:
    """The whole paths of the scripts that the mock's rules name."""
    if mock is None:
        return frozenset()
    actions = [rule.action for rule in mock.rules]
    steps = [step.action for action in actions if isinstance(action, Sequence) for step in action.steps]
    named = [action.path for action in (*actions, *steps) if isinstance(action, Script)]
    return frozenset(str(Path(script_file(path, mock.source)).absolute()) for path in named)
