"""A cycle in plain words: its numbers as people say them, where it stands, what it showed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from aimline.core import clock
from aimline.cycles.models import Cycle, Prediction, Result, Stage, TestScale
from aimline.cycles.showing import Shown
from aimline.measures.models import Scale
from aimline.org.schooldays import SchoolDays
from aimline.reports.drawing import figures
from aimline.reports.drawing.words import Sentence, marked
from aimline_analytics.drawing.parts import Unit

SHARE = Unit(share=True)
# Where somebody predicts 0.9 %, whole percents would hide whether it came true.
FINE_SHARE = Unit(share=True, decimals=1)
FINE_BELOW = 10
COUNT = Unit(share=False)
MEAN = Unit(share=False, decimals=1, lowest=None)


def unit_of(cycle: Cycle) -> Unit:
    share = FINE_SHARE if _is_fine(cycle) else SHARE
    return {Scale.PERCENT: share, Scale.COUNT: COUNT, Scale.MEAN: MEAN}[cycle.unit_of_number]


def _is_fine(cycle: Cycle) -> bool:
    stated = [one.threshold for one in cycle.predictions.all() if one.threshold is not None]
    return any(threshold < FINE_BELOW or threshold % 1 for threshold in stated)


def drawn_value(cycle: Cycle, value: float) -> float:
    """Pictures take a share as 0 to 1; rows keep percent."""
    return value / 100 if cycle.unit_of_number == Scale.PERCENT else value


def say(cycle: Cycle, value: float | None) -> str:
    return "" if value is None else figures.figure(drawn_value(cycle, value), unit_of(cycle))


def say_range(cycle: Cycle, low: float, high: float) -> str:
    unit = unit_of(cycle)
    ends = {"low": figures.number(drawn_value(cycle, low), unit), "high": say(cycle, high)}
    return _("%(low)s to %(high)s") % ends


def say_days(cycle: Cycle) -> str:
    far = cycle.ends_on.year != clock.today().year
    last = figures.short_year_day(cycle.ends_on) if far else figures.day_month(cycle.ends_on)
    return _("%(first)s to %(last)s") % {"first": figures.day_month(cycle.starts_on), "last": last}


def say_threshold(cycle: Cycle, prediction: Prediction) -> str:
    """What has to happen for it to come true."""
    if prediction.threshold is None:
        return prediction.text
    pattern = _("%(value)s or less") if cycle.better == "down" else _("%(value)s or more")
    return pattern % {"value": say(cycle, prediction.threshold)}


def say_result(cycle: Cycle, shown: Shown) -> str:
    """The result in a few words, for lists and timelines."""
    if shown.is_hidden:
        return _("Hidden to protect students")
    if shown.result is None:
        return ""
    if shown.result.value is None:
        return shown.result.words
    if shown.result.by_hand and shown.result.denominator:
        return say_count(shown.result)
    return say(cycle, shown.result.value)


def say_count(result: Result) -> str:
    counts = {"top": int(result.numerator or 0), "bottom": int(result.denominator or 0)}
    return _("%(top)s of %(bottom)s") % counts


def say_both(cycle: Cycle, shown: Shown) -> str:
    """Predicted and happened in one line."""
    bet = leading(cycle)
    happened = say_result(cycle, shown)
    if not happened:
        return _("Predicted %(bet)s") % {"bet": say_threshold(cycle, bet)} if bet else ""
    if bet is None or shown.is_hidden or bet.threshold is None:
        return happened
    return _("Predicted %(bet)s, happened %(happened)s") % {
        "bet": say_threshold(cycle, bet),
        "happened": happened,
    }


def leading(cycle: Cycle) -> Prediction | None:
    """The prediction that speaks for the test: the owner's, else the first."""
    made = list(cycle.predictions.all())
    return next((one for one in made if one.person_id == cycle.owner_id), made[0] if made else None)


def number_words(cycle: Cycle) -> str:
    return (
        _("Test %(number)s of this idea") % {"number": cycle.number}
        if cycle.idea_id
        else _("Test %(number)s") % {"number": cycle.number}
    )


def verdict(cycle: Cycle, shown: Shown, days: SchoolDays) -> Sentence:
    """The page in one sentence."""
    if shown.is_hidden:
        return marked(_("[The result is hidden to protect students]: fewer took part than may be shown."), {})
    if shown.result is not None:
        return _happened(cycle, shown.result)
    if cycle.stage == Stage.PLAN:
        return _planned(cycle)
    if cycle.stage == Stage.DO and not cycle.is_due:
        return _running(cycle, days)
    if cycle.stage == Stage.DONE:
        return marked(_("[Stopped before a result]. The reason is below."), {})
    return marked(_("[The test days are over]. Set what happened beside what you expected."), {})


def _planned(cycle: Cycle) -> Sentence:
    count = len(cycle.predictions.all())
    facts = {"days": say_days(cycle), "count": str(count)}
    if not count:
        return marked(
            _("Planned for %(days)s. [Nothing is predicted yet]: say what you expect, then start."), facts
        )
    pattern = ngettext(
        "Planned for %(days)s. [%(count)s person has said what to expect.]",
        "Planned for %(days)s. [%(count)s people have said what to expect.]",
        count,
    )
    return marked(pattern, facts)


def _running(cycle: Cycle, days: SchoolDays) -> Sentence:
    today = clock.today()
    whole = days.between(cycle.starts_on, cycle.ends_on)
    if not whole or today < cycle.starts_on:
        return marked(_("[Running until %(last)s.]"), {"last": figures.full_day(cycle.ends_on)})
    passed = days.between(cycle.starts_on, today)
    facts = {"passed": str(passed), "whole": str(whole), "last": figures.full_day(cycle.ends_on)}
    return marked(_("Running until %(last)s. [School day %(passed)s of %(whole)s.]"), facts)


def _happened(cycle: Cycle, result: Result) -> Sentence:
    if result.value is None:
        return marked(_("In words: [%(words)s]"), {"words": result.words})
    bet = leading(cycle)
    facts = _result_facts(cycle, result, bet)
    pattern = _result_pattern(bet, facts)
    return marked(f"{pattern} {_reach(cycle)}".strip(), facts)


def _result_facts(cycle: Cycle, result: Result, bet: Prediction | None) -> Mapping[str, str]:
    counted = result.by_hand and result.denominator
    wide = result.low is not None and result.high is not None
    return {
        "happened": say_count(result) if counted else say(cycle, result.value),
        "bet": say_threshold(cycle, bet) if bet else "",
        "range": say_range(cycle, result.low or 0, result.high or 0) if wide else "",
        "percent": str(bet.percent) if bet else "",
    }


def _result_pattern(bet: Prediction | None, facts: Mapping[str, str]) -> str:
    if bet is None or bet.came_true is None:
        return (
            _("[It was %(happened)s.] It could be %(range)s.")
            if facts["range"]
            else _("[It was %(happened)s.]")
        )
    if bet.came_true and facts["range"]:
        return _("It came true: [%(happened)s, predicted %(bet)s.] It could be %(range)s.")
    if bet.came_true:
        return _("It came true: [%(happened)s, predicted %(bet)s.]")
    if facts["range"]:
        return _("It did not come true: [%(happened)s, predicted %(bet)s.] It could be %(range)s.")
    return _("It did not come true: [%(happened)s, predicted %(bet)s.]")


def _reach(cycle: Cycle) -> str:
    """How far one may lean on a test of this size; whole sentences, because they stand after another."""
    if cycle.stage == Stage.DONE:
        return ""
    if cycle.scale == TestScale.STUDENTS:
        return _("A few students, so this is a reason to test again, not to spread.")
    if cycle.scale == TestScale.ROOM:
        return _("One room, so this is a reason to test again, not to spread.")
    return ""


def until(day: date) -> str:
    """How far off a day is, in words."""
    left = (day - clock.today()).days
    if left < 0:
        return ngettext("%(count)s day late", "%(count)s days late", -left) % {"count": -left}
    if left == 0:
        return _("today")
    return ngettext("in %(count)s day", "in %(count)s days", left) % {"count": left}
