"""SVG one element at a time: short numbers, escaped text, classes and never a style."""

from __future__ import annotations

import re
from collections.abc import Iterable
from html import escape

# XML 1.0 has no place for these, escaped or not.
_ILLEGAL = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_NAME = re.compile(r"[^A-Za-z0-9_-]+")


def num(value: float) -> str:
    text = f"{value:.1f}"
    if text.endswith(".0"):
        return "0" if text == "-0.0" else text[:-2]
    return text


def safe(text: str) -> str:
    return escape(_ILLEGAL.sub("", text), quote=True)


def name_of(text: str) -> str:
    """Something usable as an id."""
    return _NAME.sub("-", text).strip("-") or "drawing"


def element(kind: str, body: str | None = None, **attributes: str | float) -> str:
    pairs = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{num(value) if isinstance(value, int | float) else safe(value)}"'
        for key, value in attributes.items()
        if value != ""
    )
    return f"<{kind}{pairs}/>" if body is None else f"<{kind}{pairs}>{body}</{kind}>"


def path(classes: str, d: str) -> str:
    return f'<path class="{classes}" d="{d}"/>'


def polyline(classes: str, points: Iterable[tuple[float, float]]) -> str:
    return path(classes, "M" + "L".join(f"{num(x)} {num(y)}" for x, y in points))


def horizontal(classes: str, x0: float, x1: float, y: float) -> str:
    return path(classes, f"M{num(x0)} {num(y)}H{num(x1)}")


def vertical(classes: str, x: float, y0: float, y1: float) -> str:
    return path(classes, f"M{num(x)} {num(y0)}V{num(y1)}")


def circle(classes: str, x: float, y: float, r: float) -> str:
    return f'<circle class="{classes}" cx="{num(x)}" cy="{num(y)}" r="{num(r)}"/>'


def rect(classes: str, x: float, y: float, width: float, height: float, rx: float = 0) -> str:
    corner = f' rx="{num(rx)}"' if rx else ""
    size = f'width="{num(width)}" height="{num(height)}"'
    return f'<rect class="{classes}" x="{num(x)}" y="{num(y)}" {size}{corner}/>'


def text(classes: str, x: float, y: float, body: str) -> str:
    marked = f' class="{classes}"' if classes else ""
    return f'<text{marked} x="{num(x)}" y="{num(y)}">{safe(body)}</text>'


def turned(classes: str, x: float, y: float, degrees: float, body: str) -> str:
    place = f"translate({num(x)} {num(y)}) rotate({num(degrees)})"
    return f'<text class="{classes}" transform="{place}">{safe(body)}</text>'


def picture(
    name: str, size: tuple[float, float], labels: tuple[str, str], body: Iterable[str], classes: str = "draw"
) -> str:
    """The whole SVG: an image with a title and a description of its own."""
    return _frame(name, size, labels, body, f'class="{classes}" role="img"')


def linked_picture(
    name: str, size: tuple[float, float], labels: tuple[str, str], body: Iterable[str], classes: str = "draw"
) -> str:
    """The same for a drawing that holds links: an image would hide them from a screen reader."""
    return _frame(name, size, labels, body, f'class="{classes}" role="group"')


def _frame(
    name: str, size: tuple[float, float], labels: tuple[str, str], body: Iterable[str], kind: str
) -> str:
    ident = name_of(name)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" {kind} viewBox="0 0 {num(size[0])} {num(size[1])}" '
        f'aria-labelledby="{ident}-t {ident}-d"><title id="{ident}-t">{safe(labels[0])}</title>'
        f'<desc id="{ident}-d">{safe(labels[1])}</desc>{"".join(body)}</svg>'
    )
