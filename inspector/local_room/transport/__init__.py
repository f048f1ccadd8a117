"""WebRTC for the local room, on one UDP port: ICE-lite, DTLS, SCTP, data channels, and their descriptions.

`hub` is the way in; `links` says what a room hears and does.
"""

from inspector.local_room.transport.channels import ChannelSpec
from inspector.local_room.transport.hub import HubFullError, TransportHub
from inspector.local_room.transport.links import Limits, Link, LinkListener
from inspector.local_room.transport.sdp import SdpError

__all__ = ["ChannelSpec", "HubFullError", "Limits", "Link", "LinkListener", "SdpError", "TransportHub"]
