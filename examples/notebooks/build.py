"""Run every cell of the notebooks and store what it shows; a notebook program is not needed.

    python -m examples.notebooks.build

Outputs are stored as a notebook program would store them (nbformat 4.5): what is printed, and the value of a cell's
last line as a picture or as text.
"""

from __future__ import annotations

import ast
import contextlib
import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polars as pl

HERE = Path(__file__).parent


def notebooks() -> list[Path]:
    return sorted(HERE.glob("*.ipynb"))


def read(path: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return found


def run(notebook: dict[str, Any], folder: Path = HERE) -> dict[str, Any]:
    """The same notebook with the outputs its cells give now, each run in the order it stands."""
    space: dict[str, Any] = {"__name__": "__main__"}
    cells = []
    with contextlib.chdir(folder), pl.Config() as looks:
        # Tables look the same in every window, and what a notebook sets ends with it.
        looks.restore_defaults()
        looks.set_tbl_width_chars(100)
        for number, cell in enumerate(notebook["cells"], start=1):
            if cell["cell_type"] != "code":
                cells.append(cell)
                continue
            outputs = list(_outputs("".join(cell["source"]), space, number))
            cells.append({**cell, "execution_count": number, "outputs": outputs})
    return {**notebook, "cells": cells}


def written(notebook: dict[str, Any]) -> str:
    return json.dumps(notebook, ensure_ascii=False, indent=1) + "\n"


def _outputs(source: str, space: dict[str, Any], number: int) -> Iterator[dict[str, Any]]:
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        value = _run(source, space)
    if printed.getvalue():
        yield {"name": "stdout", "output_type": "stream", "text": _lines(printed.getvalue())}
    if value is not None:
        yield {
            "data": _shown(value),
            "execution_count": number,
            "metadata": {},
            "output_type": "execute_result",
        }


def _run(source: str, space: dict[str, Any]) -> Any:
    """Run the lines; the value of the last one, if it is an expression."""
    lines = ast.parse(source)
    last = lines.body.pop() if lines.body and isinstance(lines.body[-1], ast.Expr) else None
    # The cells are ours, stored beside this file.
    exec(compile(lines, "cell", "exec"), space)  # noqa: S102
    return eval(compile(ast.Expression(last.value), "cell", "eval"), space) if last else None  # noqa: S307


def _shown(value: Any) -> dict[str, list[str]]:
    picture = getattr(value, "_repr_svg_", None)
    shown = {"image/svg+xml": _lines(picture())} if picture else {}
    return {**shown, "text/plain": _lines(repr(value))}


def _lines(text: str) -> list[str]:
    return text.splitlines(keepends=True)


def main() -> None:
    for path in notebooks():
        path.write_text(written(run(read(path))), encoding="utf-8")


if __name__ == "__main__":
    main()
