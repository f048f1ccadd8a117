"""One `respond` and callers of three SDKs: each gets the same answers and errors, on either server."""

import asyncio
import json
from pathlib import Path
from typing import Any

from livekit import rtc

from tests.interop.meeting import NEWER, started
from tests.support.command import Command, by_key
from tests.support.process_peer import PeerError, ProcessPeer
from tests.support.python_peer import PythonPeer
from tests.support.servers import Server

MOCKS = """
version: 1
as: {identity: weather-api}
vars: {unit: C}
mocks:
  - method: get_weather
    rules:
      - name: unknown city
        when: {json: {"$.city": {equals: Atlantis}}}
        error: {code: 1602, message: "no such city: Ålesund 🌧", data: '{"city":"Atlantis"}'}
      - name: nobody is sure
        when: {json: {"$.days": {gt: 7}}}
        no_answer: true
      - name: by caller
        when: {caller: "node*", payload: {contains: who}}
        reply: "Node"
      - {when: {payload: {contains: who}}, reply: "another"}
      - {when: {schema: {required: [large]}}, reply: LARGE}
      - name: the rest
        delay: {ms: 50, jitter_ms: 20}
        reply: {temp_c: 21, sky: klår}
  - {method: bare, rules: [{error: {code: 4242}}]}
  - {method: confirm, rules: [{ask: {}}]}
  - method: forecast
    rules: [{template: '{{ {"city": json.city, "unit": vars.unit, "by": caller} | tojson }}'}]
  - {method: quote, rules: [{script: quote.py}]}
  - {method: search, rules: [{forward: {to: agent, method: echo}}]}
  - {method: fail, rules: [{forward: {to: agent}}]}
""".replace("LARGE", "æ" * 20_000)
IN_TURN = """
  - method: in_turn_of_CALLER
    rules:
      - sequence: {steps: [{reply: "1"}, {error: {code: 1500, message: once, data: "{}"}}], then: cycle}
  - method: twice_for_CALLER
    rules: [{reply: first, times: 1}, {reply: then}]
"""
SCRIPT = """
async def respond(call):
    if call.json["city"] == "Atlantis":
        raise RpcError(1602, "no price: Ålesund 🌧", call.payload)
    return {"price": 3, "by": call.caller, "reached": await call.perform("agent", "echo", "wörld")}
"""
OSLO, ATLANTIS = '{"city": "Oslo"}', '{"city": "Atlantis"}'
FAILURE = '{"code": 4321, "message": "no", "data": "{}"}'
CALLERS = ("python", *sorted(NEWER))
NOT_IN_TIME = ("get_weather", '{"city": "Oslo", "days": 8}')

Peer = PythonPeer | ProcessPeer


async def met(caller: Peer, method: str, payload: str = "", *, timeout_s: float | None = None) -> Any:
    """The response, or code, message and data of the error, where no data is empty data to some SDKs."""
    try:
        if isinstance(caller, PythonPeer):
            return await caller.perform("weather-api", method, payload, timeout_s=timeout_s)
        return await caller.call("weather-api", method, payload, timeout_s=timeout_s)
    except (rtc.RpcError, PeerError) as error:
        return error.code, error.message, error.data or ""


async def everything_met(caller: Peer, name: str) -> dict[str, Any]:
    """What becomes of one call of each kind."""
    late = asyncio.create_task(met(caller, *NOT_IN_TIME, timeout_s=8.5))
    found = {
        "weather": await met(caller, "get_weather", OSLO),
        "no JSON": await met(caller, "get_weather", "Oslo"),
        "unknown city": await met(caller, "get_weather", ATLANTIS),
        "who": await met(caller, "get_weather", "who"),
        "large": len(await met(caller, "get_weather", '{"large": "' + "x" * 40_000 + '"}')),
        "bare": await met(caller, "bare"),
        "in turn": [await met(caller, f"in_turn_of_{name}") for _ in range(3)],
        "twice": [await met(caller, f"twice_for_{name}") for _ in range(2)],
        "template": json.loads(await met(caller, "forecast", OSLO)),
        "script": await met(caller, "quote", OSLO),
        "its own error": await met(caller, "quote", ATLANTIS),
        "nobody to ask": await met(caller, "confirm"),
        "forwarded": await met(caller, "search", "wörld"),
        "its error": await met(caller, "fail", FAILURE),
        "no such method": (await met(caller, "nobody_registered_this"))[:1],
    }
    return found | {"no answer": (await late)[:1]}


def expected(name: str) -> dict[str, Any]:
    weather = '{"temp_c":21,"sky":"klår"}'
    once = (1500, "once", "{}")
    return {
        "weather": weather,
        "no JSON": weather,
        "unknown city": (1602, "no such city: Ålesund 🌧", '{"city":"Atlantis"}'),
        "who": "Node" if name == "node" else "another",
        "large": 20_000,
        "bare": (4242, "", ""),
        "in turn": ["1", once, "1"],
        "twice": ["first", "then"],
        "template": {"city": "Oslo", "unit": "C", "by": name},
        "script": f'{{"price":3,"by":"{name}","reached":"wörld"}}',
        "its own error": (1602, "no price: Ålesund 🌧", ATLANTIS),
        "nobody to ask": (1500, "nobody to ask", ""),
        "forwarded": "wörld",
        "its error": (4321, "no", "{}"),
        "no such method": (1400,),
        "no answer": (1502,),
    }


async def test_callers_of_every_sdk_get_what_the_mocks_file_says(
    server: Server, room_name: str, tmp_path: Path
) -> None:
    in_turn = "".join(IN_TURN.replace("CALLER", name) for name in CALLERS)
    (tmp_path / "mocks.yaml").write_text(MOCKS + in_turn)
    (tmp_path / "quote.py").write_text(SCRIPT)
    async with (
        Command.running(
            tmp_path, "respond", "mocks.yaml", *by_key(server, room_name, "weather-api"), "--json"
        ) as command,
        started({name: name for name in CALLERS if name in NEWER}, tmp_path) as peers,
        PythonPeer.joined(server, room_name, "python") as python,
        PythonPeer.joined(server, room_name, "agent") as agent,
    ):
        for name, peer in peers.items():
            await peer.join(server.url, server.token(room_name, name))
        await command.error_line("Ready")
        callers: dict[str, Peer] = {"python": python, **peers}
        await asyncio.gather(
            agent.wait_until_active("weather-api"),
            python.wait_until_active("weather-api"),
            *(peer.wait_until_active("weather-api") for peer in peers.values()),
        )

        found = await asyncio.gather(*(everything_met(caller, name) for name, caller in callers.items()))

    by_caller = dict(zip(callers, found, strict=True))
    assert by_caller == {name: expected(name) for name in CALLERS}
