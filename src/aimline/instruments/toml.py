"""Write a document as the text of an instrument file. Python reads TOML and does not write it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

_BARE = re.compile(r"[A-Za-z0-9_-]+")
# Lists whose entries get a heading of their own; all others are written in place.
_HEADED = frozenset({"sections", "sections.items", "constructs"})
# Tables of tables: each entry gets the heading.
_GROUPS = frozenset({"scales"})


def written(document: Mapping[str, Any]) -> str:
    return "\n".join(_table(document, "")).strip() + "\n"


def _table(given: Mapping[str, Any], path: str) -> Iterator[str]:
    """What needs no heading comes first: after a heading, everything belongs to it."""
    known = {key: value for key, value in given.items() if value is not None}
    below = {key: value for key, value in known.items() if _has_heading(value, _joined(path, key))}
    yield from (f"{_key(key)} = {_value(value)}" for key, value in known.items() if key not in below)
    for key, value in below.items():
        yield from _below(value, _joined(path, key))


def _below(value: Any, path: str) -> Iterator[str]:
    if isinstance(value, list):
        for entry in value:
            yield from ("", f"[[{path}]]", *_table(entry, path))
    elif path in _GROUPS:
        for key, entry in value.items():
            yield from ("", f"[{_joined(path, key)}]", *_table(entry, _joined(path, key)))
    else:
        yield from ("", f"[{path}]", *_table(value, path))


def _has_heading(value: Any, path: str) -> bool:
    if isinstance(value, list):
        return path in _HEADED and bool(value)
    return isinstance(value, Mapping) and "." not in path and bool(value)


def _joined(path: str, key: str) -> str:
    return f"{path}.{_key(key)}" if path else _key(key)


def _key(key: str) -> str:
    return key if _BARE.fullmatch(key) else _line(key)


def _value(value: Any) -> str:
    if isinstance(value, str) and "\n" in value:
        return _paragraphs(value)
    if isinstance(value, list) and value and isinstance(value[0], Mapping):
        return "[\n" + "".join(f"  {_inline(entry)},\n" for entry in value) + "]"
    return _inline(value)


def _inline(value: Any) -> str:
    if isinstance(value, str):
        return _line(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Mapping):
        pairs = [f"{_key(key)} = {_inline(each)}" for key, each in value.items() if each is not None]
        return "{ " + ", ".join(pairs) + " }" if pairs else "{}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_inline, value)) + "]"
    return repr(value)


def _line(text: str) -> str:
    """On one line; the escapes of JSON are those of TOML, which also escapes the delete character."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _paragraphs(text: str) -> str:
    lines = (_line(line)[1:-1] for line in text.split("\n"))
    return '"""\n' + "\n".join(lines) + '"""'
