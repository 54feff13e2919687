"""The one sentence beside a chart, in words. Facts come from the rules; nothing here says why.

A sentence is translated whole. The part to be marked stands in square brackets inside the translation, so a
translator decides where it falls.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from aimline_analytics.drawing import figures
from aimline_analytics.drawing.parts import Unit
from aimline_analytics.drawing.voice import Voice
from aimline_analytics.results import Direction, RuleHit, Verdict

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


def verdict_sentence(voice: Voice, verdict: Verdict, facts: Facts) -> Sentence:
    """The verdict of the rules in one plain sentence."""
    known = _known(voice, verdict, facts)
    if verdict.signal == "too_few":
        return marked(voice.say("[Too few points to judge]: %(count)s so far, %(needed)s needed."), known)
    if verdict.signal == "steady":
        return marked(voice.say("[Steady at %(now)s]. These ups and downs are ordinary."), known)
    if "baseline_unstable" in verdict.notes and not verdict.ended:
        return marked(
            voice.say("%(what)s: [the baseline itself was not steady]. Choose a steadier one."), known
        )
    if verdict.ended:
        return marked(_ended(voice, verdict.direction), known)
    if verdict.rule == "shift":
        return marked(_shift(voice, verdict, facts.frozen), known)
    return marked(_other(voice, verdict, known), known)


def _known(voice: Voice, verdict: Verdict, facts: Facts) -> dict[str, str]:
    before, now = _apart(voice, verdict, facts.unit)
    length = verdict.length or 0
    return {
        "what": facts.what,
        "count": figures.count(voice, verdict.n_points),
        "needed": figures.count(voice, facts.needed),
        "before": before,
        "now": now,
        "latest": _or_nothing(voice, verdict.latest, facts.unit),
        "stretch": stretch(voice, length, facts.period),
        "span": span(voice, length, facts.period),
        "allowed": figures.count(voice, verdict.allowed or 0),
        "lower": _or_nothing(voice, facts.lower, facts.unit),
        "upper": _or_nothing(voice, facts.upper, facts.unit),
    }


def _apart(voice: Voice, verdict: Verdict, unit: Unit) -> tuple[str, str]:
    if verdict.before is None or verdict.now is None:
        return _or_nothing(voice, verdict.before, unit), _or_nothing(voice, verdict.now, unit)
    before, now = figures.apart(voice, (verdict.before, verdict.now), unit)
    return before, now


def _or_nothing(voice: Voice, value: float | None, unit: Unit) -> str:
    return "" if value is None else figures.figure(voice, value, unit)


def marked(template: str, facts: Mapping[str, str]) -> Sentence:
    """Cut the translated sentence at its brackets first, so that brackets in a name do no harm."""
    found = _MARKED.match(template)
    before, phrase, after = found.groups() if found else ("", template, "")
    return Sentence(before % facts, phrase % facts, after % facts)


def _shift(voice: Voice, verdict: Verdict, frozen: bool) -> str:
    if verdict.signal == "changed":
        return _changed(voice, verdict.direction)
    if frozen and verdict.direction == "up":
        return voice.say(
            "%(what)s rose from %(before)s to about %(now)s, and [the rise is more than chance]: %(stretch)s sit "
            "above the frozen baseline, where chance alone allows %(allowed)s."
        )
    if frozen:
        return voice.say(
            "%(what)s fell from %(before)s to about %(now)s, and [the fall is more than chance]: %(stretch)s sit "
            "below the frozen baseline, where chance alone allows %(allowed)s."
        )
    if verdict.direction == "up":
        return voice.say(
            "%(what)s rose to about %(now)s, and [the rise is more than chance]: %(stretch)s sit above the middle "
            "line, where chance alone allows %(allowed)s."
        )
    return voice.say(
        "%(what)s fell to about %(now)s, and [the fall is more than chance]: %(stretch)s sit below the middle line, "
        "where chance alone allows %(allowed)s."
    )


def _changed(voice: Voice, direction: Direction) -> str:
    if direction == "up":
        return voice.say(
            "%(what)s rose to about %(now)s, and [the change is more than chance]: %(stretch)s sit above the line, "
            "where chance alone allows %(allowed)s. No direction is set as better."
        )
    return voice.say(
        "%(what)s fell to about %(now)s, and [the change is more than chance]: %(stretch)s sit below the line, "
        "where chance alone allows %(allowed)s. No direction is set as better."
    )


def _ended(voice: Voice, direction: Direction) -> str:
    if direction == "up":
        return voice.say(
            "%(what)s rose to about %(now)s for %(span)s, then [came back]. The latest is %(latest)s."
        )
    if direction == "down":
        return voice.say(
            "%(what)s fell to about %(now)s for %(span)s, then [came back]. The latest is %(latest)s."
        )
    return voice.say("%(what)s changed more than chance, then [came back]. The latest is %(latest)s.")


def _other(voice: Voice, verdict: Verdict, known: Mapping[str, str]) -> str:
    up = verdict.direction == "up"
    if verdict.rule == "outside" and known["lower"] and known["upper"]:
        return (
            voice.say(
                "%(what)s went [above the usual range]: %(now)s, where %(lower)s to %(upper)s is usual."
            )
            if up
            else voice.say(
                "%(what)s went [below the usual range]: %(now)s, where %(lower)s to %(upper)s is usual."
            )
        )
    if verdict.rule == "trend":
        return (
            voice.say("%(what)s [rose for %(stretch)s], which is more than chance.")
            if up
            else voice.say("%(what)s [fell for %(stretch)s], which is more than chance.")
        )
    if verdict.rule == "two_of_three":
        return (
            voice.say("%(what)s moved [close to the upper limit], oftener than chance would: about %(now)s.")
            if up
            else voice.say(
                "%(what)s moved [close to the lower limit], oftener than chance would: about %(now)s."
            )
        )
    return voice.say_count(
        "%(what)s [changed more than chance]: the line crosses its middle once, where chance gives at least "
        "%(allowed)s crossings.",
        "%(what)s [changed more than chance]: the line crosses its middle %(times)s times, where chance gives at "
        "least %(allowed)s.",
        verdict.length or 0,
    ).replace("%(times)s", figures.count(voice, verdict.length or 0))


def aimline_sentence(voice: Voice, verdict: Verdict) -> str:
    """Where the last points lie; empty when they cannot be compared."""
    return {
        "ahead": voice.say("It is ahead of the aimline."),
        "behind": voice.say("It is behind the aimline."),
        "on": voice.say("It is on the aimline."),
    }.get(verdict.against_aimline, "")


def false_alarm_sentence(voice: Voice, rate: float) -> str:
    if rate <= 0:
        return ""
    one_in = figures.count(voice, max(1, round(1 / rate)))
    return voice.say("About 1 steady chart in %(count)s signals by chance.") % {"count": one_in}


def caveat(voice: Voice, code: str) -> str:
    """What a note of the rules means for the reader; empty for notes that concern nobody here."""
    return {
        "short_baseline": voice.say(
            "The baseline has fewer than 10 points, so false alarms are more frequent."
        ),
        "baseline_unstable": voice.say("The baseline was not steady, so a change from it says little."),
        "trial_limits": voice.say("The limits rest on fewer than 13 points and will still move."),
        "autocorrelated": voice.say("Neighbouring points are alike, so false alarms are more frequent."),
        "few_after_baseline": voice.say("Too few points since the baseline for a change to show yet."),
        "many_on_centre": voice.say("Many points lie exactly on the line, so the rules see little."),
        "missing_points": voice.say("Some points are missing; the rules step over them."),
        "overdispersed": voice.say("The groups differ by more than chance, so the range is too narrow."),
    }.get(code, "")


def stretch(voice: Voice, count: int, period: Period) -> str:
    n = {"n": figures.count(voice, count)}
    return {
        Period.DAY: voice.say_count("%(n)s day in a row", "%(n)s days in a row", count),
        Period.WEEK: voice.say_count("%(n)s week in a row", "%(n)s weeks in a row", count),
        Period.MONTH: voice.say_count("%(n)s month in a row", "%(n)s months in a row", count),
        Period.YEAR: voice.say_count("%(n)s year in a row", "%(n)s years in a row", count),
        Period.POINT: voice.say_count("%(n)s point in a row", "%(n)s points in a row", count),
    }[period] % n


def span(voice: Voice, count: int, period: Period) -> str:
    n = {"n": figures.count(voice, count)}
    return {
        Period.DAY: voice.say_count("%(n)s day", "%(n)s days", count),
        Period.WEEK: voice.say_count("%(n)s week", "%(n)s weeks", count),
        Period.MONTH: voice.say_count("%(n)s month", "%(n)s months", count),
        Period.YEAR: voice.say_count("%(n)s year", "%(n)s years", count),
        Period.POINT: voice.say_count("%(n)s point", "%(n)s points", count),
    }[period] % n


def run_words(voice: Voice, hit: RuleHit, period: Period) -> tuple[str, str]:
    """Why a bracket stands over a run: in full, and short for the narrow chart."""
    up = hit.direction == "up"
    facts = {"stretch": stretch(voice, hit.length, period), "span": span(voice, hit.length, period)}
    if hit.rule == "shift":
        full = (
            voice.say("%(stretch)s above the baseline") if up else voice.say("%(stretch)s below the baseline")
        )
        short = voice.say("%(span)s above baseline") if up else voice.say("%(span)s below baseline")
        return full % facts, short % facts
    if hit.rule == "trend":
        full = voice.say("%(stretch)s rising") if up else voice.say("%(stretch)s falling")
        short = voice.say("%(span)s rising") if up else voice.say("%(span)s falling")
        return full % facts, short % facts
    if hit.rule == "outside":
        return (voice.say("above the usual range"),) * 2 if up else (voice.say("below the usual range"),) * 2
    if hit.rule == "two_of_three":
        return (
            (voice.say("close to the upper limit"),) * 2
            if up
            else (voice.say("close to the lower limit"),) * 2
        )
    counts = {"n": figures.count(voice, hit.length), "least": figures.count(voice, hit.allowed or 0)}
    full = voice.say("%(n)s crossings of the line, where chance gives at least %(least)s") % counts
    return full, voice.say("%(n)s crossings, not %(least)s") % counts
