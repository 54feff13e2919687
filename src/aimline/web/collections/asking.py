"""What a collection asks of people, before it is opened: minutes of each week against what a week has room for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from aimline.instruments import burden
from aimline.instruments.models import AnsweredBy, Collection
from aimline.reports.drawing import figures, words
from aimline_analytics.drawing.parts import Unit as Number

COUNT = Number(share=False)
# All weeks of one drawing share its width; a bar is as long as its minutes.
_WIDE, _HIGH, _AIR = 100, 10, 1.1


@dataclass(frozen=True, slots=True)
class Bar:
    """One week: what is asked already, what this adds, and what they come to."""

    week: str
    already: int
    this: int
    together: int
    budget: int
    told: str
    is_over: bool
    drawn: SafeString


@dataclass(frozen=True, slots=True)
class Asked:
    """`sentence` says it for the fullest week; `others` are what else is asked of the same people."""

    bars: list[Bar]
    sentence: words.Sentence
    others: list[str]
    is_over: bool


def asked(collection: Collection) -> Asked:
    weeks = burden.weeks(collection)
    most = max((max(week.together, week.budget) for week in weeks), default=1) * _AIR
    named = [name for week in weeks for name in _names(collection, week.monday)]
    return Asked(
        bars=[_bar(week, most) for week in weeks],
        sentence=_sentence(collection, weeks),
        others=list(dict.fromkeys(named)),
        is_over=any(week.over for week in weeks),
    )


def _names(collection: Collection, start: date) -> list[str]:
    return [_name(one) for one in burden.alongside(collection, start)]


def _name(one: Collection) -> str:
    said = ngettext("%(name)s (%(count)s minute)", "%(name)s (%(count)s minutes)", one.edition.minutes)
    return said % {"name": one.name, "count": one.edition.minutes}


def _bar(week: burden.Week, most: float) -> Bar:
    facts = {"count": week.together, "over": week.over}
    told = _("%(count)s min, %(over)s over") % facts if week.over else _("%(count)s min") % facts
    day = _("Week of %(day)s") % {"day": figures.day_month(week.monday)}
    return Bar(
        day, week.already, week.this, week.together, week.budget, told, week.over > 0, _drawn(week, most)
    )


def _drawn(week: burden.Week, most: float) -> SafeString:
    """A bar that stretches with the page. Its words stand beside it, so it says nothing itself."""
    before, this = (_WIDE * minutes / most for minutes in (week.already, week.this))
    return format_html(
        '<svg class="burden-bar" viewBox="0 0 {wide} {high}" preserveAspectRatio="none" aria-hidden="true">'
        '<rect class="c-bar2" width="{before}" height="{high}"/>'
        '<rect class="c-bar" x="{before}" width="{this}" height="{high}"/>'
        '<path class="c-limit-h" d="M{limit} 0V{high}"/><path class="c-limit" d="M{limit} 0V{high}"/></svg>',
        wide=_WIDE,
        high=_HIGH,
        before=f"{before:.2f}",
        this=f"{this:.2f}",
        limit=f"{_WIDE * week.budget / most:.2f}",
    )


def _sentence(collection: Collection, weeks: list[burden.Week]) -> words.Sentence:
    if not weeks:
        return words.marked(
            _("[No budget is kept here]: observing, and working on this as a team, is part of the work."), {}
        )
    fullest = max(weeks, key=lambda week: week.together)
    facts = {
        "minutes": figures.number(fullest.together, COUNT),
        "budget": figures.number(fullest.budget, COUNT),
        "day": figures.day_month(fullest.monday),
    }
    return words.marked(_told(AnsweredBy(collection.edition.instrument.answered_by), fullest), facts)


def _told(who: AnsweredBy, week: burden.Week) -> str:
    if week.over:
        return {
            AnsweredBy.STUDENTS: _(
                "Each student would answer for %(minutes)s minutes in the week of %(day)s. "
                "[The budget is %(budget)s]."
            ),
            AnsweredBy.FAMILIES: _(
                "Each family would answer for %(minutes)s minutes in the week of %(day)s. "
                "[The budget is %(budget)s]."
            ),
        }.get(
            who,
            _(
                "Each member of the staff would answer for %(minutes)s minutes in the week of %(day)s. "
                "[The budget is %(budget)s]."
            ),
        )
    return {
        AnsweredBy.STUDENTS: _(
            "[Each student stays inside the budget]: at most %(minutes)s of %(budget)s minutes a week."
        ),
        AnsweredBy.FAMILIES: _(
            "[Each family stays inside the budget]: at most %(minutes)s of %(budget)s minutes a week."
        ),
    }.get(
        who,
        _("[The staff stay inside the budget]: each at most %(minutes)s of %(budget)s minutes a week."),
    )
