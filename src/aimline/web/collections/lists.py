"""What is asked at a place: open now, planned, and closed."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _

from aimline.access.rules import Act, allowed
from aimline.core import clock
from aimline.instruments.models import Collection, CollectionQuerySet
from aimline.org.models import Unit
from aimline.people.models import Person
from aimline.web.collections import telling


@dataclass(frozen=True, slots=True)
class Row:
    name: str
    href: str
    about: list[str]
    told: str


def seen(person: Person) -> CollectionQuerySet:
    rows = Collection.objects.select_related("unit", "edition__instrument")
    return allowed(person, Act.VIEW_ANSWERS, rows)


def at(person: Person, place: Unit) -> CollectionQuerySet:
    return seen(person).filter(unit__path__startswith=place.path)


def running(rows: CollectionQuerySet) -> CollectionQuerySet:
    """Opened and not over; also those that wait for their first day."""
    today = clock.today()
    return rows.filter(opened_on__isnull=False, closed_on=None, closes_on__gte=today).order_by("closes_on")


def planned(rows: CollectionQuerySet) -> CollectionQuerySet:
    return rows.filter(opened_on=None).order_by("opens_on")


def over(rows: CollectionQuerySet) -> CollectionQuerySet:
    return rows.over().order_by("-closes_on", "name")


def row(collection: Collection, place: Unit, *, counts: bool = False) -> Row:
    about = [collection.edition.title, collection.get_promise_display(), telling.when(collection)]
    if collection.edition.instrument.name == collection.name:
        del about[0]
    if collection.unit_id != place.pk:
        about.insert(0, collection.unit.name)
    return Row(collection.name, telling.page_of(collection), about, _told(collection) if counts else "")


def _told(collection: Collection) -> str:
    waits = telling.state(collection) == "waits"
    return _("Waits for its first day") if waits else telling.came(collection)
