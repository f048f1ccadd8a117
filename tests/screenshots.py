"""`make screenshots`: the pictures that README and docs show, of the window in a room on a real server."""

import asyncio
import json
import os
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from livekit import rtc
from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QApplication,
    QDialog,
    QDockWidget,
    QListWidget,
    QPlainTextEdit,
    QPushButton,
    QWidget,
)

from inspector.core.calls import Call, CallDraft
from inspector.core.faults import FaultKind, FaultMatch, FaultRule
from inspector.core.mocks import Delay, Fail, Mock, Reply, Rule
from tests.support.livekit_server import LiveKitServer, running_server
from tests.support.pictured_mocks import SHOWN, TEXT, write_mocks_file
from tests.support.python_peer import PythonPeer
from tests.support.requirements import ROOT
from tests.support.window import ProgramUnderTest, drive, running_program
from tests.support.window_room import start_and_join

LIVEKIT_SERVER = ROOT / ".peers/bin/livekit-server"
DOCS = ROOT / "docs"
MOCKS_PX = 450
"""How high the Mocks dock is where it is the picture's subject."""
WEATHER = {"city": "Oslo", "temp_c": [4.1, 3.6, 5.0], "wind_ms": [7.2, 9.4, 6.1]}
REQUEST = {"city": "Oslo", "units": "metric", "days": 3}
MOCKS = (
    Mock(method="get_location", rules=(Rule(action=Reply('{"lat":59.91,"lon":10.75}')),)),
    Mock(
        method="confirm_order",
        rules=(Rule(action=Reply("ok"), delay=Delay(ms=400, jitter_ms=150), name="slow for the web"),),
    ),
    Mock(method="quote", identity="inspector*", rules=(Rule(action=Reply('{"text":"Carpe diem"}')),)),
    Mock(method="search", enabled=False, rules=(Rule(action=Fail(1602, "no such city")),)),
)
FAULTS = (
    FaultRule(FaultKind.DELAY, FaultMatch("get_weather", callee="agent-*"), ms=800, probability=0.5),
    FaultRule(FaultKind.DROP_REQUEST, FaultMatch("move_to", callee="robot-1")),
    FaultRule(FaultKind.ERROR, FaultMatch("get_user"), code=1401),
    FaultRule(FaultKind.DROP_RESPONSE, FaultMatch("set_volume", callee="robot-1"), times=3),
    FaultRule(FaultKind.DUPLICATE_REQUEST, FaultMatch(caller="web-*"), enabled=False),
    FaultRule(FaultKind.DISCONNECT_CALLEE, FaultMatch(callee="robot-1"), enabled=False),
)


@asynccontextmanager
async def company(server: LiveKitServer) -> AsyncIterator[tuple[PythonPeer, PythonPeer]]:
    """The agent and the front end that the pictures show, answering and calling."""
    agent_name = {"lk.agent.name": "weather", "role": "backend"}
    async with (
        PythonPeer.joined(server, "demo", "agent-weather", kind="agent", attributes=agent_name) as agent,
        PythonPeer.joined(server, "demo", "web-frontend") as web,
        PythonPeer.joined(server, "demo", "robot-1"),
    ):
        agent.handle("get_weather", _get_weather)
        agent.handle("slow_report", _slow_report)
        agent.handle("flaky", _flaky)
        yield agent, web


async def _get_weather(call: rtc.RpcInvocationData) -> str:
    return json.dumps(WEATHER)


async def _slow_report(call: rtc.RpcInvocationData) -> str:
    await asyncio.Event().wait()
    return ""


async def _flaky(call: rtc.RpcInvocationData) -> str:
    msg = "flaky by design"
    raise ValueError(msg)


async def fill(program: ProgramUnderTest, server: LiveKitServer, web: PythonPeer) -> None:
    """Calls both ways, some of which fail."""
    session = program.session
    connection = (await program.join(server, "demo")).id
    await program.until(lambda: len(session.connections()[0].participants) == 3, "the company")
    await web.wait_until_active("inspector")

    async def call(method: str, payload: str = "") -> None:
        await session.call(CallDraft(connection, "agent-weather", method, payload))

    for method in ("get_location", "quote"):
        await web.perform("inspector", method, "{}")
    await call("get_weather", json.dumps(REQUEST))
    await call("flaky")
    await web.perform("inspector", "confirm_order", '{"total":99}')
    await session.call(CallDraft(connection, "agent-weather", "slow_report", json.dumps(REQUEST), 1.0, 0.5))
    await web.perform("inspector", "get_location", "{}")
    await call("set_volume", '{"level":7}')
    await web.perform("inspector", "get_location", "{}")


async def picture_window(
    program: ProgramUnderTest, server: LiveKitServer, web: PythonPeer, theme: str
) -> None:
    """The window with a failed call explained, and the composer."""
    await fill(program, server, web)
    failed = next(call for call in program.calls() if call.code == 1502)
    await program.until(lambda: program.panels.log.select_call(failed.id), "the failed call")
    program.window.show_details()
    await settle()
    save(program.window, f"window-{theme}.png")
    await program.press(Qt.Key.Key_N, Qt.KeyboardModifier.ControlModifier)
    await program.type("Destination", "agent-weather")
    await program.type("Method", "get_weather")
    await program.type("Payload", json.dumps(REQUEST), QPlainTextEdit)
    await program.until(lambda: program.find(QPushButton, "Format JSON").isEnabled(), "the check")
    await program.click_on(QPushButton, "Format JSON")
    await settle()
    await program.press(Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    await program.until(lambda: program.session.log.counts.pending == 0, "the answer")
    await settle()
    save(program.window, f"composer-{theme}.png")


async def picture_first_start(program: ProgramUnderTest, theme: str) -> None:
    """The empty window, and the connect dialog over it."""
    await settle()
    save(program.window, f"first-start-{theme}.png")
    program.program.connecting.open()
    program.click_row(program.find(QListWidget, "Connect by"), 0)
    await settle()
    dialog = next(w for w in QApplication.topLevelWidgets() if isinstance(w, QDialog) and w.isVisible())
    save(dialog, f"connect-{theme}.png")


async def picture_local_room(program: ProgramUnderTest, theme: str) -> None:
    """The demo in the window's own local room: everybody's calls, faults, and one of them explained."""
    program.window.show_local_room()
    await program.click_on(QPushButton, "Start the demo")
    faults = program.panels.local_room.body.faults.model
    await program.until(faults.rowCount, "the demo's faults", within_s=60)
    program.program.local_room_desk.set_rules(FAULTS)
    await program.until(lambda: dropped(program), "a call whose request was dropped", within_s=60)
    (call,) = dropped(program)[:1]
    await program.until(lambda: program.panels.log.select_call(call.id), "its row")
    program.window.show_details()
    program.panels.local_room.select_fault(call.fault or "")
    await settle()
    save(program.window, f"local-room-{theme}.png")


async def picture_mocks(program: ProgramUnderTest, web: PythonPeer, theme: str) -> None:
    """The Mocks dock with each kind of answer in its editor, and the calls that wait for a person."""
    await program.until(lambda: len(program.session.mocks) == 6, "the mocks file")
    await web.wait_until_active("inspector")
    await web.perform("inspector", "get_weather", SHOWN[0].payload)
    await web.perform("inspector", "get_weather", SHOWN[1].payload)
    await web.perform("inspector", "get_location", "{}")
    await web.perform("inspector", "quote", "{}")
    dock = program.window.findChild(QDockWidget, "dock-mocks and local room")
    assert dock is not None
    program.window.show_mocks()
    program.window.resizeDocks([dock], [MOCKS_PX], Qt.Orientation.Vertical)
    call = next(each for each in program.calls() if each.payload == SHOWN[0].payload)
    await program.until(lambda: program.panels.log.select_call(call.id), "its row")
    for shown in SHOWN:
        entry = program.session.mocks.entries()[shown.mock]
        program.panels.mocks.show_rule(entry.id, shown.rule)
        program.panels.mocks.try_call("web-frontend", shown.payload)
        await settle()
        save(program.window if shown is SHOWN[0] else dock, f"mocks-{shown.name}-{theme}.png")
    asked = [
        asyncio.create_task(web.perform("inspector", "confirm_order", json.dumps(order), timeout_s=30))
        for order in ({"order": 7, "total": 250}, {"order": 8, "total": 980})
    ]
    await program.until(lambda: program.panels.waiting.waiting() == len(asked), "the calls that wait")
    await program.click_on(QPushButton, "Answer the waiting call")
    await program.type("Answer to the call", '{"ok": true, "by": "a person"}', QPlainTextEdit)
    await settle()
    save(program.window, f"waiting-{theme}.png")
    for held in program.session.holding.held():
        program.session.holding.answer(held.call_id, "{}")
    await asyncio.gather(*asked)


def dropped(program: ProgramUnderTest) -> list[Call]:
    """Calls that ended as 1501 because the room dropped their request."""
    return [call for call in program.calls() if call.fault and call.code == 1501]


async def settle() -> None:
    """Lets the panels' next tick and its paint come."""
    await asyncio.sleep(0.8)


def save(widget: QWidget, name: str) -> None:
    """Writes what a widget shows."""
    assert widget.grab().save(str(DOCS / name))
    sys.stderr.write(f"docs/{name}\n")


def main() -> None:
    """Makes every picture, dark and light."""
    if not LIVEKIT_SERVER.exists():
        sys.exit("make screenshots needs livekit-server: run `make peers` first")
    app = QApplication([])
    with tempfile.TemporaryDirectory() as folder, running_server(LIVEKIT_SERVER, Path(folder)) as server:
        for theme in ("dark", "light"):
            for pictures in (picture_start, picture_use, picture_demo, picture_answers):
                os.environ["XDG_DATA_HOME"] = f"{folder}/{theme}-{pictures.__name__}"  # nothing is remembered
                drive(app, partial(pictures, server, theme))


async def picture_start(server: LiveKitServer, theme: str) -> None:
    """The program as it first starts."""
    async with running_program(theme) as program:
        await picture_first_start(program, theme)


async def picture_use(server: LiveKitServer, theme: str) -> None:
    """The program in use."""
    async with running_program(theme) as program, company(server) as (_, web):
        program.session.mocks.add(MOCKS)
        await picture_window(program, server, web, theme)


async def picture_demo(server: LiveKitServer, theme: str) -> None:
    """The program in a local room of its own; no other server is needed."""
    async with running_program(theme) as program:
        await picture_local_room(program, theme)


async def picture_answers(server: LiveKitServer, theme: str) -> None:
    """The mocks of a file that answer in a local room."""
    with tempfile.TemporaryDirectory() as folder:
        path = await asyncio.to_thread(write_mocks_file, Path(folder))
        async with running_program(theme, mocks=((str(path), TEXT),)) as program:
            room = await start_and_join(program)
            async with (
                PythonPeer.joined(room, "demo", "web-frontend") as web,
                PythonPeer.joined(room, "demo", "agent-weather", kind="agent"),
            ):
                await picture_mocks(program, web, theme)


if __name__ == "__main__":
    main()
