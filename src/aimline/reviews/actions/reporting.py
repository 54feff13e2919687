"""Writes of reports: a draft, versions that are fixed when they go out for comment, and the final one."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from aimline.access.guard import action
from aimline.access.roles import Act
from aimline.core import clock
from aimline.core.errors import Conflict, Invalid
from aimline.core.ids import uuid7
from aimline.core.models import once
from aimline.people.models import Person
from aimline.reviews.models import Comment, Report, Review


@action(Act.EDIT_REVIEW)
def write_report(
    review: Review,
    person: Person,
    *,
    summary: str,
    for_families: dict[str, str] | None = None,
    version: int | None = None,
) -> Report:
    """Write the draft of a report; a version that went out stays, and the next draft begins from it."""
    latest = review.reports.select_for_update().order_by("-number").first()
    facts: dict[str, Any] = {"summary": summary.strip(), "for_families": for_families or {}}
    if not facts["summary"]:
        why = _("Say in a few sentences what the review found.")
        raise Invalid(why, fields={"summary": why})
    if latest is None or latest.shared_on is not None:
        return Report.objects.create(review=review, number=latest.number + 1 if latest else 1, **facts)
    latest.expect_version(version)
    return latest.change(**facts)


@action(Act.EDIT_REVIEW)
def share_draft(
    report: Report, person: Person, *, content: dict[str, Any], version: int | None = None
) -> Report:
    """Send a draft out for comment: what it says is fixed, and the next change makes another version."""
    report.expect_version(version)
    if report.shared_on is not None:
        raise Conflict(_("This version is out already. Write the next one to change it."))
    return report.change(content=content, shared_on=clock.today())


@action(Act.EDIT_REVIEW)
def make_report_final(
    report: Report, person: Person, *, content: dict[str, Any], version: int | None = None
) -> Report:
    """Make a version the final one; only findings that are final may stand in it."""
    report.expect_version(version)
    if report.final_on is not None:
        return report
    if report.review.findings.filter(kind="keep", final_on__isnull=False).count() == 0:
        raise Invalid(_("Name at least one strength to keep, with its evidence, before the report is final."))
    today = clock.today()
    return report.change(
        content=report.content or content, shared_on=report.shared_on or today, final_on=today
    )


@action(Act.VIEW_REVIEW)
def comment(
    report: Report, person: Person, *, text: str, part: UUID | None = None, id: UUID | None = None
) -> Comment:
    """Comment on a version that is out, on the whole or on one part of it."""
    if made := once(Comment, id, report=report):
        return made
    if report.shared_on is None or report.final_on is not None:
        raise Conflict(_("This version is not open for comments."))
    if not text.strip():
        why = _("Write your comment.")
        raise Invalid(why, fields={"text": why})
    return Comment.objects.create(
        id=id or uuid7(), report=report, person=person, part=part, text=text.strip()
    )


@action(Act.EDIT_REVIEW)
def settle(comment: Comment, person: Person, *, settled: bool = True) -> Comment:
    """Note that a comment has been dealt with."""
    return comment.change(settled_on=clock.today() if settled else None)
