"""Doing: put evidence on the board, word it better, take it off."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from aimline.access.rules import Act
from aimline.core import clock
from aimline.instruments.models import Collection
from aimline.reviews.actions import judging
from aimline.reviews.models import Review
from aimline.web.reviews import choices, live, rows, said
from aimline.web.reviews.board_forms import AnswersForm, ChangePieceForm, MeasureForm, PieceForm
from aimline.web.reviews.rows import address
from aimline.web.shell import Request, bind, form_page, say


def add(request: Request, review_id: UUID) -> HttpResponse:
    review = rows.review(request, review_id, Act.ADD_EVIDENCE)
    form = bind(request, PieceForm, initial={"day": clock.today()})

    def save(filled: PieceForm) -> str:
        return _put(request, review, filled.cleaned_data)

    return form_page(
        request, "reviews/evidence.html", form, save, **_facts(review, _("Add a piece of evidence"))
    )


def add_measure(request: Request, review_id: UUID) -> HttpResponse:
    """Evidence from a measure: its line, put into words each time somebody looks."""
    review = rows.review(request, review_id, Act.ADD_EVIDENCE)
    form = bind(request, MeasureForm, series=choices.series_at(request.person, review.unit))

    def save(filled: MeasureForm) -> str:
        return _put(request, review, filled.facts)

    title = _("Add a measure as evidence")
    return form_page(request, "reviews/evidence.html", form, save, **_facts(review, title))


def add_answers(request: Request, review_id: UUID) -> HttpResponse:
    """Evidence from what people answered: one figure of a closed collection."""
    review = rows.review(request, review_id, Act.ADD_EVIDENCE)
    over = choices.collections_at(request.person, review.unit).filter(pk__in=Collection.objects.over())
    form = bind(request, AnswersForm, collections=list(over.order_by("-closes_on", "name")))

    def save(filled: AnswersForm) -> str:
        return _put(request, review, filled.facts)

    title = _("Add answers as evidence")
    return form_page(request, "reviews/evidence.html", form, save, **_facts(review, title))


def change(request: Request, evidence_id: UUID) -> HttpResponse:
    evidence = rows.evidence(request, evidence_id)
    said.expect_readable(request.person, evidence)
    form = bind(request, ChangePieceForm, evidence=evidence)

    def save(filled: ChangePieceForm) -> str:
        judging.change_evidence(evidence.review, request.person, evidence=evidence, **filled.cleaned_data)
        say(request, _("The piece of evidence is changed."))
        return address("board", evidence.review, "evidence")

    facts = _facts(evidence.review, _("Change a piece of evidence"))
    told = live.live(request.person, [evidence]).get(evidence.pk)
    return form_page(request, "reviews/evidence.html", form, save, evidence=evidence, live=told, **facts)


@require_POST
def take_off(request: Request, evidence_id: UUID) -> HttpResponse:
    evidence = rows.evidence(request, evidence_id)
    review = evidence.review
    judging.take_evidence_off(review, request.person, evidence=evidence)
    say(request, _("It is off the board."))
    return HttpResponseRedirect(address("board", review, "evidence"))


def _put(request: Request, review: Review, facts: dict[str, Any]) -> str:
    judging.add_evidence(review, request.person, **facts)
    say(request, _("It is on the board."))
    return address("board", review, "evidence")


def _facts(review: Review, title: str) -> dict[str, Any]:
    return {"review": review, "title": title, "back": reverse("reviews:board", args=[review.pk])}
