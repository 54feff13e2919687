"""Packages made for a test, and the way they are loaded."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from aimline.imports.pipeline import Options, load_case
from aimline.imports.report import Report
from tests.imports.conftest import FIXTURES, Desk

CASE = FIXTURES / "case"
LESSONS = CASE / "good-lessons.json"
SMART = CASE / "SmartLevelFramework.json"
WHEN = "2026-01-01T00:00:00+00:00"
Facts = dict[str, Any]


def load(desk: Desk, content: str | bytes | Path | Facts, title: str = "", **options: Any) -> Report:
    name = options.pop("name", "package.json")
    text = json.dumps(content, indent=1) if isinstance(content, dict) else content
    path = text if isinstance(text, Path) else desk.file(text, name)
    return load_case(path, desk.unit, desk.person, Options(**options), title).report


def item(id: str, **more: Any) -> Facts:
    return {
        "identifier": id,
        "uri": f"https://x/{id}",
        "lastChangeDateTime": WHEN,
        "fullStatement": f"We do {id}",
        **more,
    }


def link(child: str, parent: str, **more: Any) -> Facts:
    ends = {
        "originNodeURI": {"identifier": child, "uri": f"https://x/{child}", "title": child},
        "destinationNodeURI": {"identifier": parent, "uri": f"https://x/{parent}", "title": parent},
    }
    named = {
        "identifier": f"{child}>{parent}",
        "uri": f"https://x/{child}-{parent}",
        "lastChangeDateTime": WHEN,
    }
    return {**named, "associationType": "isChildOf", **ends, **more}


def package(items: Sequence[Any] = (), links: Sequence[Any] = (), **more: Any) -> Facts:
    document = {
        "identifier": "doc",
        "uri": "https://x/doc",
        "lastChangeDateTime": WHEN,
        "creator": "Us",
        "title": "Ours",
    }
    return {"CFDocument": document, "CFItems": list(items), "CFAssociations": list(links), **more}


def counted(report: Report, entity: str) -> tuple[int, int, int, int, int]:
    """Read, created, updated, unchanged, rejected of one kind of element."""
    (tally,) = [tally for (_file, kind), tally in report.tallies.items() if kind == entity]
    return tally.read, tally.created, tally.updated, tally.unchanged, tally.rejected


def said(report: Report) -> list[tuple[int, str, str]]:
    return [(problem.line, problem.column, problem.code) for problem in report.problems]
