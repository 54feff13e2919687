"""XML as a stream of whole elements. No document type, no entities, no network, and no more than a table needs.

The parser is expat itself: it alone tells the line of every element, however long the file is.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import BinaryIO
from xml.parsers import expat

from django.utils.translation import gettext as _

from aimline.imports.readers.limits import DEEPEST_XML, MEGABYTE
from aimline.imports.refusals import Refused
from aimline.imports.report import Code

_CHUNK = 64 * 1024
_MOST_PARTS = 50_000
# The largest standard has about a tenth of this.
_MOST_TAGS = 10_000
_SEPARATOR = " "


@dataclass(slots=True)
class Element:
    """`line` is where the outermost element around this one starts: the record it is part of."""

    tag: str
    line: int
    text: str = ""
    children: list[Element] = field(default_factory=list)
    # What other elements of the file call it, and the other element that it stands for.
    id: str = ""
    ref: str = ""
    # Of a record: whether anything in it stands for another element.
    refers: bool = False

    def find(self, *path: str) -> Element | None:
        """The first element at this path of names below; names may be left out in between."""
        found: Element | None = self
        for name in path:
            found = _first(found, name) if found else None
        return found

    def value(self, *path: str) -> str:
        found = self.find(*path)
        return found.text.strip() if found else ""

    def own(self, *names: str) -> Iterator[Element]:
        """The elements right below that have one of these names."""
        return (child for child in self.children if child.tag in names)


def _first(element: Element, name: str) -> Element | None:
    # What stands right below is meant before what a reference carries.
    for child in element.children:
        if child.tag == name:
            return child
    for child in element.children:
        if child.children and (found := _first(child, name)):
            return found
    return None


def root_of(file: BinaryIO) -> str:
    """Return the name of the outermost element."""
    reader = _Reader()
    while reader.root == "" and (chunk := file.read(_CHUNK)):
        reader.feed(chunk)
    return reader.root


def elements(file: BinaryIO) -> Iterator[Element]:
    """Yield the elements right below the root, one by one; none of them stays in memory."""
    reader = _Reader()
    while chunk := file.read(_CHUNK):
        yield from reader.feed(chunk)
    yield from reader.feed(b"", last=True)


class _Reader:
    def __init__(self) -> None:
        self.root = ""
        self._stack: list[Element] = []
        self._done: list[Element] = []
        self._tags: dict[str, str] = {}
        self._parts = self._size = self._fed = 0
        self._parser = expat.ParserCreate(namespace_separator=_SEPARATOR)
        self._parser.buffer_text = True
        self._parser.StartDoctypeDeclHandler = self._refuse_doctype
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self._text

    def feed(self, chunk: bytes, *, last: bool = False) -> list[Element]:
        try:
            self._parser.Parse(chunk, last)
        except expat.ExpatError as error:
            raise Refused(
                _("The XML breaks off or is damaged in line %(line)s.") % {"line": error.lineno},
                code=Code.MALFORMED,
                line=error.lineno,
            ) from error
        except ValueError as error:
            # An encoding that the parser does not know.
            raise Refused(
                _("The XML is written in an encoding we cannot read."), code=Code.BAD_ENCODING
            ) from error
        self._fed += len(chunk)
        if self._fed - self._parser.CurrentByteIndex > MEGABYTE:
            # One tag or comment that does not end: the parser would begin it anew with every chunk.
            raise self._too_large()
        done, self._done = self._done, []
        return done

    def _refuse_doctype(self, *_parts: object) -> None:
        raise Refused(
            _(
                "The XML carries a document type. "
                "Ed-Fi files have none, and attacks are made of them: we did not read it."
            ),
            code=Code.UNSAFE_FILE,
            line=self._parser.CurrentLineNumber,
        )

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        tag, stack = self._tags.get(name) or self._named(name), self._stack
        if stack:
            outer = stack[-1]
            element = Element(tag, outer.line, "", [])
            outer.children.append(element)
        elif self.root:
            self._parts = self._size = 0
            element = Element(tag, self._parser.CurrentLineNumber, "", [])
        else:
            self.root = tag
            return
        if attributes:
            element.id, element.ref = attributes.get("id", ""), attributes.get("ref", "")
        stack.append(element)
        if element.ref:
            stack[0].refers = True
        self._parts += 1
        if len(stack) > DEEPEST_XML or self._parts > _MOST_PARTS:
            raise self._too_large()

    def _named(self, name: str) -> str:
        if len(self._tags) >= _MOST_TAGS:
            words = _("The file has more kinds of elements than any standard. We did not read it.")
            raise Refused(words, code=Code.TOO_LARGE, line=self._parser.CurrentLineNumber)
        return self._tags.setdefault(name, name.rpartition(_SEPARATOR)[2])

    def _end(self, _name: str) -> None:
        if not self._stack:
            return
        element = self._stack.pop()
        if not self._stack:
            self._done.append(element)

    def _text(self, text: str) -> None:
        # What stands between elements is only how the file is laid out.
        if not self._stack or (text.isspace() and not self._stack[-1].text):
            return
        element = self._stack[-1]
        self._size += len(text)
        if self._size > MEGABYTE:
            raise self._too_large()
        element.text += text

    def _too_large(self) -> Refused:
        line = self._parser.CurrentLineNumber
        return Refused(
            _("The element at line %(line)s is too large or too deep.") % {"line": line},
            code=Code.TOO_LARGE,
            line=line,
        )
