"""The language of filters: which calls are shown, in the window and by the command line."""

from inspector.core.filters.completion import Completion, Known, complete
from inspector.core.filters.editing import with_term
from inspector.core.filters.fields import FIELDS, HELP, Field, FieldHelp
from inspector.core.filters.filter import Filter, Term
from inspector.core.filters.printing import print_filter
from inspector.core.filters.reading import parse_filter
from inspector.core.filters.scanning import FilterSyntaxError

__all__ = [
    "FIELDS",
    "HELP",
    "Completion",
    "Field",
    "FieldHelp",
    "Filter",
    "FilterSyntaxError",
    "Known",
    "Term",
    "complete",
    "parse_filter",
    "print_filter",
    "with_term",
]
