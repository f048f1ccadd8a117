"""The WebRTC connections of one participant.

A v1 client has one, which it offers. A v0 client has two: one it offers, to publish on, and one that we
offer, to subscribe on; data goes out on the latter (livekit-server's `SubscriberAsPrimary`).
"""

from __future__ import annotations

from typing import Protocol

from livekit.protocol.models import DataPacket
from livekit.protocol.rtc import SessionDescription

from inspector.local_room.transport import ChannelSpec, Link, TransportHub

Kind = DataPacket.Kind
"""Whether data may be lost; the channel it comes on says so."""
RELIABLE, LOSSY = "_reliable", "_lossy"
_KINDS = {RELIABLE: Kind.RELIABLE, LOSSY: Kind.LOSSY}
_CHANNELS = (
    ChannelSpec(RELIABLE),
    ChannelSpec(LOSSY, ordered=False, most_retransmits=0),
    ChannelSpec("_data_track", ordered=False, most_retransmits=0),
)
"""What a client expects us to open where we make the offer."""
_LABELS = {kind: label for label, kind in _KINDS.items()}


class ConnectionListener(Protocol):
    """Whoever the connections are for."""

    def data_ready(self) -> None:
        """Data can be sent from now on."""

    def data_received(self, kind: Kind, data: bytes) -> None:
        """A message came on one of the channels."""

    def connection_lost(self, why: str) -> None:
        """A connection ended that we had not ended ourselves."""


class Connections:
    """All of them.

    What takes a description raises `transport.SdpError` for nonsense, what makes a connection
    `transport.HubFullError` where there are as many as may be.
    """

    def __init__(self, hub: TransportHub, listener: ConnectionListener, *, server_offers: bool) -> None:
        self._hub = hub
        self._listener = listener
        self._server_offers = server_offers
        self._offered_by_client: Link | None = None
        self._offered_by_us: Link | None = None
        self._offers = 0
        self._broken = False
        self._closed = False

    @property
    def can_resume(self) -> bool:
        """Whether there is a connection to go on with, and none of them has ended."""
        primary = self._primary()
        return primary is not None and not self._broken and not self._closed

    @property
    def is_broken(self) -> bool:
        """Whether one of them has ended by itself: there is no going on with the others."""
        return self._broken

    @property
    def buffered_bytes(self) -> int:
        """What was sent and not acknowledged yet."""
        primary = self._primary()
        return primary.buffered_bytes if primary else 0

    def answer(self, offer: SessionDescription) -> SessionDescription:
        """The answer to the client's offer, its first or a later one."""
        if self._offered_by_client is None:
            ears = _Ears(self, is_primary=not self._server_offers)
            self._offered_by_client, sdp = self._hub.answer(offer.sdp, ears)
        else:
            sdp = self._offered_by_client.renegotiate(offer.sdp)
        return SessionDescription(type="answer", sdp=sdp, id=offer.id)

    def offer(self) -> SessionDescription | None:
        """Our own offer, for clients that want one."""
        if not self._server_offers:
            return None
        self._offered_by_us, sdp = self._hub.offer(_Ears(self, is_primary=True), _CHANNELS)
        self._offers += 1
        return SessionDescription(type="offer", sdp=sdp, id=self._offers)

    def accept(self, answer: SessionDescription) -> None:
        """Takes the client's answer to our offer; one that nobody asked for is ignored."""
        if self._offered_by_us is not None and answer.id in (0, self._offers):
            self._offered_by_us.accept(answer.sdp)

    def send(self, kind: Kind, data: bytes) -> bool:
        """Sends data; False where its channel is not open."""
        primary = self._primary()
        return primary is not None and primary.send(_LABELS[kind], data)

    def close(self) -> None:
        """Ends all of them; the listener hears nothing more."""
        self._closed = True
        for link in (self._offered_by_client, self._offered_by_us):
            if link is not None:
                link.close()

    def opened(self, label: str, *, primary: bool) -> None:
        """A channel is open."""
        if primary and label == RELIABLE and not self._closed:
            self._listener.data_ready()

    def _primary(self) -> Link | None:
        return self._offered_by_us if self._server_offers else self._offered_by_client

    def received(self, label: str, data: bytes) -> None:
        """A message came."""
        kind = _KINDS.get(label)
        if kind is not None and not self._closed:
            self._listener.data_received(kind, data)

    def ended(self, why: str) -> None:
        """A link ended by itself."""
        self._broken = True
        if not self._closed:
            self._listener.connection_lost(why)


class _Ears:
    """Hears one link of several."""

    def __init__(self, connections: Connections, *, is_primary: bool) -> None:
        self._connections = connections
        self._is_primary = is_primary

    def channel_opened(self, label: str) -> None:
        self._connections.opened(label, primary=self._is_primary)

    def message(self, label: str, data: bytes) -> None:
        self._connections.received(label, data)

    def link_closed(self, reason: str) -> None:
        self._connections.ended(reason)
