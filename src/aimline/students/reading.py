"""The log of who was shown rows of which students. Showing and logging are one act: what is not logged is not shown."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet

from aimline.core import audit
from aimline.org.models import Unit, chain
from aimline.people.models import Person
from aimline.students.models import How, Seen, Showing

Student = tuple[UUID, str]


@transaction.atomic
def note(person: Person, unit: Unit, how: How, students: Sequence[Student]) -> Showing:
    """Log that a person was shown these students: the log names each, the audit chain none."""
    showing = _log(person, unit, how, count=len(students))
    Seen.objects.bulk_create(
        [Seen(showing=showing, source_id=source, student=student) for source, student in students]
    )
    return showing


@transaction.atomic
def note_file(person: Person, unit: Unit, *, what: str, count: int, purpose: str) -> Showing:
    """Log a file of students' rows: it was disclosed whose place, how many rows, and what for."""
    return _log(person, unit, How.EXPORT, what=what, count=count, purpose=purpose)


def _log(person: Person, unit: Unit, how: How, **facts: object) -> Showing:
    showing = Showing.objects.create(person=person, unit=unit, how=how, **facts)
    told = {"on": str(unit.pk), "how": how, "what": showing.what, "count": showing.count}
    audit.append("read_students", showing, actor_id=person.pk, facts=told)
    return showing


def showings_of(source: UUID, student: str, places: Iterable[Unit]) -> QuerySet[Showing]:
    """Return every showing of this student, newest first: pages by name, files by the places they were of.

    `places` are those the student was at.
    """
    above = {path for place in places for path in chain(place.path)}
    shown = Seen.objects.filter(source=source, student=student)
    files = Q(how=How.EXPORT, unit__path__in=above)
    return Showing.objects.filter(Q(pk__in=shown.values("showing")) | files).select_related("person", "unit")
