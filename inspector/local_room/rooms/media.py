"""Tracks that participants publish: announced to the others as by any server, while no media is forwarded.

A track is announced once the participant's offer has a sending section for it, and withdrawn when that
section sends no more; subscribers see the publication and never get the track.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from livekit.protocol.models import (
    AudioTrackFeature,
    BackupCodecPolicy,
    SimulcastCodecInfo,
    TrackInfo,
    TrackSource,
    TrackType,
    VideoLayer,
)
from livekit.protocol.rtc import AddTrackRequest

from inspector.local_room import sids

_KIND_LETTERS = {TrackType.AUDIO: "A", TrackType.VIDEO: "V"}
_SOURCE_LETTERS = {
    TrackSource.CAMERA: "C",
    TrackSource.MICROPHONE: "M",
    TrackSource.SCREEN_SHARE: "S",
    TrackSource.SCREEN_SHARE_AUDIO: "s",
}
_STREAMS = {
    TrackSource.CAMERA: "camera",
    TrackSource.MICROPHONE: "camera",
    TrackSource.SCREEN_SHARE: "screen",
    TrackSource.SCREEN_SHARE_AUDIO: "screen",
}
_KINDS = {"audio": TrackType.AUDIO, "video": TrackType.VIDEO}


@dataclass(frozen=True)
class SendingSection:
    """A section of an offer in which its maker sends a track."""

    mid: str
    kind: TrackType
    track_id: str
    """What the client calls the track there; SDKs announce it under the same name, save Firefox."""
    codec: str
    """The preferred codec's mime type, `audio/opus`; empty where the section names none."""


def sending_sections(sdp: str) -> tuple[SendingSection, ...]:
    """The sections of an offer that send media."""
    found = []
    for section in _sections(sdp):
        kind, _, codec_rest = section[0].removeprefix("m=").partition(" ")
        values = _values(section)
        sends = "sendrecv" in values or "sendonly" in values
        if kind in _KINDS and sends and codec_rest.split(" ")[0] != "0":
            found.append(
                SendingSection(
                    mid=values.get("mid", ""),
                    kind=_KINDS[kind],
                    track_id=values.get("msid", "").rpartition(" ")[2],
                    codec=_codec(kind, section),
                )
            )
    return tuple(found)


def _sections(sdp: str) -> Iterator[list[str]]:
    section: list[str] = []
    for line in sdp.splitlines():
        if line.startswith("m="):
            if section:
                yield section
            section = [line]
        elif section:
            section.append(line)
    if section:
        yield section


def _values(section: list[str]) -> dict[str, str]:
    values: dict[str, str] = {}
    for line in section[1:]:
        if line.startswith("a="):
            name, _, value = line[2:].partition(":")
            values.setdefault(name, value)
    return values


def _codec(kind: str, section: list[str]) -> str:
    preferred = section[0].split(" ")[3:4]
    for line in section[1:]:
        payload, _, encoding = line.removeprefix("a=rtpmap:").partition(" ")
        if line.startswith("a=rtpmap:") and [payload] == preferred:
            return f"{kind}/{encoding.partition('/')[0]}"
    return ""


def track_of(request: AddTrackRequest) -> TrackInfo:
    """The track that a request announces, with an id of its own (livekit-server's `addPendingTrack`)."""
    prefix = sids.TRACK + _KIND_LETTERS.get(request.type, "") + _SOURCE_LETTERS.get(request.source, "")
    policy = request.backup_codec_policy
    if request.type == TrackType.AUDIO and policy != BackupCodecPolicy.REGRESSION:
        policy = BackupCodecPolicy.SIMULCAST
    track = TrackInfo(
        sid=sids.new_sid(prefix),
        type=request.type,
        name=request.name,
        width=request.width,
        height=request.height,
        muted=request.muted,
        disable_dtx=request.disable_dtx,
        source=request.source,
        layers=request.layers,
        disable_red=request.disable_red,
        stereo=request.stereo,
        encryption=request.encryption,
        stream=request.stream or _STREAMS.get(request.source, "unknown"),
        backup_codec_policy=policy,
        audio_features=_features(request),
        codecs=_codecs(request),
    )
    track.simulcast = bool(request.simulcast_codecs) and len(track.codecs[0].layers) > 1
    return track


def _features(request: AddTrackRequest) -> list[AudioTrackFeature]:
    features = dict.fromkeys(request.audio_features)
    if request.stereo:
        features[AudioTrackFeature.TF_STEREO] = None
    if request.disable_dtx:
        features[AudioTrackFeature.TF_NO_DTX] = None
    return list(features)


def _codecs(request: AddTrackRequest) -> list[SimulcastCodecInfo]:
    if not request.simulcast_codecs:
        return [
            SimulcastCodecInfo(
                cid=request.cid,
                layers=request.layers,
                video_layer_mode=VideoLayer.Mode.ONE_SPATIAL_LAYER_PER_STREAM,
            )
        ]
    kind = "video" if request.type == TrackType.VIDEO else "audio"
    return [
        SimulcastCodecInfo(
            mime_type=codec.codec if "/" in codec.codec else f"{kind}/{codec.codec}",
            cid=codec.cid,
            layers=codec.layers or request.layers,
            video_layer_mode=codec.video_layer_mode,
        )
        for codec in request.simulcast_codecs
    ]


@dataclass
class _Announced:
    """A track from its announcement on; `mid` is None until an offer had a section for it."""

    cid: str
    track: TrackInfo
    mid: str | None = None


class Publications:
    """The tracks of one participant."""

    def __init__(self) -> None:
        self._announced: dict[str, _Announced] = {}
        self._sections: tuple[SendingSection, ...] = ()

    def __len__(self) -> int:
        return len(self._announced)

    def published(self) -> list[TrackInfo]:
        """The tracks that others are told of."""
        return [entry.track for entry in self._announced.values() if entry.mid is not None]

    def knows(self, sid: str) -> bool:
        """Whether a track is published or about to be."""
        return sid in self._announced

    def announce(self, request: AddTrackRequest) -> TrackInfo | None:
        """Takes a request to publish; None where it names an older track that is not there."""
        if request.sid:
            older = self._announced.get(request.sid)
            return older.track if older else None
        track = track_of(request)
        self._announced[track.sid] = _Announced(request.cid, track)
        return track

    def offered(self, sections: tuple[SendingSection, ...]) -> bool:
        """Takes the sections of a new offer; whether the published tracks are others than before."""
        self._sections = sections
        return self.settle()

    def settle(self) -> bool:
        """Matches tracks and the latest offer; whether the published tracks are others than before."""
        ended = self._drop_ended()
        return self._match() or ended

    def _drop_ended(self) -> bool:
        sending = {section.mid for section in self._sections}
        ended = [
            sid
            for sid, entry in self._announced.items()
            if entry.mid is not None and entry.mid not in sending
        ]
        for sid in ended:
            del self._announced[sid]
        return bool(ended)

    def _match(self) -> bool:
        taken = {entry.mid for entry in self._announced.values()}
        free = [section for section in self._sections if section.mid not in taken]
        waiting = [entry for entry in self._announced.values() if entry.mid is None]
        before = len(free)
        by_name = {section.track_id: section for section in free}
        for entry in waiting:
            if (section := by_name.get(entry.cid)) is not None and section in free:
                free.remove(section)
                _publish(entry, section)
        for entry in waiting:
            # Firefox renames tracks in its offers: the first of the kind that nobody else claims.
            claims = (section for section in free if section.kind == entry.track.type)
            if entry.mid is None and (fitting := next(claims, None)) is not None:
                free.remove(fitting)
                _publish(entry, fitting)
        return len(free) != before

    def mute(self, sid: str, *, muted: bool) -> TrackInfo | None:
        """Notes whether a track is muted; None if there is no such track."""
        entry = self._announced.get(sid)
        if entry is None:
            return None
        entry.track.muted = muted
        return entry.track

    def keep_only(self, sources: frozenset[TrackSource]) -> None:
        """Withdraws tracks of other sources."""
        self._announced = {
            sid: entry for sid, entry in self._announced.items() if entry.track.source in sources
        }


def _publish(entry: _Announced, section: SendingSection) -> None:
    entry.mid = section.mid
    entry.track.mid = section.mid
    entry.track.mime_type = section.codec
    if entry.track.codecs and not entry.track.codecs[0].mime_type:
        entry.track.codecs[0].mime_type = section.codec
