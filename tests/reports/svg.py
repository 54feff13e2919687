"""Reading a drawing back: its words and where they stand, its classes, its ids."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from lxml import etree

from aimline_analytics.drawing.letters import BODY, SMALL, width

GOLDEN = Path(__file__).parent / "golden"
SIZES = {"sm": SMALL, "t-head": SMALL, "t-name": 13.5}
BOLD = {"b", "t-up", "t-dn", "t-aim", "t-guess", "t-name", "t-head"}


@dataclass(frozen=True)
class Word:
    text: str
    x0: float
    y0: float
    x1: float
    y1: float

    def touches(self, other: Word) -> bool:
        return self.x0 < other.x1 and other.x0 < self.x1 and self.y0 < other.y1 and other.y0 < self.y1


def parse(svg: str) -> etree._Element:
    return etree.fromstring(svg.encode(), etree.XMLParser(resolve_entities=False))


def named(svg: str, kind: str, classes: str) -> list[etree._Element]:
    """Elements of a kind that wear all the classes."""
    worn = classes.split()
    found = parse(svg).iter(f"{{*}}{kind}")
    return [node for node in found if set(worn) <= set(node.get("class", "").split())]


def words_of(svg: str) -> list[Word]:
    """Every straight line of words; groups that are moved are followed."""
    return [_word(node) for node in parse(svg).iter("{*}text") if node.get("transform") is None]


def overlaps(svg: str) -> list[tuple[str, str]]:
    words = words_of(svg)
    return [
        (one.text, two.text)
        for index, one in enumerate(words)
        for two in words[index + 1 :]
        if one.touches(two)
    ]


def classes_of(svg: str) -> set[str]:
    return {name for node in parse(svg).iter() for name in (node.get("class") or "").split()}


def normalised(svg: str) -> str:
    return svg.replace("><", ">\n<") + "\n"


def same_as_golden(name: str, svg: str) -> bool:
    """Against the stored drawing; delete a stored one to have it drawn anew, then look at it before keeping it."""
    stored = GOLDEN / f"{name}.svg"
    if not stored.exists():
        stored.write_text(normalised(svg))
        return False
    return stored.read_text() == normalised(svg)


def _word(node: etree._Element) -> Word:
    worn = set(node.get("class", "").split())
    size = next((SIZES[name] for name in worn if name in SIZES), BODY)
    wide = width(node.text or "", size, bold=not worn.isdisjoint(BOLD))
    x, y = float(node.get("x")), float(node.get("y")) + _moved(node)
    left = x - (wide if "e" in worn else wide / 2 if "m" in worn else 0)
    return Word(node.text or "", left + 0.5, y - 9.5, left + wide - 0.5, y + 2.5)


def _moved(node: etree._Element) -> float:
    down = 0.0
    for above in node.iterancestors():
        found = re.match(r"translate\(\S+ (\S+)\)$", above.get("transform", ""))
        down += float(found[1]) if found else 0.0
    return down
