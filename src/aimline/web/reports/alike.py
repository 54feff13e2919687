"""The page of tight and loose: fifteen domains, what is meant, what is done, and how the two read together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.http import HttpResponse
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from aimline.access.rules import Act, can
from aimline.reports.drawing import figures
from aimline.reviews.models import Review
from aimline.reviews.tightness import Domain, Reading, domains
from aimline.web.parts import Next
from aimline.web.reviews import rows as review_rows
from aimline.web.shell import Request, get_allowed, page
from aimline_analytics.drawing import parts

POINTS = parts.Unit(share=False, decimals=1, lowest=None)
_WIDTH, _EDGE, _HIGH = 240, 10, 26
READS: dict[Reading, Promise | str] = {
    Reading.AS_MEANT: gettext_lazy("As meant"),
    Reading.LOOSER: gettext_lazy("Looser than meant"),
    Reading.TIGHTER: gettext_lazy("Tighter than meant"),
    Reading.NOT_AGREED: gettext_lazy("Leaders do not agree"),
    Reading.NOT_DECIDED: gettext_lazy("Nobody has said who decides"),
    Reading.HIDDEN: gettext_lazy("Too few answers to show"),
}
# First what needs a decision, then what needs a talk, then what is as it should be.
ORDER = [
    Reading.NOT_DECIDED,
    Reading.NOT_AGREED,
    Reading.LOOSER,
    Reading.TIGHTER,
    Reading.AS_MEANT,
    Reading.HIDDEN,
]


@dataclass(frozen=True, slots=True)
class Row:
    name: str
    meant: str
    done: str
    reads: object
    reading: Reading
    drawing: SafeString | str


@require_GET
def alike(request: Request, review_id: UUID) -> HttpResponse:
    review = get_allowed(request, Act.VIEW_REVIEW, Review.objects.select_related("unit"), review_id)
    found = domains(review)
    rows = sorted((_row(domain) for domain in found), key=lambda row: ORDER.index(row.reading))
    leads = can(request.person, Act.EDIT_REVIEW, review)
    talked = [row for row in rows if row.reading not in (Reading.AS_MEANT, Reading.HIDDEN)]
    return page(
        request,
        "reports/alike.html",
        review=review,
        count=len(found),
        talked=talked,
        settled=[row for row in rows if row not in talked],
        widest=_widest(found),
        eyebrow=review_rows.eyebrow(review),
        tabs=review_rows.tabs(review, "alike", review.evidences.count(), leads=leads),
        next=_next(review, rows) if leads and review.ended_on is None else None,
    )


def _widest(found: Sequence[Domain]) -> str:
    """The domain whose practice lies furthest outside what is meant, where one does."""
    outside = [one for one in found if one.reading in (Reading.LOOSER, Reading.TIGHTER)]
    return str(max(outside, key=lambda one: abs(one.distance)).name) if outside else ""


def _next(review: Review, rows: Sequence[Row]) -> Next | None:
    """Put the first that nobody has decided on the board, to be decided with those it concerns."""
    open_one = next((row.name for row in rows if row.reading is Reading.NOT_DECIDED), "")
    if not open_one:
        return None
    why = _("Nobody has said who decides on “%(domain)s”. Decide that before anything else.")
    return Next(why % {"domain": open_one}, _("Open the board"), reverse("reviews:board", args=[review.pk]))


def _row(domain: Domain) -> Row:
    return Row(
        name=str(domain.name),
        meant=_zone(domain),
        done="" if domain.done is None else figures.figure(domain.done, POINTS),
        reads=READS[domain.reading],
        reading=domain.reading,
        drawing=_strip(domain) if domain.reading is not Reading.HIDDEN else "",
    )


def _zone(domain: Domain) -> str:
    """Where the middle half of leaders stands, in the words of the scale."""
    if domain.meant is None:
        return ""
    low, high = (domain.scale.level(value) for value in domain.meant)
    if low is None or high is None:
        return ""
    if low == high:
        return str(low.name)
    return _("“%(low)s” to “%(high)s”") % {"low": low.name, "high": high.name}


def _strip(domain: Domain) -> SafeString:
    """The meant zone, and a dot for what is done, joined by the distance. The words say the same."""
    levels = [level.value for level in domain.scale.levels]
    ends = min(levels), max(levels)
    low, high = domain.meant or ends
    done = domain.done if domain.done is not None else low
    nearest = min(max(done, low), high)
    at = {name: f"{_at(value, ends):.1f}" for name, value in {"done": done, "near": nearest}.items()}
    # A zone of one level is as wide as half a level to each side.
    first, last = _at(low - 0.25, ends), _at(high + 0.25, ends)
    return format_html(
        '<svg class="strip" viewBox="0 0 {w} {h}" aria-hidden="true"><path class="c-axis" d="M{a} {y}H{b}"/>'
        '<rect class="z-meant" x="{x}" y="5" width="{wide}" height="16" rx="2"/>'
        '<path class="z-miss" d="M{near} {y}H{done}"/><circle class="c-pt" cx="{done}" cy="{y}" r="5"/></svg>',
        w=_WIDTH,
        h=_HIGH,
        a=_EDGE,
        b=_WIDTH - _EDGE,
        y=_HIGH // 2,
        x=f"{first:.1f}",
        wide=f"{last - first:.1f}",
        **at,
    )


def _at(value: float, ends: tuple[float, float]) -> float:
    low, high = ends
    share = (value - low) / (high - low) if high > low else 0.5
    return _EDGE + (_WIDTH - 2 * _EDGE) * min(max(share, -0.04), 1.04)
