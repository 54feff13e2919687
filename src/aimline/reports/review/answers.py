"""What people answered, in one sentence."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from aimline.instruments.form import By
from aimline.instruments.models import Collection
from aimline.instruments.results import Score, public_score
from aimline.reports.drawing import figures
from aimline_analytics.drawing import parts

PERCENT = parts.Unit()
MEAN = parts.Unit(share=False, decimals=1, lowest=None)


def said_of(collection: Collection, construct: str) -> str:
    """The figure of one construct with its range, or that it is hidden."""
    score = public_score(collection, construct)
    if score is None:
        return _("%(collection)s: hidden to protect those who answered, or not closed yet.") % {
            "collection": collection.name
        }
    return _("%(name)s: %(figure)s. %(people)s, %(collection)s.") % {
        "name": score.construct.name,
        "figure": figure_of(score),
        "people": ngettext("%(count)s person answered", "%(count)s people answered", score.n)
        % {"count": score.n},
        "collection": collection.name,
    }


def figure_of(score: Score) -> str:
    """The number of a score as people say it, with the range in which it could lie."""
    if score.value is None:
        return ""
    said = _written(score, score.value)
    if score.low is None or score.high is None:
        return said
    ends = {"value": said, "low": _written(score, score.low), "high": _written(score, score.high)}
    return _("%(value)s, could be %(low)s to %(high)s") % ends


def _written(score: Score, value: float) -> str:
    if score.construct.by in (By.PERCENT, By.SHARE):
        return figures.figure(value / 100, PERCENT)
    return figures.figure(value, MEAN)
