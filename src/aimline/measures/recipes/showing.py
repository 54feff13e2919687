"""Figures that are no points: a preview, or a count in the light of an earlier day. They pass the gate of points."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from aimline.measures.disclosure import Numbers
from aimline.measures.judging import Held, Said, is_few, judge
from aimline.measures.lattice import Key
from aimline.measures.models import Measure, ReleaseCell
from aimline.measures.points import Values
from aimline.measures.recipes.figures import Figure, figures
from aimline.measures.recipes.model import counted
from aimline.measures.release_tables import CROSSED, Table, groups_of
from aimline.org.models import Unit
from aimline.org.small_groups import minimum_groups

_Place = tuple[UUID, str, str]


@dataclass(frozen=True, slots=True)
class Shown:
    """A figure as it may be told: without values where they are hidden."""

    unit: Unit
    dimension: str
    group: str
    period: str
    values: Values | None


def as_of(measure: Measure, at: datetime | None = None) -> list[Shown]:
    """Count a measure from the rows that were held at a moment, and say what may be told of it."""
    return shown(measure, figures(counted(measure.recipe or {}), measure.unit, measure.rhythm, at))


def shown(measure: Measure, found: Sequence[Figure]) -> list[Shown]:
    """Hide what the gate hides, each period judged by itself together with what has gone out of it before."""
    units = {unit.pk: unit for unit in Unit.objects.under(measure.unit)}
    minimums = minimum_groups(units.values())
    by_period: dict[str, list[Figure]] = defaultdict(list)
    for one in found:
        by_period[one.period.label].append(one)
    away = {
        (one.unit, one.dimension, one.group, period)
        for period, together in by_period.items()
        for one in _hidden(measure, together, units, minimums)
    }
    return [
        Shown(
            units[one.unit],
            one.dimension,
            one.group,
            one.period.label,
            None if (one.unit, one.dimension, one.group, one.period.label) in away else one.values,
        )
        for one in found
    ]


def _hidden(
    measure: Measure, found: Sequence[Figure], units: Mapping[UUID, Unit], minimums: Mapping[UUID, int]
) -> list[Figure]:
    table = _table(measure, found)
    before = _before(measure, found[0].period.label, table)
    keys = _keys(found, units)
    said = {
        key: told for one, key in zip(found, keys, strict=True) if (told := table.said(_numbers(one.values)))
    }
    board = {
        key: Held(said[key], minimums[one.unit], tuple(before.get((one.unit, one.dimension, one.group), ())))
        for one, key in zip(found, keys, strict=True)
        if key in said
    }
    away = judge({measure.pk: board})[measure.pk]
    return [
        one
        for one, key in zip(found, keys, strict=True)
        if key not in said or key in away or is_few(said[key], minimums[one.unit])
    ]


def _table(measure: Measure, found: Iterable[Figure]) -> Table:
    sums = [one.values.numerator for one in found]
    return Table(measure, (), all(each is not None and each.is_integer() for each in sums), "")


def _keys(found: Sequence[Figure], units: Mapping[UUID, Unit]) -> list[Key]:
    single: dict[str, set[str]] = defaultdict(set)
    for one in found:
        if CROSSED not in one.dimension:
            single[one.dimension].add(one.group)
    return [Key(units[one.unit].path, groups_of(one.dimension, one.group, single)) for one in found]


def _before(measure: Measure, period: str, table: Table) -> dict[_Place, list[Said]]:
    """What the ledger says has gone out, by place and group."""
    told: dict[_Place, list[Said]] = defaultdict(list)
    lines = ReleaseCell.objects.filter(series__measure=measure.pk, period=period, hidden=False)
    columns = ("series__unit", "series__dimension", "series__group", *Numbers._fields)
    for unit, dimension, group, *numbers in lines.values_list(*columns):
        then = table.said(Numbers(*numbers))
        if then is not None:
            told[unit, dimension, group].append(then)
    return told


def _numbers(values: Values) -> Numbers:
    return Numbers(values.value, values.numerator, values.denominator, values.n)
