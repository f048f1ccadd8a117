"""A link: one peer's connection, from its session description to its data channels."""

from __future__ import annotations

import secrets
from asyncio import TimerHandle
from math import inf

from inspector.local_room.transport.channels import Channels, ChannelSpec
from inspector.local_room.transport.dtls import DtlsEnded, DtlsSession
from inspector.local_room.transport.ice import IceLite, Path
from inspector.local_room.transport.sctp.handshake import Settings
from inspector.local_room.transport.sdp import DEFAULT_SCTP_PORT, Description, Local, SdpError
from inspector.local_room.transport.stun import BindingRequest
from inspector.local_room.transport.surroundings import Home, LinkListener


class Link:
    """One peer's connection. Made by `TransportHub.answer` and `TransportHub.offer`."""

    def __init__(self, home: Home, listener: LinkListener, channels: tuple[ChannelSpec, ...] = ()) -> None:
        self._home = home
        self._listener = listener
        self._to_open = channels
        self._session_id = secrets.randbits(62)
        self._version = 1
        self._peer: Description | None = None
        self._dtls: DtlsSession | None = None
        self._channels: Channels | None = None
        self._begun_at = home.now()
        self._heard_at = self._begun_at
        self._timer: TimerHandle | None = None
        self._timer_at = inf
        self._dtls_deadline = inf
        self.ice = IceLite()
        self.is_closed = False
        self._is_closing = False

    # Signalling.

    def answer(self, offer_sdp: str) -> str:
        """Takes the peer's first offer.

        Raises:
            SdpError: it is nonsense.
        """
        offer = Description.parsed(offer_sdp)
        if offer.setup not in ("actpass", "active"):
            msg = f"the offer has a=setup:{offer.setup[:20]}, but this server only answers DTLS handshakes"
            raise SdpError(msg)
        self._meet(offer)
        return self._local().answer(offer)

    def renegotiate(self, offer_sdp: str) -> str:
        """Answers a later offer on the same connection; one with new ICE credentials gets new ones.

        Raises:
            SdpError: it is nonsense, or announces another certificate than the one that was shown.
        """
        offer, before = Description.parsed(offer_sdp), self._peer
        self._meet(offer)
        if before is not None and offer.ufrag != before.ufrag:
            self.ice.restart()
            self._home.known_as(self)
        self._version += 1
        return self._local().answer(offer)

    def offer(self) -> str:
        """Our offer of data channels, which `accept` completes."""
        return self._local().offer()

    def accept(self, answer_sdp: str) -> None:
        """Takes the peer's answer to our offer.

        Raises:
            SdpError: it is nonsense, or refuses what was offered.
        """
        answer = Description.parsed(answer_sdp)
        if answer.setup != "active":
            msg = f"the answer has a=setup:{answer.setup[:20]}, but this server only answers DTLS handshakes"
            raise SdpError(msg)
        if not answer.has_data:
            msg = "the answer refuses data channels"
            raise SdpError(msg)
        self._meet(answer)

    def _meet(self, peer: Description) -> None:
        if self._dtls is not None and not self._dtls.is_with(peer.fingerprints):
            msg = "the certificate's fingerprint has changed, which a connection does not survive"
            raise SdpError(msg)
        self._peer = peer

    def _local(self) -> Local:
        home, credentials = self._home, self.ice.credentials
        return Local(
            session_id=self._session_id,
            version=self._version,
            ufrag=credentials.ufrag,
            password=credentials.password,
            fingerprint=home.fingerprint,
            candidates=home.candidates,
            sctp_port=DEFAULT_SCTP_PORT,
            most_message_bytes=home.limits.message_bytes,
        )

    # Data.

    def send(self, label: str, data: bytes) -> bool:
        """Sends a message on a data channel.

        False, and nothing is sent: no channel of that label is open, the peer takes no message that large, or
        it has left more than `Limits.buffered_bytes` lying.
        """
        if self._channels is None or self._peer is None or self.is_closed:
            return False
        most = self._peer.most_message_bytes
        if (most and len(data) > most) or self.buffered_bytes > self._home.limits.buffered_bytes:
            return False
        if not self._channels.send(label, data):
            return False
        self._home.flush_soon(self)
        return True

    @property
    def buffered_bytes(self) -> int:
        """What the peer has not acknowledged yet."""
        return 0 if self._channels is None else self._channels.association.buffered_bytes

    @property
    def is_handshaking(self) -> bool:
        """Whether the encryption is being made."""
        return self._dtls is not None and not self._dtls.is_established

    def close(self) -> None:
        """Ends the connection and says so to the peer, after what the network still takes at once."""
        if self._is_closing:
            return
        self._is_closing = True
        if self._channels is not None:
            self._channels.association.flush()
            self._channels.close()
        if self._dtls is not None:
            self._dtls.close()
        self.is_closed = True
        if self._timer is not None:
            self._timer.cancel()
        self._home.forget(self)

    def fail(self, reason: str) -> None:
        """Ends the connection and tells the listener."""
        if not self._is_closing:
            self.close()
            try:
                self._listener.link_closed(reason)
            except Exception as error:  # noqa: BLE001 - the room's mistake must not reach other links
                self._home.report(error, "telling the room that a connection closed")

    # From the network, called by the hub.

    def take_check(self, request: BindingRequest, path: Path) -> None:
        """Answers an ICE check."""
        known = self.ice.addresses
        if self.ice.answer(request, path):
            self._heard_at = self._home.now()
            if path.address not in known:
                self._home.known_as(self)

    def take_datagram(self, datagram: bytes) -> None:
        """Takes a datagram of DTLS."""
        try:
            dtls = self._dtls or self._begin_dtls()
            if dtls is None:
                return
            packets = dtls.receive(datagram)
        except DtlsEnded as ended:
            self.fail(str(ended))
            return
        channels = self._channels
        if channels is None:
            if not dtls.is_established:
                self._arm()
                return
            channels = self._begin_channels()
        if packets:
            self._heard_at = self._home.now()
            for packet in packets:
                channels.association.receive(packet)
        self._home.flush_soon(self)

    def _begin_dtls(self) -> DtlsSession | None:
        if self._peer is None or not self._home.may_begin_handshake():
            return None
        self._dtls = DtlsSession(self._home.context, self._peer.fingerprints, self._transmit)
        return self._dtls

    def _begin_channels(self) -> Channels:
        limits = self._home.limits
        settings = Settings(
            peer_port=DEFAULT_SCTP_PORT if self._peer is None else self._peer.sctp_port,
            window_bytes=limits.reassembly_bytes,
            most_message_bytes=limits.message_bytes,
        )
        self._channels = Channels(settings, self, self._transmit_packet, self._home.now)
        for spec in self._to_open:
            self._channels.open(spec)
        return self._channels

    def _transmit(self, datagram: bytes) -> None:
        path = self.ice.path
        if path is not None:
            path.socket.send(datagram, path.address)

    def _transmit_packet(self, packet: bytes) -> None:
        if self._dtls is None or self.is_closed:
            return
        try:
            self._dtls.send(packet)
        except DtlsEnded as ended:
            self.fail(str(ended))

    # Time.

    def flush(self) -> None:
        """Sends what is due, and sets the timer for what is due later."""
        if self._channels is not None and not self.is_closed:
            self._channels.association.flush()
        self._arm()

    def _arm(self) -> None:
        if self.is_closed:
            return
        if self._channels is not None:
            deadline = self._channels.association.deadline
        elif self._dtls is not None:
            wait_s = self._dtls.timeout_s()
            deadline = self._dtls_deadline = inf if wait_s is None else self._home.now() + wait_s
        else:
            return
        # A timer that is too early costs less than one that is set anew with every packet.
        if deadline < self._timer_at:
            if self._timer is not None:
                self._timer.cancel()
            self._timer_at = deadline
            self._timer = self._home.call_at(deadline, self._on_time)

    def _on_time(self) -> None:
        self._timer, self._timer_at = None, inf
        if self._channels is not None:
            if self._home.now() >= self._channels.association.deadline:
                self._channels.association.on_time()
        elif self._dtls is not None:
            try:
                self._dtls.on_time()
            except DtlsEnded as ended:
                self.fail(str(ended))
        self._arm()

    def check_silence(self, now: float) -> None:
        """Closes a link whose peer is silent, or never connected."""
        limits = self._home.limits
        if self._channels is None:
            if now - self._begun_at > limits.connect_within_s:
                within = f"within {limits.connect_within_s:g} s"
                self.fail(f"the participant's SDK did not connect to the room's UDP port {within}")
        elif now - self._heard_at > limits.silence_s:
            self.fail(f"nothing was heard of the participant's SDK for {limits.silence_s:g} s")

    # What the channels tell.

    def channel_opened(self, label: str) -> None:
        """Passes it on."""
        try:
            self._listener.channel_opened(label)
        except Exception as error:  # noqa: BLE001 - the room's mistake must not reach other links
            self._home.report(error, "telling the room that a data channel opened")

    def message(self, label: str, data: bytes) -> None:
        """Passes it on."""
        try:
            self._listener.message(label, data)
        except Exception as error:  # noqa: BLE001 - the room's mistake must not reach other links
            self._home.report(error, "handling a participant's message")

    def channels_ended(self, reason: str) -> None:
        """The association is no more, and so is the link."""
        self.fail(reason)
