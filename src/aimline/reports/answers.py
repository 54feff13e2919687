"""What people answered, in words: one figure as it is written everywhere, and one sentence about it."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from aimline.instruments.form import By, Construct
from aimline.instruments.models import Collection
from aimline.instruments.results import End, Score, Share, public_score
from aimline.reports.drawing import figures
from aimline_analytics.drawing import parts

PERCENT = parts.Unit()
MEAN = parts.Unit(share=False, decimals=1, lowest=None)
WHOLE = parts.Unit(share=False)


def said_of(collection: Collection, construct: str) -> str:
    """The figure of one construct with its range and where it was asked, or that it is hidden."""
    score = public_score(collection, construct)
    if score is None:
        return _("%(collection)s: hidden to protect those who answered, or not closed yet.") % {
            "collection": collection.name
        }
    return _("%(figure)s %(collection)s.") % {
        "figure": sentence_of_score(score),
        "collection": collection.name,
    }


def sentence_of_score(score: Score) -> str:
    """The one sentence for a score, wherever it stands."""
    return _("%(name)s: %(figure)s. %(people)s.") % {
        "name": score.construct.name,
        "figure": figure_of(score),
        "people": ngettext("%(count)s person answered", "%(count)s people answered", score.n)
        % {"count": figures.number(score.n, WHOLE)},
    }


def figure_of(score: Score) -> str:
    """The number of a score as people say it, with the range in which it could lie."""
    said = said_value(score)
    if score.low is None or score.high is None:
        return said
    ends = {
        "value": said,
        "low": written(score.construct, score.low),
        "high": written(score.construct, score.high),
    }
    return _("%(value)s, could be %(low)s to %(high)s") % ends


def said_value(score: Score) -> str:
    """The number alone; one that is not told more exactly says so."""
    if score.value is None:
        return ""
    said = {"value": written(score.construct, score.value)}
    if score.end is End.OR_LESS:
        return _("%(value)s or less") % said
    return _("%(value)s or more") % said if score.end is End.OR_MORE else said["value"]


def said_share(share: Share) -> str:
    """A share of answers in percent, or the band in which it lies."""
    if share.is_exact:
        return figures.figure(share.percent / 100, PERCENT)
    low, high = (figures.figure(end / 100, PERCENT) for end in (share.low, share.high))
    if share.low == 0:
        return _("%(value)s or less") % {"value": high}
    if share.high == 100:
        return _("%(value)s or more") % {"value": low}
    return _("%(low)s to %(high)s") % {"low": figures.number(share.low / 100, PERCENT), "high": high}


def written(construct: Construct, value: float) -> str:
    """A number in the unit of its construct; a sum that is whole is written whole."""
    if construct.by in (By.PERCENT, By.SHARE):
        return figures.figure(value / 100, PERCENT)
    whole = construct.by is By.SUM and value.is_integer()
    return figures.figure(value, WHOLE if whole else MEAN)
