"""Reviews in rows, and the board's evidence as it was asked for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from aimline.access.rules import Act, can
from aimline.core.errors import NotAllowed
from aimline.org.models import Unit
from aimline.reports.drawing import figures
from aimline.reviews.actions.judging import MOST_RECOMMENDATIONS
from aimline.reviews.models import Evidence, FindingKind, Review, Source
from aimline.reviews.templates import PlannedStep, template
from aimline.web.parts import Link
from aimline.web.reviews.cards import Advice, Judged, Tally
from aimline.web.reviews.rows import address
from aimline.web.reviews.words import count
from aimline.web.shell import Request

UNUSED, ALL = "unused", "all"


@dataclass(frozen=True, slots=True)
class Row:
    name: str
    href: str
    about: list[str]


def row(review: Review, place: Unit) -> Row:
    kind = template(review.template)
    about = [str(kind.name)] if kind and str(kind.name) != review.name else []
    if review.unit_id != place.pk:
        about.append(review.unit.name)
    facts = {"start": figures.full_day(review.starts_on), "end": figures.full_day(review.ends_on)}
    about.append(_("%(start)s to %(end)s") % facts)
    return Row(review.name, address("show", review), about)


def school_days(step: PlannedStep) -> str:
    """On which school days of the review a step falls."""
    if step.first == step.last:
        return _("School day %(first)s") % {"first": count(step.first)}
    return _("School days %(first)s to %(last)s") % {"first": count(step.first), "last": count(step.last)}


def expect_planner(request: Request) -> None:
    if not can(request.person, Act.EDIT_REVIEW, request.place):
        raise NotAllowed(
            _("Reviews of %(place)s are planned by those who lead it.") % {"place": request.place.name}
        )


def shown(asked: str, held: Tally) -> str:
    """What was asked for; else what is not used yet, as long as there is some."""
    if asked in {UNUSED, ALL} or asked in held.by_source:
        return asked
    return UNUSED if held.unused else ALL


def filtered(review: Review, wanted: str) -> QuerySet[Evidence]:
    rows: QuerySet[Evidence] = review.evidences.for_board().order_by("-created_at", "id")
    if wanted == UNUSED:
        return rows.filter(uses=None)
    return rows if wanted == ALL else rows.filter(source=wanted)


def chips(wanted: str, held: Tally) -> list[Link]:
    links = [
        Link(_("Not used"), f"?show={UNUSED}", wanted == UNUSED, held.unused),
        Link(_("All"), f"?show={ALL}", wanted == ALL, held.pieces),
    ]
    present = [source for source in Source if source in held.by_source]
    return links + [
        Link(source.label, f"?show={source.value}", wanted == source, held.by_source[source])
        for source in present
    ]


def found_note(found: Sequence[Judged]) -> str:
    keep = sum(one.finding.kind == FindingKind.KEEP for one in found)
    gaps = len(found) - keep
    said = ngettext("%(keep)s to keep, %(gaps)s gap", "%(keep)s to keep, %(gaps)s gaps", gaps)
    return said % {"keep": count(keep), "gaps": count(gaps)} if found else ""


PLACES = {
    1: gettext_lazy("One place left."),
    2: gettext_lazy("Two places left."),
    3: gettext_lazy("Three places left."),
    4: gettext_lazy("Four places left."),
    5: gettext_lazy("Five places."),
}


def places_left(recommended: Sequence[Advice]) -> object:
    return PLACES.get(MOST_RECOMMENDATIONS - len(recommended), "")
