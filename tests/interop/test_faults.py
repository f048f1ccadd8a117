"""Faults as real callers meet them: each error code by the rule that docs/local-room.md gives for it."""

import asyncio
import contextlib
import json
import re
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import msgspec
import pytest
from livekit import api, rtc

from inspector.core.fault_files import parse_faults
from inspector.core.faults import CallPart, FaultKind, FaultMatch, FaultRule
from inspector.local_room.options import RoomServerOptions
from inspector.local_room.server import RoomServer
from inspector.xray.messages import Ended, Message, SeenCall, SeenOutcome
from tests.support.process_peer import PeerError, ProcessPeer, browser_kind, node_kind
from tests.support.python_peer import PythonPeer
from tests.support.reports import Unexpected
from tests.support.requirements import ROOT

CODES = (1400, 1401, 1402, 1403, 1404, 1500, 1501, 1502, 1503, 1504, 1505)
AT_THE_CALLEE = (1400, 1401, 1404, 1500, 1501, 1502, 1505)
"""Those for which it is enough to call a method of one participant."""
LONG = json.dumps([number * number for number in range(9000)])
"""Too long for one packet, compressed too."""
OVER_15_KIB = "x" * 20_000
SEEN_WITHIN_S = 30.0

Peer = PythonPeer | ProcessPeer


class Stage:
    """A local room in this process, and who is in it."""

    def __init__(self, server: RoomServer, folder: Path, leaving: contextlib.AsyncExitStack) -> None:
        self.server = server
        self._folder = folder
        self._leaving = leaving
        self._ended: dict[str | None, SeenCall] = {}
        self._changed = asyncio.Event()
        server.watching.feed.subscribe(self._told)

    @classmethod
    @contextlib.asynccontextmanager
    async def set(cls, folder: Path) -> AsyncIterator["Stage"]:
        """Start the room, and end it after everybody has left."""
        unexpected = Unexpected()
        server = RoomServer()
        await server.start(RoomServerOptions(keys={"devkey": "secret"}, port=0), unexpected)
        try:
            async with contextlib.AsyncExitStack() as leaving:
                yield cls(server, folder, leaving)
        finally:
            await server.stop()
        assert unexpected.rest() == []

    async def python(self, identity: str) -> PythonPeer:
        """Somebody made of the Python SDK."""
        peer = PythonPeer(identity)
        await peer.join(self.server.url, self._token(identity))
        self._leaving.push_async_callback(peer.leave)
        return peer

    async def caller(self, sdk: str, identity: str) -> Peer:
        """Somebody made of the SDK that a test is about."""
        if sdk == "python":
            return await self.python(identity)
        kind = node_kind() if sdk == "node" else browser_kind()
        folder = self._folder / identity
        folder.mkdir()
        peer = await self._leaving.enter_async_context(ProcessPeer.started(kind, folder))
        await peer.join(self.server.url, self._token(identity))
        return peer

    async def seen(self, method: str) -> SeenCall:
        """The ended call of a method, as the room tells it."""
        async with asyncio.timeout(SEEN_WITHIN_S):
            while method not in self._ended:
                self._changed.clear()
                await self._changed.wait()
        return self._ended[method]

    def _told(self, message: Message) -> None:
        if isinstance(message, Ended):
            self._ended[message.call.method] = message.call
            self._changed.set()

    @staticmethod
    def _token(identity: str) -> str:
        grants = api.VideoGrants(room_join=True, room="demo")
        return api.AccessToken("devkey", "secret").with_identity(identity).with_grants(grants).to_jwt()


async def call(
    peer: Peer, to: str, method: str, payload: str = "", *, timeout_s: float | None = None
) -> str | int | None:
    """The response, or the error's code."""
    try:
        if isinstance(peer, PythonPeer):
            return await peer.perform(to, method, payload, timeout_s=timeout_s)
        return await peer.call(to, method, payload, timeout_s=timeout_s)
    except rtc.RpcError as error:
        return error.code
    except PeerError as error:
        return error.code


async def everybody_is_there(peer: Peer, *identities: str) -> None:
    if isinstance(peer, PythonPeer):
        await peer.wait_until_active(*identities)
        return
    for identity in identities:
        await peer.wait_until_active(identity)


def documented(sdk: str) -> dict[int, FaultRule]:
    """The rule that the documentation gives for each code; of two, the second is for rtc-node."""
    text = (ROOT / "docs/local-room.md").read_text()
    rules = {}
    for code, section in re.findall(r"#### (\d{4}) \w+\n(.*?)(?=\n#|\Z)", text, flags=re.DOTALL):
        examples = re.findall(r"```yaml\n(.*?)```", section, flags=re.DOTALL)
        parsed = parse_faults(examples[-1 if sdk == "node" else 0], f"the example for {code}")
        assert parsed.rules is not None, parsed.problems
        (rules[int(code)],) = parsed.rules
    return rules


def about(rule: FaultRule, *, method: str = "*", caller: str = "*", callee: str = "*") -> FaultRule:
    return msgspec.structs.replace(rule, match=FaultMatch(method, caller, callee))


@pytest.mark.parametrize("sdk", ["python", "node", "browser"])
async def test_every_code_is_met_by_the_rule_that_is_documented_for_it(sdk: str, tmp_path: Path) -> None:
    documented_rules = documented(sdk)
    assert tuple(documented_rules) == CODES
    rules = [
        about(rule, caller="of-old-server")
        if rule.fault is FaultKind.OLD_SERVER
        else about(rule, callee="of-v1")
        if rule.fault is FaultKind.FORCE_V1
        else msgspec.structs.replace(about(rule, method=f"fail_{code}"), name=f"rule {code}")
        for code, rule in documented_rules.items()
    ]
    async with Stage.set(tmp_path) as stage:
        stage.server.watching.faults.set_rules((*rules, FaultRule(FaultKind.DROP_ACK, FaultMatch("unheard"))))
        callee, of_v1, doomed = [await stage.python(name) for name in ("callee", "of-v1", "doomed")]
        for peer in (callee, of_v1, doomed):
            for method in (*(f"fail_{code}" for code in CODES), "unheard"):
                peer.handle(method, answering("answered"))
        of_v1.handle("long", answering(OVER_15_KIB))
        caller = await stage.caller(sdk, "caller")
        of_old_server = await stage.caller(sdk, "of-old-server")
        await everybody_is_there(caller, "callee", "of-v1", "doomed")
        await everybody_is_there(of_old_server, "callee")

        ways = {
            1402: call(caller, "of-v1", "echo", OVER_15_KIB),
            1403: call(of_old_server, "callee", "echo"),
            1503: call(caller, "doomed", "fail_1503"),
            1504: call(caller, "of-v1", "long"),
            **{code: call(caller, "callee", f"fail_{code}", timeout_s=8.5) for code in AT_THE_CALLEE},
        }
        *met, unheard = await asyncio.gather(*ways.values(), call(caller, "callee", "unheard"))

        assert dict(zip(ways, met, strict=True)) == {code: code for code in CODES}
        assert unheard == 1501
        for code in (1503, *AT_THE_CALLEE):
            told = await stage.seen(f"fail_{code}")
            assert told.error is not None
            assert (told.error.code, told.fault) == (code, f"rule {code}")
        long = await stage.seen("long")
        assert long.error is not None
        assert (long.wire, long.error.code, long.error.side.value) == ("v1", 1504, "callee")
        assert long.fault is not None
        assert long.fault.endswith("force_v1")
        assert {asked.method for asked in callee.seen} == {"fail_1502", "unheard"}


@pytest.mark.parametrize("wire", ["v1", "v2"])
@pytest.mark.parametrize("sdk", ["python", "node", "browser"])
async def test_what_is_delayed_or_doubled_is_answered_all_the_same(
    sdk: str, wire: str, tmp_path: Path
) -> None:
    payload = LONG if wire == "v2" else LONG[:15_000]
    joins = (FaultRule(FaultKind.FORCE_V1),) if wire == "v1" else ()
    delays = [
        FaultRule(FaultKind.DELAY, FaultMatch(f"delayed_{part}"), ms=400, part=part) for part in CallPart
    ]
    async with Stage.set(tmp_path) as stage:
        stage.server.watching.faults.set_rules(
            (*joins, *delays, FaultRule(FaultKind.DUPLICATE_REQUEST, FaultMatch("twice")))
        )
        callee = await stage.python("callee")
        methods = ["twice", *(rule.match.method for rule in delays)]
        for method in methods:
            callee.handle(method, echoing)
        caller = await stage.caller(sdk, "caller")
        await everybody_is_there(caller, "callee")
        await callee.wait_until_active("caller")

        began = time.monotonic()
        answers = await asyncio.gather(*(call(caller, "callee", method, payload) for method in methods))
        took_s = time.monotonic() - began

        assert answers == [payload] * 4
        assert took_s >= 0.4
        told = [await stage.seen(method) for method in methods]
        assert {seen.wire for seen in told} == {wire}
        assert {seen.outcome for seen in told} == {SeenOutcome.OK}
        assert all(seen.payload == seen.response == payload for seen in told)
        assert all(seen.elapsed_ms is not None and seen.elapsed_ms >= 400 for seen in told[1:])
        assert [asked.payload for asked in callee.seen if asked.method == "twice"] == [payload] * 2


def answering(text: str) -> Callable[[rtc.RpcInvocationData], Awaitable[str]]:
    async def answer(_: rtc.RpcInvocationData) -> str:
        return text

    return answer


async def echoing(asked: rtc.RpcInvocationData) -> str:
    return asked.payload
