"""The first page of a review: its question, its days, who works on it, and what is asked."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _

from aimline.access.rules import Act, can, rights_on
from aimline.core import clock
from aimline.core.ids import uuid7
from aimline.instruments.models import Collection
from aimline.reports.drawing import figures
from aimline.reviews.models import Review, Step
from aimline.reviews.sources import heard
from aimline.web import parts
from aimline.web.collections import telling
from aimline.web.reviews import choices, rows, verdicts
from aimline.web.reviews.forms import AttachForm, DocumentForm, MemberForm
from aimline.web.shell import Request, page


@dataclass(frozen=True, slots=True)
class Row:
    """One step of the timetable with what it is for, in the reader's language where the template names it."""

    step: Step
    name: object
    lead: object
    when: str
    is_now: bool
    is_late: bool


@dataclass(frozen=True, slots=True)
class Attached:
    """A collection of the review. Without an address it is not this person's to see."""

    collection: Collection
    href: str
    told: str
    is_over: bool


def steps(review: Review) -> list[parts.Step]:
    held, names = list(review.steps.all()), rows.step_names(review)
    now = verdicts.current_step(held)
    return [
        parts.Step(
            names.get(step.key, step.name), "done" if step.done_on else "now" if step == now else "next"
        )
        for step in held
    ]


def show(request: Request, review: Review, *, status: int = 200, **typed: Any) -> HttpResponse:
    kind, rights = rows.kind_of(review), rows.rights(request.person, review)
    held = list(review.steps.all())
    attached = list(_attached(request, review))
    asked = choices.asked(request.person, review, kind, [one.collection for one in attached])
    return page(
        request,
        "reviews/show.html",
        status=status,
        review=review,
        kind=kind,
        eyebrow=rows.eyebrow(review, *([review.get_moment_display()] if review.moment else [])),
        tabs=rows.tabs(
            review, "scope", review.evidences.count(), leads=rights["leads"], hears=rights["hears"]
        ),
        steps=steps(review),
        sources=heard(review),
        verdict=verdicts.of_scope(review, held),
        next=_next(review, rights, asked=bool(attached) or not asked),
        timetable=list(_timetable(review, held)),
        days=_days(review),
        team=review.members.select_related("person"),
        documents=_documents(review),
        asked=asked,
        attached=attached,
        asking=_rights_to_ask(request, review),
        take_id=uuid7(),
        **rights,
        **{**_forms(request, review, rights), **typed},
    )


def _next(review: Review, rights: dict[str, bool], *, asked: bool) -> parts.Next | None:
    if not rights["may_edit"]:
        return None
    return verdicts.next_on_scope(review, asked=asked, missing=choices.overdue(review))


def _timetable(review: Review, held: list[Step]) -> Iterator[Row]:
    leads = {step.key: step.lead for step in rows.kind_of(review).steps}
    names = rows.step_names(review)
    now, today = verdicts.current_step(held), clock.today()
    for step in held:
        facts = {"start": figures.full_day(step.starts_on), "end": figures.full_day(step.ends_on)}
        when = facts["start"] if step.starts_on == step.ends_on else _("%(start)s to %(end)s") % facts
        is_late = step.done_on is None and step.ends_on < today
        name = names.get(step.key, step.name)
        yield Row(step, name, leads.get(step.key, ""), when, step == now, is_late)


def _days(review: Review) -> str:
    facts = {"start": figures.full_day(review.starts_on), "end": figures.full_day(review.ends_on)}
    return _("%(start)s to %(end)s") % facts


def _documents(review: Review) -> list[tuple[Any, bool]]:
    """Each request, and whether its day has passed."""
    today = clock.today()
    held = review.documentrequests.select_related("asked")
    return [(one, one.came_on is None and one.due_on < today) for one in held]


def _attached(request: Request, review: Review) -> Iterator[Attached]:
    ids = review.reviewcollections.values("collection")
    for one in choices.collections_at(request.person, review.unit).filter(pk__in=ids).order_by("opens_on"):
        told = telling.when(one) if one.is_over or one.opened_on is None else telling.came(one)
        yield Attached(one, telling.page_of(one), told, one.is_over)


def _rights_to_ask(request: Request, review: Review) -> dict[str, bool]:
    """A collection is planned at the place where one stands; that has to be the place of the review."""
    found = rights_on(request.person, review.unit, [Act.BUILD_INSTRUMENT, Act.COLLECT])
    within = review.unit.holds(request.place) and can(request.person, Act.COLLECT, request.place)
    return {"build": Act.BUILD_INSTRUMENT in found, "plan": within, "collect": Act.COLLECT in found}


def _forms(request: Request, review: Review, rights: dict[str, bool]) -> dict[str, Any]:
    if not rights["may_edit"]:
        return {}
    people = choices.people_at(request.person, review.unit)
    free = choices.free_collections(request.person, review)
    return {
        "member_form": MemberForm(people=people),
        "document_form": DocumentForm(people=people),
        "attach_form": AttachForm(collections=free) if free.exists() else None,
    }
