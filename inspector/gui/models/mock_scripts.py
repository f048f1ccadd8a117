"""The script files that a mock answers by."""

from __future__ import annotations

from pathlib import Path

from inspector.core.mocks import Mock, Script, step_actions
from inspector.session.acting import script_file


def scripts_of(mock: Mock | None) -> frozenset[str]:
    """The whole paths of the scripts that the mock's rules name."""
    if mock is None:
        return frozenset()
    actions = [action for rule in mock.rules for action in step_actions(rule.action)]
    named = [action.path for action in actions if isinstance(action, Script)]
    return frozenset(str(Path(script_file(path, mock.source)).absolute()) for path in named)
