"""The words of a large chart: values and goals beside the plot, and notes set where they cover nothing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from math import atan2, degrees, hypot

from aimline_analytics.drawing import figures, ink, labels
from aimline_analytics.drawing.frame import RING, Frame, base_lines, goal_lines, last_lines, tick_labels
from aimline_analytics.drawing.layers import aim_segments, base_spans, holidays
from aimline_analytics.drawing.letters import LEADING, width, wrap
from aimline_analytics.drawing.parts import Note
from aimline_analytics.drawing.place import Block, Box, Line, Segment, Sheet, clipped
from aimline_analytics.drawing.scale import kept, spread

_ROOM = 118.0
_BADGE = 8.0
# A note that could only stand on top of the line and its points is worse than a number and a list.
_TOO_DEAR = 95.0


@dataclass(frozen=True, slots=True)
class Callout:
    """A note in its place, with the leader from the day it speaks of."""

    block: Block
    spot: tuple[float, float]

    def svg(self) -> str:
        end = self.block.box.nearest(*self.spot)
        away = hypot(end[0] - self.spot[0], end[1] - self.spot[1]) or 1.0
        x, y = (
            self.spot[0] + (end[0] - self.spot[0]) * 7 / away,
            self.spot[1] + (end[1] - self.spot[1]) * 7 / away,
        )
        return ink.polyline("c-lead", ((x, y), end)) if away > 11 else ""


def values(frame: Frame) -> list[str]:
    ticks = zip(frame.axis.ticks, tick_labels(frame.axis, frame.chart, frame.voice), strict=True)
    return [ink.text("e", frame.left - 8, frame.y(tick) + 4, label) for tick, label in ticks]


def column(frame: Frame, sheet: Sheet) -> list[Block]:
    """Last value, goal and baseline to the right of the plot, each as near its height as the others allow."""
    stands = sorted(_stands(frame), key=lambda stand: stand[1])
    tall = [len(lines) * LEADING + 3 for lines, _, _ in stands]
    centres = kept(spread([y for _, y, _ in stands], tall, 2.0), tall, frame.top - 9, frame.bottom + 6, 2.0)
    blocks = [
        Block(lines, x, centre - height / 2 + 12)
        for (lines, _, x), centre, height in zip(stands, centres, tall, strict=True)
    ]
    return [sheet.take(block) for block in blocks]


def ends(frame: Frame, sheet: Sheet) -> list[Block]:
    """The last value, and a goal whose day is inside the plot."""
    wanted = (
        (_around(lines, x, y, RING + 3 if "t-aim" in lines[0].classes else 6.0))
        for lines, x, y in _inner(frame)
    )
    return [sheet.take(block) for block in (sheet.best(choices) for choices in wanted) if block is not None]


def bases(frame: Frame, sheet: Sheet) -> list[Block]:
    """The baselines that have no place in the column."""
    wanted = (_along(lines, x, y, frame) for lines, x, y in _inner_bases(frame))
    return [sheet.take(block) for block in (sheet.best(choices) for choices in wanted) if block is not None]


def pauses(frame: Frame, sheet: Sheet) -> list[Block]:
    """The name of each holiday at the foot of its shade, or at its head."""
    blocks: list[Block] = []
    for label, box in holidays(frame):
        block = Block((Line(label, "sm"),), (box.x0 + box.x1) / 2, frame.bottom - 7, "m")
        if not label or block.lines[0].width > box.x1 - box.x0 + 14:
            continue
        found = sheet.best([(block, 0.0), (replace(block, y=frame.top + 13), 5.0)])
        blocks += [sheet.take(found)] if found else []
    return blocks


def notes(frame: Frame, sheet: Sheet) -> tuple[list[Callout], list[Note]]:
    """Notes in their places, and those that found none: they get a number and a line under the chart."""
    placed: list[Callout] = []
    left: list[Note] = []
    for note in frame.chart.notes:
        spot = _spot(frame, note)
        block = None if frame.size.narrow else _called_out(note, spot, sheet)
        if block is None:
            left.append(note)
        else:
            placed.append(Callout(sheet.take(block), spot))
    return placed, left


def badges(frame: Frame, listed: list[Note], sheet: Sheet) -> list[str]:
    """Numbers for the notes in the list: along the foot of the plot, or beside their points."""
    drawn = []
    for index, note in enumerate(listed, start=1):
        spot = _spot(frame, note)
        place = _badge_place(frame, spot, sheet)
        if place is None:
            continue
        sheet.solid.append(_round(*place))
        sheet.lines.append(Segment(*spot, *place, 2.0))
        drawn += [_badge_leader(spot, place), _badge(frame, index, *place)]
    return drawn


def _badge_leader(spot: tuple[float, float], place: tuple[float, float]) -> str:
    way = 1 if place[1] > spot[1] else -1
    if abs(place[1] - spot[1]) <= 3 * _BADGE:
        return ""
    return ink.polyline("c-lead", ((spot[0], spot[1] + 7 * way), (place[0], place[1] - _BADGE * way)))


def listing(frame: Frame, listed: list[Note], y: float) -> tuple[list[str], float]:
    """The numbered notes under the chart, and where they end."""
    drawn: list[str] = []
    room = frame.size.width - 30
    for index, note in enumerate(listed, start=1):
        y += 22
        drawn.append(_badge(frame, index, _BADGE + 1, y - 4.5))
        rows = [("b", line) for line in wrap(note.words, room, bold=True)] + [
            ("", line) for line in wrap(note.more, room)
        ]
        drawn += [ink.text(classes, 26, y + row * LEADING, line) for row, (classes, line) in enumerate(rows)]
        y += (len(rows) - 1) * LEADING
    return drawn, y


def _badge(frame: Frame, index: int, x: float, y: float) -> str:
    return ink.circle("c-badge", x, y, _BADGE) + ink.text(
        "b m", x, y + 4.5, figures.count(frame.voice, index)
    )


def _badge_place(frame: Frame, spot: tuple[float, float], sheet: Sheet) -> tuple[float, float] | None:
    """At the foot under its day, beside its point, or wherever a number still fits; at worst only in the list."""
    asides = sorted(range(-108, 109, 9), key=abs)
    foot = [(spot[0] + aside, frame.bottom - _BADGE - 3) for aside in asides]
    near = [(spot[0], spot[1] + away) for away in (19, -19, 30, -30, 42, -42)]
    good = (place for place in foot[:10] + near if _badge_free(place, spot, sheet))
    possible = (place for place in foot if sheet.free(_round(*place), 1.0))
    return next(good, None) or next(possible, None)


def _badge_free(place: tuple[float, float], spot: tuple[float, float], sheet: Sheet) -> bool:
    box = _round(*place)
    clear = not any(box.touches(mark) for mark in sheet.marks)
    leader = Segment(*spot, *place)
    return clear and sheet.free(box, 1.0) and not any(clipped(other, leader) > 1 for other in sheet.solid)


def _round(x: float, y: float) -> Box:
    return Box(x - _BADGE, y - _BADGE, x + _BADGE, y + _BADGE)


def _called_out(note: Note, spot: tuple[float, float], sheet: Sheet) -> Block | None:
    def leader(box: Box) -> float:
        return sheet.crossed(Segment(*spot, *box.nearest(*spot)))

    return sheet.best(_callouts(note, spot), _TOO_DEAR, leader)


def aim_word(frame: Frame, sheet: Sheet) -> str:
    """The word along the aimline, where it is long and free enough to carry it."""
    segments = aim_segments(frame)
    if frame.size.narrow or not segments:
        return ""
    line = segments[0]
    word, long = labels.aimline(frame.voice), hypot(line.x1 - line.x0, line.y1 - line.y0)
    wide = width(word, bold=True)
    for share in (0.7, 0.6, 0.8, 0.5, 0.4, 0.3):
        x, y = line.x0 + (line.x1 - line.x0) * share, line.y0 + (line.y1 - line.y0) * share - 7
        if long * min(share, 1 - share) > wide * 0.7 and _strip_free(frame, sheet, x, y, wide):
            turn = degrees(atan2(line.y1 - line.y0, line.x1 - line.x0))
            return ink.turned("t-aim m halo", x, y, turn, word)
    return ""


def _strip_free(frame: Frame, sheet: Sheet, x: float, y: float, wide: float) -> bool:
    line = aim_segments(frame)[0]
    slope = (line.y1 - line.y0) / (line.x1 - line.x0 or 1.0)
    pieces = [x + wide * part for part in (-0.5, -0.25, 0.0, 0.25, 0.5)]
    boxes = [
        Box(at - wide / 8, y + slope * (at - x) - 10, at + wide / 8, y + slope * (at - x) + 2)
        for at in pieces
    ]
    return all(sheet.free(box, 1.0) and sheet.cost(box) < 8 for box in boxes)


def _stands(frame: Frame) -> list[tuple[tuple[Line, ...], float, float]]:
    chart, stands = frame.chart, list[tuple[tuple[Line, ...], float, float]]()
    beside = frame.right + (RING + 6 if chart.aim else 6)
    if chart.aim is not None and frame.ring(chart.aim)[0] >= frame.right - 1:
        stands.append(
            (goal_lines(chart.aim, chart, frame.size, frame.voice), frame.y(chart.aim.goal), beside)
        )
    if chart.seen and _ends_beside(frame):
        x = frame.x(chart.seen[-1][0].day) + 8
        stands.append((last_lines(chart, frame.voice), frame.y(chart.seen[-1][1]), max(x, frame.right + 2)))
    spans = base_spans(frame)
    if spans and not frame.size.narrow:
        phase, y = spans[-1][0], frame.y(spans[-1][0].centre or 0.0)
        stands.append((base_lines(phase, chart, frame.size, frame.voice), y, beside))
    return stands


def _ends_beside(frame: Frame) -> bool:
    return frame.chart.aim is None or frame.x(frame.chart.seen[-1][0].day) > frame.right - 12


def _inner(frame: Frame) -> list[tuple[tuple[Line, ...], float, float]]:
    chart, wanted = frame.chart, list[tuple[tuple[Line, ...], float, float]]()
    if chart.seen and not _ends_beside(frame):
        wanted.append((last_lines(chart, frame.voice), *frame.spot(chart.seen[-1][0])))
    if chart.aim is not None and frame.ring(chart.aim)[0] < frame.right - 1:
        wanted.append((goal_lines(chart.aim, chart, frame.size, frame.voice), *frame.ring(chart.aim)))
    return wanted


def _inner_bases(frame: Frame) -> list[tuple[tuple[Line, ...], float, float]]:
    spans = base_spans(frame) if frame.size.narrow else base_spans(frame)[:-1]
    found = []
    for index, (phase, start, _, end) in enumerate(reversed(spans)):
        last = frame.size.narrow and index == 0
        lines = base_lines(phase, frame.chart, frame.size, frame.voice)
        short = lines if last else (Line(" ".join(line.words for line in lines), "sm"),)
        found.append(
            (
                tuple(Line(line.words, "sm halo") for line in short),
                end if last else start,
                frame.y(phase.centre or 0.0),
            )
        )
    return found


def _around(lines: tuple[Line, ...], x: float, y: float, off: float) -> Iterator[tuple[Block, float]]:
    tall = (len(lines) - 1) * LEADING
    yield Block(lines, x + off + 2, y + 4 - tall / 2), 0.0
    yield Block(lines, x + off, y - off - tall), 3.0
    yield Block(lines, x + off, y + off + 10), 4.0
    yield Block(lines, x, y - off - 5 - tall, "m"), 6.0
    yield Block(lines, x, y + off + 13, "m"), 7.0
    yield Block(lines, x - off, y - off - tall, "e"), 12.0
    yield Block(lines, x - off, y + off + 10, "e"), 13.0
    for away in (18.0, 28.0, 40.0):
        yield Block(lines, x + 4, y - off - away - tall), 8 + away
        yield Block(lines, x + 4, y + off + away + 6), 9 + away


def _along(lines: tuple[Line, ...], x: float, y: float, frame: Frame) -> Iterator[tuple[Block, float]]:
    ends = (
        (("e", frame.right, 0.0), ("", frame.left + 4, 6.0)) if x >= frame.right - 1 else (("", x + 4, 0.0),)
    )
    for anchor, at, dislike in ends:
        for rise in (15.0, -6.0, 24.0, -15.0, 36.0, -28.0):
            yield Block(lines, at, y + rise, anchor), dislike + abs(rise) / 3


def _spot(frame: Frame, note: Note) -> tuple[float, float]:
    """The point of that day, or the nearest one's height on the day itself."""
    x = frame.x(note.day)
    seen = frame.chart.seen
    if not seen:
        return x, frame.bottom
    nearest = min(seen, key=lambda pair: abs((pair[0].day - note.day).days))
    close = abs((nearest[0].day - note.day).days) < frame.usual
    return frame.x(nearest[0].day) if close else x, frame.y(nearest[1])


def _callouts(note: Note, spot: tuple[float, float]) -> Iterator[tuple[Block, float]]:
    """Below first, as the eye expects; then above; each further out costs more."""
    lines = tuple(Line(line, "b halo") for line in wrap(note.words, _ROOM, bold=True))
    lines += tuple(Line(line, "halo") for line in wrap(note.more, _ROOM))
    tall = (len(lines) - 1) * LEADING
    x, y = spot
    for away in (26.0, 42.0, 60.0, 80.0, 104.0, 130.0, 160.0, 195.0):
        for aside, anchor in (
            (6.0, ""),
            (-6.0, "e"),
            (26.0, ""),
            (-26.0, "e"),
            (52.0, ""),
            (-52.0, "e"),
            (84.0, ""),
        ):
            cost = away * 0.22 + abs(aside) * 0.18
            yield Block(lines, x + aside, y + away + 6, anchor), cost
            yield Block(lines, x + aside, y - away - tall, anchor), cost + 4
