"""Makers of the mocks that tests answer with."""

from inspector.core.mocks import Delay, Fail, Mock, Reply, Rule


def reply(method: str, text: str = "yes", *, delay_ms: float = 0, identity: str | None = None) -> Mock:
    """Return a mock that answers `text`."""
    rule = Rule(action=Reply(text), delay=Delay(ms=delay_ms) if delay_ms else None)
    return Mock(method=method, rules=(rule,), identity=identity)


def fail(method: str, code: int, message: str = "no", data: str | None = None) -> Mock:
    """Return a mock that answers with an error."""
    return Mock(method=method, rules=(Rule(action=Fail(code, message, data)),))
