"""Whether the questions that are added up measure one thing: a sentence for each score, and a table of numbers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from aimline.instruments.reliability import DOUBTFUL, FEWEST_PEOPLE, GOOD, Coefficient, Reliability, Unknown
from aimline.instruments.results import Score
from aimline.reports.answers import WHOLE
from aimline.reports.drawing import figures
from aimline_analytics.drawing.parts import Unit as Number

TWO_DECIMALS = Number(share=False, decimals=2, lowest=None)


@dataclass(frozen=True, slots=True)
class Fit:
    """One line of the table; a coefficient that is not known is blank."""

    name: str
    questions: str
    people: str
    omega: str
    alpha: str


def said(found: Reliability | None) -> str:
    """One sentence on it; blank where there is but one question, or too little to tell."""
    if found is None or found.best is None:
        return ""
    return _judged(found.best) % {"count": figures.number(found.items, WHOLE)}


def few(found: Iterable[Reliability]) -> str:
    """Said once for all scores of which too few people answered every question."""
    if not any(one.why is Unknown.PEOPLE for one in found):
        return ""
    told = _(
        "Whether the questions of a score hang together is known from %(least)s people on who answered them all."
    )
    return told % {"least": figures.number(FEWEST_PEOPLE, WHOLE)}


def _judged(best: Coefficient) -> str:
    if best.value < DOUBTFUL:
        return _("The %(count)s questions do not hang together: read them one by one, not as one number.")
    if best.value < GOOD:
        return _("The %(count)s questions hang together only loosely: look at them one by one as well.")
    if best.low < DOUBTFUL:
        return _("The %(count)s questions seem to hang together, but more answers are needed to be sure.")
    return _("The %(count)s questions hang together: they can be read as one number.")


def table(scores: Sequence[Score], found: dict[str, Reliability]) -> list[Fit]:
    """The numbers behind the sentences; nothing where there are none."""
    known = [(score, found[score.construct.key]) for score in scores if score.construct.key in found]
    if not any(one.best for _score, one in known):
        return []
    return [_fit(str(score.construct.name), one) for score, one in known]


def _fit(name: str, found: Reliability) -> Fit:
    too_few = _("fewer than %(least)s") % {"least": figures.number(FEWEST_PEOPLE, WHOLE)}
    return Fit(
        name,
        figures.number(found.items, WHOLE),
        figures.number(found.people, WHOLE) if found.people >= FEWEST_PEOPLE else too_few,
        _written(found.omega),
        _written(found.alpha),
    )


def _written(found: Coefficient | None) -> str:
    if found is None:
        return ""
    facts = {
        name: figures.figure(value, TWO_DECIMALS)
        for name, value in (("value", found.value), ("low", found.low), ("high", found.high))
    }
    return _("%(value)s (%(low)s to %(high)s)") % facts
