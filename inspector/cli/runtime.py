"""What a command works with while it runs: its session, and the one connection it has."""

from __future__ import annotations

from functools import partial

from inspector.cli.losses import Losses
from inspector.cli.output import say
from inspector.core.calls import Call, CallDraft, Outcome
from inspector.core.participants import ParticipantKind
from inspector.core.problems import Problem, ProblemError
from inspector.core.rpc_errors import RpcCode
from inspector.local_room.options import RoomServerOptions
from inspector.local_room.process.standby import StandbyRoom
from inspector.sdk.addresses import port_of
from inspector.sdk.gateway import Gateway
from inspector.sdk.sources import ConnectionSource, KeyCredentials
from inspector.session.connection_info import ConnectionInfo, ConnectionState
from inspector.session.ports import JoinAs
from inspector.session.session import Session
from inspector.session.slots import BY_HAND
from inspector.session.waiting import until

NEWS_WITHIN_S = 0.5
"""The SDK says so soon after it that a call ended because we were thrown out."""
IN_ROOM = (ConnectionState.CONNECTED, ConnectionState.RECONNECTING)
"""States in which calls can be made; during a reconnect they wait."""


class NotConnectedError(ProblemError):
    """A connection that could not be made, or was lost for good: exit code 3."""


class Runtime:
    """What a command works with while it runs."""

    def __init__(self, session: Session, gateway: Gateway, *, quiet: bool) -> None:
        self.session = session
        self._quiet = quiet
        self._gateway = gateway
        self._standby: StandbyRoom | None = None

    async def reach(self, source: ConnectionSource) -> None:
        """Sees to it that a server is there, where the source is the local room: starts one if need be.

        Raises:
            NotConnectedError: it cannot be started.
        """
        if not source.local:
            return
        if self._standby is None:
            self._standby = StandbyRoom(_room_of(source), say, self.session.tasks)
        try:
            await self._standby.ensure()
        except ProblemError as error:
            raise NotConnectedError(error.problem) from None

    async def close(self) -> None:
        """Leaves, and ends the local room if it was started here."""
        await self.session.close()
        self._gateway.close()
        if self._standby is not None:
            await self._standby.stop()

    async def join(self, source: ConnectionSource) -> str:
        """Joins, and returns the connection's id. From then on losses are said on stderr.

        Raises:
            NotConnectedError: it could not connect.
        """
        connection = self.session.connect(self._gateway.joiner(source, partial(self.reach, source)))
        try:
            await connection.settled()
        except ProblemError as error:
            raise NotConnectedError(error.problem) from None
        self.session.subscribe(Losses())
        if not self._quiet:
            _warn_of_agents(connection.info)
        return connection.id

    def info(self, connection_id: str) -> ConnectionInfo:
        """The connection as it stands now.

        Raises:
            NotConnectedError: it was lost for good.
        """
        problem = self._failure(connection_id)
        if problem is not None:
            raise NotConnectedError(problem)
        return self._info(connection_id)

    async def in_room(self, connection_id: str) -> ConnectionInfo:
        """Waits until calls can be made, which during a rejoin they cannot; how it stands then.

        Raises:
            NotConnectedError: it was lost for good.
        """

        def standing() -> ConnectionInfo | None:
            info = self.info(connection_id)
            return info if info.state in IN_ROOM else None

        info = await until(self.session, standing, None)
        assert info is not None
        return info

    async def call(self, draft: CallDraft, *, queue: str = BY_HAND) -> Call:
        """Makes a call as soon as it can be made; its settled record.

        Raises:
            NotConnectedError: the connection was lost for good before.
        """
        await self.in_room(draft.connection)
        return await self.session.call(draft, queue=queue)

    async def fail_if_lost(self, made: Call) -> None:
        """Tells a call that ended because we were thrown out from one whose destination left.

        The SDK ends both as 1503, and in the first case says a moment later that the connection is over.

        Raises:
            NotConnectedError: the connection was lost for good.
        """
        if made.outcome is not Outcome.LOST and made.code != RpcCode.RECIPIENT_DISCONNECTED:
            return
        assert made.connection is not None
        await self.lost_for_good(made.connection, NEWS_WITHIN_S)

    async def lost_for_good(self, connection_id: str, within_s: float | None) -> None:
        """Waits until the connection has failed for good, or until `within_s` seconds have passed.

        Raises:
            NotConnectedError: it failed; with why.
        """
        problem = await until(self.session, lambda: self._failure(connection_id), within_s)
        if problem is not None:
            raise NotConnectedError(problem)

    def _failure(self, connection_id: str) -> Problem | None:
        info = self._info(connection_id)
        return info.problem if info.state is ConnectionState.FAILED else None

    def _info(self, connection_id: str) -> ConnectionInfo:
        info = self.session.connection(connection_id)
        assert info is not None
        return info


def _room_of(source: ConnectionSource) -> RoomServerOptions:
    key = source.credentials
    assert isinstance(key, KeyCredentials)
    return RoomServerOptions(keys={key.api_key: key.api_secret}, port=port_of(source.url))


def _warn_of_agents(info: ConnectionInfo) -> None:
    """A voice agent takes the first standard participant for its user, and looks again at every session."""
    agents = [participant.identity for participant in info.participants if participant.is_agent]
    if not agents or info.target.join_as is JoinAs.BESIDE or info.local is None:
        return
    if info.local.kind is ParticipantKind.STANDARD:
        say(f"An agent is in the room ({', '.join(agents)}), and may take {info.identity} for its user.")
        say("  With --join-as beside, which needs a key, it passes you over.")
