"""Releases: what goes out of measures about students, decided table by table and kept in a ledger.

A table is one measure in one period, at every place of a tree and for every group. When a period is over and its points
have changed since its last release, its tables are judged again together with everything that counts the same
students. What comes out is added to the ledger; a number that is out stays as it is, unless what it would change by
tells of nobody. Equal points and an equal ledger give an equal release.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime, time
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from aimline.core import audit, clock
from aimline.measures.disclosure import Numbers, released_measures
from aimline.measures.judging import Held, Said, is_few, judge
from aimline.measures.lattice import Key
from aimline.measures.models import Release, ReleaseCell, ReleaseTable
from aimline.measures.periods import SCHOOL_YEAR_MONTH, parse_period
from aimline.measures.release_tables import Spot, Table, periods, tables
from aimline.org.models import Unit

Progress = Callable[[int, int], None]
_BATCH = 500


def make(measures: Iterable[UUID], progress: Progress | None = None) -> list[Release]:
    """Release what has changed of these measures, oldest period first; return the releases made, one for a tree."""
    found = released_measures(measures)
    made: dict[str, Release] = {}
    over = [due for due in periods(found) if due.last_day < clock.today()]
    for turn, due in enumerate(over, 1):
        with transaction.atomic():
            # One release of a tree at a time: the ledger that it reads must not grow meanwhile.
            unit = Unit.objects.select_for_update().get(path=due.root)
            held = tables(due.root, due.period)
            changed = {
                one.measure.pk for one in held if one.measure.pk in found and _has_changed(one, due.period)
            }
            if changed:
                _release(made.setdefault(due.root, Release(unit=unit)), due.period, held, changed)
        if progress:
            progress(turn, len(over))
    return list(made.values())


def next_day(measures: Iterable[UUID]) -> datetime | None:
    """When the first of the periods that still run will be over."""
    running = [due.last_day for due in periods(measures) if due.last_day >= clock.today()]
    return timezone.make_aware(datetime.combine(min(running) + clock.DAY, time.min)) if running else None


def _has_changed(table: Table, period: str) -> bool:
    return _last_seen(table, period) != table.seen


def _has_new_points(table: Table, period: str) -> bool:
    return not _last_seen(table, period).startswith(table.points_seen)


def _last_seen(table: Table, period: str) -> str:
    last = ReleaseTable.objects.filter(measure=table.measure, period=period).order_by("-id").first()
    return last.seen if last else ""


def _release(release: Release, period: str, held: Sequence[Table], changed: set[UUID]) -> None:
    ledger = _Ledger(held, period)
    hidden = judge({table.measure.pk: ledger.board(table) for table in held}, changed)
    if release._state.adding:
        release.save(force_insert=True)
    for table in held:
        if table.measure.pk in hidden:
            _write(release, period, table, ledger, hidden[table.measure.pk])
    release.save()
    audit.append("release", release, actor_id=None, facts={"on": release.unit_id, "period": period})


def _write(release: Release, period: str, table: Table, ledger: _Ledger, hidden: set[Key]) -> None:
    made = ReleaseTable.objects.create(release=release, measure=table.measure, period=period, seen=table.seen)
    cells = []
    for spot in table.spots:
        said = table.said(spot.numbers)
        away = said is None or spot.key in hidden or is_few(said, spot.minimum)
        told = ledger.next_line(table, spot, away=away)
        if told is not None:
            facts = {"series_id": spot.series, "period": period, **told._asdict()}
            cells.append(ReleaseCell(table=made, hidden=told == NOTHING, **facts))
        release.hidden += away
    release.cells += len(table.spots)
    ReleaseCell.objects.bulk_create(cells, batch_size=_BATCH)


NOTHING = Numbers()


class _Ledger:
    """What has gone out of these tables so far."""

    def __init__(self, held: Sequence[Table], period: str) -> None:
        self.lines: dict[UUID, list[Numbers]] = defaultdict(list)
        self.since: dict[UUID, Numbers] = {}
        # Tables whose points have changed since they went out; under another rule alone, more may be told of a table.
        self.changed = {table.measure.pk for table in held if _has_new_points(table, period)}
        of = ReleaseCell.objects.filter(series__measure__in=[table.measure for table in held])
        columns = ("series", *Numbers._fields)
        for series, *numbers in of.filter(period=period).order_by("id").values_list(*columns):
            self.lines[series].append(Numbers(*numbers))
        earlier = of.filter(
            series__measure__in=[table.measure for table in held if table.runs_on],
            period__gte=_school_year_of(period),
            period__lt=period,
            hidden=False,
        )
        for series, *numbers in earlier.order_by("period", "id").values_list(*columns):
            self.since[series] = Numbers(*numbers)

    def board(self, table: Table) -> dict[Key, Held]:
        found = {}
        for spot in table.spots:
            said = table.said(spot.numbers)
            if said is not None:
                before = tuple(_told(table, self.lines.get(spot.series, ())))
                since = tuple(_told(table, [self.since.get(spot.series, NOTHING)]))
                shut = table.measure.pk in self.changed and bool(self.lines.get(spot.series)) and not before
                found[spot.key] = Held(said, spot.minimum, before, since, shut)
        return found

    def next_line(self, table: Table, spot: Spot, *, away: bool) -> Numbers | None:
        """What the ledger says next of a point, None where its last line holds on."""
        lines = self.lines.get(spot.series)
        last = lines[-1] if lines else None
        if not away:
            return None if last == spot.numbers else spot.numbers
        if last is None:
            return NOTHING
        # What is out stays out, unless the smallest group was raised above it.
        then = table.said(last)
        return NOTHING if then is not None and is_few(then, spot.minimum) else None


def _told(table: Table, lines: Iterable[Numbers]) -> Iterator[Said]:
    return (said for line in lines if line != NOTHING and (said := table.said(line)) is not None)


def _school_year_of(period: str) -> str:
    """The month in which the school year of a period began, as periods are written."""
    day = parse_period(period).starts_on
    year = day.year if day.month >= SCHOOL_YEAR_MONTH else day.year - 1
    return f"{year}-{SCHOOL_YEAR_MONTH:02}"
