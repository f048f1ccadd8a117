"""`respond` with templates and scripts: what callers get, what a person reads, and what is left behind."""

import json
import signal
from pathlib import Path

from tests.support.children import children_of, is_there
from tests.support.local_commands import LocalCommands

MOCKS = """
as: {identity: backend}
vars: {unit: C}
mocks:
  - method: weather
    rules: [{template: '{"city": {{ json.city | tojson }}, "unit": "{{ vars.unit }}", "n": {{ hits }}}'}]
  - method: quote
    rules: [{script: scripts/quote.py}]
"""
SCRIPT = """
async def respond(call):
    log("asked for", call.json["city"])
    print("printed")
    if call.json["city"] == "Atlantis":
        raise RpcError(1602, "no such city")
    if call.json["city"] == "nowhere":
        while True: pass
    return {"price": call.json["price"], "unit": call.vars["unit"]}
"""


async def test_templates_and_scripts_answer_and_what_scripts_say_is_on_stderr(tmp_path: Path) -> None:
    folder = tmp_path / "mocks"
    (folder / "scripts").mkdir(parents=True)
    (folder / "mocks.yaml").write_text(MOCKS)
    (folder / "scripts" / "quote.py").write_text(SCRIPT)
    local = LocalCommands(tmp_path)
    async with local.running("respond", "mocks/mocks.yaml", "--var", "unit=K", "--json") as command:
        await command.error_line("Ready")

        weather = await local.run("call", "backend", "weather", '{"city":"Oslo"}')
        quote = await local.run("call", "backend", "quote", '{"city":"Oslo","price":3}')
        refused = await local.run("call", "backend", "quote", '{"city":"Atlantis"}')
        broken = await local.run("call", "backend", "quote", '{"price":3}')
        stuck = await local.run("call", "backend", "quote", '{"city":"nowhere"}')
        again = await local.run("call", "backend", "quote", '{"city":"Oslo","price":4}')

        assert json.loads(weather.out) == {"city": "Oslo", "unit": "K", "n": 1}
        assert (quote.out.strip(), again.out.strip()) == (
            '{"price":3,"unit":"K"}',
            '{"price":4,"unit":"K"}',
        )
        assert "1602: no such city" in refused.err
        assert "script quote.py: KeyError: 'city'" in broken.err
        assert "script quote.py: it held up its worker at line 8" in stuck.err
        for said in ("asked for Oslo", "printed", "KeyError: 'city'"):
            assert await command.error_line(f"quote.py: {said}") == f"quote.py: {said}\n"
        assert "`state` starts empty" in await command.error_line("quote.py: it held up its worker")
        records = [json.loads(await command.output_line()) for _ in range(6)]
        assert [record["mock"] for record in records] == ["weather", *["quote"] * 5]
        children = children_of(command.process.pid)
        assert len(children) > 2, "the room, and workers"
        command.send(signal.SIGTERM)
        assert (await command.ended()).code == 0
    assert not [child for child in children if is_there(child)]


async def test_a_template_that_is_none_is_refused_with_its_place(tmp_path: Path) -> None:
    (tmp_path / "mocks.yaml").write_text(MOCKS.replace("{{ hits }}", "{% if hits %}"))
    local = LocalCommands(tmp_path)

    ended = await local.run("respond", "mocks.yaml")

    assert ended.code == 2
    assert ended.err.startswith("mocks.yaml:6:24: template: Unexpected end of template.")
