"""Writes of sense-making: evidence, findings, what speaks for and against them, recommendations."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Max, ProtectedError
from django.utils.translation import gettext as _

from aimline.access.guard import action
from aimline.access.roles import Act
from aimline.core import clock
from aimline.core.errors import Conflict, Invalid
from aimline.core.ids import uuid7
from aimline.core.models import once
from aimline.people.models import Person
from aimline.reviews.models import (
    Evidence,
    Finding,
    Quote,
    Recommendation,
    Review,
    Stance,
    Use,
    expect_open,
    must_be_part,
)
from aimline.reviews.weighing import in_the_way, weigh

# Leaders act on few: more would each get less.
MOST_RECOMMENDATIONS = 5


@action(Act.ADD_EVIDENCE)
def add_evidence(review: Review, person: Person, /, *, id: UUID | None = None, **facts: Any) -> Evidence:
    """Put one thing that was seen, heard, read or counted on the board."""
    if made := once(Evidence, id, review=review):
        return made
    expect_open(review)
    evidence = Evidence(id=id or uuid7(), review=review, **facts)
    _within(evidence)
    _says_something(evidence)
    evidence.full_clean(exclude=["review", "series", "collection"])
    evidence.save(force_insert=True)
    return evidence


@action(Act.ADD_EVIDENCE)
def change_evidence(
    review: Review, person: Person, /, *, evidence: Evidence, version: int | None = None, **facts: Any
) -> Evidence:
    """Put a piece of evidence into better words, or say which way it leans."""
    expect_open(review)
    must_be_part(evidence, review)
    evidence.expect_version(version)
    _as_it_was_said(evidence, facts)
    for name, value in facts.items():
        setattr(evidence, name, value)
    _says_something(evidence)
    evidence.change(**facts)
    for use in evidence.uses.select_related("finding"):
        _open_again(use.finding)
    return evidence


@action(Act.ADD_EVIDENCE)
def take_evidence_off(review: Review, person: Person, *, evidence: Evidence) -> Review:
    """Take a piece of evidence off the board, as long as no finding rests on it."""
    expect_open(review)
    must_be_part(evidence, review)
    if evidence.uses.exists():
        raise Conflict(_("A finding rests on this. Take it from the finding first."))
    evidence.delete()
    return review


@action(Act.EDIT_REVIEW)
def write_finding(review: Review, person: Person, /, *, id: UUID | None = None, **facts: Any) -> Finding:
    """Write a finding: a strength to keep, or a gap."""
    if made := once(Finding, id, review=review):
        return made
    expect_open(review)
    last = review.findings.aggregate(last=Max("position"))["last"] or 0
    finding = Finding(id=id or uuid7(), review=review, position=last + 1, **facts)
    finding.full_clean(exclude=["review"])
    finding.save(force_insert=True)
    return finding


@action(Act.EDIT_REVIEW)
def change_finding(
    finding: Finding, person: Person, /, *, version: int | None = None, **facts: Any
) -> Finding:
    """Change the words of a finding. One that was final is open again, because it now says something else."""
    expect_open(finding.review)
    finding.expect_version(version)
    return finding.change(**facts, final_on=None)


@action(Act.EDIT_REVIEW)
def drop_finding(finding: Finding, person: Person) -> Review:
    """Drop a finding; its evidence goes back to the board. What a recommendation answers stays."""
    expect_open(finding.review)
    if finding.recommendations.exists():
        raise Conflict(_("A recommendation answers this finding. Change the recommendation first."))
    review = finding.review
    _delete(finding)
    return review


@action(Act.EDIT_REVIEW)
def use_evidence(
    finding: Finding, person: Person, *, evidence: Evidence, stance: Stance = Stance.SUPPORTS
) -> Use:
    """Put a piece of evidence under a finding: for it or against it. Doing it again changes the side."""
    expect_open(finding.review)
    must_be_part(evidence, finding.review)
    if evidence.withdrawn_on:
        raise Conflict(_("The person who said this took it back. Nothing can rest on it."))
    use, _is_new = Use.objects.update_or_create(
        finding=finding, evidence=evidence, defaults={"stance": stance}
    )
    _open_again(finding)
    return use


@action(Act.EDIT_REVIEW)
def set_aside(finding: Finding, person: Person, *, evidence: Evidence) -> Finding:
    """Take a piece of evidence from under a finding. A finding that lacks something without it is open again."""
    expect_open(finding.review)
    finding.uses.filter(evidence=evidence).delete()
    _open_again(finding)
    return finding


@action(Act.EDIT_REVIEW)
def make_final(finding: Finding, person: Person, *, version: int | None = None) -> Finding:
    """Let a finding stand: on two kinds of evidence, after looking for what would show it wrong."""
    expect_open(finding.review)
    finding.expect_version(version)
    lacks = in_the_way(finding, weigh(finding.uses.select_related("evidence")))
    if lacks:
        raise Invalid(_("This finding is not ready. Look at what it still needs."), lacks=lacks)
    return finding.change(final_on=clock.today())


@action(Act.EDIT_REVIEW)
def recommend(
    review: Review, person: Person, /, *, findings: Sequence[Finding], id: UUID | None = None, **facts: Any
) -> Recommendation:
    """Recommend something that answers findings; a review has five places."""
    if made := once(Recommendation, id, review=review):
        return made
    expect_open(review)
    held = review.recommendations.count()
    if held >= MOST_RECOMMENDATIONS:
        raise Conflict(
            _("There are %(most)s recommendations already. Leaders act on few: change one, or take one out.")
            % {"most": MOST_RECOMMENDATIONS}
        )
    recommendation = Recommendation(id=id or uuid7(), review=review, priority=held + 1, **facts)
    recommendation.full_clean(exclude=["review"])
    recommendation.save(force_insert=True)
    _answer(recommendation, findings)
    return recommendation


@action(Act.EDIT_REVIEW)
def change_recommendation(
    recommendation: Recommendation,
    person: Person,
    /,
    *,
    findings: Sequence[Finding] | None = None,
    version: int | None = None,
    **facts: Any,
) -> Recommendation:
    """Change what is recommended, how much work it is, or what it answers."""
    expect_open(recommendation.review)
    recommendation.expect_version(version)
    recommendation.change(**facts)
    if findings is not None:
        _answer(recommendation, findings)
    return recommendation


@action(Act.EDIT_REVIEW)
def move_recommendation(recommendation: Recommendation, person: Person, *, up: bool) -> Recommendation:
    """Give a recommendation the place of its neighbor."""
    expect_open(recommendation.review)
    ordered = list(recommendation.review.recommendations.order_by("priority", "created_at"))
    at = next(index for index, one in enumerate(ordered) if one.pk == recommendation.pk)
    to = max(0, min(len(ordered) - 1, at - 1 if up else at + 1))
    ordered.insert(to, ordered.pop(at))
    for place, one in enumerate(ordered, start=1):
        if one.priority != place:
            one.change(priority=place)
    recommendation.refresh_from_db()
    return recommendation


@action(Act.EDIT_REVIEW)
def withdraw(recommendation: Recommendation, person: Person) -> Review:
    """Take a recommendation out; those after it move up."""
    expect_open(recommendation.review)
    review = recommendation.review
    _delete(recommendation)
    for place, one in enumerate(review.recommendations.order_by("priority", "created_at"), start=1):
        if one.priority != place:
            one.change(priority=place)
    return review


def _delete(row: Finding | Recommendation) -> None:
    try:
        with transaction.atomic():
            row.delete()
    except ProtectedError as error:
        raise Conflict(
            _("Later work points to this: a theory or a change idea. It stays, and its words can be changed.")
        ) from error


def _answer(recommendation: Recommendation, findings: Sequence[Finding]) -> None:
    if not findings:
        why = _("Say which finding it answers: a recommendation without one has nothing to stand on.")
        raise Invalid(why, fields={"findings": why})
    for finding in findings:
        must_be_part(finding, recommendation.review)
    recommendation.findings.set(findings)


def _open_again(finding: Finding) -> None:
    if finding.is_final and in_the_way(finding, weigh(finding.uses.select_related("evidence"))):
        finding.change(final_on=None)


def _says_something(evidence: Evidence) -> None:
    if not evidence.text.strip() and evidence.series is None and not evidence.construct:
        why = _("Write down what was seen, heard, read or counted.")
        raise Invalid(why, fields={"text": why})


def _as_it_was_said(evidence: Evidence, facts: dict[str, Any]) -> None:
    """Somebody's words are changed where they were said, not on the board; which way they lean may be said here."""
    changed = {name for name, value in facts.items() if getattr(evidence, name) != value}
    was_said = evidence.withdrawn_on or Quote.objects.filter(evidence=evidence).exists()
    if was_said and changed & {"text", "origin", "day", "source"}:
        why = _("These are words that somebody said. Choose other words of theirs where the themes are.")
        raise Conflict(why)


def _within(evidence: Evidence) -> None:
    """What evidence points at lies at the place of the review, or below it."""
    unit = evidence.review.unit
    pointed = [one.unit for one in (evidence.series, evidence.collection) if one is not None]
    if not all(unit.holds(place) for place in pointed):
        raise Invalid(_("This number belongs to another place."))
    asked = evidence.collection.edition.form.constructs if evidence.collection else ()
    if evidence.construct and evidence.construct not in {one.key for one in asked}:
        raise Invalid(_("This collection has no figure of this name."))
