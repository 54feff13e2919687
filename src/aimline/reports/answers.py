"""What people answered, in words: one figure as it is written everywhere, and one sentence about it."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from aimline.instruments.form import By, Construct
from aimline.instruments.models import Collection
from aimline.instruments.results import Score, public_score
from aimline.reports.drawing import figures
from aimline_analytics.drawing import parts

PERCENT = parts.Unit()
MEAN = parts.Unit(share=False, decimals=1, lowest=None)
WHOLE = parts.Unit(share=False)


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
    said = written(score.construct, score.value)
    if score.low is None or score.high is None:
        return said
    ends = {
        "value": said,
        "low": written(score.construct, score.low),
        "high": written(score.construct, score.high),
    }
    return _("%(value)s, could be %(low)s to %(high)s") % ends


def written(construct: Construct, value: float) -> str:
    """A number in the unit of its construct; a sum that is whole is written whole."""
    if construct.by in (By.PERCENT, By.SHARE):
        return figures.figure(value / 100, PERCENT)
    whole = construct.by is By.SUM and value.is_integer()
    return figures.figure(value, WHOLE if whole else MEAN)
