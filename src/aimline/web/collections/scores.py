"""A score as it is read: its figure, the range it could be, and what it was before."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from aimline.instruments import scoring
from aimline.instruments.form import Form
from aimline.instruments.results import Score
from aimline.reports.answers import WHOLE, said_value, written
from aimline.reports.drawing import figures
from aimline.web.collections import strips


@dataclass(frozen=True, slots=True)
class Row:
    """Without a value it is hidden, and has nothing but its name."""

    name: str
    means: str
    value: str = ""
    reach: str = ""
    drawn: SafeString | str = ""
    ends: tuple[str, str] = ("", "")
    answers: str = ""
    past: str = ""
    change: str = ""
    moved: bool = False
    hangs: str = ""


def row(form: Form, score: Score, past: Score | None = None, *, hangs: str = "") -> Row:
    """What to show of a score, beside the one of the time before; `hangs` says whether its questions fit."""
    construct = score.construct
    if score.value is None:
        return Row(str(construct.name), str(construct.means))
    ends = scoring.bounds(form, construct)
    reach = _reach(score)
    moved = past is not None and _apart(past, score)
    return Row(
        name=str(construct.name),
        means=str(construct.means),
        value=said_value(score),
        reach=reach,
        drawn=_drawn(score, past, ends, reach) if ends else "",
        ends=(written(construct, ends[0]), written(construct, ends[1])) if ends else ("", ""),
        answers=answers(score.n),
        past=said_value(past) if past else "",
        change=_change(score, past, moved=moved),
        moved=moved,
        hangs=hangs,
    )


def answers(number: int) -> str:
    return ngettext("%(count)s answer", "%(count)s answers", number) % {
        "count": figures.number(number, WHOLE)
    }


def _reach(score: Score) -> str:
    if score.low is None or score.high is None:
        return ""
    facts = {"low": written(score.construct, score.low), "high": written(score.construct, score.high)}
    return _("could be %(low)s to %(high)s") % facts


def _drawn(score: Score, past: Score | None, ends: tuple[float, float], reach: str) -> SafeString:
    value = score.value or 0.0
    facts = {"name": score.construct.name, "value": said_value(score), "reach": reach}
    said = _("%(name)s: %(value)s, %(reach)s") % facts if reach else _("%(name)s: %(value)s") % facts
    both = (score.low, score.high) if score.low is not None and score.high is not None else None
    return strips.strip(value, ends, reach=both, past=past.value if past else None, said=said)


def _apart(past: Score, now: Score) -> bool:
    """Whether the two ranges leave room between them: a cautious rule, and no word on why."""
    if past.low is None or past.high is None or now.low is None or now.high is None:
        return False
    return past.high < now.low or now.high < past.low


def _change(now: Score, past: Score | None, *, moved: bool) -> str:
    if past is None or past.value is None or now.value is None:
        return ""
    facts = {"then": said_value(past), "now": said_value(now)}
    if not moved:
        return _("%(then)s the time before, %(now)s now: this could be chance.") % facts
    if now.value > past.value:
        return _("%(then)s the time before, %(now)s now: higher by more than chance.") % facts
    return _("%(then)s the time before, %(now)s now: lower by more than chance.") % facts
