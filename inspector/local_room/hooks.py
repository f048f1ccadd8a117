"""Where others plug into a room: what watches its data packets, and what is done to those who join."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from livekit.protocol.models import DataPacket
from livekit.protocol.room import CreateRoomRequest


class Deliver(Protocol):
    """What a room does for its watcher."""

    def deliver(self, packet: DataPacket, to: str) -> None:
        """Sends a packet to one participant, as from `packet.participant_identity`; nobody there: dropped."""

    def disconnect(self, identity: str) -> None:
        """Throws a participant out."""

    def sdk_of(self, identity: str) -> str:
        """The SDK of a participant, as `ClientInfo.SDK` names it (`JS`); empty for nobody."""

    def forced_to_v1_by(self, identity: str) -> str:
        """What the log calls the fault that keeps a participant from RPC v2; empty where none does."""


class CallWatcher(Protocol):
    """Sees every data packet of one room before it is passed on."""

    def route(self, packet: DataPacket, sender: str, destinations: Sequence[str]) -> bool:
        """Whether it takes charge of the packet: then the room does not deliver it, unless told to.

        No `destinations` means everybody else.
        """

    def participant_left(self, identity: str) -> None:
        """Somebody is gone for good; a reconnect of theirs is another session."""

    def closed(self) -> None:
        """The room is over."""


WatcherMaker = Callable[[str, Deliver], CallWatcher]
"""Makes the watcher of a room, by the room's name."""


class JoinFaults(Protocol):
    """What is done on purpose to one participant as it joins."""

    @property
    def force_v1(self) -> bool:
        """Whether it is shown to the others, and they to it, as without RPC v2."""

    @property
    def force_v1_title(self) -> str:
        """What the log calls the rule that says so."""

    @property
    def old_server(self) -> bool:
        """Whether it is told of a server too old for RPC."""


class FaultSource(Protocol):
    """Knows what is to be done to whom."""

    def for_join(self, identity: str) -> JoinFaults:
        """The faults for somebody who joins now."""


@dataclass(frozen=True)
class NoJoinFaults:
    """Nothing is done to who joins."""

    force_v1: bool = False
    force_v1_title: str = ""
    old_server: bool = False


class NoFaults:
    """Nothing is done to anybody."""

    def for_join(self, identity: str) -> JoinFaults:  # noqa: ARG002 - the same for all
        """The faults for somebody who joins now: none."""
        return NoJoinFaults()


class RoomObserver:
    """Learns of the life of rooms. What it does not want to know of, it leaves as it is here."""

    def room_opened(self, room: str, request: CreateRoomRequest) -> None:
        """A room began, as the request says; among others with the agents it is to have."""

    def participant_joined(self, room: str, identity: str) -> None:
        """Somebody has been let in; its session is not active yet."""

    def tracks_changed(self, room: str, identity: str) -> None:
        """Somebody publishes other tracks than before."""

    def participant_left(self, room: str, identity: str) -> None:
        """Somebody is gone for good."""

    def room_closed(self, room: str) -> None:
        """A room is over."""
