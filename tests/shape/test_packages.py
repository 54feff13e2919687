"""What is installed, from where, and that the analytics library needs none of the platform."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
from pathlib import Path

from tests.shape.sources import ANALYTICS, PLATFORM, ROOT, name_of, project, python_files

# Imports every module of the library while the platform, and all it is built on, cannot be found.
ALONE = """
import importlib, pkgutil, sys
class Nowhere:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in {"aimline", "django", "ninja", "click", "allauth", "duckdb"}:
            raise ModuleNotFoundError(name)
sys.meta_path.insert(0, Nowhere())
import aimline_analytics
for module in pkgutil.walk_packages(aimline_analytics.__path__, "aimline_analytics."):
    importlib.import_module(module.name)
    print(module.name)
"""


def test_the_lock_names_the_public_registry_alone() -> None:
    locked = tomllib.loads((ROOT / "uv.lock").read_text(encoding="utf-8"))["package"]
    sources = {
        str(package["source"].get("registry")) for package in locked if "registry" in package["source"]
    }
    assert len(sources) == 1
    assert re.fullmatch(r"https://py[p]i\.org/simple", sources.pop())
    others = [package["name"] for package in locked if "registry" not in package["source"]]
    assert others == ["aimline"]


def test_analytics_runs_without_the_platform() -> None:
    outcome = subprocess.run(
        [sys.executable, "-c", ALONE], capture_output=True, text=True, cwd="/", check=False
    )
    assert outcome.returncode == 0, outcome.stderr
    assert len(outcome.stdout.split()) == len(
        [path for path in python_files(ANALYTICS) if path.parent != ANALYTICS or path.stem != "__init__"]
    )


def test_analytics_imports_only_what_it_declares() -> None:
    declared = {re.split(r"[^\w-]", words)[0] for words in project()["project"]["dependencies"]}  # type: ignore[index]
    known = declared | {"aimline_analytics"} | sys.stdlib_module_names
    foreign = {
        f"{name_of(path)}: {root}"
        for path in python_files(ANALYTICS)
        for root in _roots(path)
        if root not in known
    }
    assert foreign == set()


def test_analyses_of_files_stand_on_the_library_alone() -> None:
    declared = {re.split(r"[^\w-]", words)[0] for words in project()["project"]["dependencies"]}  # type: ignore[index]
    known = declared | {"aimline_analytics"} | sys.stdlib_module_names
    files = python_files(PLATFORM / "cli" / "analyze")
    foreign = {
        f"{name_of(path)}: {module}"
        for path in files
        for module in _modules(path)
        if module.split(".")[0] not in known and not module.startswith("aimline.cli.analyze")
    }
    assert len(files) > 1
    assert foreign == set()


def _roots(path: Path) -> set[str]:
    return {module.split(".")[0] for module in _modules(path)}


def _modules(path: Path) -> set[str]:
    modules = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            modules |= {name.name for name in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            modules.add(node.module)
    return modules
