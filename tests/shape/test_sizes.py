"""Short functions, short files: budgets that hold for everything we write."""

from __future__ import annotations

import ast
import statistics

from tests.shape.sources import PLATFORM, ROOT, Function, functions, name_of, python_files, templates

FILE_LINES, FUNCTION_LINES, VIEW_LINES, PARAMETERS, TEMPLATE_LINES = 400, 60, 40, 6, 150
MEDIAN_FILE, MEDIAN_FUNCTION = 100, 10


def _code_lines(function: Function) -> int:
    """Count the lines that hold code: no blank lines, comments or docstrings, and not the signature."""
    body = function.body[1:] if ast.get_docstring(function, clean=False) is not None else function.body
    held = {line for part in body for node in ast.walk(part) for line in _lines(node)}
    return len(held)


def _lines(node: ast.AST) -> range:
    if isinstance(node, ast.stmt | ast.expr):
        # A statement with a body is counted by its parts; a long string by each of its lines.
        end = node.end_lineno if isinstance(node, ast.Constant) else node.lineno
        return range(node.lineno, (end or node.lineno) + 1)
    return range(0)


def _parameters(function: Function, *, of_library: bool = False) -> int:
    given = function.args
    # The options of a statistic are named where it is called; only what is told by its place can be mixed up.
    options = [] if of_library else given.kwonlyargs
    names = [argument.arg for argument in [*given.posonlyargs, *given.args, *options]]
    # Every action takes a subject and a person first; what can grow is the list of facts.
    return len([name for name in names if name not in {"self", "cls"}]) - 2 * _is_action(function)


def _is_action(function: Function) -> bool:
    return any(
        isinstance(mark, ast.Call) and isinstance(mark.func, ast.Name) and mark.func.id == "action"
        for mark in function.decorator_list
    )


def _every_function() -> list[tuple[str, Function]]:
    return [
        (f"{name_of(path)}:{fn.lineno} {fn.name}", fn) for path in python_files() for fn in functions(path)
    ]


def test_files_are_short() -> None:
    paths = [*python_files(), *python_files(ROOT / "tests")]
    lengths = {name_of(path): len(path.read_text(encoding="utf-8").splitlines()) for path in paths}
    assert {name: length for name, length in lengths.items() if length > FILE_LINES} == {}


def test_functions_are_short() -> None:
    assert {name: _code_lines(fn) for name, fn in _every_function() if _code_lines(fn) > FUNCTION_LINES} == {}


def test_views_are_shorter() -> None:
    views = [(name, fn) for name, fn in _every_function() if "aimline/web/" in name and "/views" in name]
    assert {name: _code_lines(fn) for name, fn in views if _code_lines(fn) > VIEW_LINES} == {}


def test_public_functions_take_few_parameters() -> None:
    # The options of a command are its function's parameters; there the person reads them, not the programmer.
    public = [
        (name, fn) for name, fn in _every_function() if not fn.name.startswith("_") and "/cli/" not in name
    ]
    counted = {name: _parameters(fn, of_library="/aimline_analytics/" in name) for name, fn in public}
    assert {name: count for name, count in counted.items() if count > PARAMETERS} == {}


def test_templates_are_short() -> None:
    lengths = {name_of(path): len(path.read_text(encoding="utf-8").splitlines()) for path in templates()}
    assert {name: length for name, length in lengths.items() if length > TEMPLATE_LINES} == {}


def test_most_files_and_functions_are_far_shorter() -> None:
    assert (
        statistics.median(len(path.read_text("utf-8").splitlines()) for path in python_files(PLATFORM))
        < MEDIAN_FILE
    )
    assert statistics.median(_code_lines(fn) for _, fn in _every_function()) < MEDIAN_FUNCTION
