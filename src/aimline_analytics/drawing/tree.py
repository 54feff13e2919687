"""Where the boxes of a driver diagram stand: four columns, each box near the middle of what feeds it."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, replace
from statistics import fmean

from aimline_analytics.drawing.letters import BODY, LEADING, SMALL, wrap
from aimline_analytics.drawing.parts import Diagram, Layer, Node
from aimline_analytics.drawing.scale import spread

COLUMNS = (Layer.AIM, Layer.PRIMARY, Layer.SECONDARY, Layer.IDEA)
WIDTHS = {Layer.AIM: 196.0, Layer.PRIMARY: 200.0, Layer.SECONDARY: 200.0, Layer.IDEA: 360.0}
GUTTER = 54.0
PAD = 12.0
RAMP = 67.0
TITLE = 13.5
_GAPS = {Layer.AIM: 24.0, Layer.PRIMARY: 22.0, Layer.SECONDARY: 18.0, Layer.IDEA: 0.0}
_SWEEPS = 6


@dataclass(frozen=True, slots=True)
class Place:
    """A node with its lines wrapped, and its box. A `through` place is only where a long link passes a column."""

    node: Node | None
    key: str
    column: int
    x: float
    wide: float
    tall: float
    middle: float = 0.0
    title: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def top(self) -> float:
        return self.middle - self.tall / 2


@dataclass(frozen=True, slots=True)
class Step:
    """A link, or the part of a long one that crosses one gutter: from `left` back to `right`, its cause."""

    left: str
    right: str
    sure: bool


def width_of() -> float:
    return sum(WIDTHS.values()) + GUTTER * (len(COLUMNS) - 1) + 2


def layout(diagram: Diagram) -> tuple[dict[str, Place], list[Step]]:
    """Places by key, and the links in steps from one column to the next."""
    places = {node.key: _measured(node) for node in diagram.nodes}
    steps = _steps(diagram, places)
    columns = _ordered(places, steps)
    return _settled(columns, steps), steps


def left_of(column: int) -> float:
    return 1 + sum(WIDTHS[COLUMNS[index]] + GUTTER for index in range(column))


def _measured(node: Node) -> Place:
    column = COLUMNS.index(node.layer)
    idea = node.layer is Layer.IDEA
    wide = WIDTHS[node.layer]
    room = wide - RAMP - 14 if idea else wide - 2 * PAD
    title = wrap(node.words, room, TITLE, bold=True)
    notes = tuple(line for note in node.notes for line in wrap(note, room, SMALL))
    signal = 23.0 if node.signal else 0.0
    tall = len(title) * LEADING + len(notes) * LEADING + signal + (14.0 if idea else 19.0)
    return Place(node, node.key, column, left_of(column), wide, tall, title=title, notes=notes)


def signal_lines(node: Node) -> tuple[str, ...]:
    return wrap(node.signal_words, WIDTHS[node.layer] - 2 * PAD - 24, BODY, bold=True)[:1]


def _steps(diagram: Diagram, places: dict[str, Place]) -> list[Step]:
    """Links between neighbouring columns as they are; a longer one passes through a gap left for it."""
    steps: list[Step] = []
    for link in sorted(diagram.links, key=lambda link: not link.sure):
        if link.effect not in places or link.cause not in places:
            continue
        left, right = places[link.effect], places[link.cause]
        if left.column >= right.column:
            continue
        keys = [left.key]
        for column in range(left.column + 1, right.column):
            key = f"{left.key}>{right.key}>{column}"
            places[key] = Place(None, key, column, left_of(column), WIDTHS[COLUMNS[column]], 14.0)
            keys.append(key)
        keys.append(right.key)
        steps += [Step(one, two, link.sure) for one, two in itertools.pairwise(keys)]
    return steps


def _ordered(places: dict[str, Place], steps: list[Step]) -> list[list[Place]]:
    """Each column in the order that crosses least: sorted by the mean rank of what it is tied to, back and forth."""
    columns = [[place for place in places.values() if place.column == index] for index in range(len(COLUMNS))]
    best, fewest = columns, _crossings(columns, steps)
    for sweep in range(_SWEEPS):
        rightward = sweep % 2 == 0
        for index in range(1, len(columns)) if rightward else range(len(columns) - 2, -1, -1):
            beside = columns[index - 1 if rightward else index + 1]
            ranks = {place.key: float(rank) for rank, place in enumerate(beside)}
            columns[index] = _by_rank(columns[index], ranks, steps)
        crossed = _crossings(columns, steps)
        if crossed < fewest:
            best, fewest = [list(column) for column in columns], crossed
    return best


def _by_rank(column: list[Place], ranks: dict[str, float], steps: list[Step]) -> list[Place]:
    weights = {}
    for rank, place in enumerate(column):
        tied = [ranks[key] for key in _tied(place.key, steps) if key in ranks]
        # An idea stays with the first driver it was written under; other boxes go to the middle of their links.
        alone = bool(tied) and place.node is not None and place.node.layer is Layer.IDEA
        weights[place.key] = (tied[0] if alone else fmean(tied) if tied else float(rank), rank)
    return sorted(column, key=lambda place: weights[place.key])


def _tied(key: str, steps: list[Step]) -> list[str]:
    return [step.right for step in steps if step.left == key] + [
        step.left for step in steps if step.right == key
    ]


def _crossings(columns: list[list[Place]], steps: list[Step]) -> int:
    ranks = {place.key: rank for column in columns for rank, place in enumerate(column)}
    where = {place.key: index for index, column in enumerate(columns) for place in column}
    pairs = sorted((where[step.left], ranks[step.left], ranks[step.right]) for step in steps)
    return sum(
        one[0] == two[0] and (one[1] - two[1]) * (one[2] - two[2]) < 0
        for index, one in enumerate(pairs)
        for two in pairs[index + 1 :]
    )


def _settled(columns: list[list[Place]], steps: list[Step]) -> dict[str, Place]:
    """Heights from the right: ideas stacked under their drivers, every other box at the middle of what feeds it."""
    middles: dict[str, float] = {}
    main = _main_driver(steps)
    last = len(COLUMNS) - 1
    for index in range(last, -1, -1):
        column = columns[index]
        wanted = _stacked(columns, main) if index == last else _wanted(column, middles, steps, main)
        settled = spread(wanted, [place.tall for place in column], _GAPS[COLUMNS[index]])
        middles |= dict(zip((place.key for place in column), settled, strict=True))
    top = min((middles[place.key] - place.tall / 2 for column in columns for place in column), default=0.0)
    return {
        place.key: replace(place, middle=middles[place.key] - top) for column in columns for place in column
    }


def _main_driver(steps: list[Step]) -> dict[str, str]:
    """The first driver that each idea serves: it stands beside that one."""
    served: dict[str, str] = {}
    for step in steps:
        served.setdefault(step.right, step.left)
    return served


def _stacked(columns: list[list[Place]], main: dict[str, str]) -> list[float]:
    """Ideas in one stack, a little apart where the driver changes, and as tall as their driver at least."""
    wanted: list[float] = []
    at = 0.0
    drivers = {place.key: place for place in columns[-2]}
    groups: list[list[Place]] = []
    for place in columns[-1]:
        if not groups or main.get(groups[-1][-1].key) != main.get(place.key):
            groups.append([])
        groups[-1].append(place)
    for group in groups:
        driver = drivers.get(main.get(group[0].key, ""))
        tall = sum(place.tall for place in group)
        spare = max(0.0, (driver.tall if driver else 0.0) - tall)
        at += spare / 2
        for place in group:
            wanted.append(at + place.tall / 2)
            at += place.tall
        at += spare / 2 + 18
    return wanted


def _wanted(
    column: Sequence[Place], middles: dict[str, float], steps: list[Step], main: dict[str, str]
) -> list[float]:
    """The middle of what feeds each box first of all; one that nothing feeds yet follows the box before it."""
    wanted: list[float] = []
    for place in column:
        fed = [step.right for step in steps if step.left == place.key]
        own = [middles[key] for key in fed if main[key] == place.key] or [middles[key] for key in fed]
        before = wanted[-1] + place.tall + 20 if wanted else 0.0
        wanted.append((min(own) + max(own)) / 2 if own else before)
    return wanted
