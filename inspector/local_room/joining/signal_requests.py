"""What a client asks for over its signalling socket, each request done as livekit-server does it.

What concerns only media that nobody forwards here (track settings, layers, permissions of tracks) is accepted
and changes nothing.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from livekit.protocol.models import DisconnectReason, SpeakerInfo, TrackType
from livekit.protocol.rtc import (
    AddTrackRequest,
    LeaveRequest,
    Pong,
    RequestResponse,
    SessionDescription,
    SignalRequest,
    SignalResponse,
    SpeakersChanged,
    SyncState,
    TrackPublishedResponse,
)

from inspector.local_room.joining import leaving
from inspector.local_room.joining.join_request import JoinWish
from inspector.local_room.joining.sessions import Session
from inspector.local_room.rooms import profile
from inspector.local_room.rooms.media import sending_sections
from inspector.local_room.rooms.subscriptions import subscribe, subscribe_automatically

_OK_ANSWERED_SINCE = 15
"""Clients of older protocol versions are answered only where something failed."""
Reason = RequestResponse.Reason


class SignalRequests:
    """Does what one participant asks for."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._room = session.room
        self._participant = session.participant
        self._do: dict[str, Callable[[SignalRequest], None]] = {
            "offer": lambda request: self._offer(request.offer),
            "answer": lambda request: self._answer(request.answer),
            "add_track": lambda request: self._add_track(request.add_track),
            "mute": self._mute,
            "subscription": self._subscription,
            "sync_state": lambda request: self._sync_state(request.sync_state),
            "leave": self._leave,
            "update_metadata": self._update_metadata,
            "simulate": self._simulate,
            "ping": self._ping,
            "ping_req": self._ping_request,
            "publish_data_track_request": self._publish_data_track,
        }

    def begin(self, wish: JoinWish) -> None:
        """Does what came with the join, and makes our own offer to a client that waits for one."""
        reach = self._participant.reach
        offer = reach.connections.offer() if reach else None
        if offer is not None:
            self._tell(SignalResponse(offer=offer))
        for track in wish.tracks:
            self._add_track(track)
        if wish.offer is not None:
            self._offer(wish.offer)

    def resume(self, wish: JoinWish) -> None:
        """Does what came with a client's return to its session."""
        if wish.sync_state is not None:
            self._sync_state(wish.sync_state)
        if wish.offer is not None:
            self._offer(wish.offer)

    def do(self, request: SignalRequest) -> None:
        """Does one request.

        Raises:
            SdpError: a session description is nonsense.
        """
        what = request.WhichOneof("message")
        if what in self._do and not self._participant.is_gone:
            self._do[what](request)

    def _tell(self, response: SignalResponse) -> None:
        self._participant.tell(response)

    # Connections

    def _offer(self, offer: SessionDescription) -> None:
        if self._participant.reach is None or self._participant.is_gone:
            return
        if self._participant.reach.connections.is_broken:
            # A client that leaves may offer after it has closed its connection; any other is asked back.
            return
        self._tell(SignalResponse(answer=self._participant.reach.connections.answer(offer)))
        if self._participant.publications.offered(sending_sections(offer.sdp)):
            self._tracks_changed()

    def _answer(self, answer: SessionDescription) -> None:
        if self._participant.reach is not None:
            self._participant.reach.connections.accept(answer)

    def _ping(self, request: SignalRequest) -> None:  # noqa: ARG002 - it says nothing more
        self._tell(SignalResponse(pong=self._now_ms()))

    def _ping_request(self, request: SignalRequest) -> None:
        pong = Pong(last_ping_timestamp=request.ping_req.timestamp, timestamp=self._now_ms())
        self._tell(SignalResponse(pong_resp=pong))

    def _now_ms(self) -> int:
        return int(self._session.services.wall_clock() * 1000)

    def _leave(self, request: SignalRequest) -> None:
        self._room.remove(self._participant, leaving.reason_of(request))

    # Tracks

    def _add_track(self, request: AddTrackRequest) -> None:
        refused = self._refusal(request)
        track = None if refused else self._participant.publications.announce(request)
        if track is None:
            self._respond(RequestResponse(reason=refused or Reason.NOT_FOUND, add_track=request))
            return
        self._tell(SignalResponse(track_published=TrackPublishedResponse(cid=request.cid, track=track)))
        if self._participant.publications.settle():
            self._tracks_changed()

    def _refusal(self, request: AddTrackRequest) -> Reason | None:
        permission = self._participant.permission
        sources = permission.can_publish_sources
        if not permission.can_publish or (sources and request.source not in sources):
            return Reason.NOT_ALLOWED
        if request.type not in (TrackType.AUDIO, TrackType.VIDEO):
            return Reason.UNSUPPORTED_TYPE
        if (
            len(self._participant.publications)
            >= self._session.services.options.limits.tracks_per_participant
        ):
            return Reason.LIMIT_EXCEEDED
        return None

    def _tracks_changed(self) -> None:
        self._participant.changed()
        self._room.announce(self._participant, to_itself=True)
        self._room.announce_room()
        subscribe_automatically(self._room.participants)
        for observer in self._session.services.observers:
            observer.tracks_changed(self._room.name, self._participant.identity)

    def _mute(self, request: SignalRequest) -> None:
        mute = request.mute
        if self._participant.publications.mute(mute.sid, muted=mute.muted) is None:
            self._respond(RequestResponse(reason=Reason.NOT_FOUND, mute=mute))
        else:
            self._participant.changed()
            self._room.announce(self._participant, to_itself=True)

    def _subscription(self, request: SignalRequest) -> None:
        wanted = request.subscription
        if wanted.subscribe:
            sids = [*wanted.track_sids]
            for tracks in wanted.participant_tracks:
                sids += tracks.track_sids
            subscribe(self._room.participants, self._participant, sids)

    def _sync_state(self, state: SyncState) -> None:
        """After a resume: tracks that we know nothing of are for the client to publish anew."""
        for published in state.publish_tracks:
            if not self._participant.publications.knows(published.track.sid):
                self._have_rejoin()
                return

    def _publish_data_track(self, request: SignalRequest) -> None:
        wanted = request.publish_data_track_request
        self._respond(
            RequestResponse(
                reason=Reason.NOT_ALLOWED,
                message="a local room carries no data tracks",
                publish_data_track=wanted,
            )
        )

    # What it says of itself

    def _update_metadata(self, request: SignalRequest) -> None:
        update = request.update_metadata
        limits = self._session.services.options.limits
        outcome = profile.change(self._participant, update, limits, by_itself=True)
        if outcome.changed:
            self._room.changed(self._participant)
        self._respond(
            RequestResponse(
                request_id=update.request_id,
                reason=outcome.reason,
                message=outcome.why,
                update_metadata=update,
            )
        )

    def _respond(self, response: RequestResponse) -> None:
        if response.reason != Reason.OK or self._participant.protocol >= _OK_ANSWERED_SINCE:
            self._tell(SignalResponse(request_response=response))

    # What it wants to be put through

    def _simulate(self, request: SignalRequest) -> None:
        scenario = request.simulate
        match scenario.WhichOneof("scenario"):
            case "speaker_update":
                self._session.services.tasks.spawn(
                    self._simulate_speaking(scenario.speaker_update), "simulate speaking"
                )
            case "server_leave":
                self._room.remove(self._participant, DisconnectReason.SERVER_SHUTDOWN)
            case "leave_request_full_reconnect":
                self._have_rejoin()
            case "node_failure" | "migration":
                # The client shall find out by itself: it is told nothing.
                if self._participant.socket is not None:
                    self._participant.socket.close()
                    self._participant.socket = None
                self._room.remove(self._participant, DisconnectReason.SERVER_SHUTDOWN)

    async def _simulate_speaking(self, for_s: float) -> None:
        self._say_speaking(SpeakerInfo(sid=self._participant.sid, active=True, level=0.9))
        await asyncio.sleep(for_s)
        self._say_speaking(SpeakerInfo(sid=self._participant.sid, active=False, level=0.0))

    def _say_speaking(self, speaker: SpeakerInfo) -> None:
        for participant in self._room.participants.values():
            participant.tell(SignalResponse(speakers_changed=SpeakersChanged(speakers=(speaker,))))

    def _have_rejoin(self) -> None:
        request: LeaveRequest = leaving.leave_and_rejoin(
            self._participant.protocol, DisconnectReason.STATE_MISMATCH
        )
        self._room.remove(self._participant, DisconnectReason.STATE_MISMATCH, request)
