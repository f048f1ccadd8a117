"""`robot-1`: shaped like a machine that reports what it senses, in larger payloads."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping

from livekit.rtc import RpcError, RpcInvocationData

from inspector.demo.cast import FRONTEND, INSPECTOR
from inspector.demo.peer import Habit, Handler, compact

_TOO_LOUD = 3001
_LIDAR_POINTS = 360
_MAP_CELLS = 9_000


class Robot:
    """Moves, sends its pose and scan to the inspector, and its map to the front end."""

    def handlers(self) -> Mapping[str, Handler]:
        """The methods it answers."""
        return {"move_to": self._move_to, "set_volume": self._set_volume}

    def habits(self) -> tuple[Habit, ...]:
        """About 8 kB every few seconds, and a map of about 18 kB, which RPC v1 could not carry."""
        return (
            Habit(INSPECTOR, "report_scan", 4.3, _scan, first_after_s=1.2),
            Habit(FRONTEND, "show_map", 13.0, _map, first_after_s=1.6),
        )

    async def _move_to(self, call: RpcInvocationData) -> str:
        target = json.loads(call.payload)["to"]
        await asyncio.sleep(0.35)
        return compact({"arrived": True, "at": target, "took_ms": 350})

    async def _set_volume(self, call: RpcInvocationData) -> str:
        level = json.loads(call.payload).get("level", 0)
        if level > 80:
            raise RpcError(_TOO_LOUD, "too loud for this room", compact({"max": 80}))
        return compact({"level": level})


def _scan(number: int) -> str:
    ranges = [round(1.5 + (angle * 37 + number * 11) % 400 / 100, 2) for angle in range(_LIDAR_POINTS)]
    pose = {"x": round(number * 0.2 % 9, 2), "y": -1.8, "heading_deg": number * 15 % 360}
    points = [{"angle_deg": angle, "m": ranges[angle]} for angle in range(0, _LIDAR_POINTS, 2)]
    return compact({"seq": number, "pose": pose, "battery": 87, "ranges": ranges, "points": points})


def _map(number: int) -> str:
    return compact({"seq": number, "width": 100, "cells": [(n * 7 + number) % 3 for n in range(_MAP_CELLS)]})
