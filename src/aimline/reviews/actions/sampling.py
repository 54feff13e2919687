"""Writes of samples: drawn once, shared out among observers, replaced with a reason, visited."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from aimline.access.guard import action
from aimline.access.roles import Act
from aimline.core import clock
from aimline.core.errors import Conflict, Invalid
from aimline.core.ids import uuid7
from aimline.core.models import once
from aimline.people.models import Person
from aimline.reviews import sampling
from aimline.reviews.frames import observers_of, taught_by
from aimline.reviews.models import Observer, Review, Sample, Visit, expect_open
from aimline.reviews.sampling import Class

MOST_CLASSES = 5000
MOST_VISITS = 300


@dataclass(frozen=True, slots=True)
class Plan:
    """What to draw from and how: the list and where it is from, what divides it, how many, how many by two."""

    classes: Sequence[Class]
    origin: str
    strata: Sequence[str] = (sampling.SCHOOL, sampling.BAND)
    size: int = 12
    shared_percent: int = 20
    # Blank, the machine takes one that nobody knew before.
    seed: str = ""


@action(Act.EDIT_REVIEW)
def draw_sample(review: Review, person: Person, *, plan: Plan, id: UUID | None = None) -> Sample:
    """Draw the lessons that a review looks at, and share them out among those who observe."""
    if made := once(Sample, id, review=review):
        return made
    expect_open(review)
    if review.samples.filter(set_aside_on=None).exists():
        raise Conflict(_("This review has a sample. Set it aside, with the reason, before you draw again."))
    _sound(plan)
    sample = Sample.objects.create(
        id=id or uuid7(),
        review=review,
        origin=plan.origin,
        frame=[one.as_data() for one in plan.classes],
        strata=list(plan.strata),
        size=plan.size,
        seed=plan.seed.strip() or secrets.token_hex(10),
        shared_percent=plan.shared_percent,
        drawn_on=clock.today(),
    )
    drawn = sampling.draw(plan.classes, plan.strata, plan.size, sample.seed)
    Visit.objects.bulk_create(
        Visit(sample=sample, label=one.label, position=position)
        for position, one in enumerate(drawn, start=1)
    )
    _share_out(sample)
    return sample


@action(Act.EDIT_REVIEW)
def set_sample_aside(sample: Sample, person: Person, *, why: str, version: int | None = None) -> Sample:
    """Give up a sample, for a reason that stays: the report says how often was drawn."""
    sample.expect_version(version)
    if sample.set_aside_on is not None:
        return sample
    return sample.change(set_aside_on=clock.today(), set_aside_why=_reason(why, "why"))


@action(Act.EDIT_REVIEW)
def share_out(sample: Sample, person: Person) -> Sample:
    """Share the lessons nobody has seen yet out anew, among those who observe now."""
    _in_use(sample)
    _share_out(sample)
    return sample


@action(Act.EDIT_REVIEW)
def plan_visit(visit: Visit, person: Person, *, day: date | None, window: str = "") -> Visit:
    """Say when a lesson is to be visited."""
    _in_use(visit.sample)
    return visit.change(day=day, window=window.strip())


@action(Act.EDIT_REVIEW)
def hand_over(visit: Visit, person: Person, *, people: Sequence[Person]) -> Visit:
    """Say who sees a lesson; nobody sees their own, and who has seen it stays."""
    _in_use(visit.sample)
    own = _barred(visit.sample, people)
    if any((str(one.pk), visit.label) in own for one in people):
        why = _("Nobody observes a class of their own.")
        raise Invalid(why, fields={"people": why})
    gone = visit.observers.exclude(person__in=[one.pk for one in people])
    if gone.exclude(done_on=None).exists():
        why = _("Somebody who has seen this lesson cannot be taken off it.")
        raise Invalid(why, fields={"people": why})
    gone.delete()
    for one in people:
        Observer.objects.get_or_create(visit=visit, person=one)
    return visit


@action(Act.EDIT_REVIEW)
def replace_visit(visit: Visit, person: Person, *, why: str) -> Visit:
    """Drop a lesson that cannot be visited; the next of its kind on the reserve list takes its place."""
    sample = visit.sample
    _in_use(sample)
    if visit.dropped_on is not None:
        return visit
    if visit.observers.exclude(done_on=None).exists():
        raise Conflict(_("Somebody has seen this lesson already, so it cannot be replaced."))
    visit.change(dropped_on=clock.today(), dropped_why=_reason(why, "why"))
    held = sample.by_label
    used = set(sample.visits.values_list("label", flat=True))
    next_one = sampling.reserve(sample.classes, sample.strata, sample.seed, used, held[visit.label])
    if next_one is None:
        visit.observers.all().delete()
        return visit
    made = Visit.objects.create(
        sample=sample, label=next_one.label, position=visit.position, day=visit.day, replaces=visit
    )
    _take_over(visit, made)
    return made


@action(Act.EDIT_SELF)
def note_seen(observer: Observer, person: Person, *, seen: bool = True) -> Observer:
    """Say that one has seen a lesson, or not after all."""
    return _note(observer, seen=seen)


@action(Act.EDIT_REVIEW)
def note_seen_for(observer: Observer, person: Person, *, seen: bool = True) -> Observer:
    """Note for somebody that they have seen a lesson, or not after all."""
    return _note(observer, seen=seen)


def _note(observer: Observer, *, seen: bool) -> Observer:
    _in_use(observer.visit.sample)
    if observer.visit.dropped_on is not None:
        raise Conflict(_("This lesson was replaced by another one."))
    return observer.change(done_on=clock.today() if seen else None)


def _share_out(sample: Sample) -> None:
    people = observers_of(sample.review)
    open_visits = list(sample.visits.standing().exclude(observers__done_on__isnull=False))
    shared = sampling.to_share(sample.shared_percent, sample.visits.standing().count(), len(people))
    kept = sample.visits.standing().exclude(pk__in=[one.pk for one in open_visits]).with_observers()
    given = sampling.assign(
        [one.label for one in open_visits],
        [str(one.pk) for one in people],
        barred=_barred(sample, people),
        shared=max(shared - sum(one.observers.count() > 1 for one in kept), 0),
        seed=sample.seed,
    )
    Observer.objects.filter(visit__in=open_visits).delete()
    for visit in open_visits:
        for person_id in given[visit.label]:
            Observer.objects.create(visit=visit, person_id=UUID(person_id))


def _take_over(visit: Visit, made: Visit) -> None:
    """Whoever was to see the lesson sees the one that replaces it, unless that is their own."""
    for one in visit.observers.select_related("person"):
        own = _barred(made.sample, [one.person])
        if (str(one.person_id), made.label) not in own:
            Observer.objects.create(visit=made, person=one.person)
        one.delete()
    if not made.observers.exists():
        _give_to_somebody(made)


def _give_to_somebody(visit: Visit) -> None:
    people = observers_of(visit.sample.review)
    load: dict[str, int] = dict.fromkeys((str(one.pk) for one in people), 0)
    for one in Observer.objects.filter(visit__sample=visit.sample, visit__dropped_on=None):
        load[str(one.person_id)] = load.get(str(one.person_id), 0) + 1
    own = _barred(visit.sample, people)
    able = [one for one in people if (str(one.pk), visit.label) not in own]
    if able:
        Observer.objects.create(visit=visit, person=min(able, key=lambda one: load[str(one.pk)]))


def _barred(sample: Sample, people: Iterable[Person]) -> set[tuple[str, str]]:
    """Pairs of a person and the label of a class that is theirs."""
    labels = {one.key: one.label for one in sample.classes if one.key}
    return {(person, labels[key]) for person, key in taught_by(people) if key in labels}


def _sound(plan: Plan) -> None:
    count = len(plan.classes)
    if not 1 < count <= MOST_CLASSES:
        _refuse("classes", _("A list has from 2 to %(most)s classes.") % {"most": MOST_CLASSES})
    if not 1 <= plan.size <= min(count, MOST_VISITS):
        said = {"most": min(count, MOST_VISITS)}
        _refuse("size", _("Choose from 1 to %(most)s lessons: there are no more to draw.") % said)
    groups = len(sampling.in_strata(plan.classes, plan.strata))
    if plan.size < groups:
        said = {"groups": groups, "size": plan.size}
        text = ngettext(
            "The list falls into %(groups)s group, and %(size)s lessons cannot hold one of each.",
            "The list falls into %(groups)s groups, and %(size)s lessons cannot hold one of each. "
            "Draw more, or divide the list by less.",
            groups,
        )
        _refuse("size", text % said)


def _reason(why: str, field: str) -> str:
    if not why.strip():
        text = _("Say why. The reason stays with the sample.")
        raise Invalid(text, fields={field: text})
    return why.strip()[:300]


def _refuse(field: str, why: str) -> Any:
    raise Invalid(why, fields={field: why})


def _in_use(sample: Sample) -> None:
    expect_open(sample.review)
    if sample.set_aside_on is not None:
        raise Conflict(_("This sample was set aside."))
