"""What a joining client is told of server, room and itself (livekit-server's `createJoinResponseLocked`)."""

from __future__ import annotations

from collections.abc import Iterable

from livekit.protocol.models import Codec, ParticipantInfo, ServerInfo
from livekit.protocol.models import Room as RoomInfo
from livekit.protocol.rtc import JoinResponse, ReconnectResponse

from inspector.core import access_tokens
from inspector.local_room.options import OLD_VERSION, SPOKEN_VERSION, RoomServerOptions
from inspector.local_room.rooms.participants import Participant

PING_INTERVAL_S, PING_TIMEOUT_S = 5, 15
TOKEN_RENEWED_EVERY_S = 300.0
_TOKEN_LIFE_S = 600.0
_PROTOCOL = 17
_AGENT_PROTOCOL = 1

_VIDEO_CODECS = ("video/VP8", "video/H264", "video/VP9", "video/AV1", "video/H265")
_AUDIO_CODECS = ("audio/PCMU", "audio/PCMA", "audio/opus", "audio/red")
PUBLISH_CODECS = tuple(Codec(mime=mime) for mime in _VIDEO_CODECS + _AUDIO_CODECS)
ROOM_CODECS = tuple(Codec(mime=mime) for mime in (*_AUDIO_CODECS, *_VIDEO_CODECS, "video/rtx"))


def server_info(node_id: str, version: str = SPOKEN_VERSION) -> ServerInfo:
    """The server, as it tells of itself."""
    return ServerInfo(
        edition=ServerInfo.Edition.Standard,
        version=version,
        protocol=_PROTOCOL,
        agent_protocol=_AGENT_PROTOCOL,
        node_id=node_id,
    )


def _info_for(participant: Participant, node_id: str) -> ServerInfo:
    """The same, as told to one participant, who may be told of an older one on purpose."""
    return server_info(node_id, OLD_VERSION if participant.faults.old_server else SPOKEN_VERSION)


def join_response(
    participant: Participant,
    others: Iterable[ParticipantInfo],
    room: RoomInfo,
    *,
    node_id: str,
    sif_trailer: bytes,
    subscriber_primary: bool,
) -> JoinResponse:
    """The first message of a session. It names no ICE servers: nothing here contacts the internet."""
    server = _info_for(participant, node_id)
    return JoinResponse(
        room=room,
        participant=participant.info(),
        other_participants=others,
        server_version=server.version,
        server_info=server,
        subscriber_primary=subscriber_primary,
        ping_interval=PING_INTERVAL_S,
        ping_timeout=PING_TIMEOUT_S,
        sif_trailer=sif_trailer,
        enabled_publish_codecs=PUBLISH_CODECS,
        fast_publish=participant.permission.can_publish,
    )


def reconnect_response(participant: Participant, node_id: str) -> ReconnectResponse:
    """The first message to a client that resumes its session."""
    return ReconnectResponse(
        server_info=_info_for(participant, node_id), last_message_seq=participant.last_sequence
    )


def renewed_token(participant: Participant, options: RoomServerOptions, now: float) -> str:
    """A token to come back with, valid as long as the first one, at least ten minutes (`refreshToken`)."""
    grants = participant.grants
    permission = participant.permission
    video = {
        "roomJoin": True,
        "room": grants.video.room if grants.video else "",
        "canPublish": permission.can_publish,
        "canSubscribe": permission.can_subscribe,
        "canPublishData": permission.can_publish_data,
        "canUpdateOwnMetadata": permission.can_update_metadata,
        "hidden": permission.hidden,
        "recorder": permission.recorder,
        "agent": permission.agent,
    }
    if grants.video and grants.video.can_publish_sources:
        video["canPublishSources"] = list(grants.video.can_publish_sources)
    claims = {
        "sub": participant.identity,
        "name": participant.name,
        "metadata": participant.metadata,
        "attributes": participant.attributes,
        "kind": grants.kind,
        "kindDetails": list(grants.kind_details),
        "video": video,
    }
    life = max((grants.expires_at or now) - now, _TOKEN_LIFE_S)
    secret = options.keys[grants.api_key]
    return access_tokens.sign(claims, grants.api_key, secret, now=now, valid_for_s=life)
