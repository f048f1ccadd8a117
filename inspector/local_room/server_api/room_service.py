"""LiveKit's RoomService: what a program with the key asks and orders of rooms.

Who may what, and the errors, are livekit-server 1.13.5's (measured). What concerns media is not implemented,
since a local room forwards none.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, NoReturn, Protocol

from google.protobuf.message import Message
from livekit.protocol import room as api
from livekit.protocol.models import DataPacket, ParticipantInfo, Room, UserPacket

from inspector.local_room.access.grants import Grants, VideoGrants
from inspector.local_room.access.refusals import Refused
from inspector.local_room.limits import Limits, attributes_size
from inspector.local_room.server_api.server_calls import Exchange, ServerCalls
from inspector.local_room.server_api.twirp import Method, Service, TwirpError, relayed

ABSENT_S = 3.0
"""How long a LiveKit server waits for a room to speak up that is not there."""
_NONCE_BYTES = 16


class Rooms(Exchange, Protocol):
    """The rooms of a server, as far as its API goes. Messages that they return are the receiver's own."""

    def list(self, names: Sequence[str]) -> Sequence[Room]:
        """The rooms of these names that there are; of all names where none are given."""

    def create(self, request: api.CreateRoomRequest) -> Room:
        """The room of that name, made as the request says unless it is there already.

        Raises:
            Refused: there are as many rooms as there may be.
        """

    def delete(self, room: str) -> bool:
        """Ends a room for everybody in it. False: there is none."""

    def participants(self, room: str) -> Sequence[ParticipantInfo]:
        """Everybody in a room, hidden ones too; nobody where there is no such room."""

    def remove(self, room: str, identity: str) -> bool:
        """Throws somebody out. False: nobody there."""

    def update(self, request: api.UpdateParticipantRequest) -> ParticipantInfo | None:
        """Changes what is said of somebody: what is empty stays, an attribute of no value goes."""

    def update_metadata(self, room: str, metadata: str) -> Room | None:
        """Changes a room's metadata."""


class RoomService:
    """The service's methods, over the rooms of one server."""

    def __init__(self, rooms: Rooms, limits: Limits, calls: ServerCalls, absent_s: float = ABSENT_S) -> None:
        self._rooms = rooms
        self._limits = limits
        self._calls = calls
        self._absent_s = absent_s

    def methods(self) -> Service:
        """The methods by their names."""
        return {
            "CreateRoom": Method(api.CreateRoomRequest, self._create_room),
            "ListRooms": Method(api.ListRoomsRequest, self._list_rooms),
            "DeleteRoom": Method(api.DeleteRoomRequest, self._delete_room),
            "ListParticipants": Method(api.ListParticipantsRequest, self._list_participants),
            "GetParticipant": Method(api.RoomParticipantIdentity, self._get_participant),
            "RemoveParticipant": Method(api.RoomParticipantIdentity, self._remove_participant),
            "UpdateParticipant": Method(api.UpdateParticipantRequest, self._update_participant),
            "UpdateRoomMetadata": Method(api.UpdateRoomMetadataRequest, self._update_room_metadata),
            "SendData": Method(api.SendDataRequest, self._send_data),
            "PerformRpc": Method(api.PerformRpcRequest, self._perform_rpc),
            "MutePublishedTrack": _no_media(api.MuteRoomTrackRequest, "mute tracks"),
            "UpdateSubscriptions": _no_media(api.UpdateSubscriptionsRequest, "change subscriptions"),
            "ForwardParticipant": _no_media(api.ForwardParticipantRequest, "forward participants"),
            "MoveParticipant": _no_media(api.MoveParticipantRequest, "move participants"),
        }

    async def _create_room(self, request: api.CreateRoomRequest, grants: Grants | None) -> Room:
        may(grants, lambda video: video.room_create)
        if len(request.name.encode()) > self._limits.room_name_length:
            text = f"room name length exceeds limits: max length {self._limits.room_name_length}"
            raise relayed("invalid_argument", text)
        self._bound_metadata(request.metadata)
        for dispatch in request.agents:
            self._bound_metadata(dispatch.metadata)
            self._bound_attributes(dict(dispatch.attributes))
        if request.room_preset:
            raise relayed("invalid_argument", "unknown room configuration in create room request")
        try:
            return self._rooms.create(request)
        except Refused as refused:
            raise TwirpError("resource_exhausted", refused.text) from None

    async def _list_rooms(
        self, request: api.ListRoomsRequest, grants: Grants | None
    ) -> api.ListRoomsResponse:
        may(grants, lambda video: video.room_list)
        return api.ListRoomsResponse(rooms=self._rooms.list(request.names))

    async def _delete_room(
        self, request: api.DeleteRoomRequest, grants: Grants | None
    ) -> api.DeleteRoomResponse:
        may(grants, lambda video: video.room_create)
        if not self._rooms.delete(request.room):
            raise no_room()
        return api.DeleteRoomResponse()

    async def _list_participants(
        self, request: api.ListParticipantsRequest, grants: Grants | None
    ) -> api.ListParticipantsResponse:
        may_administer(grants, request.room)
        return api.ListParticipantsResponse(participants=self._rooms.participants(request.room))

    async def _get_participant(
        self, request: api.RoomParticipantIdentity, grants: Grants | None
    ) -> ParticipantInfo:
        may_administer(grants, request.room)
        return self._rooms.participant(request.room, request.identity) or _nobody()

    async def _remove_participant(
        self, request: api.RoomParticipantIdentity, grants: Grants | None
    ) -> api.RemoveParticipantResponse:
        may_administer(grants, request.room)
        if not self._rooms.remove(request.room, request.identity):
            _nobody()
        return api.RemoveParticipantResponse()

    async def _update_participant(
        self, request: api.UpdateParticipantRequest, grants: Grants | None
    ) -> ParticipantInfo:
        if len(request.name.encode()) > self._limits.name_length:
            raise _too_large("name length", self._limits.name_length)
        self._bound_metadata(request.metadata)
        self._bound_attributes(dict(request.attributes))
        may_administer(grants, request.room)
        return self._rooms.update(request) or _nobody()

    async def _update_room_metadata(
        self, request: api.UpdateRoomMetadataRequest, grants: Grants | None
    ) -> Room:
        self._bound_metadata(request.metadata)
        may_administer(grants, request.room)
        room = self._rooms.update_metadata(request.room, request.metadata)
        if room is None:
            raise no_room()
        return room

    async def _send_data(self, request: api.SendDataRequest, grants: Grants | None) -> api.SendDataResponse:
        may_administer(grants, request.room)
        if len(request.nonce) not in (0, _NONCE_BYTES):
            text = f"nonce should be 16-bytes or not present, got: {len(request.nonce)} bytes"
            raise TwirpError("invalid_argument", text)
        packet = DataPacket(
            kind=request.kind,
            destination_identities=request.destination_identities,
            user=UserPacket(
                payload=request.data,
                destination_sids=request.destination_sids,
                destination_identities=request.destination_identities,
                topic=request.topic if request.HasField("topic") else None,
                nonce=request.nonce,
            ),
        )
        if not self._rooms.send_data(request.room, packet):
            await asyncio.sleep(self._absent_s)
            raise relayed("unavailable", "no response from servers")
        return api.SendDataResponse()

    async def _perform_rpc(
        self, request: api.PerformRpcRequest, grants: Grants | None
    ) -> api.PerformRpcResponse:
        may_administer(grants, request.room)
        if not request.destination_identity:
            raise relayed("invalid_argument", "destination identity is required")
        return api.PerformRpcResponse(payload=await self._calls.perform(request))

    def _bound_metadata(self, metadata: str) -> None:
        if len(metadata.encode()) > self._limits.metadata_size:
            raise _too_large("metadata size", self._limits.metadata_size)

    def _bound_attributes(self, attributes: dict[str, str]) -> None:
        if attributes_size(attributes) > self._limits.attributes_size:
            raise _too_large("attribute size", self._limits.attributes_size)


def may(grants: Grants | None, granted: Callable[[VideoGrants], bool]) -> None:
    """Returns where the token grants that.

    Raises:
        TwirpError: it does not, or there is none.
    """
    if grants is None or grants.video is None or not granted(grants.video):
        raise TwirpError("unauthenticated", "permissions denied")


def may_administer(grants: Grants | None, room: str) -> None:
    """Returns where the token lets its holder administer this very room.

    Raises:
        TwirpError: it does not.
    """
    may(grants, lambda video: video.room_admin and video.room == room)


def no_room() -> TwirpError:
    """There is no room of that name."""
    return relayed("not_found", "requested room does not exist")


def _nobody() -> NoReturn:
    raise relayed("not_found", "participant does not exist")


def _too_large(what: str, limit: int) -> TwirpError:
    """What livekit-server says, which takes the sentence for the name of an argument."""
    return TwirpError(
        "invalid_argument", f"{what} exceeds limits {limit}", {"argument": f"{what} exceeds limits"}
    )


def _no_media(request: type[Message], what: str) -> Method:
    return Method(request, _unimplemented(f"A local room forwards no media and cannot {what}."))


def _unimplemented(sentence: str) -> Callable[[Any, Grants | None], Awaitable[Message]]:
    async def refuse(request: Any, grants: Grants | None) -> Message:  # noqa: ANN401 - whatever is asked
        may_administer(grants, request.room)
        raise TwirpError("unimplemented", sentence)

    return refuse
