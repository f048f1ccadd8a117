"""`web-frontend`: shaped like a page that asks an agent for things, and a robot to move."""

from __future__ import annotations

import json
from collections.abc import Mapping

from livekit.rtc import RpcInvocationData

from inspector.demo.cast import AGENT, INSPECTOR, ROBOT
from inspector.demo.peer import Habit, Handler, compact

_CITIES = ("Lisbon", "Oslo", "Nairobi", "Osaka", "Reykjavik", "Lima")
_USERS = ("Ada", "Grace", "Linus")


class WebFrontend:
    """Knows its users, shows maps, and calls everybody."""

    def handlers(self) -> Mapping[str, Handler]:
        """The methods it answers."""
        return {"get_user": self._get_user, "show_map": self._show_map}

    def habits(self) -> tuple[Habit, ...]:
        """Each method at a pace of its own; `dock` is a method that the robot has not got."""
        return (
            Habit(AGENT, "get_weather", 2.1, _place, first_after_s=0.3),
            Habit(INSPECTOR, "get_location", 3.3, lambda _: '{"accuracy":"high"}', first_after_s=0.6),
            Habit(INSPECTOR, "quote", 7.9, lambda n: compact({"symbol": ("LKT", "RPC")[n % 2]})),
            Habit(AGENT, "flaky", 6.7, lambda _: "", first_after_s=1.1),
            Habit(AGENT, "slow_report", 11.3, _place, first_after_s=0.8),
            Habit(ROBOT, "move_to", 4.9, _move, first_after_s=1.0),
            Habit(ROBOT, "dock", 17.0, lambda _: '{"station":"A"}', first_after_s=2.2),
        )

    async def _get_user(self, call: RpcInvocationData) -> str:
        number = json.loads(call.payload).get("id", 0)
        return compact({"id": number, "name": _USERS[number % len(_USERS)], "units": "metric"})

    async def _show_map(self, call: RpcInvocationData) -> str:
        return compact({"cells": len(json.loads(call.payload)["cells"])})


def _place(number: int) -> str:
    return compact({"city": _CITIES[number % len(_CITIES)]})


def _move(number: int) -> str:
    path = [[round(0.4 + step * 0.7, 2), round(0.2 + step * step * 0.05, 2)] for step in range(12)]
    return compact(
        {
            "to": {"x": 4.2 + number % 4, "y": -1.8},
            "speed": "slow",
            "avoid": ["table-7", "door"],
            "path": path,
        }
    )
