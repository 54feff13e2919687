"""Reading: the lessons that were drawn, how they were drawn, and a list on paper for each observer."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET

from aimline.people.models import Person
from aimline.reports.drawing import words
from aimline.reports.review import drawn as telling
from aimline.reviews.models import Sample, Visit
from aimline.reviews.sampling import Class, in_strata, lot, places
from aimline.web.parts import Next
from aimline.web.reviews import rows as review_rows
from aimline.web.samples import cards, rows
from aimline.web.samples.cards import Lesson
from aimline.web.samples.forms import WhyForm
from aimline.web.samples.rows import Desk
from aimline.web.shell import Request, page


@require_GET
def of_review(request: Request, review_id: UUID) -> HttpResponse:
    return show(request, rows.desk(request, review_id))


def show(request: Request, desk: Desk, *, status: int = 200, **typed: Any) -> HttpResponse:
    review = desk.review
    sample = review.samples.filter(set_aside_on=None).first()
    told = telling.figures_of(review)
    held = cards.lessons(desk, sample) if sample and desk.sees else []
    mine = [one for one in held if one.is_mine]
    return page(
        request,
        "samples/show.html",
        status=status,
        review=review,
        desk=desk,
        sample=sample,
        told=told,
        eyebrow=review_rows.eyebrow(review),
        tabs=review_rows.tabs(review, "lessons", review.evidences.count(), leads=desk.leads),
        verdict=_verdict(told),
        next=_next(desk, sample, mine),
        says=_says(sample),
        how=telling.told(told)[:1],
        mine=mine,
        others=[one for one in held if not one.is_mine],
        replaced=_replaced(sample, review.unit.name) if desk.sees else [],
        earlier=review.samples.exclude(set_aside_on=None) if desk.sees else [],
        unseen=bool(held) and not all(one.seats for one in held),
        **{"aside_form": WhyForm(), **typed},
    )


@require_GET
def drawn(request: Request, sample_id: UUID) -> HttpResponse:
    """The whole list with its lots: who has it and the seed draws the same again."""
    desk, sample = rows.seeing(request, sample_id)
    strata = in_strata(sample.classes, sample.strata, sample.seed)
    counts = places({name: len(held) for name, held in strata.items()}, sample.size)
    parts = [
        (
            cards.strata_words(sample.strata, name),
            counts[name],
            [
                (one.name, one.school, lot(sample.seed, one.label)[:12], place < counts[name])
                for place, one in enumerate(held)
            ],
        )
        for name, held in strata.items()
    ]
    return page(request, "samples/drawn.html", review=desk.review, sample=sample, parts=parts)


@require_GET
def paper(request: Request, sample_id: UUID) -> HttpResponse:
    """One page for each observer, to take along."""
    desk, sample = rows.seeing(request, sample_id)
    held = cards.lessons(desk, sample)
    sheets: dict[Person, list[tuple[Lesson, str]]] = {}
    for lesson in held:
        people = [seat.observer.person for seat in lesson.seats]
        for person in people:
            others = ", ".join(one.name for one in people if one != person)
            sheets.setdefault(person, []).append((lesson, others))
    ordered = sorted(sheets.items(), key=lambda pair: (pair[0] != request.person, pair[0].name))
    return page(request, "samples/paper.html", review=desk.review, sample=sample, sheets=ordered)


def _line(sample: Sample, one: Class, *, is_drawn: bool) -> tuple[str, str, str, bool]:
    return one.name, one.school, lot(sample.seed, one.label)[:12], is_drawn


def _verdict(told: dict[str, Any]) -> words.Sentence:
    if not told:
        text = _("Which lessons you look at decides what you see. [Let chance choose them,] and say so.")
        return words.marked(text, {})
    facts = {name: str(told[name]) for name in ("drawn", "of", "seen")}
    text = ngettext(
        "[%(seen)s of %(drawn)s lessons is visited;] chance drew them from %(of)s.",
        "[%(seen)s of %(drawn)s lessons are visited;] chance drew them from %(of)s.",
        told["seen"],
    )
    return words.marked(text, facts)


def _next(desk: Desk, sample: Sample | None, mine: list[Lesson]) -> Next | None:
    if sample is None:
        if not desk.may_edit:
            return None
        href = reverse("samples:draw", args=[desk.review.pk])
        return Next(
            _("A list, a number, and a lot for each class: two minutes."), _("Draw the lessons"), href
        )
    waiting = next((one for one in mine if one.forms), None)
    if waiting is None:
        return None
    said = _("Your next lesson: %(name)s. %(when)s") % {"name": waiting.name, "when": waiting.when}
    return Next(said.strip(), _("Open the form"), waiting.forms[0].href)


def _says(sample: Sample | None) -> list[str]:
    if sample is None:
        return []
    n, of = sample.visits.standing().count(), len(sample.frame)
    said = [telling.says(n, of), telling.only_the_whole(sample, n)]
    return [part for part in said if part]


def _replaced(sample: Sample | None, place: str) -> list[tuple[Visit, str, str]]:
    """Lessons that were dropped, each with what took its place."""
    if sample is None:
        return []
    gone = sample.visits.exclude(dropped_on=None).select_related("replaced_by")
    own = f"{place}: "
    found = []
    for one in gone:
        by = one.replaced_by.label if hasattr(one, "replaced_by") else ""
        found.append((one, one.label.removeprefix(own), by.removeprefix(own)))
    return found
