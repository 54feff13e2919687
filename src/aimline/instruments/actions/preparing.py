"""Writes around a collection: the days of its reminders, what an answer may be about, the classes that get the link."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Sum
from django.utils.translation import gettext as _

from aimline.access.guard import action
from aimline.access.roles import Act
from aimline.core.errors import Conflict, Invalid
from aimline.instruments import reminding, tasks
from aimline.instruments.models import Collection, Homeroom, Purpose, Reminder, Subject
from aimline.people.models import Person

MOST_SUBJECTS = 100
MOST_CLASSES = 200
# What is seen in a room, or heard in a talk, stays with those who looked; it may bear the name of who was visited.
_STAYS_WITH_FEW = frozenset({Purpose.OBSERVATION, Purpose.INTERVIEW})


@dataclass(frozen=True, slots=True)
class About:
    """One subject as it was typed."""

    name: str
    expected: int | None = None


@dataclass(frozen=True, slots=True)
class Headcount:
    """One class as it was typed: how many students, and of how many the family said no."""

    name: str
    students: int
    said_no: int = 0


@action(Act.COLLECT)
def choose_reminders(collection: Collection, person: Person, *, days: Sequence[date]) -> Collection:
    """Choose the days on which those who have not answered hear of it again, in place of those to come."""
    _not_over(collection)
    sent = set(collection.reminders.exclude(sent_on=None).values_list("day", flat=True))
    chosen = sorted(set(days) - sent)
    reminding.check(collection, chosen)
    if len(chosen) + len(sent) > reminding.MOST:
        raise Invalid(_("Two reminders are the most: a third one brings anger, not answers."))
    held = set(collection.reminders.filter(sent_on=None).values_list("day", flat=True))
    collection.reminders.filter(sent_on=None).exclude(day__in=chosen).delete()
    for day in sorted(set(chosen) - held):
        reminder = Reminder.objects.create(collection=collection, day=day, by=person)
        tasks.remind_in_time(reminder, day)
    return collection


@action(Act.COLLECT)
def name_subjects(collection: Collection, person: Person, *, subjects: Sequence[About]) -> Collection:
    """Say what an answer may be about. Once it is open, what was offered stays and more can be added."""
    _not_over(collection)
    if len(subjects) > MOST_SUBJECTS:
        raise Invalid(_("A hundred is the most that somebody can choose from."))
    _each_once([one.name for one in subjects])
    if collection.edition.instrument.purpose not in _STAYS_WITH_FEW:
        _about_nobody(collection, subjects)
    held = set(collection.subjects.values_list("name", flat=True))
    if collection.opened_on and (gone := sorted(held - {one.name for one in subjects})):
        raise Conflict(
            _("%(name)s is offered to people already, so it can no longer be taken off the list.")
            % {"name": gone[0]}
        )
    collection.subjects.all().delete()
    Subject.objects.bulk_create(
        Subject(collection=collection, number=number, name=one.name, expected=one.expected)
        for number, one in enumerate(subjects, 1)
    )
    counts = [one.expected for one in subjects]
    if collection.open_link and counts and None not in counts:
        return collection.change(expected=sum(filter(None, counts)) or collection.expected)
    return collection.change()


@action(Act.COLLECT)
def count_classes(collection: Collection, person: Person, *, classes: Sequence[Headcount]) -> Collection:
    """Keep how many sheets each class gets: its students without those whose family said no."""
    _not_over(collection)
    if len(classes) > MOST_CLASSES:
        raise Invalid(_("Two hundred classes are the most."))
    _each_once([one.name for one in classes])
    for one in classes:
        if one.said_no > one.students:
            raise Invalid(_("%(name)s: more families said no than there are students.") % {"name": one.name})
    collection.homerooms.all().delete()
    Homeroom.objects.bulk_create(
        Homeroom(
            collection=collection, number=number, name=one.name, students=one.students, said_no=one.said_no
        )
        for number, one in enumerate(classes, 1)
    )
    total = collection.homerooms.aggregate(all=Sum("students") - Sum("said_no"))["all"]
    return collection.change(expected=total or collection.expected)


def _not_over(collection: Collection) -> None:
    if collection.is_over:
        raise Conflict(_("This collection is closed. Plan another to ask again."))


def _each_once(names: Sequence[str]) -> None:
    seen: set[str] = set()
    for name in names:
        if name in seen:
            raise Invalid(_("%(name)s stands on the list twice.") % {"name": name})
        seen.add(name)


def _about_nobody(collection: Collection, subjects: Sequence[About]) -> None:
    """No list of this kind may judge a single person."""
    here = Person.objects.filter(posts__unit__path__startswith=collection.unit.path).distinct()
    names = {name.casefold(): name for name in here.values_list("name", flat=True) if " " in name}
    for one in subjects:
        for folded, name in names.items():
            if folded in one.name.casefold():
                raise Invalid(
                    _(
                        "%(name)s works here. Ask about a class, a team, a school or an initiative, "
                        "never about one person."
                    )
                    % {"name": name}
                )
