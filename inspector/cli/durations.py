"""Durations as an option's type."""

from __future__ import annotations

import click

from inspector.core.durations import parse_duration


class Duration(click.ParamType[float]):
    """`500ms`, `15s`, `2m` or plain seconds; comes out as seconds."""

    name = "duration"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """Seconds, or a usage error that says how durations are written."""
        if isinstance(value, float):
            return value
        try:
            return parse_duration(str(value))
        except ValueError as error:
            self.fail(str(error), param, ctx)


DURATION = Duration()
