"""Options that are repeated, each time with a name and its value."""

from __future__ import annotations

import click


def assignments(given: tuple[str, ...], option: str, what: str, form: str) -> dict[str, str]:
    """The values by name, of a name given twice the last; `what` and `form` say what `option` takes.

    Raises:
        click.BadParameter: one has no name, or no `=`.
    """
    values = {}
    for item in given:
        name, equals, value = item.partition("=")
        if not name or not equals:
            msg = f"{item!r} is not {what}; write it as {form}"
            raise click.BadParameter(msg, param_hint=option)
        values[name] = value
    return values
