"""Values on their way in: what a load hands over for each point, and what it gets back."""

from __future__ import annotations

from dataclasses import dataclass, replace
from uuid import UUID

from aimline.measures.models import ALL, Measure, Scale
from aimline.org.models import Unit


@dataclass(frozen=True, slots=True)
class Values:
    """What one point says; the same facts wherever a point is compared, kept or taken back."""

    value: float | None = None
    numerator: float | None = None
    denominator: float | None = None
    n: int | None = None
    text: str = ""
    flag: str = ""
    low: float | None = None
    high: float | None = None

    def settled(self, scale: str) -> Values:
        """The same with its value worked out from the counts, where both are known: a percentage as 0 to 100."""
        if self.numerator is None or not self.denominator or scale == Scale.COUNT:
            return self
        value = self.numerator / self.denominator * (100 if scale == Scale.PERCENT else 1)
        return replace(self, value=value)


@dataclass(frozen=True, slots=True)
class PointRow:
    """One point to keep. Its key is (measure, unit, group, period); the dimension is a fact of the group."""

    unit: Unit
    measure: Measure
    period: str
    group: str = ALL
    dimension: str = ""
    value: float | None = None
    numerator: float | None = None
    denominator: float | None = None
    n: int | None = None
    text: str = ""
    flag: str = ""
    low: float | None = None
    high: float | None = None

    @property
    def values(self) -> Values:
        return Values(
            self.value, self.numerator, self.denominator, self.n, self.text, self.flag, self.low, self.high
        )


@dataclass(frozen=True, slots=True)
class PointChange:
    """One point that a load made (`before` is None) or wrote over; enough to take it back."""

    series_id: UUID
    period: str
    before: Values | None
    after: Values


@dataclass(frozen=True, slots=True)
class LoadedPoints:
    """How a load went: `outcomes` has "created", "updated" or "unchanged" for each row, in the order of the rows."""

    outcomes: tuple[str, ...] = ()
    changes: tuple[PointChange, ...] = ()

    @property
    def created(self) -> int:
        return self.outcomes.count("created")

    @property
    def updated(self) -> int:
        return self.outcomes.count("updated")

    @property
    def unchanged(self) -> int:
        return self.outcomes.count("unchanged")


@dataclass(frozen=True, slots=True)
class TakenBack:
    """What taking a load back did: `kept` points were changed by someone after the load and stay as they are."""

    removed: int = 0
    restored: int = 0
    kept: int = 0
