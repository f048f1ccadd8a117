"""YAML and JSON documents a person writes, read into nodes that know where they stand in the text."""

from __future__ import annotations

from inspector.core.documents.builder import MAX_DEPTH, MAX_NODES, MAX_NUMBER_CHARS
from inspector.core.documents.forms import Fields, Form, FormReader, quoted
from inspector.core.documents.nodes import Mapping, Node, Scalar, Sequence, resolve_plain, to_value
from inspector.core.documents.positions import FileProblem, Lines, Remark, Severity
from inspector.core.documents.reading import MAX_CHARS, Document, read_document
from inspector.core.documents.writing import block, entry, scalar, whole

__all__ = [
    "MAX_CHARS",
    "MAX_DEPTH",
    "MAX_NODES",
    "MAX_NUMBER_CHARS",
    "Document",
    "Fields",
    "FileProblem",
    "Form",
    "FormReader",
    "Lines",
    "Mapping",
    "Node",
    "Remark",
    "Scalar",
    "Sequence",
    "Severity",
    "block",
    "entry",
    "quoted",
    "read_document",
    "resolve_plain",
    "scalar",
    "to_value",
    "whole",
]
