"""The lessons of a sample as a page shows them: the class, who sees it when, and the form for it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from django.utils.translation import gettext as _

from aimline.instruments.answering import may_answer
from aimline.instruments.models import AnsweredBy, Collection
from aimline.people.models import Person
from aimline.reports.drawing import figures
from aimline.reviews.models import Observer, Review, Sample, Visit
from aimline.reviews.sampling import BAND, BANDS, OTHER, SCHOOL, SUBJECT, Class
from aimline.web.answering.visits import path_of
from aimline.web.samples.rows import Desk

# What a form takes as what it is about.
LONGEST_ABOUT = 120


@dataclass(frozen=True, slots=True)
class Form:
    name: str
    href: str


@dataclass(frozen=True, slots=True)
class Seat:
    """One observer of a lesson; `may_note` where the reader may say that it was seen."""

    observer: Observer
    is_me: bool
    may_note: bool


@dataclass(frozen=True, slots=True)
class Lesson:
    visit: Visit
    name: str
    about: str
    when: str
    seats: tuple[Seat, ...]
    forms: tuple[Form, ...]

    @property
    def is_mine(self) -> bool:
        return any(seat.is_me for seat in self.seats)


def lessons(desk: Desk, sample: Sample) -> list[Lesson]:
    held = sample.by_label
    schools = {one.school for one in held.values()}
    elsewhere = schools - {desk.review.unit.name, ""}
    asked = _forms_of(desk.review, desk.person)
    rows = sample.visits.standing().with_observers().order_by("day", "position")
    return [_lesson(desk, visit, held[visit.label], bool(elsewhere), asked) for visit in rows]


def name_of(one: Class, *, many: bool) -> str:
    return one.label if many else one.name


def when(visit: Visit) -> str:
    parts = [figures.full_day(visit.day) if visit.day else "", visit.window]
    return ", ".join(part for part in parts if part)


def strata_words(kinds: Sequence[str], name: Iterable[str]) -> str:
    """A part of the list: Kelp Elementary, grades 3 to 5."""
    order = [kind for kind in (SCHOOL, BAND, SUBJECT) if kind in kinds]
    said = [band_name(part) if kind == BAND else part for kind, part in zip(order, name, strict=True)]
    return ", ".join(part or _("not said") for part in said) or _("The whole list")


def band_name(key: str) -> str:
    names = {
        BANDS[0][2]: _("Through grade 2"),
        BANDS[1][2]: _("Grades 3 to 5"),
        BANDS[2][2]: _("Grades 6 to 8"),
        BANDS[3][2]: _("Grades 9 to 12"),
        OTHER: _("Grade not known"),
    }
    return names[key]


def _lesson(desk: Desk, visit: Visit, one: Class, many: bool, asked: list[Collection]) -> Lesson:
    seats = tuple(_seat(desk, observer) for observer in visit.observers.all())
    name = name_of(one, many=many)
    forms = asked if any(seat.is_me and not seat.observer.done_on for seat in seats) else []
    return Lesson(
        visit=visit,
        name=name,
        about=one.subject,
        when=when(visit),
        seats=seats,
        forms=tuple(Form(form.name, _filled(form, name)) for form in forms),
    )


def _seat(desk: Desk, observer: Observer) -> Seat:
    is_me = observer.person_id == desk.person.pk
    is_open = desk.review.ended_on is None and observer.visit.sample.set_aside_on is None
    return Seat(observer, is_me, is_open and (is_me or desk.leads))


def _filled(collection: Collection, name: str) -> str:
    """The form, with the class written on it."""
    return f"{path_of(collection)}?{urlencode({'about': name[:LONGEST_ABOUT]})}"


def _forms_of(review: Review, person: Person) -> list[Collection]:
    ids = review.reviewcollections.values("collection")
    rows = Collection.objects.open().filter(pk__in=ids).select_related("edition__instrument")
    seen = [one for one in rows if one.edition.instrument.answered_by == AnsweredBy.OBSERVER]
    return sorted((one for one in seen if may_answer(one, person)), key=lambda one: one.name)
