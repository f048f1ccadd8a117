"""One room on a real server, with our session in it as its user builds it, and peers of the SDK alone."""

import contextlib
from collections.abc import AsyncIterator
from typing import Any

from livekit import api, rtc
from livekit.protocol.room import PerformRpcRequest, PerformRpcResponse

from inspector.core.calls import Call, CallDraft
from inspector.core.participants import Participant
from inspector.scripts.session_scripts import SessionScripts
from inspector.sdk.gateway import Gateway
from inspector.sdk.sources import ConnectionSource, KeyCredentials, TokenCredentials
from inspector.session.connection import Connection
from inspector.session.connection_info import RejoinPolicy
from inspector.session.ports import JoinAs
from inspector.session.session import Session
from inspector.session.waiting import until
from tests.support.python_peer import PythonPeer
from tests.support.reports import Unexpected
from tests.support.servers import Server

PRESENCE_WITHIN_S = 15.0
"""A server may announce joins and leaves of participants without tracks 3 s late."""
ACK_TIMEOUT_S = 1.0
"""For calls that nobody will acknowledge."""


class Stage:
    """Our session and its peers, until `async with Stage.set(...)` ends."""

    def __init__(self, server: Server, room: str, policy: RejoinPolicy | None = None) -> None:
        self.server = server
        self.room = room
        self.unexpected = Unexpected()
        self.scripts = SessionScripts(self.unexpected)
        self.session = Session(self.unexpected, policy=policy, scripts=self.scripts)
        self.gateway = Gateway(self.session.tasks.spawn, self.unexpected)
        self._peers: list[PythonPeer] = []

    @classmethod
    @contextlib.asynccontextmanager
    async def set(
        cls, server: Server, room: str, policy: RejoinPolicy | None = None
    ) -> AsyncIterator["Stage"]:
        """Build it up, and take it down again: nothing may be left of it, and nothing unexpected happen."""
        stage = cls(server, room, policy)
        try:
            yield stage
        finally:
            left = await stage.session.close()
            await stage.scripts.close()
            for peer in stage._peers:
                await peer.leave()
            stage.gateway.close()
        assert left == ()
        assert stage.unexpected.rest() == []

    def source(
        self, identity: str = "inspector", *, join_as: JoinAs = JoinAs.PARTICIPANT
    ) -> ConnectionSource:
        """Return a way in by key."""
        return ConnectionSource(
            url=self.server.url,
            credentials=KeyCredentials(self.server.api_key, self.server.api_secret),
            room=self.room,
            identity=identity,
            join_as=join_as,
        )

    def open(self, source: ConnectionSource) -> Connection:
        """Open a connection, which joins by itself."""
        return self.session.connect(self.gateway.joiner(source))

    def open_by_token(self, identity: str = "inspector", **token: Any) -> Connection:
        """Open a connection by token; `token` has the options of `Server.token`."""
        made = self.server.token(self.room, identity, **token)
        return self.open(ConnectionSource(url=self.server.url, credentials=TokenCredentials(made)))

    async def connect(
        self, identity: str = "inspector", *, join_as: JoinAs = JoinAs.PARTICIPANT
    ) -> Connection:
        """Return a connection of ours that is in."""
        connection = self.open(self.source(identity, join_as=join_as))
        await connection.settled()
        return connection

    async def connect_by_token(self, identity: str = "inspector", **token: Any) -> Connection:
        """Return a connection of ours that is in, by a token with these options."""
        connection = self.open_by_token(identity, **token)
        await connection.settled()
        return connection

    async def peer(
        self,
        identity: str = "agent",
        *,
        url: str | None = None,
        two_connections: bool = False,
        shared_key: bytes | None = None,
        **token: Any,
    ) -> PythonPeer:
        """Return a peer that is in, by another `url` if given, and answers its standard methods."""
        peer = PythonPeer(identity, two_connections=two_connections, shared_key=shared_key)
        self._peers.append(peer)
        await peer.join(url or self.server.url, self.server.token(self.room, identity, **token))
        return peer

    def sdk_room(self, connection: Connection) -> rtc.Room:
        """Return the SDK's room beneath a connection, to have it simulate what a network does."""
        room = connection._joined._room  # type: ignore[union-attr]
        assert isinstance(room, rtc.Room)
        return room

    async def sees(self, connection: Connection, identity: str) -> Participant:
        """Return the participant once the connection lists it as active."""

        def active() -> Participant | None:
            participant = connection.participant(identity)
            return participant if participant is not None and participant.is_active else None

        found = await until(self.session, active, PRESENCE_WITHIN_S)
        assert found is not None, f"{identity} is not active for {connection.id}"
        return found

    async def misses(self, connection: Connection, identity: str) -> None:
        """Return once the connection does not list the participant any more."""
        gone = await until(
            self.session,
            lambda: True if connection.participant(identity) is None else None,
            PRESENCE_WITHIN_S,
        )
        assert gone, f"{identity} is still listed for {connection.id}"

    async def call(
        self,
        connection: Connection,
        method: str,
        payload: str = "",
        *,
        to: str = "agent",
        timeout_s: float | None = None,
        ack_timeout_s: float | None = None,
    ) -> Call:
        """Call a method through the session, and return the settled record."""
        return await self.session.call(
            CallDraft(connection.id, to, method, payload, timeout_s, ack_timeout_s)
        )

    async def call_by_server_api(self, to: str, method: str, payload: str = "") -> str:
        """Call a method as the server itself does for whoever asks its API.

        Raises:
            ServerError: the call failed; the text has the code.
        """
        request = PerformRpcRequest(room=self.room, destination_identity=to, method=method, payload=payload)
        grants = api.VideoGrants(room_admin=True, room=self.room)
        async with api.LiveKitAPI(self.server.url, self.server.api_key, self.server.api_secret) as server:
            # The client has the messages, but no method for this yet.
            response = await server.room._client.request(
                "RoomService", "PerformRpc", request, server.room._auth_header(grants), PerformRpcResponse
            )
        return str(response.payload)
