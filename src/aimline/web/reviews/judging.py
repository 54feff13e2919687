"""Doing: write findings, link evidence to them, make them final, recommend."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from aimline.access.rules import Act
from aimline.core.errors import Invalid
from aimline.reviews.actions import judging
from aimline.reviews.models import Review, Stance
from aimline.web.middleware import as_id
from aimline.web.reviews import rows
from aimline.web.reviews.board_forms import AdviceForm, FindingForm, LinkForm
from aimline.web.reviews.rows import address
from aimline.web.shell import Request, bind, form_page, safe_next, say


@require_POST
def link(request: Request, evidence_id: UUID) -> HttpResponse:
    """Put a piece of evidence under a finding, for it or against it."""
    evidence = rows.evidence(request, evidence_id, Act.EDIT_REVIEW)
    board = address("board", evidence.review, "evidence")
    form = LinkForm(request.POST, findings=evidence.review.findings.all())
    if not form.is_valid():
        raise Invalid(_("Choose a finding, and whether the piece supports it or speaks against it."))
    finding, stance = form.cleaned_data["finding"], Stance(form.cleaned_data["stance"])
    judging.use_evidence(finding, request.person, evidence=evidence, stance=stance)
    say(request, _("Linked: “%(finding)s”.") % {"finding": finding.text})
    return HttpResponseRedirect(safe_next(request, board))


def write(request: Request, review_id: UUID) -> HttpResponse:
    review = rows.review(request, review_id, Act.EDIT_REVIEW)
    form = bind(request, FindingForm)

    def save(filled: FindingForm) -> str:
        id = filled.cleaned_data["id"]
        made = judging.write_finding(review, request.person, id=id, **filled.facts)
        say(request, _("The finding is kept. Now link what it rests on."))
        return address("finding", made)

    board = reverse("reviews:board", args=[review.pk])
    return form_page(
        request,
        "reviews/finding_form.html",
        form,
        save,
        review=review,
        title=_("Write a finding"),
        back=board,
    )


def change(request: Request, finding_id: UUID) -> HttpResponse:
    finding = rows.finding(request, finding_id)
    form = bind(request, FindingForm, finding=finding)

    def save(filled: FindingForm) -> str:
        version = filled.cleaned_data["version"]
        judging.change_finding(finding, request.person, version=version, **filled.facts)
        say(request, _("The finding is changed."))
        return address("finding", finding)

    return form_page(
        request,
        "reviews/finding_form.html",
        form,
        save,
        review=finding.review,
        title=_("Change the finding"),
        was_final=finding.is_final,
        back=address("finding", finding),
    )


@require_POST
def make_final(request: Request, finding_id: UUID) -> HttpResponse:
    finding = rows.finding(request, finding_id)
    judging.make_final(finding, request.person)
    say(request, _("The finding is final."))
    return HttpResponseRedirect(address("finding", finding))


@require_POST
def drop(request: Request, finding_id: UUID) -> HttpResponse:
    finding = rows.finding(request, finding_id)
    review = judging.drop_finding(finding, request.person)
    say(request, _("The finding is dropped. Its evidence is back on the board."))
    return HttpResponseRedirect(address("board", review, "findings"))


@require_POST
def set_aside(request: Request, finding_id: UUID, evidence_id: UUID) -> HttpResponse:
    """Take a piece of evidence from under a finding."""
    finding = rows.finding(request, finding_id)
    was_final = finding.is_final
    evidence = rows.part(finding.review.evidences.all(), evidence_id)
    judging.set_aside(finding, request.person, evidence=evidence)
    if was_final and not finding.is_final:
        say(request, _("It is back on the board. The finding lacks something now, so it is open again."))
    else:
        say(request, _("It is back on the board."))
    return HttpResponseRedirect(address("finding", finding))


def recommend(request: Request, review_id: UUID) -> HttpResponse:
    review = rows.review(request, review_id, Act.EDIT_REVIEW)
    chosen = as_id(request.GET.get("finding"))
    form = bind(request, AdviceForm, findings=review.findings.all(), chosen=[chosen] if chosen else [])

    def save(filled: AdviceForm) -> str:
        id = filled.cleaned_data["id"]
        judging.recommend(review, request.person, id=id, **filled.facts)
        say(request, _("The recommendation is kept."))
        return address("board", review, "recommendations")

    return _advice_page(request, review, form, save, title=_("Write a recommendation"))


def change_recommendation(request: Request, recommendation_id: UUID) -> HttpResponse:
    held = rows.recommendation(request, recommendation_id)
    answered = held.findings.values_list("pk", flat=True)
    form = bind(
        request, AdviceForm, findings=held.review.findings.all(), recommendation=held, chosen=answered
    )

    def save(filled: AdviceForm) -> str:
        version = filled.cleaned_data["version"]
        judging.change_recommendation(held, request.person, version=version, **filled.facts)
        say(request, _("The recommendation is changed."))
        return address("board", held.review, "recommendations")

    return _advice_page(request, held.review, form, save, title=_("Change the recommendation"), held=held)


@require_POST
def move(request: Request, recommendation_id: UUID) -> HttpResponse:
    held = rows.recommendation(request, recommendation_id)
    judging.move_recommendation(held, request.person, up=request.POST.get("do") == "up")
    return HttpResponseRedirect(address("board", held.review, "recommendations"))


@require_POST
def withdraw(request: Request, recommendation_id: UUID) -> HttpResponse:
    held = rows.recommendation(request, recommendation_id)
    review = judging.withdraw(held, request.person)
    say(request, _("The recommendation is taken out."))
    return HttpResponseRedirect(address("board", review, "recommendations"))


def _advice_page(
    request: Request, review: Review, form: AdviceForm, save: object, **facts: object
) -> HttpResponse:
    return form_page(
        request,
        "reviews/recommendation.html",
        form,
        save,  # type: ignore[arg-type]
        review=review,
        has_findings=review.findings.exists(),
        back=address("board", review, "recommendations"),
        **facts,
    )
