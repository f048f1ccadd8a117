"""Says on stderr when a command's connection is lost and when it is back."""

from __future__ import annotations

from inspector.cli.output import say
from inspector.session.connection_info import ConnectionInfo, ConnectionState


class Losses:
    """A `SessionListener`. Subscribe it once the connection stands."""

    def __init__(self) -> None:
        self._lost = False

    def connection_changed(self, info: ConnectionInfo) -> None:
        """Says it once, however many ways of coming back are tried."""
        if info.state in (ConnectionState.RECONNECTING, ConnectionState.REJOINING):
            if not self._lost:
                say(f"{info.identity} lost the server; trying again.")
            self._lost = True
        elif info.state is ConnectionState.CONNECTED and self._lost:
            say(f"{info.identity} is back in {info.room}.")
            self._lost = False

    def connection_removed(self, connection_id: str) -> None:
        """Never here: a command keeps its one connection."""
