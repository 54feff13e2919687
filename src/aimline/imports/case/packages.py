"""CASE packages in JSON: the flat form of the standard, and the wrapped ones that some programs write."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.utils.translation import gettext as _

from aimline.frameworks.parts import DOCUMENT
from aimline.imports.case.elements import LISTS, PARTS, Element, Package, called
from aimline.imports.case.json_text import JsonText
from aimline.imports.readers.limits import MEGABYTE
from aimline.imports.refusals import Refused
from aimline.imports.report import MOST_VALUE, Code

# How often one element may be wrapped in another of its name, or in a list.
_MOST_WRAPS = 4
_LONGEST_ELEMENT = 4 * MEGABYTE


def read_package(text: str) -> Package:
    """Read a package; where the text is no package it is refused."""
    reader = _Reader(JsonText(text))
    reader.read()
    return reader.package


class _Reader:
    def __init__(self, json: JsonText) -> None:
        self.json, self.package = json, Package()

    def read(self) -> None:
        start = self.json.skip(0)
        if self.json.at(start) not in ("{", "["):
            raise self.json.broken(start)
        end = self.json.skip(self._package(start, 0))
        if end != len(self.json.text):
            raise self.json.broken(end)

    def _package(self, at: int, wraps: int) -> int:
        if wraps > _MOST_WRAPS:
            raise _unsafe(self.json.line(at))
        if self.json.at(at) == "[":
            return self.json.entries(at, lambda start: self._package(start, wraps + 1))
        if self.json.at(at) != "{":
            return self.json.value(at)[1]
        return self.json.members(at, lambda key, start: self._member(called(key), start, wraps))

    def _member(self, key: str, at: int, wraps: int) -> int:
        if key == "CFPackage":
            return self._package(at, wraps + 1)
        if key == DOCUMENT:
            return self._elements(DOCUMENT, self.package.documents, 0, at)
        if key in LISTS and key not in PARTS.values():
            return self._elements(LISTS[key], self.package.elements, 0, at)
        self.package.beside[key], end = self.json.value(at)
        return end

    def _elements(self, name: str, into: list[Element], wraps: int, at: int) -> int:
        """Read one element or a list of them; null stands for none."""
        if wraps > _MOST_WRAPS:
            raise _unsafe(self.json.line(at))
        inside = partial(self._elements, name, into, wraps + 1)
        if self.json.at(at) == "[":
            return self.json.entries(at, inside)
        line = self.json.line(at)
        value, end = self.json.value(at)
        if value is None:
            return end
        if not isinstance(value, dict):
            into.append(Element(name, line, stray=str(value)[:MOST_VALUE] or '""'))
            return end
        if _is_wrapped(value, name):
            return self.json.members(at, lambda _key, start: inside(start))
        if end - at > _LONGEST_ELEMENT:
            raise _too_large(line)
        element = Element(name, line, {called(key): each for key, each in value.items()})
        into.append(element)
        if element.facts.pop(PARTS.get(name, ""), None):
            self.json.members(at, lambda key, start: self._part(element, called(key), start))
        return end

    def _part(self, element: Element, key: str, at: int) -> int:
        """Read the elements inside of one; everything else of it is read already."""
        name = PARTS[element.name]
        if key == name:
            return self._elements(LISTS[name], element.parts, 0, at)
        return self.json.value(at)[1]


def _is_wrapped(value: dict[str, Any], name: str) -> bool:
    """Whether this is `{"CFItem": {…}}` where an item belongs."""
    return len(value) == 1 and called(next(iter(value))) == name


def _unsafe(line: int) -> Refused:
    words = _(
        "What starts in line %(line)s is nested far deeper than any framework. We did not read the file."
    )
    return Refused(words % {"line": line}, code=Code.UNSAFE_FILE, line=line)


def _too_large(line: int) -> Refused:
    words = _("The element in line %(line)s is larger than any framework needs. We did not read the file.")
    return Refused(words % {"line": line}, code=Code.TOO_LARGE, line=line)
