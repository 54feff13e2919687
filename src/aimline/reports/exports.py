"""What leaves the house as files: one table for each noun, sorted by its key, equal content in equal bytes.

The public gets what the disclosure rule lets through. What is held in full goes to insiders only, and is logged.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from uuid import UUID

from django.db import models
from django.db.models import Q

from aimline.access.models import Grant
from aimline.access.roles import Role
from aimline.core import clock
from aimline.measures.disclosure import SENDER_HID, hidden_points
from aimline.measures.models import Point, Scale, Series
from aimline.org.models import Unit
from aimline.reports.tables import Line

_CHUNK = 200


class Audience(models.TextChoices):
    PUBLIC = "public"
    INSIDE = "inside"


class Noun(models.TextChoices):
    UNITS = "units"
    PEOPLE = "people"
    POINTS = "points"


@dataclass(frozen=True, slots=True)
class Wish:
    """What is asked for: of which place, for whom, with or without what has ended."""

    unit: Unit
    audience: Audience
    include_ended: bool = False

    @property
    def is_public(self) -> bool:
        return self.audience is Audience.PUBLIC


@dataclass(frozen=True, slots=True)
class Export:
    columns: tuple[str, ...]
    rows: Callable[[Wish], Iterator[Line]]


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
    return "aimline", address, ROLE_NAMES[Role(grant.role)], given, family, address, _status(active), extra


def points(wish: Wish) -> Iterator[Line]:
    """Every point with its counts; for the public, hidden ones keep their place and lose their numbers."""
    series = Series.objects.filter(unit__path__startswith=wish.unit.path).select_related(
        "unit", "measure", "team"
    )
    if not wish.include_ended:
        series = series.filter(unit__ended_on=None, measure__ended_on=None)
    ordered = sorted(series, key=_series_key)
    hidden: set[UUID] = set(hidden_points(ordered)) if wish.is_public else set()
    for start in range(0, len(ordered), _CHUNK):
        chunk = ordered[start : start + _CHUNK]
        held: dict[UUID, list[Point]] = defaultdict(list)
        for point in Point.objects.filter(Q(series__in=[one.pk for one in chunk])):
            held[point.series_id].append(point)
        for one in chunk:
            for point in sorted(held[one.pk], key=lambda each: each.period):
                yield _point(one, point, is_hidden=point.pk in hidden)


def _series_key(one: Series) -> tuple[str, str, str, str]:
    return one.unit.code, one.measure.code, one.group, one.team.name if one.team else ""


def _point(one: Series, point: Point, *, is_hidden: bool) -> Line:
    place = (one.unit.code, one.measure.code, one.group, point.period)
    team = one.team.name if one.team else ""
    if is_hidden:
        return *place, None, None, None, None, "", SENDER_HID, team
    value = point.value
    if one.measure.scale == Scale.PERCENT and point.numerator is not None and point.denominator:
        value = 100 * point.numerator / point.denominator
    return *place, point.numerator, point.denominator, point.n, value, point.text, point.flag, team


def _status(active: bool) -> str:
    return "active" if active else "ended"


def _json(facts: dict[str, str]) -> str:
    return json.dumps(facts, sort_keys=True, ensure_ascii=False)


EXPORTS: dict[Noun, Export] = {
    Noun.UNITS: Export(("code", "name", "kind", "parent", "status", "extra"), units),
    Noun.PEOPLE: Export(
        ("source", "id", "role", "given_name", "family_name", "username", "status", "extra"), people
    ),
    Noun.POINTS: Export(
        (
            *("unit", "measure", "group", "period", "numerator", "denominator", "n", "value", "text", "flag"),
            "team",
        ),
        points,
    ),
}
