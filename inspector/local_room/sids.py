"""Server-made ids of rooms, participants, tracks and nodes (livekit/protocol, `utils/guid`)."""

from __future__ import annotations

import secrets

ROOM = "RM_"
PARTICIPANT = "PA_"
TRACK = "TR_"
NODE = "ND_"

_ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_LENGTH = 12


def new_sid(prefix: str) -> str:
    """A new id: its prefix and twelve characters."""
    return prefix + "".join(secrets.choice(_ALPHABET) for _ in range(_LENGTH))
