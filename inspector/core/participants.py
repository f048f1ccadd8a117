"""Who is in a room: the facts an SDK or the server knows of a participant."""

from __future__ import annotations

from enum import StrEnum

import msgspec

PUBLISH_ON_BEHALF = "lk.publish_on_behalf"
"""Attribute of an agent that acts for another one; front ends and voice agents pass such agents over."""
AGENT_NAME = "lk.agent.name"
"""Attribute that carries the name an agent was dispatched by."""


class ParticipantKind(StrEnum):
    """LiveKit's kinds of participant, by name (rtc and protocol number them differently)."""

    STANDARD = "standard"
    INGRESS = "ingress"
    EGRESS = "egress"
    SIP = "sip"
    AGENT = "agent"
    CONNECTOR = "connector"
    BRIDGE = "bridge"
    UNKNOWN = "unknown"


class ParticipantState(StrEnum):
    """LiveKit's states of a participant. Only an `ACTIVE` one can take data, and so calls."""

    JOINING = "joining"
    JOINED = "joined"
    ACTIVE = "active"
    DISCONNECTED = "disconnected"


class Permissions(msgspec.Struct, frozen=True):
    """What a participant may do, as far as RPC cares."""

    can_publish_data: bool = True
    hidden: bool = False
    can_publish: bool = True
    can_subscribe: bool = True
    can_update_metadata: bool = False


class Participant(msgspec.Struct, frozen=True):
    """One participant, as it is now."""

    identity: str
    sid: str = ""
    name: str = ""
    kind: ParticipantKind = ParticipantKind.STANDARD
    state: ParticipantState = ParticipantState.ACTIVE
    metadata: str = ""
    attributes: dict[str, str] = msgspec.field(default_factory=dict)
    permissions: Permissions = Permissions()
    joined_at: float | None = None
    """When it joined (seconds since the epoch)."""
    protocol: int | None = None
    """`client_protocol`: 0 takes RPC v1 only, 1 and up take v2 (facts, section 1). None: not known."""

    @property
    def is_active(self) -> bool:
        """Whether data sent now reaches it."""
        return self.state is ParticipantState.ACTIVE

    @property
    def is_agent(self) -> bool:
        """Whether a program looking for *the* agent would take this one."""
        return self.kind is ParticipantKind.AGENT and PUBLISH_ON_BEHALF not in self.attributes

    @property
    def agent_name(self) -> str | None:
        """The name the agent was dispatched by, where it says so."""
        return self.attributes.get(AGENT_NAME)
