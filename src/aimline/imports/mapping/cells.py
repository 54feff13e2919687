"""One cell: trimmed, never reinterpreted. What it cannot be is said in words, with what to do."""

from __future__ import annotations

import math
import re
import unicodedata
from dataclasses import dataclass

from django.utils.translation import gettext as _

from aimline.imports.mapping.model import Source
from aimline.imports.readers.sniffing import ESCAPED
from aimline.imports.readers.tables import Dated, Unfinished
from aimline.imports.report import Code

_PLAIN = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d{1,3})?", re.ASCII)
# No number begins its thousands with 0: 0,625 is a decimal comma, and no number until the mapping says so.
_THOUSANDS = re.compile(r"[+-]?[1-9]\d{0,2}(?:,\d{3})+(?:\.\d*)?", re.ASCII)
_DECIMAL_COMMA = re.compile(r"[+-]?(?:[1-9]\d{0,2}(?:[. \u00a0\u202f]\d{3})+|\d+)?(?:,\d+)?", re.ASCII)
_SWAP = str.maketrans({",": ".", **dict.fromkeys(". \u00a0\u202f", None)})
# Our own CSV puts a quote before a text that a spreadsheet would run.
_QUOTED = re.compile(r"'(?=[=+\-@\uff1d\uff0b\uff0d\uff20])")
# Other programs write ="0042", so that a spreadsheet keeps the zeros in front.
_AS_TEXT = re.compile(r'^="([^"]*)"$')
_WRAPPED = frozenset("'=")


class Fault(Exception):
    """This cell cannot be used, so its record is rejected."""

    def __init__(self, code: str, words: str) -> None:
        super().__init__(words)
        self.code, self.words = code, words


@dataclass(frozen=True, slots=True)
class Cell:
    """`cleaned` is true where control characters had to be left out."""

    text: str
    cleaned: bool = False
    dated: bool = False


def read_cell(raw: str, source: Source, blank: frozenset[str], *, strict: bool) -> Cell:
    """Trim, clean and recode one cell. In a key or a number (`strict`) a control character is a fault."""
    if not raw.isascii() and (ESCAPED.search(raw) or "\ufffd" in raw):
        raise Fault(
            Code.BAD_ENCODING,
            _("Some letters here could not be read. Save the file as UTF-8 and send it again."),
        )
    if isinstance(raw, Unfinished):
        raise Fault(
            Code.BAD_VALUE,
            _(
                "This cell holds a formula without its result. "
                "Open the file, let it calculate, save it and send it again."
            ),
        )
    text, cleaned = _cleaned(raw)
    if cleaned and strict:
        raise Fault(
            Code.CONTROL_CHARACTER, _("This cell holds a character that cannot be seen. Type it anew.")
        )
    if text in blank:
        text = ""
    return Cell(_recoded(text, source), cleaned, isinstance(raw, Dated))


def number(text: str, *, percent: bool = False, decimal: str = ".") -> float:
    """Read a number; marks between thousands are left out, and a percent sign where the measure is a percentage."""
    bare = text[:-1].rstrip() if percent and text.endswith("%") else text
    plain = _with_point(bare, decimal)
    if not _PLAIN.fullmatch(plain) or not math.isfinite(float(plain)):
        raise Fault(
            Code.NOT_A_NUMBER,
            (
                _(
                    "“%(text)s” is no number. If its comma is a decimal comma, say so where columns are matched."
                )
                if decimal == "." and _DECIMAL_COMMA.fullmatch(bare)
                else _("“%(text)s” is no number. If it is an answer, name it under codes in the mapping.")
            )
            % {"text": text[:40]},
        )
    return float(plain)


def _with_point(text: str, decimal: str) -> str:
    """Write a number with a point and nothing between its thousands."""
    if decimal == ",":
        return text.translate(_SWAP) if _DECIMAL_COMMA.fullmatch(text) else text
    return text.replace(",", "") if _THOUSANDS.fullmatch(text) else text


def _cleaned(raw: str) -> tuple[str, bool]:
    text = raw.strip()
    if text[:1] in _WRAPPED:
        text = _QUOTED.sub("", text, count=1) if text[0] == "'" else _AS_TEXT.sub(r"\1", text).strip()
    if text.isprintable():
        return text, False
    spaced = " ".join(re.split(r"[\t\r\n]+", text))
    kept = "".join(char for char in spaced if unicodedata.category(char) != "Cc")
    return kept.strip(), kept != spaced


def _recoded(text: str, source: Source) -> str:
    if not text or not source.is_coded:
        return text
    if text in source.recode:
        return source.recode[text]
    if source.default is not None:
        return source.default
    if source.keep_others:
        return text
    raise Fault(
        Code.UNKNOWN_CODE,
        _("“%(text)s” is not among the values the mapping knows: %(known)s.")
        % {"text": text[:40], "known": ", ".join(list(source.recode)[:10])},
    )
