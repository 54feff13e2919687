"""Write a mapping as the file it could have come from, so that it can be kept, changed and passed on."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

_BARE = re.compile(r"[A-Za-z0-9_-]+")
_FIRST = ("kind", "name")


def as_toml(content: dict[str, Any]) -> str:
    """Return the text of a mapping file with this content."""
    plain = [f"{name} = {_value(content[name])}" for name in _FIRST if content.get(name)]
    return "\n".join([*plain, *_sections(content)]) + "\n"


def _sections(content: dict[str, Any]) -> Iterator[str]:
    for name in ("file", "fields"):
        if content.get(name):
            yield from ("", f"[{name}]", *_lines(content[name]))
    for name in ("records", "measures"):
        for each in content.get(name, []):
            yield from ("", f"[[{name}]]", *_lines(each))


def _lines(table: dict[str, Any]) -> Iterator[str]:
    return (f"{_key(name)} = {_value(value)}" for name, value in table.items())


def _key(name: str) -> str:
    return name if _BARE.fullmatch(name) else json.dumps(name, ensure_ascii=False)


def _value(value: Any) -> str:
    if isinstance(value, dict):
        inner = ", ".join(f"{_key(name)} = {_value(each)}" for name, each in value.items())
        return f"{{ {inner} }}" if inner else "{}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(_value(each) for each in value)}]"
    # What JSON writes of a text, a number or a truth value, TOML reads.
    return json.dumps(value, ensure_ascii=False)
