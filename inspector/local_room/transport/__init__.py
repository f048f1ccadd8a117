"""WebRTC for the local room, on one UDP port: ICE-lite, DTLS, SCTP, data channels, and their descriptions.

`hub` is the way in; `links` is one peer's connection; `surroundings` says what a room hears, and the bounds.

Why not aiortc (1.16): it brings 105 MB of media codecs (PyAV) that nothing here needs, gathers no loopback
addresses, and spends more. Both SCTPs in memory on one core, client and server together, CPU time:

|                                      | aiortc                | this                  |
|--------------------------------------|-----------------------|-----------------------|
| echo of 200 bytes, 50 in flight      | 59 us, 4.0 packets    | 7 us, 0.4 packets     |
| echo of 200 bytes, one after another | 87 us, 4.0 packets    | 17 us, 2.0 packets    |
| 5 MB in messages of 60,000 bytes     | 0.12 s                | 0.024 s               |

The difference is in batches: what one wake-up of the event loop read is acknowledged and answered together.
With sockets and DTLS an echo takes 22 us at 50 in flight and 68 us one after another.
"""

from inspector.local_room.transport.channels import ChannelSpec
from inspector.local_room.transport.hub import HubFullError, TransportHub
from inspector.local_room.transport.links import Link
from inspector.local_room.transport.sdp import SdpError
from inspector.local_room.transport.surroundings import Limits, LinkListener

__all__ = ["ChannelSpec", "HubFullError", "Limits", "Link", "LinkListener", "SdpError", "TransportHub"]
