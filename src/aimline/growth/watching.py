"""After results or rosters came in: who was tested, and has that shifted?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import narwhals as nw

from aimline.growth.actions import results
from aimline.growth.models import Participation
from aimline.growth.participation import Tested, participation
from aimline.org.models import Unit
from aimline.people.models import Person
from aimline.students import lake, quality, queues
from aimline_analytics import Interval

# A change of one of these changes who was tested.
TABLES = frozenset({"assessments", "roles", "people"})


def watch(unit: Unit, person: Person) -> None:
    """Work out anew who was tested, on every assessment with scores at a place, and what its rows ask for."""
    quality.look(unit)
    queues.lengths(unit)
    for assessment, score_type in _held(unit):
        found = participation(unit, assessment, score_type)
        results.keep_participation(unit, person, assessment=assessment, rows=list(_rows(assessment, found)))


def _held(unit: Unit) -> list[tuple[str, str]]:
    """Each assessment with one of its kinds of score: whoever has one was tested."""
    rows = lake.scan("assessments", unit=unit).filter(~nw.col("value").is_null())
    kinds = lake.collect(rows.group_by("assessment", "score_type").agg(rows=nw.len()))
    most = kinds.sort("assessment", "rows", "score_type").unique("assessment", keep="last")
    return sorted(most.select("assessment", "score_type").iter_rows())


def _rows(assessment: str, found: Iterable[Tested]) -> Iterator[Participation]:
    for one in found:
        yield Participation(
            unit_id=one.unit,
            assessment=assessment,
            subject=one.subject,
            school_year=one.year,
            enrolled=one.enrolled,
            tested=one.tested,
            shifted=one.has_shifted,
            **_ends("shift", one.change),
            **_ends("difference", one.difference),
        )


def _ends(name: str, interval: Interval | None) -> dict[str, float | None]:
    if interval is None:
        return {}
    return {name: interval.estimate, f"{name}_low": interval.low, f"{name}_high": interval.high}
