"""The import rules that import-linter cannot state: single modules, parts of a namespace, and calls.

They are read from the syntax tree, so a rule holds also for imports inside functions.
"""

import ast
import functools
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parents[1] / "inspector"
# Values and files, and what patterns, paths and schemas are matched by: all three compute and do nothing else
# (JSON Schema is given a way to fetch references that refuses).
CORE_MAY_IMPORT = {
    "inspector",
    "msgspec",
    "ruamel",
    "re2",
    "jsonpath",
    "jsonschema_rs",
    "jinja2",
} | sys.stdlib_module_names
MAKES_TASKS = {"create_task", "ensure_future", "TaskGroup", "gather", "run_coroutine_threadsafe"}


def modules(*parts: str) -> Iterator[Path]:
    yield from sorted(PACKAGE.joinpath(*parts).rglob("*.py"))


def relative(path: Path) -> str:
    return path.relative_to(PACKAGE).as_posix()


@functools.cache
def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


@functools.cache
def imported_names(path: Path) -> tuple[str, ...]:
    """Return the full dotted name of everything that a module imports, relative imports resolved."""
    return tuple(_imported_names(path))


def _imported_names(path: Path) -> Iterator[str]:
    package = ["inspector", *path.relative_to(PACKAGE).parent.parts]
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else []
            source = ".".join([*base, *([node.module] if node.module else [])])
            yield from (f"{source}.{alias.name}" for alias in node.names)


def importers(*names: str) -> set[str]:
    """Return the modules of the package that import one of these names or anything beneath it."""
    return {
        relative(path)
        for path in modules()
        for found in imported_names(path)
        if any(f"{found}.".startswith(f"{name}.") for name in names)
    }


def test_core_imports_only_the_standard_library_and_libraries_that_compute() -> None:
    foreign = {
        (relative(path), name)
        for path in modules("core")
        for name in imported_names(path)
        if name.split(".")[0] not in CORE_MAY_IMPORT
    }

    assert not foreign


def test_core_does_no_input_output_and_no_tasks() -> None:
    for name in ("asyncio", "threading", "socket", "subprocess", "sqlite3"):
        assert not {module for module in importers(name) if module.startswith("core/")}, name


def test_livekit_is_imported_by_sdk_by_the_demos_peers_and_its_messages_by_the_local_room() -> None:
    assert not {
        module for module in importers("livekit") if not module.startswith(("sdk/", "demo/", "local_room/"))
    }


def test_the_local_room_takes_nothing_of_livekit_but_its_messages() -> None:
    taken = {
        (relative(path), name)
        for path in modules("local_room")
        for name in imported_names(path)
        if name.split(".")[0] == "livekit"
    }

    assert not {(module, name) for module, name in taken if not name.startswith("livekit.protocol.")}


def test_only_gui_imports_qt() -> None:
    assert not {module for module in importers("PySide6", "shiboken6") if not module.startswith("gui/")}


def test_only_the_event_loop_module_imports_qasync() -> None:
    assert importers("qasync") <= {"gui/loop.py"}


def test_docks_and_dialogs_never_import_each_other() -> None:
    faces = ("inspector.gui.docks", "inspector.gui.dialogs")
    crossing = {
        (relative(path), name)
        for folder in ("docks", "dialogs")
        for path in modules("gui", folder)
        if path.name != "__init__.py"
        for name in imported_names(path)
        if name.startswith(faces) and not name.startswith(f"inspector.gui.{folder}.{_face(path, folder)}.")
    }

    assert not crossing


def _face(path: Path, folder: str) -> str:
    """The dock or dialog a file belongs to: itself, or the package it is a part of."""
    parts = relative(path).removeprefix(f"gui/{folder}/").split("/")
    return parts[0].removesuffix(".py")


def test_one_place_makes_tasks() -> None:
    makers = {
        relative(path)
        for path in modules()
        for node in ast.walk(tree_of(path))
        if (isinstance(node, ast.Attribute) and node.attr in MAKES_TASKS)
        or (isinstance(node, ast.alias) and node.name in MAKES_TASKS)
    }

    assert makers <= {"tasks.py", "gui/run.py"}


def test_the_command_line_imports_no_qt() -> None:
    # `--help` goes through every command but runs none; each is asked in one fresh interpreter.
    program = """
import sys
import click
import inspector.cli.commands

program = next(value for value in vars(inspector.cli.commands).values() if isinstance(value, click.Group))

def commands(group, path=()):
    yield path
    if isinstance(group, click.Group):
        context = click.Context(group)
        for name in group.list_commands(context):
            yield from commands(group.get_command(context, name), (*path, name))

for path in commands(program):
    try:
        program.main([*path, "--help"], standalone_mode=False)
    except SystemExit as end:
        assert not end.code, path
    qt = sorted(name for name in sys.modules if name.partition(".")[0] in {"PySide6", "shiboken6", "qasync"})
    assert not qt, (path, qt[:3])
"""
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False, timeout=50
    )

    assert done.returncode == 0, done.stderr
    assert "--help" in done.stdout


@pytest.mark.parametrize("module", ["inspector.local_room.process.child", "inspector.demo.child"])
def test_programs_that_decide_nothing_do_not_wait_for_what_decides(module: str) -> None:
    program = f"""
import sys
import {module}
print(*sorted({{"re2", "jsonpath", "jinja2", "jsonschema_rs"}} & set(sys.modules)))
"""
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=50
    )

    assert done.stdout.split() == []
