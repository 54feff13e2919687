"""Records of the API as the elements that XML has, so that one set of handlers reads both.

JSON writes `gradeLevelDescriptor` where XML has GradeLevel, and `races` for a list of Race.
"""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from aimline.imports.readers.limits import DEEPEST_XML
from aimline.imports.readers.xml import Element
from aimline.imports.refusals import Refused
from aimline.imports.report import Code

# No text in XML can hold these, so no text from JSON does.
_CONTROL = {code: None for code in range(32) if chr(code) not in "\t\n\r"}
_MATTERS_NOT = frozenset({"id", "Id", "link", "_etag", "_lastModifiedDate", "_ext"})


def element_of(tag: str, item: dict[str, Any], line: int) -> Element:
    """Return a record as an element; its id is the one under which the server will say that it is gone."""
    id = str(item.get("id") or item.get("Id") or "")
    return Element(tag, line, children=_children(item, line, 1), id=id.translate(_CONTROL))


def _children(item: dict[str, Any], line: int, depth: int) -> list[Element]:
    if depth > DEEPEST_XML:
        raise Refused(_("A record of the server is too deep."), code=Code.TOO_LARGE, line=line)
    found = []
    for name, value in item.items():
        if name in _MATTERS_NOT or value is None:
            continue
        many = value if isinstance(value, list) else [value]
        tag = _tag(_singular(name) if isinstance(value, list) else name)
        found += [_child(tag, each, line, depth) for each in many]
    return found


def _child(tag: str, value: Any, line: int, depth: int) -> Element:
    if isinstance(value, dict):
        return Element(tag, line, children=_children(value, line, depth + 1))
    if isinstance(value, bool):
        return Element(tag, line, str(value).lower())
    return Element(tag, line, str(value).translate(_CONTROL))


def _tag(name: str) -> str:
    return name[:1].upper() + name[1:].removesuffix("Descriptor")


def _singular(name: str) -> str:
    if name.endswith("matrices"):
        return name.removesuffix("ices") + "ix"
    if name.endswith("ies"):
        return name.removesuffix("ies") + "y"
    return name.removesuffix("s")


def resource_of(tag: str) -> str:
    """Return the name under which the API has the elements of a kind."""
    name = tag[:1].lower() + tag[1:]
    if name.endswith("y") and name[-2] not in "aeiou":
        return name[:-1] + "ies"
    return name + "s"
