"""What each peer of the demo answers and calls, one file a peer."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from inspector.demo.cast import AGENT, FRONTEND, ROBOT
from inspector.demo.parts.agent_weather import AgentWeather
from inspector.demo.parts.robot import Robot
from inspector.demo.parts.web_frontend import WebFrontend
from inspector.demo.peer import Part

PARTS: Mapping[str, Callable[[], Part]] = {AGENT: AgentWeather, FRONTEND: WebFrontend, ROBOT: Robot}
"""What makes each peer of the cast, by identity."""
