"""Mappings that come with the platform: files of well-known vendors, read without anybody writing a mapping."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from aimline.imports.mapping.bind import bind
from aimline.imports.mapping.model import FileMapping
from aimline.imports.mapping.parse import kind_of, parse
from aimline.imports.readers.opening import open_table
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
    found = [(len(columns), name) for name in names() if (columns := _read_by(mapping(name), path))]
    return [name for _count, name in sorted(found, key=lambda each: (-each[0], each[1]))]


def _read_by(mapping: FileMapping, path: Path) -> set[int]:
    """The columns of the file that a mapping reads; none if the file is not for it."""
    # Where columns are cut by place, every text would fit.
    if mapping.file.columns:
        return set()
    try:
        return set(_places(mapping, path))
    except (Refused, BadMapping):
        return set()


def _places(mapping: FileMapping, path: Path) -> Iterator[int]:
    records = bind(mapping, open_table(path, mapping.file).columns)
    return (bound.index for record in records for bound in record if bound.index is not None)
