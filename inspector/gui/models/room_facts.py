"""What the Rooms panel tells of one participant or one connection, line by line. Pure functions of facts."""

from __future__ import annotations

from enum import Enum

import msgspec

from inspector.core.participants import Participant, ParticipantKind, ParticipantState
from inspector.core.payloads import visible
from inspector.gui.models.presence import (
    Presence,
    clock_text,
    connection_sign,
    host_of,
    kind_words,
    room_name,
    suffix,
)
from inspector.gui.widgets.controls import Tone
from inspector.session.connection_info import ConnectionInfo, ConnectionState
from inspector.session.ports import JoinAs


class Form(Enum):
    """How a line is set."""

    FIELD = "field"
    """A word of ours and a value, in two columns that line up."""
    PAIR = "pair"
    """A key and a value, both from a peer: `key: value`."""
    SENTENCE = "sentence"
    HEADING = "heading"


class Fact(msgspec.Struct, frozen=True):
    """One line."""

    text: str
    label: str = ""
    tone: Tone = Tone.NORMAL
    form: Form = Form.FIELD


class Wish(Enum):
    """What a person can ask for beside the facts."""

    TRY_AGAIN = "Try again"
    TRY_NOW = "Try now"
    JOIN_AGAIN = "Join again"
    LEAVE = "Leave"
    REMOVE = "Remove"


class Facts(msgspec.Struct, frozen=True):
    """All lines about one thing, and what can be asked for."""

    title: str
    note: str
    lines: tuple[Fact, ...]
    wishes: tuple[Wish, ...] = ()


def wishes_for(state: ConnectionState) -> tuple[Wish, ...]:
    """What can be asked of a connection in this state."""
    match state:
        case ConnectionState.FAILED:
            return (Wish.TRY_AGAIN, Wish.REMOVE)
        case ConnectionState.LEFT:
            return (Wish.JOIN_AGAIN, Wish.REMOVE)
        case ConnectionState.REJOINING:
            return (Wish.TRY_NOW, Wish.LEAVE, Wish.REMOVE)
        case _:
            return (Wish.LEAVE, Wish.REMOVE)


def connection_facts(info: ConnectionInfo, now: float) -> Facts:
    """How a connection stands: what went wrong and what to do next first, then where it leads."""
    lines: list[Fact] = []
    if info.problem is not None:
        tone = Tone.ERROR if info.state is ConnectionState.FAILED else Tone.WARNING
        lines.append(Fact(info.problem.what, tone=tone, form=Form.SENTENCE))
        lines.append(Fact(info.problem.next_step, tone=Tone.SECONDARY, form=Form.SENTENCE))
        if info.problem.detail:
            lines.append(Fact(info.problem.detail, label="detail"))
    lines.append(Fact(host_of(info.target.url), label="server"))
    lines.append(Fact(info.identity, label="identity"))
    if info.target.join_as is JoinAs.BESIDE:
        lines.append(Fact("beside", label="joined as"))
    lines.append(Fact(info.target.source, label="source"))
    failed = info.state is ConnectionState.FAILED
    state = "failed" if failed else connection_sign(info, now).words
    urgent = info.state in (ConnectionState.FAILED, ConnectionState.LEFT, ConnectionState.REJOINING)
    wishes = wishes_for(info.state)[:2] if urgent else ()
    return Facts(room_name(info), state, tuple(line for line in lines if line.text), wishes)


def participant_facts(presence: Presence, now: float) -> Facts:
    """Everything known of a participant that matters to calls."""
    participant = presence.participant
    lines = [
        Fact(participant.name, label="name"),
        Fact(_kind(participant), label="kind"),
        Fact(participant.state.value, label="state"),
        Fact(clock_text(participant.joined_at, now) if participant.joined_at else "", label="joined"),
        Fact(_protocol(participant), label="protocol"),
        *_limits_of(participant),
    ]
    if participant.attributes:
        lines.append(Fact("Attributes", form=Form.HEADING))
        lines += [
            Fact(text or "(empty)", label=key, tone=Tone.NORMAL if text else Tone.FAINT, form=Form.PAIR)
            for key, text in sorted(participant.attributes.items())
        ]
    if participant.metadata:
        lines.append(Fact("Metadata", form=Form.HEADING))
        lines.append(Fact(participant.metadata, tone=Tone.SECONDARY, form=Form.SENTENCE))
    return Facts(visible(participant.identity), suffix(presence), tuple(line for line in lines if line.text))


def _kind(participant: Participant) -> str:
    words = kind_words(participant)
    if participant.kind is ParticipantKind.AGENT and words not in ("agent", ""):
        return f"agent, {words}"
    name = participant.agent_name if participant.is_agent else None
    return f"agent {name}" if name else participant.kind.value


def _protocol(participant: Participant) -> str:
    if participant.protocol is None:
        return ""
    takes = "15 KiB a call" if participant.protocol < 1 else "large calls too"
    return f"{participant.protocol}, {takes}"


def _limits_of(participant: Participant) -> list[Fact]:
    """What keeps calls from working, each as a sentence."""
    found = []
    if not participant.permissions.can_publish_data:
        found.append("May not publish data: calls from and to it fail with 1501.")
    if participant.permissions.hidden:
        found.append("Hidden: it can be called, but its own calls fail with 1501.")
    if participant.state in (ParticipantState.JOINING, ParticipantState.JOINED):
        found.append("Not active yet: a call sent now may end as 1501.")
    return [Fact(sentence, tone=Tone.WARNING, form=Form.SENTENCE) for sentence in found]
