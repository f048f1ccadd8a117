"""A participant: who it is, what it may, and how it is reached."""

from __future__ import annotations

from dataclasses import dataclass

from livekit.protocol.models import ClientInfo, DisconnectReason, ParticipantInfo, ParticipantPermission
from livekit.protocol.rtc import SignalResponse

from inspector.local_room import sids
from inspector.local_room.access.grants import Grants
from inspector.local_room.hooks import JoinFaults
from inspector.local_room.joining.join_request import JoinWish
from inspector.local_room.joining.signalling import SignalSocket
from inspector.local_room.rooms.connections import Connections
from inspector.local_room.rooms.media import Publications
from inspector.local_room.rooms.outbox import Outbox

State = ParticipantInfo.State


@dataclass(frozen=True)
class Reach:
    """How a participant is reached with data."""

    connections: Connections
    outbox: Outbox


class Participant:
    """One session of somebody in a room; coming back, one is another."""

    def __init__(
        self,
        grants: Grants,
        wish: JoinWish,
        faults: JoinFaults,
        now: float,
    ) -> None:
        self.sid = sids.new_sid(sids.PARTICIPANT)
        self.identity = grants.identity
        self.grants = grants
        self.permission = grants.video.permission() if grants.video else ParticipantPermission()
        self.faults = faults
        self.client: ClientInfo = wish.client
        self.auto_subscribe = wish.auto_subscribe
        self.name = grants.name
        self.metadata = wish.metadata or grants.metadata
        self.attributes = {**grants.attributes, **{k: v for k, v in wish.attributes.items() if v}}
        self.publications = Publications()
        self.subscribed_tracks: set[str] = set()
        """Sids of tracks of its own that it was told somebody has subscribed to."""
        self.state = State.JOINING
        self.left_because = DisconnectReason.UNKNOWN_REASON
        self.joined_at = now
        """Seconds since the epoch."""
        self.token_sent_at = now
        self.lost_at: float | None = None
        """When its connection ended, in seconds of the monotonic clock; it may still come back."""
        self.last_sequence = 0
        """Of the reliable packets that it sent."""
        self.socket: SignalSocket | None = None
        self.reach: Reach | None = None
        self._version = 0

    @property
    def protocol(self) -> int:
        """The signalling protocol that its client speaks."""
        return self.client.protocol

    @property
    def is_hidden(self) -> bool:
        """Whether the others are not to know of it."""
        return self.permission.hidden

    @property
    def is_agent(self) -> bool:
        """Whether it is a program that serves others in the room."""
        return self.grants.participant_kind() == ParticipantInfo.Kind.AGENT or self.permission.agent

    @property
    def is_recorder(self) -> bool:
        """Whether it records the room."""
        return self.grants.participant_kind() == ParticipantInfo.Kind.EGRESS or self.permission.recorder

    @property
    def is_dependent(self) -> bool:
        """Whether it is there for others only: it keeps no room open and counts nowhere."""
        return self.is_agent or self.is_recorder

    @property
    def is_gone(self) -> bool:
        """Whether its session is over."""
        return self.state == State.DISCONNECTED

    def info(self, to: Participant | None = None) -> ParticipantInfo:
        """What others are told of it; `to` tells whom, where that is to make a difference."""
        plain = self.faults.force_v1 or (to is not None and to.faults.force_v1)
        tracks = self.publications.published()
        return ParticipantInfo(
            sid=self.sid,
            identity=self.identity,
            name=self.name,
            metadata=self.metadata,
            attributes=self.attributes,
            state=self.state,
            tracks=tracks,
            is_publisher=bool(tracks),
            joined_at=int(self.joined_at),
            joined_at_ms=int(self.joined_at * 1000),
            version=self._version,
            permission=self.permission,
            kind=self.grants.participant_kind(),
            kind_details=self.grants.participant_kind_details(),
            disconnect_reason=self.left_because,
            client_protocol=0 if plain else self.client.client_protocol,
            capabilities=() if plain else self.client.capabilities,
        )

    def changed(self) -> None:
        """Notes that `info` says something else than before."""
        self._version += 1

    def permit(self, permission: ParticipantPermission) -> None:
        """Changes what it may; tracks that it may publish no more are withdrawn."""
        self.permission = permission
        if not permission.can_publish:
            self.publications.keep_only(frozenset())
        elif permission.can_publish_sources:
            self.publications.keep_only(frozenset(permission.can_publish_sources))
        self.changed()

    def tell(self, response: SignalResponse) -> None:
        """Sends a signalling message, if there is a way to."""
        if self.socket is not None:
            self.socket.send(response)
