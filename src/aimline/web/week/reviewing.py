"""What reviews ask of this person: a vote, a document, a comment; and a strength to keep that a plan would drop."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from django.db.models import F, OuterRef, Q, Subquery
from django.urls import reverse
from django.utils.translation import gettext as _

from aimline.access.rules import Act, allowed
from aimline.core import clock
from aimline.people.models import Person
from aimline.reports.drawing import figures
from aimline.reviews.models import Ballot, DocumentRequest, Member, Report, Review, ReviewRole
from aimline.theory import grounds
from aimline.theory.models import Ground
from aimline.web.theory.grounding import address
from aimline.web.week.lines import Due

MOST = 6
# So long the news stays that something would drop a strength; after that it stands on the page of the theory.
NEWS = timedelta(days=14)


def asked(person: Person) -> list[Due]:
    """What waits for an answer, the vote that goes on now first."""
    return [*_votes(person), *_documents(person), *_drafts(person), *_dropping(person)]


def _votes(person: Person) -> Iterator[Due]:
    team = Member.objects.filter(person=person).values("review")
    rows = Ballot.objects.filter(ended_at=None, review__ended_on=None, review__in=team)
    rows = rows.exclude(leader=person, leader_votes=False).select_related("review", "edition__instrument")
    for ballot in allowed(person, Act.VIEW_REVIEW, rows)[:MOST]:
        facts = {"review": ballot.review.name}
        yield Due(
            _("Vote with the team: %(name)s") % {"name": ballot.edition.title},
            _("%(review)s, going on now") % facts,
            reverse("votes:room", args=[ballot.pk]),
            _("Come in"),
        )


def _documents(person: Person) -> Iterator[Due]:
    rows = DocumentRequest.objects.filter(asked=person, came_on=None, review__ended_on=None)
    seen = allowed(person, Act.EDIT_SELF, rows.select_related("review")).order_by("due_on", "pk")[:MOST]
    reviews = Review.objects.filter(pk__in=rows.values("review"))
    open_to = set(allowed(person, Act.VIEW_REVIEW, reviews).values_list("pk", flat=True))
    for one in seen:
        facts = {"review": one.review.name, "day": figures.day_month(one.due_on)}
        href = (
            f"{reverse('reviews:show', args=[one.review_id])}#documents" if one.review_id in open_to else ""
        )
        yield Due(
            _("Bring a document: %(what)s") % {"what": one.what},
            _("for %(review)s, until %(day)s") % facts,
            href,
            _("See what is asked"),
            one.due_on < clock.today(),
        )


def _drafts(person: Person) -> Iterator[Due]:
    """Versions that are out and have no word of this person yet; who leads the review sent them out."""
    latest = Report.objects.filter(review=OuterRef("review")).order_by("-number").values("pk")[:1]
    team = Member.objects.filter(person=person)
    leads = team.filter(role=ReviewRole.LEAD).values("review")
    rows = Report.objects.filter(
        pk=Subquery(latest), shared_on__isnull=False, final_on=None, review__in=team.values("review")
    )
    rows = rows.exclude(review__in=leads).exclude(comments__person=person).select_related("review")
    for report in allowed(person, Act.VIEW_REVIEW, rows)[:MOST]:
        day = figures.day_month(report.shared_on) if report.shared_on else ""
        facts = {"number": report.number, "day": day}
        yield Due(
            _("Comment on the report: %(review)s") % {"review": report.review.name},
            _("version %(number)s, out since %(day)s") % facts,
            f"{reverse('reports:show', args=[report.pk])}#comments",
            _("Read it"),
        )


def _dropping(person: Person) -> Iterator[Due]:
    """To who plans it, and to who leads the review that asked to keep it."""
    rows = Ground.objects.dropping().for_page().filter(theory__ended_on=None)
    rows = rows.filter(changed_at__gte=clock.now() - NEWS)
    leads = Member.objects.filter(person=person, role=ReviewRole.LEAD).values("review")
    mine = Q(theory__made_by=person) | Q(said_by=person) | Q(finding__review__in=leads)
    found = list(allowed(person, Act.VIEW_THEORY, rows.filter(mine)).order_by(F("changed_at").desc())[:MOST])
    seen = grounds.readable(person, found)
    for one in found:
        if one.pk in seen:
            yield Due(
                _("This would drop a strength to keep: %(name)s") % {"name": str(one.node)},
                one.on.text,
                address(one.node),
                _("See why"),
            )
