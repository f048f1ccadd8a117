"""`agent-weather`: shaped like a voice agent that offers tools and asks its front end for what it needs."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping

from livekit.rtc import RpcError, RpcInvocationData

from inspector.demo.cast import FRONTEND, INSPECTOR, ROBOT
from inspector.demo.peer import Habit, Handler, compact

_SKIES = ("clear", "cloudy", "light rain", "fog", "thunderstorm")
_REPORT_HOURS = 400
_SENSOR_BUSY = 2001
_BAD_LEVEL = 2002


class AgentWeather:
    """Answers with weather, slowly with a long report, and now and then with a failure."""

    def __init__(self) -> None:
        self._flaky_calls = 0

    def handlers(self) -> Mapping[str, Handler]:
        """The methods it answers."""
        return {
            "get_weather": self._get_weather,
            "slow_report": self._slow_report,
            "flaky": self._flaky,
            "set_volume": self._set_volume,
        }

    def habits(self) -> tuple[Habit, ...]:
        """It looks up its user, asks the inspector to confirm orders, and turns the robot down."""
        return (
            Habit(FRONTEND, "get_user", 6.1, lambda n: compact({"id": 40 + n % 3}), first_after_s=1.3),
            Habit(INSPECTOR, "confirm_order", 5.3, _order, first_after_s=0.9),
            Habit(ROBOT, "set_volume", 8.7, lambda n: compact({"level": n * 10 % 110}), first_after_s=1.9),
        )

    async def _get_weather(self, call: RpcInvocationData) -> str:
        city = _city(call.payload)
        await asyncio.sleep(0.06 + len(city) % 5 * 0.02)
        return compact(
            {"city": city, "temp_c": sum(city.encode()) % 30 - 2, "sky": _SKIES[len(city) % len(_SKIES)]}
        )

    async def _slow_report(self, call: RpcInvocationData) -> str:
        city = _city(call.payload)
        await asyncio.sleep(2.2)
        hours = [
            {"hour": n, "temp_c": (n * 7 + len(city)) % 31, "wind_kmh": n * 13 % 80, "sky": _SKIES[n % 5]}
            for n in range(_REPORT_HOURS)
        ]
        return compact({"city": city, "hours": hours})

    async def _flaky(self, _call: RpcInvocationData) -> str:
        """Works, fails with an error of its own, and fails unforeseen, in turn."""
        self._flaky_calls += 1
        match self._flaky_calls % 3:
            case 1:
                return compact({"reading": self._flaky_calls})
            case 2:
                raise RpcError(_SENSOR_BUSY, "sensor busy", compact({"retry_after_ms": 1500}))
        msg = "sensor returned no data"
        raise ValueError(msg)

    async def _set_volume(self, call: RpcInvocationData) -> str:
        level = json.loads(call.payload).get("level")
        if not isinstance(level, int) or not 0 <= level <= 100:
            raise RpcError(_BAD_LEVEL, "level must be a whole number from 0 to 100", call.payload)
        return compact({"level": level})


def _city(payload: str) -> str:
    city = json.loads(payload).get("city") if payload else None
    return city if isinstance(city, str) and city else "Lisbon"


def _order(number: int) -> str:
    drinks = ("espresso", "flat white", "tea")
    return compact({"order": 1001 + number, "item": drinks[number % 3], "total": 3.5 + number % 3})
