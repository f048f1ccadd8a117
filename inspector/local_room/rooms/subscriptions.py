"""Who has subscribed to whose tracks, as far as publishers are told: once a track, of the first."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from livekit.protocol.rtc import SignalResponse, TrackSubscribed

from inspector.local_room.rooms.participants import Participant, State

_TOLD_SINCE = 10
"""Clients of older protocol versions cannot read the message."""


def subscribe_automatically(participants: Mapping[str, Participant]) -> None:
    """Has everybody who wants all tracks subscribe to all there are."""
    takers = [p for p in participants.values() if p.auto_subscribe and _may(p)]
    for publisher in participants.values():
        if any(taker is not publisher for taker in takers):
            _tell(publisher, (track.sid for track in publisher.publications.published()))


def subscribe(participants: Mapping[str, Participant], taker: Participant, sids: Iterable[str]) -> None:
    """Has somebody subscribe to tracks that it names."""
    if not _may(taker):
        return
    wanted = set(sids)
    for publisher in participants.values():
        if publisher is not taker:
            published = (track.sid for track in publisher.publications.published())
            _tell(publisher, (sid for sid in published if sid in wanted))


def _may(participant: Participant) -> bool:
    return participant.state == State.ACTIVE and participant.permission.can_subscribe


def _tell(publisher: Participant, sids: Iterable[str]) -> None:
    for sid in sids:
        if sid not in publisher.subscribed_tracks and publisher.protocol >= _TOLD_SINCE:
            publisher.subscribed_tracks.add(sid)
            publisher.tell(SignalResponse(track_subscribed=TrackSubscribed(track_sid=sid)))
