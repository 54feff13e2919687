"""The one sentence beside a chart, in words. Facts come from the rules; nothing here says why.

A sentence is translated whole. The part to be marked stands in square brackets inside the translation, so a
translator decides where it falls.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from aimline.reports.drawing import figures
from aimline.reports.drawing.parts import Unit
from aimline_analytics.results import Direction, RuleHit, Signal, Verdict

_MARKED = re.compile(r"^([^\[]*)\[([^\]]*)\](.*)$", re.DOTALL)


class Period(StrEnum):
    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    YEAR = "year"
    POINT = "point"


@dataclass(frozen=True, slots=True)
class Sentence:
    """Plain words with one marked phrase."""

    before: str
    marked: str
    after: str

    def __str__(self) -> str:
        return self.before + self.marked + self.after


@dataclass(frozen=True, slots=True)
class Facts:
    """What a verdict does not know itself: the name and unit of the measure, and what its lines are."""

    what: str
    unit: Unit
    period: Period = Period.POINT
    frozen: bool = False
    needed: int = 10
    lower: float | None = None
    upper: float | None = None


def verdict_sentence(verdict: Verdict, facts: Facts) -> Sentence:
    """The verdict of the rules in one plain sentence."""
    known = _known(verdict, facts)
    if verdict.signal == "too_few":
        return marked(_("[Too few points to judge]: %(count)s so far, %(needed)s needed."), known)
    if verdict.signal == "steady":
        return marked(_("[Steady at %(now)s]. These ups and downs are ordinary."), known)
    if "baseline_unstable" in verdict.notes and not verdict.ended:
        return marked(_("%(what)s: [the baseline itself was not steady]. Choose a steadier one."), known)
    if verdict.ended:
        return marked(_ended(verdict.direction), known)
    if verdict.rule == "shift":
        return marked(_shift(verdict, facts.frozen), known)
    return marked(_other(verdict, known), known)


def _known(verdict: Verdict, facts: Facts) -> dict[str, str]:
    before, now = _apart(verdict, facts.unit)
    length = verdict.length or 0
    return {
        "what": facts.what,
        "count": figures.number(verdict.n_points, COUNT),
        "needed": figures.number(facts.needed, COUNT),
        "before": before,
        "now": now,
        "latest": _or_nothing(verdict.latest, facts.unit),
        "stretch": stretch(length, facts.period),
        "span": span(length, facts.period),
        "allowed": figures.number(verdict.allowed or 0, COUNT),
        "lower": _or_nothing(facts.lower, facts.unit),
        "upper": _or_nothing(facts.upper, facts.unit),
    }


COUNT = Unit(share=False)


def _apart(verdict: Verdict, unit: Unit) -> tuple[str, str]:
    if verdict.before is None or verdict.now is None:
        return _or_nothing(verdict.before, unit), _or_nothing(verdict.now, unit)
    before, now = figures.apart((verdict.before, verdict.now), unit)
    return before, now


def _or_nothing(value: float | None, unit: Unit) -> str:
    return "" if value is None else figures.figure(value, unit)


def marked(template: str, facts: Mapping[str, str]) -> Sentence:
    """Cut the translated sentence at its brackets first, so that brackets in a name do no harm."""
    found = _MARKED.match(template)
    before, phrase, after = found.groups() if found else ("", template, "")
    return Sentence(before % facts, phrase % facts, after % facts)


def _shift(verdict: Verdict, frozen: bool) -> str:
    if verdict.signal == "changed":
        return _changed(verdict.direction)
    if frozen and verdict.direction == "up":
        return _(
            "%(what)s rose from %(before)s to about %(now)s, and [the rise is more than chance]: %(stretch)s sit "
            "above the frozen baseline, where chance alone allows %(allowed)s."
        )
    if frozen:
        return _(
            "%(what)s fell from %(before)s to about %(now)s, and [the fall is more than chance]: %(stretch)s sit "
            "below the frozen baseline, where chance alone allows %(allowed)s."
        )
    if verdict.direction == "up":
        return _(
            "%(what)s rose to about %(now)s, and [the rise is more than chance]: %(stretch)s sit above the middle "
            "line, where chance alone allows %(allowed)s."
        )
    return _(
        "%(what)s fell to about %(now)s, and [the fall is more than chance]: %(stretch)s sit below the middle line, "
        "where chance alone allows %(allowed)s."
    )


def _changed(direction: Direction) -> str:
    if direction == "up":
        return _(
            "%(what)s rose to about %(now)s, and [the change is more than chance]: %(stretch)s sit above the line, "
            "where chance alone allows %(allowed)s. No direction is set as better."
        )
    return _(
        "%(what)s fell to about %(now)s, and [the change is more than chance]: %(stretch)s sit below the line, "
        "where chance alone allows %(allowed)s. No direction is set as better."
    )


def _ended(direction: Direction) -> str:
    if direction == "up":
        return _("%(what)s rose to about %(now)s for %(span)s, then [came back]. The latest is %(latest)s.")
    if direction == "down":
        return _("%(what)s fell to about %(now)s for %(span)s, then [came back]. The latest is %(latest)s.")
    return _("%(what)s changed more than chance, then [came back]. The latest is %(latest)s.")


def _other(verdict: Verdict, known: Mapping[str, str]) -> str:
    up = verdict.direction == "up"
    if verdict.rule == "outside" and known["lower"] and known["upper"]:
        return (
            _("%(what)s went [above the usual range]: %(now)s, where %(lower)s to %(upper)s is usual.")
            if up
            else _("%(what)s went [below the usual range]: %(now)s, where %(lower)s to %(upper)s is usual.")
        )
    if verdict.rule == "trend":
        return (
            _("%(what)s [rose for %(stretch)s], which is more than chance.")
            if up
            else _("%(what)s [fell for %(stretch)s], which is more than chance.")
        )
    if verdict.rule == "two_of_three":
        return (
            _("%(what)s moved [close to the upper limit], oftener than chance would: about %(now)s.")
            if up
            else _("%(what)s moved [close to the lower limit], oftener than chance would: about %(now)s.")
        )
    return ngettext(
        "%(what)s [changed more than chance]: the line crosses its middle once, where chance gives at least "
        "%(allowed)s crossings.",
        "%(what)s [changed more than chance]: the line crosses its middle %(times)s times, where chance gives at "
        "least %(allowed)s.",
        verdict.length or 0,
    ).replace("%(times)s", figures.number(verdict.length or 0, COUNT))


def aimline_sentence(verdict: Verdict) -> str:
    """Where the last points lie; empty when they cannot be compared."""
    return {
        "ahead": _("It is ahead of the aimline."),
        "behind": _("It is behind the aimline."),
        "on": _("It is on the aimline."),
    }.get(verdict.against_aimline, "")


def anew_sentence(when: str, why: str) -> str:
    """Why two phases must not be compared, for example a year and "cut scores changed"."""
    return _("The line starts anew at %(when)s: %(why)s.") % {"when": when, "why": why}


def false_alarm_sentence(rate: float) -> str:
    if rate <= 0:
        return ""
    one_in = figures.number(max(1, round(1 / rate)), COUNT)
    return _("About 1 steady chart in %(count)s signals by chance.") % {"count": one_in}


def caveat(code: str) -> str:
    """What a note of the rules means for the reader; empty for notes that concern nobody here."""
    return {
        "short_baseline": _("The baseline has fewer than 10 points, so false alarms are more frequent."),
        "baseline_unstable": _("The baseline was not steady, so a change from it says little."),
        "trial_limits": _("The limits rest on fewer than 13 points and will still move."),
        "autocorrelated": _("Neighbouring points are alike, so false alarms are more frequent."),
        "few_after_baseline": _("Too few points since the baseline for a change to show yet."),
        "many_on_centre": _("Many points lie exactly on the line, so the rules see little."),
        "missing_points": _("Some points are missing; the rules step over them."),
        "overdispersed": _("The groups differ by more than chance, so the range is too narrow."),
    }.get(code, "")


def signal_word(signal: Signal) -> str:
    return {
        "better": _("Better"),
        "worse": _("Worse"),
        "changed": _("Changed"),
        "steady": _("Steady"),
        "too_few": _("Too few"),
    }[signal]


def stretch(count: int, period: Period) -> str:
    n = {"n": figures.number(count, COUNT)}
    return {
        Period.DAY: ngettext("%(n)s day in a row", "%(n)s days in a row", count),
        Period.WEEK: ngettext("%(n)s week in a row", "%(n)s weeks in a row", count),
        Period.MONTH: ngettext("%(n)s month in a row", "%(n)s months in a row", count),
        Period.YEAR: ngettext("%(n)s year in a row", "%(n)s years in a row", count),
        Period.POINT: ngettext("%(n)s point in a row", "%(n)s points in a row", count),
    }[period] % n


def span(count: int, period: Period) -> str:
    n = {"n": figures.number(count, COUNT)}
    return {
        Period.DAY: ngettext("%(n)s day", "%(n)s days", count),
        Period.WEEK: ngettext("%(n)s week", "%(n)s weeks", count),
        Period.MONTH: ngettext("%(n)s month", "%(n)s months", count),
        Period.YEAR: ngettext("%(n)s year", "%(n)s years", count),
        Period.POINT: ngettext("%(n)s point", "%(n)s points", count),
    }[period] % n


def run_words(hit: RuleHit, period: Period) -> tuple[str, str]:
    """Why a bracket stands over a run: in full, and short for the narrow chart."""
    up = hit.direction == "up"
    facts = {"stretch": stretch(hit.length, period), "span": span(hit.length, period)}
    if hit.rule == "shift":
        full = _("%(stretch)s above the baseline") if up else _("%(stretch)s below the baseline")
        short = _("%(span)s above baseline") if up else _("%(span)s below baseline")
        return full % facts, short % facts
    if hit.rule == "trend":
        full = _("%(stretch)s rising") if up else _("%(stretch)s falling")
        short = _("%(span)s rising") if up else _("%(span)s falling")
        return full % facts, short % facts
    if hit.rule == "outside":
        return (_("above the usual range"),) * 2 if up else (_("below the usual range"),) * 2
    if hit.rule == "two_of_three":
        return (_("close to the upper limit"),) * 2 if up else (_("close to the lower limit"),) * 2
    counts = {"n": figures.number(hit.length, COUNT), "least": figures.number(hit.allowed or 0, COUNT)}
    full = _("%(n)s crossings of the line, where chance gives at least %(least)s") % counts
    return full, _("%(n)s crossings, not %(least)s") % counts
