"""The servers that the same cases run against. Another kind is a line in `KINDS` and a pair of fixtures."""

from datetime import timedelta
from typing import Protocol

from livekit import api

KINDS = {"livekit-server": ("livekit_server", "own_livekit_server")}
"""For each kind the fixture of a server that all cases share, and that of one to stop and start again."""


class Server(Protocol):
    """What a case needs of its server; `LiveKitServer` has it."""

    api_key: str
    api_secret: str

    @property
    def url(self) -> str: ...

    def token(
        self,
        room: str,
        identity: str,
        *,
        hidden: bool = ...,
        can_publish_data: bool = ...,
        kind: api.AccessToken.ParticipantKind = ...,
        attributes: dict[str, str] | None = ...,
        ttl: timedelta = ...,
        secret: str | None = ...,
    ) -> str: ...

    async def delete_room(self, room: str) -> None: ...

    async def remove_participant(self, room: str, identity: str) -> None: ...


class OwnServer(Server, Protocol):
    """A server of one case, which may end it and have it back at the same address."""

    def start(self) -> None: ...

    def stop(self) -> None: ...

    def kill(self) -> None: ...
