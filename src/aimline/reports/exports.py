"""What leaves the house as files: one table for each noun, sorted by its key, equal content in equal bytes.

The public gets what the disclosure rule lets through. What is held in full goes to insiders only, and is logged.
"""

from __future__ import annotations

import heapq
import json
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from uuid import UUID

from django.db.models import Q

from aimline.access.models import Grant
from aimline.access.roles import Role
from aimline.core import clock
from aimline.measures.disclosure import BAND, SENDER_HID, Decided, Numbers, Why, decided, for_public
from aimline.measures.models import Point, Scale, Series
from aimline.org.models import Unit
from aimline.reports import exports_frameworks as published
from aimline.reports import exports_students
from aimline.reports.tables import Line, plain
from aimline.reports.wishes import Export, Noun, Wish

_CHUNK = 200
PEOPLE = exports_students.EXPORTS[Noun.PEOPLE]

# Roles by OneRoster 1.2's names; those it does not know carry its mark for extensions.
ROLE_NAMES = {
    Role.SYSTEM_ADMIN: "systemAdministrator",
    Role.STATE_LEAD: "ext:stateLead",
    Role.DISTRICT_LEADER: "districtAdministrator",
    Role.ANALYST: "ext:analyst",
    Role.PRINCIPAL: "principal",
    Role.COACH: "ext:coach",
    Role.TEACHER: "teacher",
    Role.FAMILY: "ext:studentOrFamily",
    Role.FACILITATOR: "ext:facilitator",
    Role.GUEST: "ext:guest",
}


def units(wish: Wish) -> Iterator[Line]:
    found = Unit.objects.under(wish.unit).select_related("parent")
    kept = found if wish.include_ended else found.current()
    for unit in sorted(kept, key=lambda each: each.code):
        extra = {"short_name": unit.short_name} if unit.short_name else {}
        parent = unit.parent.code if unit.parent and unit.pk != wish.unit.pk else ""
        yield unit.code, unit.name, unit.kind, parent, _status(unit.ended_on is None), _json(extra)


def people(wish: Wish) -> Iterator[Line]:
    """One row for each role. The public learns neither addresses nor who the students and families are."""
    known = exports_students.lines(Noun.PEOPLE, wish)
    yield from heapq.merge(_accounts(wish), known, key=lambda line: [plain(value) for value in line])


def _accounts(wish: Wish) -> Iterator[Line]:
    """Those who have an account here, beside whom rosters know."""
    grants = Grant.objects.filter(unit__path__startswith=wish.unit.path).select_related("person", "unit")
    today = clock.today()
    rows = set()
    for grant in grants:
        active = grant.person.is_active and (grant.ends_on is None or grant.ends_on >= today)
        if (active or wish.include_ended) and not (wish.is_public and grant.role == Role.FAMILY):
            rows.add(_person(grant, active=active, is_public=wish.is_public))
    yield from sorted(rows)


def _person(grant: Grant, *, active: bool, is_public: bool) -> tuple[str, ...]:
    person = grant.person
    given, _space, family = person.name.rpartition(" ")
    address = "" if is_public else person.email or ""
    extra = _json({"unit": grant.unit.code})
    told = "aimline", address, ROLE_NAMES[Role(grant.role)], given, family, address, _status(active), extra
    return told + ("",) * (len(PEOPLE.columns) - len(told))


def points(wish: Wish) -> Iterator[Line]:
    """Every point with its counts; for the public, hidden ones keep their place and lose their numbers."""
    series = Series.objects.filter(unit__path__startswith=wish.unit.path).select_related(
        "unit", "measure", "team"
    )
    if not wish.include_ended:
        series = series.filter(unit__ended_on=None, measure__ended_on=None)
    ordered = sorted(series, key=_series_key)
    gate = decided(ordered) if wish.is_public else Decided({}, {})
    for start in range(0, len(ordered), _CHUNK):
        chunk = ordered[start : start + _CHUNK]
        held: dict[UUID, list[Point]] = defaultdict(list)
        for point in Point.objects.filter(Q(series__in=[one.pk for one in chunk])):
            held[point.series_id].append(point)
        for one in chunk:
            for point in sorted(held[one.pk], key=lambda each: each.period):
                # A point that no release has looked at yet is not there.
                if gate.hidden.get(point.pk) is not Why.CHECKING:
                    yield _point(one, point, gate)


def _series_key(one: Series) -> tuple[str, str, str, str]:
    return one.unit.code, one.measure.code, one.group, one.team.name if one.team else ""


def _point(one: Series, point: Point, gate: Decided) -> Line:
    place = (one.unit.code, one.measure.code, one.group, point.period)
    team = one.team.name if one.team else ""
    if point.pk in gate.hidden:
        return *place, None, None, None, None, "", SENDER_HID, team, one.dimension
    if point.pk in gate.released:
        return *place, *_released(one, gate.released[point.pk]), team, one.dimension
    return *place, *_told(one, point), point.text, point.flag, team, one.dimension


def _told(one: Series, point: Point | Numbers) -> Line:
    value = point.value
    if one.measure.scale == Scale.PERCENT and point.numerator is not None and point.denominator:
        value = 100 * point.numerator / point.denominator
    return point.numerator, point.denominator, point.n, value


def _released(one: Series, said: Numbers) -> Line:
    """All students with their counts; groups without, percentages of them in bands."""
    if one.is_everyone:
        return *_told(one, said), "", ""
    coded, band = for_public(said, one.measure.scale)
    return *_told(one, coded), band, BAND if band else ""


def _status(active: bool) -> str:
    return "active" if active else "ended"


def _json(facts: dict[str, str]) -> str:
    return json.dumps(facts, sort_keys=True, ensure_ascii=False)


EXPORTS: dict[Noun, Export] = {
    Noun.UNITS: Export(("code", "name", "kind", "parent", "status", "extra"), units),
    **exports_students.EXPORTS,
    # Of those who work there, the public may know who they are.
    Noun.PEOPLE: replace(PEOPLE, rows=people, is_public=True),
    Noun.POINTS: Export(
        (
            *("unit", "measure", "group", "period", "numerator", "denominator", "n", "value", "text", "flag"),
            *("team", "dimension"),
        ),
        points,
    ),
    Noun.FRAMEWORK_ITEMS: Export(published.ITEM_COLUMNS, published.framework_items),
    Noun.RUBRICS: Export(published.RUBRIC_COLUMNS, published.rubrics),
}
