"""How a teacher's own students grew. The address takes no id: everybody who opens it is asked about themselves."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpResponse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from aimline.growth.own import Own, of_own_students
from aimline.reports.drawing import figures
from aimline.web.growth.showing import PLAIN, TYPICAL, said_of, span_of
from aimline.web.growth.strips import Range, Scale, scale_of, strip
from aimline.web.shell import Request, page


@dataclass(frozen=True, slots=True)
class Row:
    label: str
    n: str
    mean: str = ""
    span: str = ""
    said: str = ""
    strip: SafeString | str = ""


@require_GET
def mine(request: Request) -> HttpResponse:
    """Nobody else has this page, and nothing of it is kept."""
    own = of_own_students(request.person)
    ranges = [_range(one) for one in own.subjects]
    scale = scale_of(filter(None, ranges), middle=TYPICAL, step=5)
    rows = [_row(one, shown, scale) for one, shown in zip(own.subjects, ranges, strict=True)]
    return page(request, "growth/mine.html", own=own, rows=rows, told=[row for row in rows if row.mean])


def _range(own: Own) -> Range | None:
    mean = own.growth.mean
    if mean is None or mean.estimate is None:
        return None
    return Range(mean.low, mean.estimate, mean.high)


def _row(own: Own, shown: Range | None, scale: Scale) -> Row:
    label = _("%(subject)s, spring of %(year)s") % {"subject": own.subject, "year": own.year}
    n = figures.number(own.growth.n, PLAIN)
    if shown is None:
        return Row(label, n)
    span = span_of(shown, PLAIN)
    drawn = strip(shown, scale, _("%(span)s; 50 is usual") % {"span": span})
    return Row(label, n, figures.number(shown.estimate, PLAIN), span, said_of(shown), drawn)
