"""A room: who is in it, what they are told of each other, and when it ends."""

from __future__ import annotations

import secrets
from functools import partial

from livekit.protocol.models import ClientInfo, DataPacket, DisconnectReason
from livekit.protocol.models import Room as RoomInfo
from livekit.protocol.room import CreateRoomRequest
from livekit.protocol.rtc import LeaveRequest, SignalResponse

from inspector.local_room import server_facts, sids
from inspector.local_room.access.grants import Grants
from inspector.local_room.access.refusals import full, not_started
from inspector.local_room.joining import leaving
from inspector.local_room.joining.join_request import JoinWish
from inspector.local_room.joining.sessions import Session
from inspector.local_room.joining.signalling import SignalSocket
from inspector.local_room.limits import LimitReachedError
from inspector.local_room.rooms import announcing
from inspector.local_room.rooms.connections import Connections
from inspector.local_room.rooms.data import DataRouter
from inspector.local_room.rooms.outbox import Outbox
from inspector.local_room.rooms.participants import Participant, Reach, State
from inspector.local_room.rooms.subscriptions import subscribe_automatically
from inspector.local_room.services import Services

JOIN_TIMEOUT_S = 60.0
"""Whose data channel is not open by then is removed (livekit-server: one minute)."""
RETURN_WITHIN_S = 5.0
"""Whose connection ended, and who is not back by then, has left (`disconnectCleanupDuration`)."""
ASK_BACK_AFTER_S = 1.0
"""Whose connection ended is asked back if it has not left by then."""
_TRAILER_BYTES = 32


class Room:
    """One room. Its name is its address; a room of the same name later is another one."""

    def __init__(self, request: CreateRoomRequest, services: Services) -> None:
        now = services.wall_clock()
        options = services.options
        self._services = services
        self._facts = RoomInfo(
            sid=sids.new_sid(sids.ROOM),
            name=request.name,
            empty_timeout=request.empty_timeout or options.empty_timeout_s,
            departure_timeout=request.departure_timeout or options.departure_timeout_s,
            max_participants=request.max_participants,
            creation_time=int(now),
            creation_time_ms=int(now * 1000),
            metadata=request.metadata,
            enabled_codecs=server_facts.ROOM_CODECS,
        )
        self._trailer = secrets.token_urlsafe(_TRAILER_BYTES).encode()
        self._opened_at = services.clock()
        self._had_somebody = False
        self._last_left_at: float | None = None
        self._is_closed = False
        self.participants: dict[str, Participant] = {}
        self.data = DataRouter(self.participants, services, self._limit_reached)
        if services.make_watcher is not None:
            self.data.watcher = services.make_watcher(request.name, self)

    @property
    def name(self) -> str:
        """Its address."""
        return self._facts.name

    @property
    def is_closed(self) -> bool:
        """Whether it is over."""
        return self._is_closed

    def info(self) -> RoomInfo:
        """What is told of it; agents and recorders do not count."""
        info = RoomInfo()
        info.CopyFrom(self._facts)
        info.num_participants = sum(not p.is_dependent for p in self.participants.values())
        info.num_publishers = sum(bool(p.publications.published()) for p in self.participants.values())
        info.active_recording = any(p.is_recorder for p in self.participants.values())
        return info

    # Coming

    def join(self, grants: Grants, wish: JoinWish, socket: SignalSocket) -> Session:
        """Lets somebody in; who had the same identity is thrown out.

        Raises:
            Refused: the room is full.
        """
        services = self._services
        faults = services.faults.for_join(grants.identity)
        participant = Participant(grants, wish, faults, services.wall_clock())
        self.make_sure_of_a_place(participant)
        if (older := self.participants.get(grants.identity)) is not None:
            self.remove(older, DisconnectReason.DUPLICATE_IDENTITY)
        session = Session(self, participant, services)
        server_offers = not wish.single_connection and participant.permission.can_subscribe
        connections = Connections(services.hub, session, server_offers=server_offers)
        outbox = Outbox(
            connections,
            services.options.limits,
            services.clock,
            lambda e: self._limit_reached(e, participant),
            receiver=f"{grants.identity!r} in room {self.name!r}",
        )
        participant.reach = Reach(connections, outbox)
        participant.socket = socket
        self._had_somebody = self._had_somebody or not participant.is_dependent
        self._welcome(participant, server_offers=server_offers)
        return session

    def make_sure_of_a_place(self, newcomer: Participant) -> None:
        """Returns where there is one.

        Raises:
            Refused: the room is full.
        """
        others = [p for p in self.participants.values() if p.identity != newcomer.identity]
        bound = self._services.options.limits.participants_per_room
        if len(others) >= bound:
            raise full(f"this local room takes {bound} participants a room")
        counted = sum(not p.is_dependent for p in others)
        if not newcomer.is_dependent and 0 < self._facts.max_participants <= counted:
            raise not_started("room has exceeded its max participants")

    def _welcome(self, participant: Participant, *, server_offers: bool) -> None:
        others = [p.info(participant) for p in self.participants.values() if not p.is_hidden]
        self.participants[participant.identity] = participant
        join = server_facts.join_response(
            participant,
            others,
            self.info(),
            node_id=self._services.node_id,
            sif_trailer=self._trailer,
            subscriber_primary=server_offers,
        )
        participant.tell(SignalResponse(join=join))
        participant.state = State.JOINED
        participant.changed()
        self.announce(participant, to_itself=False)
        self.announce_room()
        self.renew_token(participant)
        self._services.tell_observers(lambda o: o.participant_joined(self.name, participant.identity))

    def resume(self, participant: Participant, socket: SignalSocket) -> bool:
        """Goes on with a session on another socket; False where it cannot, and is over."""
        if participant.reach is None or not participant.reach.connections.can_resume:
            self.remove(participant, DisconnectReason.STATE_MISMATCH)
            return False
        older, participant.socket = participant.socket, socket
        if older is not None:
            older.close()
        participant.lost_at = None
        response = server_facts.reconnect_response(participant, self._services.node_id)
        participant.tell(SignalResponse(reconnect=response))
        everybody = (p.info(participant) for p in self.participants.values() if not p.is_hidden)
        participant.tell(announcing.people(everybody))
        participant.tell(announcing.room(self.info()))
        self.renew_token(participant)
        return True

    # While there

    def became_active(self, participant: Participant) -> None:
        """Data flows both ways from now on."""
        if participant.state != State.JOINED or participant.reach is None:
            return
        participant.state = State.ACTIVE
        participant.changed()
        self.announce(participant, to_itself=False)
        participant.reach.outbox.open()
        subscribe_automatically(self.participants)

    def changed(self, participant: Participant) -> None:
        """Tells everybody, itself too, of a change; and gives it a token that says the same."""
        self.announce(participant, to_itself=True)
        self.renew_token(participant)

    def announce(self, participant: Participant, *, to_itself: bool) -> None:
        """Tells how a participant stands."""
        announcing.announce(participant, self.participants.values(), to_itself=to_itself)

    def announce_room(self) -> None:
        """Tells how the room stands."""
        message = announcing.room(self.info())
        for participant in self.participants.values():
            participant.tell(message)

    def set_metadata(self, metadata: str) -> None:
        """Changes what the room says of itself, for everybody."""
        self._facts.metadata = metadata
        self.announce_room()

    def renew_token(self, participant: Participant) -> None:
        """Gives a participant a token to come back with."""
        now = participant.token_sent_at = self._services.wall_clock()
        token = server_facts.renewed_token(participant, self._services.options, now)
        participant.tell(SignalResponse(refresh_token=token))

    def deliver(self, packet: DataPacket, to: str) -> None:
        """Sends a packet to one participant, as from `packet.participant_identity`."""
        self.data.deliver(packet, to)

    def disconnect(self, identity: str) -> None:
        """Throws a participant out."""
        if (participant := self.participants.get(identity)) is not None:
            self.remove(participant, DisconnectReason.PARTICIPANT_REMOVED)

    def sdk_of(self, identity: str) -> str:
        """The SDK of a participant, as `ClientInfo.SDK` names it; empty for nobody."""
        participant = self.participants.get(identity)
        known = participant is not None and participant.client.sdk in ClientInfo.SDK.values()
        return ClientInfo.SDK.Name(participant.client.sdk) if participant and known else ""

    def forced_to_v1_by(self, identity: str) -> str:
        """What the log calls the fault that keeps a participant from RPC v2; empty where none does."""
        participant = self.participants.get(identity)
        return participant.faults.force_v1_title if participant else ""

    # Going

    def signal_lost(self, participant: Participant, socket: SignalSocket) -> None:
        """A socket is closed. While data flows, the participant may come back; else it has left."""
        if participant.socket is not socket:
            return
        participant.socket = None
        if participant.state != State.ACTIVE:
            self.remove(participant, DisconnectReason.SIGNAL_CLOSE)

    def connection_lost(self, participant: Participant) -> None:
        """Data flows no more. SDKs that leave may close the connection before they say so: see `tick`."""
        if not participant.is_gone and participant.lost_at is None:
            participant.lost_at = self._services.clock()

    def _ask_back(self, participant: Participant) -> None:
        """Has the client come back, which has lost its connection and does not seem to know."""
        request = leaving.leave_and_resume(participant.protocol, DisconnectReason.CONNECTION_TIMEOUT)
        if request is not None:
            participant.tell(announcing.leave(request))
        if participant.socket is not None:
            participant.socket.close()
            participant.socket = None

    def remove(
        self, participant: Participant, reason: DisconnectReason, leave: LeaveRequest | None = None
    ) -> None:
        """Ends a session. Its client is told to leave for good, unless `leave` says otherwise."""
        if self.participants.get(participant.identity) is not participant:
            return
        del self.participants[participant.identity]
        self._end(participant, reason, leave)
        self._last_left_at = self._services.clock()
        self.announce(participant, to_itself=False)
        self.announce_room()
        for other in self.participants.values():
            if other.reach is not None:
                other.reach.outbox.forget(participant.sid)
        self._say_left(participant)

    def close(self, reason: DisconnectReason) -> None:
        """Ends the room for everybody."""
        if self._is_closed:
            return
        self._is_closed = True
        leaving_now = list(self.participants.values())
        self.participants.clear()
        for participant in leaving_now:
            self._end(participant, reason, None)
            self._say_left(participant)
        if (watcher := self.data.watcher) is not None:
            self._services.guarded(watcher.closed, "watching calls")
        self._services.tell_observers(lambda o: o.room_closed(self.name))

    def _end(self, participant: Participant, reason: DisconnectReason, leave: LeaveRequest | None) -> None:
        request = leave or leaving.leave_for_good(participant.protocol, reason)
        participant.tell(announcing.leave(request))
        participant.state = State.DISCONNECTED
        participant.left_because = reason
        participant.changed()
        connections = participant.reach.connections if participant.reach else None
        if participant.socket is not None:
            participant.socket.close()
            if connections is not None:
                # The client shall know why before it sees its connection end.
                participant.socket.when_flushed(connections.close)
        elif connections is not None:
            connections.close()

    def _say_left(self, participant: Participant) -> None:
        if (watcher := self.data.watcher) is not None:
            left = partial(watcher.participant_left, participant.identity)
            self._services.guarded(left, "watching calls")
        self._services.tell_observers(lambda o: o.participant_left(self.name, participant.identity))

    # As time passes

    def tick(self) -> None:
        """Does what is due: removes who did not come (back), renews tokens, closes itself when idle."""
        now, wall = self._services.clock(), self._services.wall_clock()
        for participant in list(self.participants.values()):
            lost = participant.lost_at
            if participant.state != State.ACTIVE and wall - participant.joined_at > JOIN_TIMEOUT_S:
                self.remove(participant, DisconnectReason.JOIN_FAILURE)
            elif lost is not None and now - lost > RETURN_WITHIN_S:
                self.remove(participant, DisconnectReason.CONNECTION_TIMEOUT)
            elif lost is not None and now - lost > ASK_BACK_AFTER_S:
                self._ask_back(participant)
            elif wall - participant.token_sent_at > server_facts.TOKEN_RENEWED_EVERY_S:
                self.renew_token(participant)
        if self._is_idle(now):
            self.close(DisconnectReason.ROOM_CLOSED)

    def _is_idle(self, now: float) -> bool:
        if any(not p.is_dependent for p in self.participants.values()):
            return False
        if self._had_somebody and self._last_left_at is not None:
            return now - self._last_left_at >= self._facts.departure_timeout
        return now - self._opened_at >= self._facts.empty_timeout

    def _limit_reached(self, error: LimitReachedError, participant: Participant) -> None:
        self._services.report(error, f"passing on data of {participant.identity!r} in room {self.name!r}")
