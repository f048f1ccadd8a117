"""Free ports on loopback for servers that tests start."""

import contextlib
import random
import socket

# Below the range from which systems take the ports of outgoing connections (Linux 32768, elsewhere 49152), so
# that a server which was stopped finds its ports still free when it is started again.
_CHOICES = range(20_000, 32_000)


def free_ports(count: int) -> list[int]:
    """Return `count` different ports that nothing listens on, for TCP or UDP.

    Another program may take one before the caller binds it: a caller that fails to bind asks again.
    """
    found: list[int] = []
    for port in random.sample(_CHOICES, len(_CHOICES)):
        if len(found) == count:
            break
        if _is_free(port):
            found.append(port)
    return found


def _is_free(port: int) -> bool:
    with contextlib.ExitStack() as stack:
        for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM):
            probe = stack.enter_context(socket.socket(socket.AF_INET, kind))
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                return False
    return True
