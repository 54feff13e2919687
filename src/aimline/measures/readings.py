"""Readings: what the rules last said of each series, kept so that lists need not draw every chart to know it.

A reading is made from the points that may be shown and from nothing else. It holds for one version of the rules and
one smallest group; where either has changed it is made anew before anyone reads it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from aimline.core import clock
from aimline.measures.frames import Line, lines
from aimline.measures.models import ChartKind, Reading, Rhythm, Series
from aimline.org.small_groups import minimum_groups
from aimline_analytics import Verdict
from aimline_analytics.control_charts.rules import VERSIONS

CHUNK = 250
RULE_SETS: Mapping[str, str] = {ChartKind.RUN: VERSIONS["anhoj"], ChartKind.XMR: VERSIONS["mdc"]}


@dataclass(frozen=True, slots=True)
class Known:
    """A verdict with what its sentence needs: the rhythm, the limits, the goal, and how many points are hidden."""

    verdict: Verdict
    pace: Rhythm | None
    frozen: bool
    lower: float | None
    upper: float | None
    latest_on: date | None
    goal: float | None
    goal_on: date | None
    points: int
    hidden: int
    minimum: int


def known(line: Line) -> Known:
    """The same facts straight from a line."""
    phase = line.chart.phases[-1] if line.chart.phases else None
    return Known(
        verdict=line.verdict,
        pace=line.pace,
        frozen=bool(phase and phase.frozen),
        lower=phase.lower if phase else None,
        upper=phase.upper if phase else None,
        latest_on=line.latest.day if line.latest else None,
        goal=line.target.value if line.target else None,
        goal_on=line.target.due_on if line.target else None,
        points=len(line.shown),
        hidden=len(line.hidden),
        minimum=line.minimum,
    )


def current(series: Iterable[Series]) -> dict[UUID, Known]:
    """Return what is known of each series (from `.for_page()`); stale or missing readings are worked out, not kept."""
    rows = list(series)
    minimums = minimum_groups(one.unit for one in rows)
    kept = {one.pk: _kept(one, minimums[one.unit_id]) for one in rows}
    stale = [one for one in rows if kept[one.pk] is None]
    worked_out = {line.series.pk: known(line) for line in lines(stale)} if stale else {}
    return {id: found or worked_out[id] for id, found in kept.items()}


def make(series: QuerySet[Series]) -> int:
    """Make readings, a few hundred series at a time. Returns how many."""
    ids = list(series.order_by("pk").values_list("pk", flat=True))
    for start in range(0, len(ids), CHUNK):
        _keep(
            lines(Series.objects.filter(pk__in=ids[start : start + CHUNK]).select_related("measure", "unit"))
        )
    return len(ids)


def stale() -> QuerySet[Series]:
    """Series without a reading, or with one from an older version of their chart's rules."""
    old = Q(reading=None)
    for kind, rules in RULE_SETS.items():
        old |= Q(measure__chart=kind) & ~Q(reading__rule_set=rules)
    return Series.objects.filter(old)


def neighbours(series: Sequence[Series]) -> QuerySet[Series]:
    """The series whose shown points depend on each other: a group hides the group beside it."""
    keys = {(one.measure_id, one.unit_id, one.team_id) for one in series}
    together = Q(measure__in={key[0] for key in keys}, unit__in={key[1] for key in keys})
    return Series.objects.filter(together)


def _keep(made: Sequence[Line]) -> None:
    rows = [
        Reading(
            series=line.series,
            signal=line.verdict.signal,
            facts=dict(_as_facts(known(line))),
            rule_set=RULE_SETS[line.series.measure.chart],
            read_at=clock.now(),
        )
        for line in made
    ]
    changing = ["signal", "facts", "rule_set", "read_at"]
    Reading.objects.bulk_create(rows, update_conflicts=True, unique_fields=["series"], update_fields=changing)


def _as_facts(found: Known) -> Iterator[tuple[str, Any]]:
    for name, value in asdict(found).items():
        yield name, value.isoformat() if isinstance(value, date) else value


def _kept(one: Series, minimum: int) -> Known | None:
    reading: Reading | None = getattr(one, "reading", None)
    if reading is None or reading.rule_set != RULE_SETS[one.measure.chart]:
        return None
    facts = dict(reading.facts)
    # A reading made under another rule for small groups may speak of points that are hidden now.
    if facts.get("minimum") != minimum or set(facts) != _NAMES:
        return None
    facts["verdict"] = Verdict(**{**facts["verdict"], "notes": tuple(facts["verdict"]["notes"])})
    facts["pace"] = Rhythm(facts["pace"]) if facts["pace"] else None
    for day in ("latest_on", "goal_on"):
        facts[day] = date.fromisoformat(facts[day]) if facts[day] else None
    return Known(**facts)


_NAMES = {each.name for each in fields(Known)}
