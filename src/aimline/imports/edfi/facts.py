"""What an element says: codes, dates, numbers, school years. Names that moved between standards are found below."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from datetime import date
from functools import lru_cache
from typing import NoReturn

from django.utils.translation import gettext as _

from aimline.imports.mapping.cells import Fault
from aimline.imports.readers.xml import Element
from aimline.imports.report import Code

_YEARS = re.compile(r"(?:\d{4}\s*-\s*)?(\d{4})")
_TRUE, _FALSE = frozenset({"true", "1"}), frozenset({"false", "0"})


class Wrong(Exception):
    """Something below an element that the record cannot be kept with, and the path to it."""

    def __init__(self, path: tuple[str, ...], value: str, fault: Fault) -> None:
        super().__init__(fault.words)
        self.path, self.value, self.fault = "/".join(path), value, fault


def required(element: Element, *path: str) -> str:
    """Return the text at a path without which the record means nothing."""
    return element.value(*path) or _missing(path, "")


def required_code(element: Element, *path: str) -> str:
    return code(element, *path) or _missing(path, element.value(*path))


def _missing(path: tuple[str, ...], value: str) -> NoReturn:
    words = _("%(name)s is missing. Without it the record means nothing.") % {"name": path[-1]}
    raise Wrong(path, value, Fault(Code.MISSING_VALUE, words))


def optional(element: Element, *path: str) -> str | None:
    return element.value(*path) or None


def own(element: Element, name: str) -> str | None:
    """Return the text of what stands right below, not of what others carry."""
    return next((child.text.strip() for child in element.own(name)), "") or None


def code(element: Element, *path: str) -> str | None:
    """Return the code of a descriptor: what stands after `#`, or the word itself in older standards."""
    found = element.find(*path)
    return _code(found) if found else None


def codes(element: Element, *names: str) -> list[str]:
    """Return the codes right below, one for each element of these names."""
    return [found for found in map(_code, element.own(*names)) if found]


def _code(element: Element) -> str | None:
    # Some carry a code with something beside it, some a word of the older standards.
    text = element.text.strip() or element.value(element.tag) or next(_leaves(element), "")
    return text.rpartition("#")[2].strip() or None


def _leaves(element: Element) -> Iterator[str]:
    for child in element.children:
        if child.text.strip():
            yield child.text.strip()
        yield from _leaves(child)


def joined(found: list[str]) -> str | None:
    """Put several codes into one text, each once."""
    return ",".join(dict.fromkeys(found)) or None


def day(element: Element, *path: str) -> date | None:
    """Return the date at a path; a time of day behind it is left out."""
    return _day(element.value(*path), path)


def own_day(element: Element, name: str) -> date | None:
    return _day(own(element, name) or "", (name,))


def required_day(element: Element, *path: str) -> date:
    return _parsed(required(element, *path), path)


def _day(text: str, path: tuple[str, ...]) -> date | None:
    return _parsed(text, path) if text else None


def _parsed(text: str, path: tuple[str, ...]) -> date:
    try:
        return parse_day(text)
    except ValueError as error:
        words = _("“%(text)s” is no date.") % {"text": text[:40]}
        raise Wrong(path, text, Fault(Code.BAD_DATE, words)) from error


@lru_cache(maxsize=20_000)
def parse_day(text: str) -> date:
    """Read a date as XML and JSON write it: 2021-08-23, with a time or a zone behind it or not."""
    if len(text) > len("2021-08-23") and text[10] not in "TZ+- ":
        raise ValueError(text)
    return date.fromisoformat(text[:10])


def number(element: Element, *path: str) -> float | None:
    text = element.value(*path)
    if not text:
        return None
    found = as_number(text)
    if found is None:
        words = _("“%(text)s” is no number.") % {"text": text[:40]}
        raise Wrong(path, text, Fault(Code.NOT_A_NUMBER, words))
    return found


def as_number(text: str) -> float | None:
    """Return a plain number, and nothing for a word, NaN or what Python alone would call a number."""
    try:
        found = float(text)
    except ValueError:
        return None
    return found if math.isfinite(found) and "_" not in text else None


def yes(element: Element, *path: str) -> bool | None:
    text = element.value(*path).lower()
    if text and text not in _TRUE | _FALSE:
        words = _("“%(text)s” is neither true nor false.") % {"text": text[:40]}
        raise Wrong(path, text, Fault(Code.BAD_VALUE, words))
    return text in _TRUE if text else None


def word(given: bool | None) -> str | None:
    """Say a flag the way attributes say it."""
    return None if given is None else ("Yes" if given else "No")


def school_year(element: Element, *path: str) -> str | None:
    """Return the year in which a school year ends: 2022 for 2021-2022 in XML and for 2022 in JSON."""
    text = element.value(*path, "SchoolYear")
    found = _YEARS.fullmatch(text)
    return found[1] if found else text or None
