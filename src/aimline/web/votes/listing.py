"""Votes in rows."""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from aimline.reports.drawing import figures
from aimline.reviews.models import Ballot
from aimline.web.reviews.words import count


@dataclass(frozen=True, slots=True)
class Row:
    name: str
    href: str
    about: list[str]
    told: str
    is_open: bool


def row(ballot: Ballot) -> Row:
    about = [
        ballot.review.name,
        ballot.review.unit.name,
        figures.full_day(timezone.localtime(ballot.created_at).date()),
    ]
    return Row(
        ballot.edition.title,
        reverse("votes:room", args=[ballot.pk]),
        about,
        _told(ballot),
        ballot.ended_at is None,
    )


def _told(ballot: Ballot) -> str:
    if ballot.ended_at is None:
        return _("Going on now")
    total = ballot.result.get("total", {})
    if not total.get("told"):
        return _("Ended")
    facts = {"points": count(int(total["points"])), "most": count(int(total["most"]))}
    return _("%(points)s of %(most)s points") % facts
