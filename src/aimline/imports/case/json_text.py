"""JSON read value by value, so that every element knows its line; its size and depth are bounded before it is read."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from aimline.imports.readers.limits import MEGABYTE
from aimline.imports.readers.sniffing import check_size, encoding_of
from aimline.imports.refusals import Refused
from aimline.imports.report import Code

# The largest framework we know of, a state's standards with every grade, takes a quarter of this.
LARGEST = 128 * MEGABYTE
_MOST_VALUES = 8_000_000
_MOST_STEPS = 400_000
# Megabytes without any text in quotes, and so without a name.
_MOST_UNNAMED = 4
DEEPEST = 40
# Integers longer than this are no count and no position; they stay text.
_LONGEST_NUMBER = 18
_SPACE = re.compile(r"[ \t\r\n]*")


def is_json(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(400).lstrip(b"\xef\xbb\xbf \r\n\t")[:1] in (b"{", b"[")


def text_of(path: Path) -> str:
    """Read a whole file as text. Letters that cannot be read are kept as marks, for their own element to answer for."""
    check_size(path)
    if path.stat().st_size > LARGEST:
        words = _(
            "The file is larger than %(most)s MB. No framework we know of is. Ask the sender for one framework."
        )
        raise Refused(words % {"most": LARGEST // MEGABYTE}, code=Code.TOO_LARGE)
    _look_over(path)
    encoding = encoding_of(path)
    marks = "replace" if encoding.startswith(("utf-16", "utf-32")) else "surrogateescape"
    return path.read_bytes().decode(encoding, marks).removeprefix("\ufeff")


def _look_over(path: Path) -> None:
    """Refuse what is no framework before all of it is in memory."""
    values = unnamed = 0
    with path.open("rb") as file:
        while chunk := file.read(MEGABYTE):
            values += sum(map(chunk.count, (b"[", b"{", b",")))
            unnamed = 0 if b'"' in chunk else unnamed + 1
            if values > _MOST_VALUES or unnamed >= _MOST_UNNAMED:
                raise _too_many()


class JsonText:
    """A text of JSON. Positions go in, values and the positions behind them come out."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._seen = (0, 1)
        self._steps = 0
        self._decode = json.JSONDecoder(
            parse_int=_whole, parse_float=_finite, parse_constant=str, strict=False
        ).raw_decode

    def skip(self, at: int) -> int:
        found = _SPACE.match(self.text, at)
        return found.end() if found else at

    def at(self, at: int) -> str:
        return self.text[at : at + 1]

    def line(self, at: int) -> int:
        """Return the line of a position; asked in the order of the file, each line is counted once."""
        before, line = self._seen if at >= self._seen[0] else (0, 1)
        self._seen = (at, line + self.text.count("\n", before, at))
        return self._seen[1]

    def value(self, at: int) -> tuple[Any, int]:
        try:
            value, end = self._decode(self.text, at)
        except json.JSONDecodeError as error:
            raise self.broken(error.pos) from error
        except RecursionError as error:
            raise self._too_deep(at) from error
        opened = self.text.count("[", at, end) + self.text.count("{", at, end)
        if opened > DEEPEST and _is_deeper(value, DEEPEST):
            raise self._too_deep(at)
        return value, end

    def members(self, at: int, take: Callable[[str, int], int]) -> int:
        """Hand each member of the object at `at` to `take`, which says where its value ends; return the object's."""

        def member(start: int) -> int:
            key, end = self.value(start)
            if not isinstance(key, str):
                raise self.broken(start)
            return take(key, self.skip(self._behind(":", end)))

        return self._each(at, "}", member)

    def entries(self, at: int, take: Callable[[int], int]) -> int:
        """The same for the entries of an array."""
        return self._each(at, "]", take)

    def _each(self, at: int, close: str, take: Callable[[int], int]) -> int:
        at = self.skip(at + 1)
        if self.at(at) == close:
            return at + 1
        while True:
            self._steps += 1
            if self._steps > _MOST_STEPS:
                raise _too_many()
            at = self.skip(take(at))
            if self.at(at) == close:
                return at + 1
            at = self.skip(self._behind(",", at))

    def _behind(self, mark: str, at: int) -> int:
        at = self.skip(at)
        if self.at(at) != mark:
            raise self.broken(at)
        return at + 1

    def broken(self, at: int) -> Refused:
        line = self.text.count("\n", 0, at) + 1
        words = _("The JSON breaks off or is damaged in line %(line)s. Ask the sender for the file again.")
        shown = "".join(char if char.isprintable() else "\ufffd" for char in self.text[at : at + 40])
        return Refused(words % {"line": line}, code=Code.MALFORMED, line=line, value=shown)

    def _too_deep(self, at: int) -> Refused:
        line = self.line(at)
        words = _(
            "What starts in line %(line)s is nested far deeper than any framework. We did not read the file."
        )
        return Refused(words % {"line": line}, code=Code.UNSAFE_FILE, line=line)


def _too_many() -> Refused:
    words = _("The file holds more values than any framework does. We did not read it.")
    return Refused(words, code=Code.TOO_LARGE)


def _whole(text: str) -> int | str:
    return int(text) if len(text) <= _LONGEST_NUMBER else text


def _finite(text: str) -> float | str:
    number = float(text)
    return number if math.isfinite(number) else text


def _is_deeper(value: Any, most: int) -> bool:
    """Say whether lists and objects are nested deeper than `most`, without nesting calls."""
    layer = [value]
    for _depth in range(most + 1):
        held = (
            each.values() if isinstance(each, dict) else each
            for each in layer
            if isinstance(each, dict | list)
        )
        layer = [part for parts in held for part in parts]
        if not layer:
            return False
    return True
