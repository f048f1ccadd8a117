"""The Connect dialog, in parts: pages that name a server, what they share, and the dialog around them."""

from inspector.gui.dialogs.connect.dialog import ConnectDialog
from inspector.gui.dialogs.connect.services import (
    ConnectServices,
    OpenRoom,
    PeopleAnswer,
    ProbeAnswer,
    RoomsAnswer,
)

__all__ = ["ConnectDialog", "ConnectServices", "OpenRoom", "PeopleAnswer", "ProbeAnswer", "RoomsAnswer"]
