"""What an element says, value by value: cleaned, never reinterpreted; what a value cannot be is said in words."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

from django.utils.translation import gettext as _

from aimline.frameworks.models import LONGEST_ADDRESS, LONGEST_NAME
from aimline.frameworks.parts import DOCUMENT
from aimline.imports.case.elements import Element, called
from aimline.imports.records import Finding
from aimline.imports.report import MOST_VALUE, Code

_UNREADABLE = re.compile("[\ud800-\udfff]")
_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_NUMBER = re.compile(r"[+-]?(?:\d{1,18}(?:\.\d*)?|\.\d+)", re.ASCII)
_LARGEST_POSITION = 2**31 - 1
LONGEST_TEXT = 100_000


class Wrong(Exception):
    """This value cannot be used, so its element is rejected."""

    def __init__(self, path: str, code: str, words: str, value: object = "") -> None:
        super().__init__(words)
        self.path, self.code, self.words, self.value = path, code, words, value


@dataclass(slots=True)
class Values:
    """The values of one element. What was read is taken out; what is left at the end is kept as given."""

    element: Element
    findings: list[Finding] = field(default_factory=list)

    def raw(self, name: str) -> Any:
        return self.element.facts.pop(name, None)

    def wrong(self, name: str, code: str, words: str, value: object = "") -> Wrong:
        return Wrong(self.element.path(name), code, words, value)

    def warn(self, name: str, code: str, words: str, value: object = "") -> None:
        shown = "".join(char if char.isprintable() else "\ufffd" for char in str(value)[:MOST_VALUE])
        self.findings.append(
            Finding(self.element.line, self.element.path(name), code, shown, words, is_warning=True)
        )

    def text(self, name: str, most: int = LONGEST_TEXT) -> str:
        """A text of any number of lines. Of an object, its title."""
        value = self.raw(name)
        if isinstance(value, dict):
            value = value.get("title")
        if value is None or isinstance(value, list | dict):
            return self._none(name, value)
        text, cleaned = tidy(str(value))
        if _UNREADABLE.search(text):
            words = _("Some letters here could not be read. Save the file as UTF-8 and send it again.")
            self._unfit(name, Code.BAD_ENCODING, words, text)
            text = _UNREADABLE.sub("\ufffd", text)
        if len(text) > most:
            words = _("This is too long: at most %(most)s letters.") % {"most": most}
            self._unfit(name, Code.BAD_VALUE, words, text)
            text = text[:most]
        if cleaned:
            words = _("A character that cannot be seen was left out of this cell.")
            self.warn(name, Code.CONTROL_CHARACTER, words, text)
        return text

    def _unfit(self, name: str, code: str, words: str, text: str) -> None:
        """A text that cannot be used rejects its element; the document stays, for all that hangs on it."""
        if self.element.name != DOCUMENT:
            raise self.wrong(name, code, words, text)
        self.warn(name, code, words, text)

    def _none(self, name: str, value: object) -> str:
        if value:
            self.warn(name, Code.BAD_VALUE, _("Text is expected here. What stands here was left out."), value)
        return ""

    def name(self, name: str, most: int = LONGEST_NAME) -> str:
        """A short text on one line."""
        return " ".join(self.text(name, most).split())

    def key(self, name: str) -> str:
        """A text that tells one thing from another: nothing in it may be hidden."""
        value = self.raw(name)
        if value is None or isinstance(value, list | dict | bool):
            return self._none(name, value)
        text = str(value).strip()
        if _UNREADABLE.search(text) or any(unicodedata.category(char) == "Cc" for char in text):
            words = _("This cell holds a character that cannot be seen. Type it anew.")
            raise self.wrong(name, Code.CONTROL_CHARACTER, words, text)
        if len(text) > LONGEST_NAME:
            words = _("This is too long: at most %(most)s letters.") % {"most": LONGEST_NAME}
            raise self.wrong(name, Code.BAD_VALUE, words, text)
        return text

    def address(self, name: str) -> str:
        return self.name(name, LONGEST_ADDRESS)

    def words(self, name: str, between: str = ",") -> list[str]:
        """A list of short texts; where they stand in one text, commas part them."""
        value = self.raw(name)
        if isinstance(value, str | int | float) and not isinstance(value, bool):
            value = str(value).split(between)
        if not isinstance(value, list):
            self._none(name, value)
            return []
        kept = []
        for each in value:
            self.element.facts[name] = each
            kept.append(self.name(name))
        return [each for each in kept if each]

    def moment(self, name: str) -> datetime | None:
        """A moment; one without a time zone is taken for universal time."""
        return self._when(name, _moment)

    def day(self, name: str) -> date | None:
        moment = self._when(name, datetime.fromisoformat)
        return moment.date() if moment else None

    def _when(self, name: str, read: Callable[[str], datetime]) -> datetime | None:
        value = self.raw(name)
        if value in (None, ""):
            return None
        try:
            return read(str(value).strip())
        except (ValueError, OverflowError):
            self.warn(name, Code.BAD_DATE, _("This is no date we can read. Write it as 2026-08-28."), value)
            return None

    def number(self, name: str) -> float | None:
        """A number that means something: a score, a weight. Anything else there rejects the element."""
        value = self.raw(name)
        if value in (None, ""):
            return None
        number = _number(value)
        if number is None:
            raise self.wrong(
                name, Code.NOT_A_NUMBER, _("This is no number. Mend it and send the file again."), value
            )
        return number

    def order(self, name: str) -> float | None:
        """A number that only sorts: without it the element stays."""
        value = self.raw(name)
        if value in (None, ""):
            return None
        number = _number(value)
        if number is None or abs(number) > _LARGEST_POSITION:
            self.warn(name, Code.NOT_A_NUMBER, _("This is no place in an order. It was left out."), value)
            return None
        return number

    def position(self, name: str) -> int | None:
        number = self.order(name)
        return None if number is None else int(number)

    def node(self, name: str) -> tuple[str, str, dict[str, Any]]:
        """A reference: the identifier and the address it gives, and what else it says."""
        value = self.raw(name)
        if isinstance(value, str):
            value = {"uri" if "/" in value else "identifier": value}
        given = {called(key): each for key, each in value.items()} if isinstance(value, dict) else {}
        here = self.element.path(name)
        inside = Element(
            self.element.name, self.element.line, given, headers={"identifier": here, "uri": here}
        )
        facts = Values(inside, self.findings)
        uri, identifier = facts.address("uri"), facts.key("identifier")
        return identifier or from_address(uri), uri, facts.rest()

    def rest(self) -> dict[str, Any]:
        """What nobody asked for, as given; text in it loses only what no database keeps."""
        given = {name: each for name, each in self.element.facts.items() if each not in (None, "", [], {})}
        kept: dict[str, Any] = keepable(given)
        return kept


def is_uuid(text: str) -> bool:
    return bool(_UUID.fullmatch(text))


def from_address(uri: str) -> str:
    """The identifier an address ends with; where it ends with none, the address is one."""
    last = uri.rstrip("/").rpartition("/")[2]
    return last if is_uuid(last) else uri[:LONGEST_NAME]


def tidy(raw: str) -> tuple[str, bool]:
    """Trim a text and drop what cannot be seen but breaks of lines; say whether anything was dropped."""
    text = raw.replace("\r\n", "\n").replace("\r", "\n").strip()
    if text.isprintable():
        return text, False
    kept = "".join(char for char in text if char in "\n\t" or unicodedata.category(char) != "Cc")
    return kept, kept != text


def keepable(value: Any) -> Any:
    if isinstance(value, str):
        return _UNREADABLE.sub("\ufffd", value.replace("\0", ""))
    if isinstance(value, list):
        return [keepable(each) for each in value]
    if isinstance(value, dict):
        return {str(keepable(key)): keepable(each) for key, each in value.items()}
    return value


def _moment(text: str) -> datetime:
    found = datetime.fromisoformat(text)
    return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)


def _number(value: object) -> float | None:
    if isinstance(value, bool):
        return None
    if isinstance(value, int | float):
        return float(value) if math.isfinite(value) else None
    text = str(value).strip()
    return float(text) if _NUMBER.fullmatch(text) else None
