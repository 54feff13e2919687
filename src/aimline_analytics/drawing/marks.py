"""The small shapes: a point of a chart, the signal beside a name, the ramp of an idea."""

from __future__ import annotations

from aimline_analytics.drawing import ink
from aimline_analytics.drawing.parts import Mark

LINE_OF = {Mark.BETTER: "c-upl", Mark.WORSE: "c-dnl", Mark.CHANGED: "c-chl"}
WORDS_OF = {Mark.BETTER: "t-up", Mark.WORSE: "t-dn", Mark.CHANGED: "b"}
POINT_RADIUS = 4.0


def point(mark: Mark, x: float, y: float, rising: bool, size: float = 1.0) -> str:
    """Triangle better, diamond worse, square changed, hollow excluded, dot ordinary: never told by colour alone."""
    if mark is Mark.BETTER:
        return _triangle(x, y, rising, size)
    if mark is Mark.WORSE:
        half = 5.6 * size
        place = f"M{ink.num(x)} {ink.num(y - half)}"
        return ink.path(
            "c-dn", f"{place}l{half:.1f} {half:.1f}l-{half:.1f} {half:.1f}l-{half:.1f} -{half:.1f}z"
        )
    if mark is Mark.CHANGED:
        half = 4.2 * size
        return ink.rect("c-shift", x - half, y - half, 2 * half, 2 * half)
    classes = "c-pt hollow" if mark is Mark.EXCLUDED else "c-pt"
    return ink.circle(classes, x, y, POINT_RADIUS * size)


def _triangle(x: float, y: float, rising: bool, size: float) -> str:
    half, tall = 5.4 * size, 9.6 * size
    if rising:
        return ink.path(
            "c-up", f"M{ink.num(x)} {ink.num(y - 5.9 * size)}l{half:.1f} {tall:.1f}h-{2 * half:.1f}z"
        )
    return ink.path(
        "c-up", f"M{ink.num(x)} {ink.num(y + 5.9 * size)}l{half:.1f} -{tall:.1f}h-{2 * half:.1f}z"
    )


def signal(kind: str, rising: bool, x: float, y: float, size: float) -> str:
    """The signal of a measure in a square of `size` at its upper left corner."""
    shape = {
        "better": '<circle class="g-up" cx="12" cy="12" r="11"/>',
        "worse": '<path class="g-down" d="M12 .5L23.5 12L12 23.5L.5 12z"/>',
        "changed": '<rect class="g-shift" x="2" y="2" width="20" height="20" rx="2"/>',
        "steady": '<circle class="g-steady" cx="12" cy="12" r="10"/><path class="g-dash" d="M6.5 13l3-2.5 3 3 5-3"/>',
    }.get(kind, '<circle class="g-none" cx="12" cy="12" r="10"/>')
    arrow = ""
    if kind in {"better", "worse", "changed"}:
        way = "M12 17.5V7M7.5 11.2L12 6.7l4.5 4.5" if rising else "M12 6.5V17M7.5 12.8L12 17.3l4.5-4.5"
        arrow = f'<path class="g-arrow" d="{way}"/>'
    move = f"translate({ink.num(x)} {ink.num(y)}) scale({size / 24:.3f})"
    return f'<g transform="{move}">{shape}{arrow}</g>'


def ramp(reach: int, stopped: bool, x: float, y: float) -> str:
    """Room, rooms, school, schools; struck through when stopped. 67 wide, 17 high, from its lower left corner."""
    steps = "".join(
        ink.rect("r-on" if step < reach else "r-off", x + 17 * step, y - 5 - 3 * step, 14, 5 + 3 * step, 1.5)
        for step in range(4)
    )
    crossed = f"M{ink.num(x)} {ink.num(y - 14)}L{ink.num(x + 66)} {ink.num(y - 2)}"
    return steps + (ink.path("r-x", crossed) if stopped else "")
