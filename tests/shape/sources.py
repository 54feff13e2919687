"""The sources of the product, as the shape tests read them."""

from __future__ import annotations

import ast
import subprocess
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PLATFORM = ROOT / "src" / "aimline"
ANALYTICS = ROOT / "src" / "aimline_analytics"
Function = ast.FunctionDef | ast.AsyncFunctionDef


@cache
def project() -> dict[str, object]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


@cache
def floors() -> dict[str, int]:
    """Return each room with the number of its floor, the ground being 0; rooms on one floor share a number."""
    contracts = project()["tool"]["importlinter"]["contracts"]  # type: ignore[index]
    (layers,) = [contract["layers"] for contract in contracts if contract["name"] == "Floors"]
    return {room.strip(): level for level, line in enumerate(reversed(layers)) for room in line.split("|")}


@cache
def python_files(folder: Path = PLATFORM.parent) -> tuple[Path, ...]:
    return tuple(path for path in sorted(folder.rglob("*.py")) if "migrations" not in path.parts)


@cache
def templates() -> tuple[Path, ...]:
    return tuple(sorted(path for folder in PLATFORM.rglob("templates") for path in folder.rglob("*.html")))


def functions(path: Path) -> Iterator[Function]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return (node for node in ast.walk(tree) if isinstance(node, Function))


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@cache
def committed_texts() -> tuple[Path, ...]:
    """Return every text file that belongs to the product, committed or about to be."""
    words = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    listed = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=True).stdout.split("\0")
    paths = [ROOT / name for name in listed if name]
    return tuple(path for path in paths if path.is_file() and b"\0" not in path.read_bytes()[:4096])
