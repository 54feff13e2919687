"""The driver diagram, left to right: aim, primary drivers, secondary drivers, change ideas with their ramps."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable

from aimline_analytics.drawing import ink, labels, marks, tree
from aimline_analytics.drawing.letters import LEADING, SMALL, width, wrap
from aimline_analytics.drawing.parts import Diagram, Layer, Node
from aimline_analytics.drawing.tree import GUTTER, PAD, RAMP, WIDTHS, Place, Step
from aimline_analytics.drawing.voice import ENGLISH, Voice

_BOX = {Layer.AIM: "d-aim", Layer.PRIMARY: "d-one", Layer.SECONDARY: "d-two"}
_HEAD = 52.0
_PORT = 9.0


def draw(diagram: Diagram, links: bool = False, voice: Voice = ENGLISH) -> str:
    """With `links` every name leads to its page; without, the drawing is an image for paper and files."""
    places, steps = tree.layout(diagram)
    bottom = max((place.middle + place.tall / 2 for place in places.values()), default=40.0)
    body = [*_heads(voice), f'<g transform="translate(0 {ink.num(_HEAD)})">', *_edges(places, steps)]
    body += [_box(place, place.node, links) for place in places.values() if place.node is not None]
    key, foot = _key(diagram, voice, _HEAD + bottom + 34)
    body += ["</g>", *key]
    size = tree.width_of(), foot + 10
    said = diagram.title, diagram.description or labels.describe_diagram(voice, diagram)
    classes = "draw draw-tree"
    if links:
        return ink.linked_picture(diagram.name, size, said, body, classes)
    return ink.picture(diagram.name, size, said, body, classes)


def _heads(voice: Voice) -> list[str]:
    drawn = []
    for index, (layer, said) in enumerate(labels.column_heads(voice).items()):
        lines = wrap(said, WIDTHS[layer], SMALL, bold=True)[:2]
        drawn += [
            ink.text("t-head", tree.left_of(index), 14 + row * LEADING, line)
            for row, line in enumerate(lines)
        ]
    return drawn


def _edges(places: dict[str, Place], steps: list[Step]) -> list[str]:
    """Smooth links; those that leave or reach one box are fanned out so that none hides another."""
    leaving, reaching = defaultdict[str, list[Step]](list), defaultdict[str, list[Step]](list)
    for step in steps:
        leaving[step.left].append(step)
        reaching[step.right].append(step)
    start = _ports(places, leaving, lambda step: step.right)
    end = _ports(places, reaching, lambda step: step.left)
    drawn = [
        _edge(places[step.left], places[step.right], start[step], end[step], step.sure) for step in steps
    ]
    through = [place for place in places.values() if place.node is None]
    sure = {step.right: step.sure for step in steps}
    return drawn + [
        ink.horizontal(_link(sure[place.key]), place.x, place.x + place.wide, place.middle)
        for place in through
    ]


def _ports(
    places: dict[str, Place], ends: dict[str, list[Step]], far: Callable[[Step], str]
) -> dict[Step, float]:
    ports: dict[Step, float] = {}
    for key, steps in ends.items():
        place = places[key]
        ordered = sorted(steps, key=lambda step: places[far(step)].middle)
        apart = min(_PORT, (place.tall - 12) / max(1, len(ordered)))
        for index, step in enumerate(ordered):
            ports[step] = place.middle + (index - (len(ordered) - 1) / 2) * apart
    return ports


def _link(sure: bool) -> str:
    return "c-edge" if sure else "c-edge weak"


def _edge(left: Place, right: Place, y0: float, y1: float, sure: bool) -> str:
    x0, x1 = left.x + left.wide, right.x
    if right.node is not None and right.node.layer is Layer.IDEA:
        x1 -= 4
    bend = GUTTER * 0.55
    curve = (
        f"C{ink.num(x0 + bend)} {ink.num(y0)} {ink.num(x1 - bend)} {ink.num(y1)} {ink.num(x1)} {ink.num(y1)}"
    )
    return ink.path(_link(sure), f"M{ink.num(x0)} {ink.num(y0)}{curve}")


def _box(place: Place, node: Node, links: bool) -> str:
    return _idea(place, node, links) if node.layer is Layer.IDEA else _driver(place, node, links)


def _driver(place: Place, node: Node, links: bool) -> str:
    x, y = place.x + PAD, place.top + 20
    drawn = [ink.rect(_BOX[node.layer], place.x, place.top, place.wide, place.tall, 6)]
    drawn.append(_title(place, node, links, x, y))
    y += (len(place.title) - 1) * LEADING
    drawn += [ink.text("sm", x, y + (row + 1) * LEADING, line) for row, line in enumerate(place.notes)]
    y += len(place.notes) * LEADING
    if node.signal:
        drawn.append(marks.signal(node.signal, node.rising, x, y + 7, 17))
        drawn += [ink.text("b", x + 23, y + 20, line) for line in tree.signal_lines(node)]
    return "".join(drawn)


def _idea(place: Place, node: Node, links: bool) -> str:
    foot = place.top + place.tall - 4
    drawn = [_title(place, node, links, place.x, place.top + 14)]
    at = place.top + 14 + (len(place.title) - 1) * LEADING
    drawn += [ink.text("sm", place.x, at + (row + 1) * LEADING, line) for row, line in enumerate(place.notes)]
    drawn.append(marks.ramp(node.reach, node.stopped, place.x + place.wide - RAMP - 1, foot - 8))
    drawn.append(ink.horizontal("d-rule", place.x, place.x + place.wide, foot))
    return "".join(drawn)


def _title(place: Place, node: Node, links: bool, x: float, y: float) -> str:
    classes = "t-name link" if links and node.href else "t-name"
    lines = "".join(ink.text(classes, x, y + row * LEADING, line) for row, line in enumerate(place.title))
    return ink.element("a", lines, href=node.href) if links and node.href else lines


def _key(diagram: Diagram, voice: Voice, y: float) -> tuple[list[str], float]:
    """What the ramps and the dashes mean, only those on the picture; and where the key ends."""
    ideas = [node for node in diagram.nodes if node.layer is Layer.IDEA]
    levels = [(reach, False) for reach in sorted({idea.reach for idea in ideas if not idea.stopped})]
    levels += [(1, True)] if any(idea.stopped for idea in ideas) else []
    drawn, x = list[str](), 1.0
    for reach, stopped in levels:
        said = labels.reach(voice, reach, stopped)
        x, y = _next(x, y, RAMP + 9 + width(said, SMALL))
        drawn += [marks.ramp(reach, stopped, x, y), ink.text("sm", x + RAMP + 9, y, said)]
        x += RAMP + 9 + width(said, SMALL) + 26
    if any(not link.sure for link in diagram.links):
        said = labels.less_sure(voice)
        x, y = _next(x, y, 34 + width(said, SMALL))
        drawn += [ink.horizontal("c-edge weak", x, x + 26, y - 4), ink.text("sm", x + 34, y, said)]
    return drawn, y


def _next(x: float, y: float, wide: float) -> tuple[float, float]:
    return (1.0, y + 26) if x > 1 and x + wide > tree.width_of() else (x, y)
