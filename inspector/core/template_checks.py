"""What is wrong or risky about a template, as far as its text alone says: nothing of it is run."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import TYPE_CHECKING

from inspector.core.documents import Remark, Severity

if TYPE_CHECKING:
    from jinja2 import Environment, nodes

_TEMPLATE_NAMES = frozenset(
    ("payload", "json", "caller", "method", "request_id", "hits", "now", "uuid", "random_int", "vars")
)
"""What a template is given by name, beside what Jinja has itself."""
_JINJAS_NAMES = frozenset(("loop", "self", "super", "caller", "varargs", "kwargs"))
_MOST = 5
"""So many remarks on one template are enough to begin with."""


def check_template(source: str) -> tuple[Remark, ...]:
    """Remarks on a template: its syntax, its filters and tests, and the names it uses."""
    from jinja2 import Environment, TemplateSyntaxError  # takes its time, and few files have templates

    environment = Environment(autoescape=True)  # only parsed: it escapes nothing
    try:
        return tuple(islice(_remarks(source, environment.parse(source), environment), _MOST))
    except TemplateSyntaxError as error:
        return (Remark(_placed(source, error.lineno, error.message or "it is no template")),)
    except RecursionError:
        return (Remark("the template is nested too deeply"),)
    except ValueError:  # what Python says of digits that it does not turn into a number
        return (Remark("a number in the template is too long"),)


def _remarks(source: str, template: nodes.Template, environment: Environment) -> Iterator[Remark]:
    from jinja2 import nodes

    for used in template.find_all(nodes.Filter):
        if used.name not in environment.filters:
            yield Remark(_placed(source, used.lineno, f"there is no filter `{used.name}`"))
    for test in template.find_all(nodes.Test):
        if test.name not in environment.tests:
            yield Remark(_placed(source, test.lineno, f"there is no test `{test.name}`"))
    for outside in template.find_all((nodes.Include, nodes.Extends, nodes.Import, nodes.FromImport)):
        yield Remark(_placed(source, outside.lineno, "a template cannot use other templates"))
    names = list(template.find_all(nodes.Name))
    given = {*environment.globals, *(macro.name for macro in template.find_all(nodes.Macro))}
    yield from _unknown_names(source, names, given)


def _unknown_names(source: str, names: Sequence[nodes.Name], given: set[str]) -> Iterator[Remark]:
    set_here = {name.name for name in names if name.ctx != "load"}
    known = {*set_here, *given, *_TEMPLATE_NAMES, *_JINJAS_NAMES}
    for name in names:
        if name.name not in known:
            known.add(name.name)
            text = _placed(source, name.lineno, f"`{name.name}` is nothing that a template is given")
            yield Remark(text, Severity.WARNING)


def _placed(source: str, line: int, text: str) -> str:
    """`text` with the line of the template, where it has several."""
    return f"line {line} of the template: {text}" if "\n" in source.strip("\n") else f"template: {text}"
