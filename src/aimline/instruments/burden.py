"""What is asked of people in one week, counted over everything that is planned and open: minutes, against a budget."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import QuerySet

from aimline.instruments.models import AnsweredBy, Collection
from aimline.org.models import Unit
from aimline.org.schooldays import monday

# Minutes in one week that answering may take of each: what a homeroom, a staff meeting or an evening has room for.
BUDGET = {
    AnsweredBy.STUDENTS: 6,
    AnsweredBy.FAMILIES: 5,
    AnsweredBy.STAFF: 10,
}


@dataclass(frozen=True, slots=True)
class Week:
    """The minutes asked of each person of one kind at one place in a week."""

    monday: date
    already: int
    this: int
    budget: int

    @property
    def together(self) -> int:
        return self.already + self.this

    @property
    def over(self) -> int:
        return max(0, self.together - self.budget)


def weeks(collection: Collection) -> list[Week]:
    """What each person would be asked in the weeks of a collection, with everything else that reaches them.

    Answering takes place once, in any of its weeks, so each week counts it whole: the most that can be.
    Collections at the place, above it and below it reach the same people. Observers and teams are not counted.
    """
    budget = BUDGET.get(AnsweredBy(collection.edition.instrument.answered_by))
    if budget is None:
        return []
    others = list(_others(collection))
    return [
        Week(
            start,
            sum(one.edition.minutes for one in _in_week(others, start)),
            collection.edition.minutes,
            budget,
        )
        for start in _mondays(collection.opens_on, collection.closes_on)
    ]


def alongside(collection: Collection, start: date) -> list[Collection]:
    """What else reaches the same people in the week that begins on this Monday."""
    return _in_week(_others(collection), start)


def _others(collection: Collection) -> QuerySet[Collection]:
    unit: Unit = collection.unit
    same = Collection.objects.filter(
        edition__instrument__answered_by=collection.edition.instrument.answered_by, closed_on=None
    ).exclude(pk=collection.pk)
    at_or_below = same.filter(unit__path__startswith=unit.path)
    return (at_or_below | same.filter(unit__path__in=unit.paths_above())).select_related("edition")


def _in_week(collections: Iterable[Collection], start: date) -> list[Collection]:
    end = start + timedelta(days=6)
    return [one for one in collections if one.opens_on <= end and one.closes_on >= start]


def _mondays(first: date, last: date) -> list[date]:
    found = [monday(first)]
    while found[-1] + timedelta(days=7) <= last:
        found.append(found[-1] + timedelta(days=7))
    return found
