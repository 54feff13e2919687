"""The rows of a review that a person may see or change, and the links between its pages."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.db.models import Model, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from aimline.access.rules import Act, allowed, rights_on
from aimline.core.errors import NotFound
from aimline.core.words import Words
from aimline.org.models import Unit
from aimline.people.models import Person
from aimline.reviews.hearing import heard
from aimline.reviews.models import Evidence, Finding, Member, Recommendation, Review, expect_open
from aimline.reviews.templates import Template, template
from aimline.web.parts import Link
from aimline.web.shell import M, Request, get_allowed

# The kind of review that sets what is meant beside what is done.
TIGHT_LOOSE = "tight-loose"


def reviews_at(person: Person, place: Unit) -> QuerySet[Review]:
    """Those of the place and of the places below it, and those they work on anywhere, the latest first."""
    rows = allowed(person, Act.VIEW_REVIEW, Review.objects.select_related("unit"))
    own = Q(pk__in=Member.objects.filter(person=person).values("review"))
    return rows.filter(own | Q(unit__path__startswith=place.path)).order_by("-starts_on", "name")


def review(request: Request, review_id: UUID, act: Act = Act.VIEW_REVIEW) -> Review:
    found = get_allowed(request, act, Review.objects.select_related("unit", "earlier"), review_id)
    if act is not Act.VIEW_REVIEW:
        expect_open(found)
    return found


def evidence(request: Request, evidence_id: UUID, act: Act = Act.ADD_EVIDENCE) -> Evidence:
    rows = Evidence.objects.select_related("review__unit", "series__measure", "collection__edition")
    found = get_allowed(request, act, rows, evidence_id)
    expect_open(found.review)
    return found


def finding(request: Request, finding_id: UUID, act: Act = Act.EDIT_REVIEW) -> Finding:
    found = get_allowed(request, act, Finding.objects.select_related("review__unit"), finding_id)
    if act is not Act.VIEW_REVIEW:
        expect_open(found.review)
    return found


def recommendation(request: Request, recommendation_id: UUID) -> Recommendation:
    rows = Recommendation.objects.select_related("review__unit")
    found = get_allowed(request, Act.EDIT_REVIEW, rows, recommendation_id)
    expect_open(found.review)
    return found


def part(rows: QuerySet[M], row_id: UUID) -> M:
    """One row of a review that was fetched with permission."""
    found = rows.filter(pk=row_id).first()
    if found is None:
        raise NotFound
    return found


def kind_of(held: Review) -> Template:
    """The template it was planned from; one that is no longer in the library cannot be shown."""
    found = template(held.template)
    if found is None:
        raise NotFound
    return found


def step_names(held: Review) -> dict[str, Words]:
    """The steps of its template by their keys: their names are kept in the language of whoever planned it."""
    return {step.key: step.name for step in kind_of(held).steps}


def rights(person: Person, held: Review) -> dict[str, bool]:
    """What may be changed here; on a review that is closed nothing but its being closed."""
    found = rights_on(person, held, [Act.EDIT_REVIEW, Act.ADD_EVIDENCE])
    is_open = held.ended_on is None
    return {
        "leads": Act.EDIT_REVIEW in found,
        "may_edit": is_open and Act.EDIT_REVIEW in found,
        "may_add": is_open and Act.ADD_EVIDENCE in found,
        "hears": held.pk in heard(person, [held.pk]),
    }


def tabs(held: Review, current: str, pieces: int, *, leads: bool = False, hears: bool = False) -> list[Link]:
    """The pages of a review; the report is written by those who lead it, and read by the others in the list."""
    found = [
        Link(_("Scope"), reverse("reviews:show", args=[held.pk]), current == "scope"),
        Link(_("Board"), reverse("reviews:board", args=[held.pk]), current == "board", pieces),
        Link(_("Lessons"), reverse("samples:of", args=[held.pk]), current == "lessons"),
        Link(_("Votes"), reverse("votes:review", args=[held.pk])),
    ]
    if hears:
        talks = held.conversations.count()
        found.insert(
            2,
            Link(
                _("Interviews"),
                reverse("interviews:overview", args=[held.pk]),
                current == "interviews",
                talks,
            ),
        )
    if held.template == TIGHT_LOOSE:
        found.append(Link(_("Alike or free"), reverse("reports:alike", args=[held.pk]), current == "alike"))
    if held.earlier_id:
        found.append(
            Link(_("Then and now"), reverse("reports:compare", args=[held.pk]), current == "compare")
        )
    if leads:
        found.append(Link(_("Report"), reverse("reports:draft", args=[held.pk])))
    return found


def eyebrow(held: Review, *more: object) -> Sequence[object]:
    return [kind_of(held).name, held.unit.name, *more]


def address(name: str, row: Model, part: str = "") -> str:
    found = reverse(f"reviews:{name}", args=[row.pk])
    return f"{found}#{part}" if part else found
