"""Mappings that come with the platform: files of well-known vendors, read without anybody writing a mapping."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from aimline.imports.mapping.bind import bind
from aimline.imports.mapping.model import FileMapping
from aimline.imports.mapping.parse import kind_of, parse
from aimline.imports.readers.opening import open_table
from aimline.imports.readers.tables import FileOptions
from aimline.imports.refusals import BadMapping, Refused

_NAME = re.compile(r"[a-z0-9-]+")


@cache
def names() -> tuple[str, ...]:
    folder = files("aimline").joinpath("library", "mappings")
    return tuple(sorted(file.name.removesuffix(".toml") for file in folder.iterdir() if ".toml" in file.name))


def text_of(name: str) -> str | None:
    """Return the text of a mapping that comes with the platform; nothing where there is none of that name."""
    if not _NAME.fullmatch(name) or name not in names():
        return None
    return files("aimline").joinpath("library", "mappings", f"{name}.toml").read_text("utf-8")


@cache
def mapping(name: str) -> FileMapping:
    content: dict[str, Any] = tomllib.loads(text_of(name) or "")
    return parse(content, kind=kind_of(content))


def fitting(path: Path) -> list[str]:
    """Return the mappings that could read this file, the one that knows most of its columns first."""
    headings: dict[str, tuple[str, ...]] = {}
    found = []
    for name in names():
        one = mapping(name)
        # Where columns are cut by place, every text would fit.
        if one.file.columns:
            continue
        if repr(one.file) not in headings:
            headings[repr(one.file)] = _headings(path, one.file)
        known = _known(one, headings[repr(one.file)])
        if known:
            found.append((-known, name))
    return [name for _known, name in sorted(found)]


def _headings(path: Path, options: FileOptions) -> tuple[str, ...]:
    try:
        return open_table(path, options).columns
    except Refused:
        return ()


def _known(mapping: FileMapping, columns: tuple[str, ...]) -> int:
    """How many of the columns a mapping reads; none where one it needs is missing."""
    try:
        records = bind(mapping, columns)
    except (Refused, BadMapping):
        return 0
    return len({bound.index for record in records for bound in record if bound.index is not None})
