"""The notebooks: what they show is what the library gives, and their data are what the README says."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

import polars as pl
import pytest

from examples.notebooks import build

DATA = build.HERE / "data"
README = (DATA / "README.md").read_text(encoding="utf-8")
every_notebook = pytest.mark.parametrize("path", build.notebooks(), ids=lambda path: path.stem)


def test_there_are_four() -> None:
    assert len(build.notebooks()) == 4


@every_notebook
def test_a_notebook_shows_what_its_cells_give_today(path: Path) -> None:
    stored = build.read(path)
    again = build.run(stored)
    for old, new in zip(stored["cells"], again["cells"], strict=True):
        hint = f"{old['id']}: look at it, then store it with python -m examples.notebooks.build"
        assert new.get("outputs") == old.get("outputs"), hint
    assert path.read_text(encoding="utf-8") == build.written(again)


@every_notebook
def test_a_notebook_has_the_form_notebook_programs_read(path: Path) -> None:
    notebook = build.read(path)
    assert (notebook["nbformat"], notebook["nbformat_minor"]) == (4, 5)
    ids = [cell["id"] for cell in notebook["cells"]]
    assert len(ids) == len(set(ids))
    assert {cell["cell_type"] for cell in notebook["cells"]} == {"markdown", "code"}
    assert all(set(cell) == _keys(cell["cell_type"]) for cell in notebook["cells"])


def _keys(kind: str) -> set[str]:
    common = {"cell_type", "id", "metadata", "source"}
    return common | {"execution_count", "outputs"} if kind == "code" else common


@every_notebook
def test_a_notebook_ends_with_an_answer_what_to_do_and_what_it_does_not_say(path: Path) -> None:
    last = "".join(build.read(path)["cells"][-1]["source"])
    assert re.findall(r"^\*\*([^*]+)\*\*", last, flags=re.MULTILINE)[:2] == ["Answer.", "What to do."]
    assert "**What this does not " in last


@every_notebook
def test_a_notebook_is_small(path: Path) -> None:
    assert path.stat().st_size < 40_000


def test_the_data_are_those_of_the_readme() -> None:
    rows = re.findall(r"^\| `([\w.]+)` \| .* \| ([\d,]+) \| `([0-9a-f]{64})` \|$", README, flags=re.MULTILINE)
    assert {name for name, _, _ in rows} == {path.name for path in DATA.glob("*.csv")}
    for name, count, digest in rows:
        assert hashlib.sha256((DATA / name).read_bytes()).hexdigest() == digest, name
        assert pl.read_csv(DATA / name).height == int(count.replace(",", "")), name
    assert sum(path.stat().st_size for path in DATA.iterdir()) < 300_000


def test_every_output_of_a_cell_is_kept() -> None:
    source = "print('one')\nvalue = 3\nvalue + 1"
    cell = {
        "cell_type": "code",
        "id": "a",
        "metadata": {},
        "source": [source],
        "outputs": [],
        "execution_count": None,
    }
    (made,) = build.run({"cells": [cell]})["cells"]
    printed, value = made["outputs"]
    assert printed["text"] == ["one\n"]
    assert value["data"] == {"text/plain": ["4"]}
    assert made["execution_count"] == value["execution_count"] == 1
