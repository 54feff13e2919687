"""The page of two ends of a year: each row of the rubric then and now, and how alike those who rated it were."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET

from aimline.access.rules import Act, can
from aimline.core.errors import NotFound
from aimline.reports.drawing import figures
from aimline.reviews.comparing import Rated, Row, Section, compare
from aimline.reviews.models import Review
from aimline.web.shell import Request, get_allowed, page
from aimline_analytics.drawing import parts

LEVEL = parts.Unit(share=False, decimals=1, lowest=None)


@dataclass(frozen=True, slots=True)
class Told:
    name: str
    then: str
    now: str
    alike: str
    signal: str
    word: str
    up: bool


@require_GET
def compared(request: Request, review_id: UUID) -> HttpResponse:
    review = get_allowed(
        request, Act.VIEW_REVIEW, Review.objects.select_related("unit", "earlier__unit"), review_id
    )
    if review.earlier is None or not can(request.person, Act.VIEW_REVIEW, review.earlier):
        raise NotFound
    sections = compare(review, review.earlier)
    return page(
        request,
        "reports/compare.html",
        review=review,
        earlier=review.earlier,
        verdict=_verdict(sections),
        sections=[(section.name, [_row(row) for row in section.rows]) for section in sections],
    )


def _verdict(sections: Sequence[Section]) -> list[str]:
    """How many rows moved, in sentences; only of rows that both ends rated."""
    moved = [row.moved for section in sections for row in section.rows if row.moved is not None]
    up, down = sum(change > 0 for change in moved), sum(change < 0 for change in moved)
    if not moved:
        return []
    return [
        ngettext("%(count)s row moved up", "%(count)s rows moved up", up) % {"count": up},
        ngettext("%(count)s moved down", "%(count)s moved down", down) % {"count": down},
        _("%(count)s stayed about where they were") % {"count": len(moved) - up - down},
    ]


def _row(row: Row) -> Told:
    signal, word = _moved(row)
    return Told(
        name=str(row.item.ask),
        then=_level(row, row.then),
        now=_level(row, row.now),
        alike=_alike(row.now or row.then),
        signal=signal,
        word=word,
        up=bool(row.moved and row.moved > 0),
    )


def _moved(row: Row) -> tuple[str, str]:
    if row.moved is None:
        return "few", _("Rated once")
    if row.moved == 0:
        return "steady", _("About the same")
    size = figures.figure(abs(row.moved), LEVEL)
    if row.moved > 0:
        return "better", _("Up by %(size)s") % {"size": size}
    return "worse", _("Down by %(size)s") % {"size": size}


def _level(row: Row, rated: Rated | None) -> str:
    """A level that is one of the row's own has its name."""
    if rated is None:
        return _("not rated")
    named = row.item.level(rated.level)
    number = figures.figure(rated.level, LEVEL)
    return f"{named.code} {named.name}" if named else number


def _alike(rated: Rated | None) -> str:
    if rated is None or rated.alike is None or rated.raters < 2:
        return ""
    facts = {"alike": round(rated.alike * rated.raters / 100), "raters": rated.raters}
    return _("%(alike)s of %(raters)s chose the same") % facts
