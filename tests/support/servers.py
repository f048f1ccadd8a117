"""What tests ask of a server over HTTP and of its tokens, whichever server it is."""

from abc import ABC, abstractmethod
from datetime import timedelta
from typing import Any

from livekit import api


class Server(ABC):
    """A server that is running, its keys, and what they open."""

    api_key = "devkey"
    api_secret = "secret"

    @property
    @abstractmethod
    def url(self) -> str:
        """The address clients connect to."""

    def token(
        self,
        room: str,
        identity: str,
        *,
        hidden: bool = False,
        can_publish: bool = True,
        can_publish_data: bool = True,
        can_subscribe: bool = True,
        can_update_own_metadata: bool = False,
        kind: api.AccessToken.ParticipantKind = "standard",
        name: str = "",
        metadata: str = "",
        attributes: dict[str, str] | None = None,
        ttl: timedelta = timedelta(hours=1),
        secret: str | None = None,
    ) -> str:
        """Return a token to join `room` as `identity`; `secret`, if given, signs it."""
        grants = api.VideoGrants(
            room_join=True,
            room=room,
            hidden=hidden,
            can_publish=can_publish,
            can_publish_data=can_publish_data,
            can_subscribe=can_subscribe,
            can_update_own_metadata=can_update_own_metadata,
        )
        return (
            api.AccessToken(self.api_key, secret or self.api_secret)
            .with_identity(identity)
            .with_kind(kind)
            .with_name(name)
            .with_metadata(metadata)
            .with_attributes(attributes or {})
            .with_grants(grants)
            .with_ttl(ttl)
            .to_jwt()
        )

    def admin(self) -> api.LiveKitAPI:
        """Return the server API's client, for `async with`."""
        return api.LiveKitAPI(self.url, self.api_key, self.api_secret)

    async def delete_room(self, room: str) -> None:
        """End a room for everybody in it."""
        async with self.admin() as server:
            await server.room.delete_room(api.DeleteRoomRequest(room=room))

    async def remove_participant(self, room: str, identity: str) -> None:
        """Throw somebody out of a room."""
        async with self.admin() as server:
            await server.room.remove_participant(api.RoomParticipantIdentity(room=room, identity=identity))

    async def update_participant(self, room: str, identity: str, **facts: Any) -> None:
        """Change facts of somebody in a room; `facts` are fields of an UpdateParticipantRequest."""
        request = api.UpdateParticipantRequest(room=room, identity=identity, **facts)
        async with self.admin() as server:
            await server.room.update_participant(request)


class OwnServer(Server):
    """A server that a test may end and have back at the same address. Every method here blocks."""

    @property
    @abstractmethod
    def pid(self) -> int:
        """Of its process, while it runs."""

    @abstractmethod
    def start(self) -> None:
        """Start it and return once it answers."""

    @abstractmethod
    def stop(self) -> None:
        """Let it shut down, telling its clients so."""

    @abstractmethod
    def kill(self) -> None:
        """End it at once, as a crash would: its clients are told nothing."""
