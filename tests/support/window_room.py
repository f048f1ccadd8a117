"""The local room of a window under test: started and joined by hand, and what the window then says."""

import dataclasses

from PySide6.QtWidgets import QAbstractButton, QLabel, QWidget

from inspector.core.faults import FaultRule
from inspector.gui.models.local_room_facts import LocalRoomFacts
from inspector.gui.models.rooms_model import RoomRole
from inspector.session.connection_info import ConnectionState
from tests.support.ports import free_ports
from tests.support.servers import Server
from tests.support.window import ProgramUnderTest

ROOM = "demo"


class WindowsRoom(Server):
    """The local room of a window under test, as peers see it."""

    def __init__(self, program: ProgramUnderTest) -> None:
        self._program = program

    @property
    def url(self) -> str:
        """Where it is."""
        return self._program.program.local_room.facts.url


async def start_room(program: ProgramUnderTest) -> WindowsRoom:
    """Starts the room from its panel, at a port of the test's own."""
    program.window.show_local_room()
    await program.type("Port of the local room", str(free_ports(1)[0]))
    await program.click_on(QAbstractButton, "Start the local room")
    await program.until(lambda: program.program.local_room.is_running, "the room")
    return WindowsRoom(program)


async def start_and_join(program: ProgramUnderTest) -> WindowsRoom:
    """The same, and joins it by one click."""
    room = await start_room(program)
    await program.click_on(QAbstractButton, "Join the local room")
    await program.until(lambda: in_room(program), "the inspector in the room")
    await program.until(lambda: program.session.connections()[0].xray, "the X-ray")
    return room


def in_room(program: ProgramUnderTest) -> bool:
    return any(info.state is ConnectionState.CONNECTED for info in program.session.connections())


def said(widget: QWidget) -> str:
    labels = [label.text() for label in widget.findChildren(QLabel) if label.isVisible()]
    return "\n".join(labels).replace("\u200b", "")


def head(program: ProgramUnderTest) -> str:
    return program.panels.local_room.head.words()


def note_of_room(program: ProgramUnderTest) -> str:
    model = program.panels.rooms.model
    return str(model.index(0, 0).data(RoomRole.NOTE))


async def set_rules(program: ProgramUnderTest, *rules: FaultRule) -> None:
    program.program.local_room_desk.set_rules(rules)
    model = program.panels.local_room.body.faults.model
    await program.until(lambda: model.rules() == rules, "the faults in force")


def at_port(program: ProgramUnderTest, port: int) -> LocalRoomFacts:
    """The facts of a room whose port nobody else's test has."""
    return dataclasses.replace(program.program.local_room.facts, url=f"ws://127.0.0.1:{port}")
