"""What a picture is made of: plain frozen facts, already permitted, already suppressed, words already translated.

A hidden point is simply not here; a missing one is here with no value and leaves a gap.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Mark(StrEnum):
    """What the rules say of one point, or of one run of points."""

    ORDINARY = "ordinary"
    BETTER = "better"
    WORSE = "worse"
    CHANGED = "changed"
    EXCLUDED = "excluded"


@dataclass(frozen=True, slots=True)
class Unit:
    """How a value is written: a share (0 to 1, shown as a percentage) or a plain number."""

    share: bool = True
    decimals: int = 0
    lowest: float | None = 0.0
    highest: float | None = None

    @property
    def ceiling(self) -> float | None:
        return 1.0 if self.share and self.highest is None else self.highest


@dataclass(frozen=True, slots=True)
class Point:
    """One period. `low` and `high` are the range it could be; `lower` and `upper` the limits of the process."""

    day: date
    value: float | None
    low: float | None = None
    high: float | None = None
    mark: Mark = Mark.ORDINARY
    lower: float | None = None
    upper: float | None = None
    label: str = ""
    numerator: int | None = None
    denominator: int | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Phase:
    """A named stretch. `centre` is measured up to `measured_until` and frozen after; `anew` cuts the line."""

    start: date
    name: str = ""
    centre: float | None = None
    measured_until: date | None = None
    anew: bool = False


@dataclass(frozen=True, slots=True)
class Aimline:
    start: date
    value: float
    goal_day: date
    goal: float

    def at(self, day: date) -> float:
        whole = (self.goal_day - self.start).days
        return self.value + (self.goal - self.value) * (day - self.start).days / whole if whole else self.goal


@dataclass(frozen=True, slots=True)
class Break:
    """A holiday: shaded, and the line does not cross it."""

    start: date
    end: date
    label: str = ""


@dataclass(frozen=True, slots=True)
class Run:
    """The points a rule found, first to last, with the words that say why; `short` is for the narrow chart."""

    first: date
    last: date
    words: str
    short: str = ""
    mark: Mark = Mark.CHANGED
    above: bool = True


@dataclass(frozen=True, slots=True)
class Note:
    """An annotation: the first words in bold, the rest plain."""

    day: date
    words: str
    more: str = ""


@dataclass(frozen=True, slots=True)
class Chart:
    """A run chart, or an XmR chart when the points carry limits. `name` must be unique on its page."""

    name: str
    title: str
    unit: Unit
    points: tuple[Point, ...]
    phases: tuple[Phase, ...] = ()
    breaks: tuple[Break, ...] = ()
    runs: tuple[Run, ...] = ()
    notes: tuple[Note, ...] = ()
    aim: Aimline | None = None
    description: str = ""
    full_scale: bool = False
    mean: bool = False

    @property
    def seen(self) -> tuple[tuple[Point, float], ...]:
        return tuple((point, point.value) for point in self.points if point.value is not None)

    @property
    def centred(self) -> tuple[Phase, ...]:
        """The phases with a centre of their own; the others go on under the one before."""
        return tuple(phase for phase in self.phases if phase.centre is not None)

    def phase_of(self, day: date) -> Phase | None:
        return _begun(self.phases, day)

    def judged_by(self, day: date) -> Phase | None:
        return _begun(self.centred, day)


def _begun(phases: tuple[Phase, ...], day: date) -> Phase | None:
    begun = [phase for phase in phases if phase.start <= day]
    return begun[-1] if begun else None


@dataclass(frozen=True, slots=True)
class Panel:
    """One small multiple, or one spark in a table. A panel that is hidden has no `Panel` at all."""

    name: str
    title: str
    points: tuple[Point, ...]
    centre: float | None = None
    measured_until: date | None = None
    aim: Aimline | None = None
    description: str = ""
    # Days on which the line starts anew, so that what lies before and after is not joined.
    anew: tuple[date, ...] = ()


@dataclass(frozen=True, slots=True)
class Range:
    """A value with the range it could be."""

    value: float
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class Prediction:
    """What was expected beside what happened, on one scale."""

    name: str
    unit: Unit
    predicted: Range
    happened: Range | None = None
    baseline: float | None = None
    title: str = ""


@dataclass(frozen=True, slots=True)
class Judgment:
    """Predictions made about as surely, and the share of them that came true."""

    sure: float
    true: float
    low: float
    high: float
    tests: int


@dataclass(frozen=True, slots=True)
class Calibration:
    name: str
    rows: tuple[Judgment, ...]
    title: str = ""


class Layer(StrEnum):
    AIM = "aim"
    PRIMARY = "primary"
    SECONDARY = "secondary"
    IDEA = "idea"


@dataclass(frozen=True, slots=True)
class Node:
    """A box of the driver diagram. `reach` of an idea: 0 not tested, 1 room, 2 rooms, 3 school, 4 schools."""

    key: str
    layer: Layer
    words: str
    notes: tuple[str, ...] = ()
    signal: str = ""
    signal_words: str = ""
    rising: bool = True
    href: str = ""
    reach: int = 0
    stopped: bool = False


@dataclass(frozen=True, slots=True)
class Link:
    """From the cause (right) to what it should change (left)."""

    effect: str
    cause: str
    sure: bool = True


@dataclass(frozen=True, slots=True)
class Diagram:
    name: str
    title: str
    nodes: tuple[Node, ...]
    links: tuple[Link, ...]
    description: str = ""
