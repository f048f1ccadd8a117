"""What a client asks for when it joins: query parameters (`/rtc`) or a packed JoinRequest (`/rtc/v1`).

Both come to the same `JoinWish`. The texts of refusals are those of livekit-server
(`pkg/service/rtcservice.go`, `validateInternal`).
"""

from __future__ import annotations

import base64
import binascii
import json
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field

from google.protobuf.message import DecodeError
from livekit.protocol.models import ClientInfo, ReconnectReason
from livekit.protocol.rtc import (
    AddTrackRequest,
    JoinRequest,
    SessionDescription,
    SyncState,
    WrappedJoinRequest,
)

from inspector.local_room.access.refusals import malformed

_SDKS = {
    "js": ClientInfo.SDK.JS,
    "ios": ClientInfo.SDK.SWIFT,
    "swift": ClientInfo.SDK.SWIFT,
    "android": ClientInfo.SDK.ANDROID,
    "flutter": ClientInfo.SDK.FLUTTER,
    "go": ClientInfo.SDK.GO,
    "unity": ClientInfo.SDK.UNITY,
    "reactnative": ClientInfo.SDK.REACT_NATIVE,
    "rust": ClientInfo.SDK.RUST,
    "python": ClientInfo.SDK.PYTHON,
    "cpp": ClientInfo.SDK.CPP,
    "unityweb": ClientInfo.SDK.UNITY_WEB,
    "node": ClientInfo.SDK.NODE,
    "esp32": ClientInfo.SDK.ESP32,
}
_CLIENT_TEXTS = ("version", "os", "os_version", "browser", "browser_version", "device_model", "network")
_GZIP_WINDOW = 16 + zlib.MAX_WBITS
_INT32_MAX = 2**31 - 1


@dataclass(frozen=True, kw_only=True)
class JoinWish:
    """What a client wants of its session."""

    single_connection: bool
    """One peer connection for both directions (v1), which the client offers."""
    client: ClientInfo
    auto_subscribe: bool = True
    metadata: str = ""
    attributes: Mapping[str, str] = field(default_factory=dict)
    publish: str = ""
    """Of the oldest clients: a second session of the same person, which only publishes."""
    reconnect: bool = False
    reconnect_reason: ReconnectReason = ReconnectReason.RR_UNKNOWN
    participant_sid: str = ""
    tracks: tuple[AddTrackRequest, ...] = ()
    offer: SessionDescription | None = None
    sync_state: SyncState | None = None


def read_join(query: Mapping[str, str], *, packed_required: bool, strict: bool, max_bytes: int) -> JoinWish:
    """The wish in a request's query; `strict` also refuses what a join itself overlooks.

    Raises:
        Refused: it cannot be read.
    """
    packed = query.get("join_request", "")
    if packed:
        return _from_message(_unpack(packed, max_bytes))
    if packed_required:
        raise malformed("join_request is required")
    return _from_query(query, strict=strict)


def _unpack(packed: str, max_bytes: int) -> JoinRequest:
    try:
        wrapped_bytes = base64.b64decode(packed, altchars=b"-_", validate=True)
    except (binascii.Error, ValueError) as error:
        raise malformed("cannot base64 decode wrapped join request") from error
    try:
        wrapped = WrappedJoinRequest.FromString(wrapped_bytes)
    except DecodeError as error:
        raise malformed("cannot unmarshal wrapped join request") from error
    message = wrapped.join_request
    if wrapped.compression == WrappedJoinRequest.Compression.GZIP:
        message = _gunzip(message, max_bytes)
    if len(message) > max_bytes:
        raise malformed("join request too large")
    try:
        return JoinRequest.FromString(message)
    except DecodeError as error:
        raise malformed("cannot unmarshal join request") from error


def _gunzip(data: bytes, max_bytes: int) -> bytes:
    unpacking = zlib.decompressobj(_GZIP_WINDOW)
    try:
        unpacked = unpacking.decompress(data, max_bytes + 1)
    except zlib.error as error:
        raise malformed("cannot read decompressed join request") from error
    if len(unpacked) <= max_bytes and not unpacking.eof:
        raise malformed("cannot read decompressed join request")
    return unpacked


def _from_message(request: JoinRequest) -> JoinWish:
    return JoinWish(
        single_connection=True,
        client=request.client_info,
        auto_subscribe=request.connection_settings.auto_subscribe,
        metadata=request.metadata,
        attributes=dict(request.participant_attributes),
        reconnect=request.reconnect,
        reconnect_reason=request.reconnect_reason,
        participant_sid=request.participant_sid,
        tracks=tuple(request.add_track_requests),
        offer=request.publisher_offer if request.HasField("publisher_offer") else None,
        sync_state=request.sync_state if request.HasField("sync_state") else None,
    )


def _from_query(query: Mapping[str, str], *, strict: bool) -> JoinWish:
    reconnect = _flag(query.get("reconnect", ""))
    return JoinWish(
        single_connection=False,
        client=_client_of(query),
        auto_subscribe=_flag(query.get("auto_subscribe", "") or "1"),
        attributes=_attributes(query.get("attributes", ""), strict=strict),
        publish=query.get("publish", ""),
        reconnect=reconnect,
        participant_sid=query.get("sid", "") if reconnect else "",
    )


def _client_of(query: Mapping[str, str]) -> ClientInfo:
    named = {name.strip() for name in query.get("capabilities", "").split(",")}
    return ClientInfo(
        sdk=_SDKS.get(query.get("sdk", ""), ClientInfo.SDK.UNKNOWN),
        protocol=_number(query.get("protocol", "")),
        client_protocol=_number(query.get("client_protocol", "")),
        capabilities=[name for name, _ in ClientInfo.Capability.items() if name in named],
        **{name: query.get(name, "") for name in _CLIENT_TEXTS},
    )


def _attributes(packed: str, *, strict: bool) -> dict[str, str]:
    """Attributes as livekit-server reads them; a join overlooks what cannot be read."""
    if not packed:
        return {}
    try:
        attributes = json.loads(base64.b64decode(packed, altchars=b"-_", validate=True))
    except (ValueError, RecursionError):
        attributes = None
    if isinstance(attributes, dict) and all(isinstance(value, str) for value in attributes.values()):
        return attributes
    if strict:
        raise malformed("cannot decode attributes")
    return {}


def _flag(text: str) -> bool:
    return text in ("1", "true")


def _number(text: str) -> int:
    try:
        number = int(text)
    except ValueError:
        return 0
    return number if abs(number) <= _INT32_MAX else 0
