"""The words on the pictures themselves, and what each picture says to those who hear it."""

from __future__ import annotations

from datetime import date

from aimline_analytics.drawing import figures
from aimline_analytics.drawing.parts import Calibration, Chart, Diagram, Layer, Prediction, Range, Unit
from aimline_analytics.drawing.voice import Voice


def goal(voice: Voice, value: str) -> str:
    return voice.say("Goal %(value)s") % {"value": value}


def by_day(voice: Voice, day: date) -> str:
    return voice.say("by %(day)s") % {"day": voice.full_day(day)}


def baseline(voice: Voice, value: str, *, frozen: bool, mean: bool, short: bool) -> tuple[str, ...]:
    facts = {"value": value}
    if short:
        return (
            (voice.say("Baseline %(value)s, frozen") if frozen else voice.say("Baseline %(value)s")) % facts,
        )
    second = (voice.say("%(value)s, frozen") if frozen else "%(value)s") % facts
    if not frozen:
        return (voice.say("Mean") if mean else voice.say("Median")), second
    return (voice.say("Baseline mean") if mean else voice.say("Baseline median")), second


def could_be(voice: Voice, low: float, high: float, unit: Unit) -> str:
    facts = {"low": figures.number(voice, low, unit), "high": figures.figure(voice, high, unit)}
    return voice.say("%(low)s to %(high)s") % facts


def describe(voice: Voice, chart: Chart) -> str:
    """What the picture shows, for those who hear it: whole sentences, nothing that the table does not also hold."""
    if not chart.seen:
        return voice.say("No points yet.")
    first, last = chart.seen[0], chart.seen[-1]
    facts = {
        "count": figures.count(voice, len(chart.seen)),
        "first": first[0].label or voice.full_day(first[0].day),
        "last": last[0].label or voice.full_day(last[0].day),
        "value": figures.figure(voice, last[1], chart.unit),
    }
    parts = [voice.say("%(count)s points from %(first)s to %(last)s. The latest is %(value)s.") % facts]
    for phase in chart.phases:
        if phase.centre is not None:
            named = {
                "name": phase.name or voice.say("Baseline"),
                "value": figures.figure(voice, phase.centre, chart.unit),
            }
            parts.append(voice.say("%(name)s: middle line %(value)s.") % named)
    parts.extend(voice.say("Marked: %(words)s.") % {"words": run.words} for run in chart.runs)
    if chart.aim is not None:
        ends = {
            "goal": figures.figure(voice, chart.aim.goal, chart.unit),
            "day": voice.full_day(chart.aim.goal_day),
        }
        parts.append(voice.say("The aimline leads to %(goal)s by %(day)s.") % ends)
    return " ".join(parts)


def aimline(voice: Voice) -> str:
    return voice.say("aimline")


def baseline_of(voice: Voice, value: str) -> str:
    return voice.say("Baseline %(value)s") % {"value": value}


def predicted(voice: Voice, one: Range, unit: Unit) -> str:
    facts = _range(voice, one, unit)
    if one.low is None or one.high is None:
        return voice.say("Predicted %(value)s") % facts
    return voice.say("Predicted %(value)s, likely %(low)s to %(high)s") % facts


def happened(voice: Voice, one: Range, unit: Unit) -> str:
    facts = _range(voice, one, unit)
    if one.low is None or one.high is None:
        return voice.say("Happened %(value)s") % facts
    return voice.say("Happened %(value)s, could be %(low)s to %(high)s") % facts


def _range(voice: Voice, one: Range, unit: Unit) -> dict[str, str]:
    ends = {"low": one.low, "high": one.high}
    written = {name: "" if end is None else figures.number(voice, end, unit) for name, end in ends.items()}
    return {"value": figures.figure(voice, one.value, unit), **written}


def prediction_title(voice: Voice) -> str:
    return voice.say("Prediction and result")


def describe_prediction(voice: Voice, drawn: Prediction) -> str:
    parts = (
        []
        if drawn.baseline is None
        else [baseline_of(voice, figures.figure(voice, drawn.baseline, drawn.unit))]
    )
    parts.append(predicted(voice, drawn.predicted, drawn.unit))
    parts += [happened(voice, drawn.happened, drawn.unit)] if drawn.happened else []
    return "".join(f"{part}. " for part in parts).strip()


def calibration_title(voice: Voice) -> str:
    return voice.say("How good is our judgment?")


def describe_calibration(voice: Voice, drawn: Calibration) -> str:
    """One whole sentence for each level of being sure."""
    rows = (
        voice.say("When %(sure)s sure, %(true)s came true in %(tests)s.")
        % {
            "sure": figures.figure(voice, row.sure, Unit()),
            "true": figures.figure(voice, row.true, Unit()),
            "tests": tests(voice, row.tests),
        }
        for row in drawn.rows
    )
    return " ".join(rows) or voice.say("No predictions yet.")


def tests(voice: Voice, number: int) -> str:
    return voice.say_count("%(n)s test", "%(n)s tests", number) % {"n": figures.count(voice, number)}


def how_sure(voice: Voice) -> str:
    return voice.say("How sure we said we were")


def how_often(voice: Voice) -> str:
    return voice.say("How often it came true")


def perfect(voice: Voice) -> str:
    return voice.say("perfect judgment")


def column_heads(voice: Voice) -> dict[Layer, str]:
    return {
        Layer.AIM: voice.say("Aim: how much, for whom, by when"),
        Layer.PRIMARY: voice.say("Primary drivers: what must be true"),
        Layer.SECONDARY: voice.say("Secondary drivers: where the work is"),
        Layer.IDEA: voice.say("Change ideas: what we try"),
    }


def reach(voice: Voice, level: int, stopped: bool) -> str:
    if stopped:
        return voice.say("stopped")
    return (
        voice.say("not tested"),
        voice.say("one room"),
        voice.say("several rooms"),
        voice.say("whole school"),
        voice.say("several schools"),
    )[level]


def less_sure(voice: Voice) -> str:
    return voice.say("Dashed line: we are less sure of this link")


def describe_diagram(voice: Voice, diagram: Diagram) -> str:
    """Every link as a sentence, so that the picture can be followed without being seen."""
    names = {node.key: node.words for node in diagram.nodes}
    facts = (
        {"cause": names[link.cause], "effect": names[link.effect], "sure": link.sure}
        for link in diagram.links
    )
    said = (
        (
            voice.say("%(cause)s feeds %(effect)s.")
            if fact["sure"]
            else voice.say("%(cause)s may feed %(effect)s; we are less sure.")
        )
        % fact
        for fact in facts
    )
    return " ".join(said) or voice.say("No drivers yet.")
