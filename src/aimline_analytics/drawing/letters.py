"""How wide words are in Hanken Grotesk, so that labels can be placed without a browser."""

from __future__ import annotations

import unicodedata
from functools import lru_cache

BODY = 13.0
SMALL = 12.5
LEADING = 15.5

# Advance widths in thousandths of an em, from the space to the tilde, at weights 400 and 700.
_REGULAR = (
    260, 240, 338, 699, 560, 747, 686, 174, 222, 222, 398, 560, 240, 327, 240, 418, 560, 560, 560, 560, 560, 560,
    560, 560, 560, 560, 240, 240, 560, 560, 560, 516, 874, 637, 601, 704, 682, 585, 565, 731, 678, 246, 552, 634,
    495, 839, 676, 748, 554, 774, 598, 564, 587, 656, 656, 957, 641, 602, 582, 258, 448, 258, 552, 405, 292, 540,
    587, 518, 587, 540, 335, 514, 547, 226, 226, 532, 265, 828, 547, 577, 587, 587, 407, 470, 346, 547, 521, 748,
    520, 521, 472, 239, 258, 239, 560,
)  # fmt: skip
_BOLD = (
    260, 252, 366, 694, 560, 735, 700, 193, 277, 277, 399, 560, 240, 327, 240, 420, 560, 560, 560, 560, 560, 560,
    560, 560, 560, 560, 240, 240, 560, 560, 560, 515, 873, 674, 611, 709, 674, 578, 558, 735, 693, 263, 556, 663,
    504, 856, 689, 747, 562, 785, 612, 575, 584, 657, 672, 979, 670, 625, 605, 299, 467, 299, 627, 493, 312, 546,
    574, 522, 574, 541, 348, 522, 564, 245, 245, 560, 278, 843, 564, 572, 574, 574, 426, 472, 367, 564, 535, 755,
    542, 535, 471, 283, 271, 283, 560,
)  # fmt: skip
# Spaces, dashes, quotes, the ellipsis, signs, and letters that do not come apart into a letter and a mark.
_OTHERS = {
    "\u00a0": 260, "\u202f": 130, "\u2013": 428, "\u2014": 1058, "\u2018": 270, "\u2019": 270,
    "\u201c": 462, "\u201d": 463, "\u2026": 692, "\u00a1": 252, "\u00bf": 414, "\u00ab": 541,
    "\u00bb": 467, "\u00b7": 334, "\u00d7": 560, "\u2212": 560, "\u00b1": 560, "\u00b0": 422,
    "\u00df": 651, "\u00e6": 867, "\u00f8": 577, "\u0111": 620, "\u0110": 720, "\u0131": 245,
    "\u0153": 920,
}  # fmt: skip


def _letter(char: str, table: tuple[int, ...]) -> int:
    plain = unicodedata.normalize("NFD", char)[0]
    if " " <= plain <= "~":
        return table[ord(plain) - 32]
    if char in _OTHERS:
        return _OTHERS[char]
    if unicodedata.combining(char):
        return 0
    return 1000 if unicodedata.east_asian_width(char) in "WF" else 640


@lru_cache(maxsize=8192)
def width(text: str, size: float = BODY, bold: bool = False) -> float:
    table = _BOLD if bold else _REGULAR
    return sum(_letter(char, table) for char in text) * size / 1000


def wrap(text: str, room: float, size: float = BODY, bold: bool = False) -> tuple[str, ...]:
    """Lines no wider than `room` and about equally long; a word too long for a line is broken where it must be."""
    lines = _filled(text, room, size, bold)
    if len(lines) < 2:
        return lines
    tighter = (_filled(text, room * share, size, bold) for share in (0.58, 0.66, 0.74, 0.82, 0.9))
    return next((attempt for attempt in tighter if len(attempt) == len(lines)), lines)


def _filled(text: str, room: float, size: float, bold: bool) -> tuple[str, ...]:
    lines: list[str] = []
    for word in (piece for long in text.split() for piece in _pieces(long, room, size, bold)):
        joined = f"{lines[-1]} {word}" if lines else word
        if lines and width(joined, size, bold) <= room:
            lines[-1] = joined
        else:
            lines.append(word)
    return tuple(lines)


def _pieces(word: str, room: float, size: float, bold: bool) -> list[str]:
    pieces = [""]
    for char in word:
        if pieces[-1] and width(pieces[-1] + char, size, bold) > room:
            pieces.append("")
        pieces[-1] += char
    return pieces
