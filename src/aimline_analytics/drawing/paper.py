"""A drawing that stands alone: the light colours of the theme written onto each element, no style sheet needed."""

from __future__ import annotations

from functools import lru_cache
from html import escape
from xml.etree import ElementTree

FAMILY = "Hanken Grotesk, Noto Sans, Arial, sans-serif"
# The theme's light tokens on white paper; a test holds them to the style sheet.
INK, INK_2, LINE, LINE_2, PAPER, SUNKEN = "#1b2625", "#46524f", "#ddd6c8", "#857f70", "#ffffff", "#f4f4f2"
PINE, SUN, SUN_TINT, UP, DOWN, STEADY, GUESS = (
    "#17513f", "#f6bb37", "#fdf1d0", "#1a5ca3", "#ab400b", "#5d6966", "#6a3a9b",
)  # fmt: skip

_STROKE = {"fill": "none", "stroke-linejoin": "round"}
_BOLD = {"font-weight": "700"}
# Later rules win, as in a style sheet. A key of two classes needs both.
_RULES: tuple[tuple[str, dict[str, str]], ...] = (
    ("c-grid", {"stroke": LINE, "stroke-width": "1"}),
    ("c-axis", {"stroke": LINE_2, "stroke-width": "1"}),
    ("c-line", {**_STROKE, "stroke": INK, "stroke-width": "1.6", "opacity": "0.55"}),
    ("c-pt", {"fill": INK, "stroke": PAPER, "stroke-width": "1.25"}),
    ("c-pt hollow", {"fill": PAPER, "stroke": INK, "stroke-width": "1.5"}),
    ("c-up", {"fill": UP, "stroke": PAPER, "stroke-width": "1.25"}),
    ("c-dn", {"fill": DOWN, "stroke": PAPER, "stroke-width": "1.25"}),
    ("c-shift", {"fill": INK, "stroke": PAPER, "stroke-width": "1"}),
    ("c-upl", {**_STROKE, "stroke": UP, "stroke-width": "1.5"}),
    ("c-dnl", {**_STROKE, "stroke": DOWN, "stroke-width": "1.5"}),
    ("c-chl", {**_STROKE, "stroke": INK, "stroke-width": "1.5"}),
    ("c-run", {"stroke-width": "2.5"}),
    ("c-base", {"fill": "none", "stroke": STEADY, "stroke-width": "2"}),
    ("c-base thin", {"stroke-width": "1.25"}),
    ("c-base frozen", {"stroke-dasharray": "6 4", "stroke-width": "1.5"}),
    ("c-aim", {**_STROKE, "stroke": PINE, "stroke-width": "2.25"}),
    ("c-aim thin", {"stroke-width": "1.25"}),
    ("c-aim cut", {"stroke-dasharray": "1.5 3"}),
    ("c-goal", {"fill": SUN, "stroke": PINE, "stroke-width": "2.25"}),
    ("c-ci", {"fill": "none", "stroke": INK, "stroke-width": "1", "opacity": "0.52"}),
    ("c-band", {"fill": INK, "opacity": "0.06"}),
    (
        "c-lim",
        {
            **_STROKE,
            "stroke": STEADY,
            "stroke-width": "1",
            "stroke-dasharray": "1 3",
            "stroke-linecap": "round",
        },
    ),
    ("c-phase", {"stroke": INK, "stroke-width": "1", "stroke-dasharray": "2 3"}),
    ("c-gap", {"fill": SUNKEN}),
    ("c-lead", {"fill": "none", "stroke": INK_2, "stroke-width": "1"}),
    ("c-badge", {"fill": PAPER, "stroke": INK_2, "stroke-width": "1.25"}),
    ("c-guess", {"fill": "none", "stroke": GUESS, "stroke-width": "2"}),
    ("c-guessf", {"fill": GUESS}),
    ("c-guessb", {"fill": GUESS, "opacity": "0.16"}),
    ("c-edge", {"fill": "none", "stroke": PINE, "stroke-width": "1.6", "opacity": "0.66"}),
    ("c-edge weak", {"stroke-dasharray": "5 4"}),
    ("d-aim", {"fill": SUN_TINT, "stroke": PINE, "stroke-width": "2"}),
    ("d-one", {"fill": PAPER, "stroke": PINE, "stroke-width": "1.5"}),
    ("d-two", {"fill": PAPER, "stroke": LINE_2, "stroke-width": "1"}),
    ("d-rule", {"stroke": LINE, "stroke-width": "1"}),
    ("r-on", {"fill": PINE}),
    ("r-off", {"fill": "none", "stroke": LINE_2, "stroke-width": "1.2"}),
    ("r-x", {"stroke": DOWN, "stroke-width": "2"}),
    ("g-up", {"fill": UP}),
    ("g-down", {"fill": DOWN}),
    ("g-shift", {"fill": INK}),
    ("g-steady", {"fill": PAPER, "stroke": STEADY, "stroke-width": "1.75"}),
    ("g-none", {"fill": "none", "stroke": STEADY, "stroke-width": "1.5", "stroke-dasharray": "3 2.5"}),
    ("g-arrow", {**_STROKE, "stroke": PAPER, "stroke-width": "2.1", "stroke-linecap": "round"}),
    ("g-dash", {"fill": "none", "stroke": STEADY, "stroke-width": "2.1", "stroke-linecap": "round"}),
    ("sm", {"font-size": "12.5"}),
    ("e", {"text-anchor": "end"}),
    ("m", {"text-anchor": "middle"}),
    ("halo", {"paint-order": "stroke", "stroke": PAPER, "stroke-width": "3.5", "stroke-linejoin": "round"}),
    ("b", {**_BOLD, "fill": INK}),
    ("t-name", {**_BOLD, "fill": INK, "font-size": "13.5"}),
    ("t-head", {**_BOLD, "font-size": "12.5"}),
    ("t-up", {**_BOLD, "fill": UP}),
    ("t-dn", {**_BOLD, "fill": DOWN}),
    ("t-aim", {**_BOLD, "fill": PINE}),
    ("t-guess", {**_BOLD, "fill": GUESS}),
)
_TEXT = {"font-family": FAMILY, "font-size": "13", "fill": INK_2}


@lru_cache(maxsize=512)
def _look(classes: str) -> dict[str, str]:
    worn = set(classes.split())
    look: dict[str, str] = {}
    for rule, attributes in _RULES:
        if worn.issuperset(rule.split()):
            look |= attributes
    return look


def standalone(svg: str) -> str:
    """The same picture with its colours in it and at its own size, for a file that leaves the site."""
    # Parsed are our own drawings alone, in which every word of a person was escaped.
    root = ElementTree.fromstring(svg)  # noqa: S314
    for node in root.iter():
        written = _TEXT if _local(node) == "text" else {}
        for name, value in {**written, **_look(node.attrib.pop("class", ""))}.items():
            node.set(name, value)
    width, height = root.get("viewBox", "0 0 100 100").split()[2:]
    root.set("width", width)
    root.set("height", height)
    space = root.tag[1:].partition("}")[0] if root.tag.startswith("{") else ""
    return _written(root, f' xmlns="{space}"' if space else "")


def _local(node: ElementTree.Element) -> str:
    return node.tag.rpartition("}")[2]


def _written(node: ElementTree.Element, space: str = "") -> str:
    """As plain XML: the standard library's own writer would put a prefix before every name."""
    name = _local(node)
    pairs = "".join(f' {key}="{_escaped(value)}"' for key, value in node.items())
    body = escape(node.text or "", quote=False) + "".join(_written(child) for child in node)
    tail = escape(node.tail or "", quote=False)
    return f"<{name}{space}{pairs}>{body}</{name}>{tail}" if body else f"<{name}{space}{pairs}/>{tail}"


def _escaped(value: str) -> str:
    return escape(value, quote=False).replace('"', "&quot;")
