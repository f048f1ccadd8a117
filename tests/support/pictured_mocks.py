"""A mocks file with every kind of answer, for pictures, and who calls what of it."""

from pathlib import Path

import msgspec

TEXT = """\
version: 1
vars: {unit: C}
mocks:
  - method: get_weather
    rules:
      - name: unknown city
        when: {json: {"$.city": {equals: Atlantis}}}
        error: {code: 1602, message: no such city, data: '{"city":"Atlantis"}'}
      - name: slow for the web
        when: {caller: "web-*", json: {"$.day": {equals: monday}}}
        delay: {ms: 400, jitter_ms: 150}
        reply: {temp_c: 21, sky: rain, wind_ms: 7.2, day: monday}
      - name: the rest
        template: '{"city": {{ json.city | tojson }}, "unit": {{ vars.unit | tojson }}, "n": {{ hits }}}'
  - method: get_location
    rules:
      - name: in turn
        sequence:
          steps: [{reply: {lat: 59.91, lon: 10.75}}, {error: {code: 1500, message: once}}, {no_answer: true}]
          then: cycle
  - method: confirm_order
    rules:
      - name: large orders
        when: {json: {"$.total": {gt: 100}}}
        ask: {}
      - name: the rest
        reply: ok
  - method: quote
    rules: [{name: by a program, script: quote.py}]
  - method: search
    rules: [{name: the real one, forward: {to: agent-weather}}]
  - method: set_lights
    rules: [{name: off the wall, no_answer: true}]
"""
SCRIPT = """\
async def respond(call):
    return {"text": f"Carpe diem, {call.caller}"}
"""


class Shown(msgspec.Struct, frozen=True):
    """A rule to be shown, and a call to try it with."""

    name: str
    """Of the picture."""
    mock: int
    rule: int
    payload: str


SHOWN = (
    Shown("reply", 0, 1, '{"city": "Oslo", "day": "monday"}'),
    Shown("template", 0, 2, '{"city": "Bergen", "day": "friday"}'),
    Shown("error", 0, 0, '{"city": "Atlantis"}'),
    Shown("sequence", 1, 0, "{}"),
    Shown("ask", 2, 0, '{"total": 250}'),
    Shown("script", 3, 0, "{}"),
    Shown("forward", 4, 0, '{"q": "rain"}'),
    Shown("no-answer", 5, 0, "{}"),
)


def write_mocks_file(folder: Path) -> Path:
    """Write the file and its script into a folder; the path of the file."""
    (folder / "quote.py").write_text(SCRIPT)
    path = folder / "demo.yaml"
    path.write_text(TEXT)
    return path
