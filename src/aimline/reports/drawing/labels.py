"""The words on the pictures themselves, and what each picture says to those who hear it."""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from aimline.reports.drawing import figures
from aimline.reports.drawing.parts import Calibration, Chart, Diagram, Layer, Prediction, Range, Unit


def count(number: int) -> str:
    return figures.number(number, Unit(share=False))


def goal(value: str) -> str:
    return _("Goal %(value)s") % {"value": value}


def by_day(day: date) -> str:
    return _("by %(day)s") % {"day": figures.full_day(day)}


def baseline(value: str, *, frozen: bool, mean: bool, short: bool) -> tuple[str, ...]:
    facts = {"value": value}
    if short:
        return ((_("Baseline %(value)s, frozen") if frozen else _("Baseline %(value)s")) % facts,)
    second = (_("%(value)s, frozen") if frozen else "%(value)s") % facts
    if not frozen:
        return (_("Mean") if mean else _("Median")), second
    return (_("Baseline mean") if mean else _("Baseline median")), second


def could_be(low: float, high: float, unit: Unit) -> str:
    facts = {"low": figures.number(low, unit), "high": figures.figure(high, unit)}
    return _("%(low)s to %(high)s") % facts


def describe(chart: Chart) -> str:
    """What the picture shows, for those who hear it: whole sentences, nothing that the table does not also hold."""
    if not chart.seen:
        return _("No points yet.")
    first, last = chart.seen[0], chart.seen[-1]
    facts = {
        "count": count(len(chart.seen)),
        "first": first[0].label or figures.full_day(first[0].day),
        "last": last[0].label or figures.full_day(last[0].day),
        "value": figures.figure(last[1], chart.unit),
    }
    parts = [_("%(count)s points from %(first)s to %(last)s. The latest is %(value)s.") % facts]
    for phase in chart.phases:
        if phase.centre is not None:
            named = {"name": phase.name or _("Baseline"), "value": figures.figure(phase.centre, chart.unit)}
            parts.append(_("%(name)s: middle line %(value)s.") % named)
    parts.extend(_("Marked: %(words)s.") % {"words": run.words} for run in chart.runs)
    if chart.aim is not None:
        ends = {
            "goal": figures.figure(chart.aim.goal, chart.unit),
            "day": figures.full_day(chart.aim.goal_day),
        }
        parts.append(_("The aimline leads to %(goal)s by %(day)s.") % ends)
    return " ".join(parts)


def aimline() -> str:
    return _("aimline")


def baseline_of(value: str) -> str:
    return _("Baseline %(value)s") % {"value": value}


def predicted(one: Range, unit: Unit) -> str:
    facts = _range(one, unit)
    if one.low is None or one.high is None:
        return _("Predicted %(value)s") % facts
    return _("Predicted %(value)s, likely %(low)s to %(high)s") % facts


def happened(one: Range, unit: Unit) -> str:
    facts = _range(one, unit)
    if one.low is None or one.high is None:
        return _("Happened %(value)s") % facts
    return _("Happened %(value)s, could be %(low)s to %(high)s") % facts


def _range(one: Range, unit: Unit) -> dict[str, str]:
    ends = {"low": one.low, "high": one.high}
    written = {name: "" if end is None else figures.number(end, unit) for name, end in ends.items()}
    return {"value": figures.figure(one.value, unit), **written}


def prediction_title() -> str:
    return _("Prediction and result")


def describe_prediction(drawn: Prediction) -> str:
    parts = [] if drawn.baseline is None else [baseline_of(figures.figure(drawn.baseline, drawn.unit))]
    parts.append(predicted(drawn.predicted, drawn.unit))
    parts += [happened(drawn.happened, drawn.unit)] if drawn.happened else []
    return "".join(f"{part}. " for part in parts).strip()


def calibration_title() -> str:
    return _("How good is our judgment?")


def describe_calibration(drawn: Calibration) -> str:
    """One whole sentence for each level of being sure."""
    rows = (
        _("When %(sure)s sure, %(true)s came true in %(tests)s.")
        % {
            "sure": figures.figure(row.sure, Unit()),
            "true": figures.figure(row.true, Unit()),
            "tests": tests(row.tests),
        }
        for row in drawn.rows
    )
    return " ".join(rows) or _("No predictions yet.")


def tests(number: int) -> str:
    return ngettext("%(n)s test", "%(n)s tests", number) % {"n": count(number)}


def how_sure() -> str:
    return _("How sure we said we were")


def how_often() -> str:
    return _("How often it came true")


def perfect() -> str:
    return _("perfect judgment")


def column_heads() -> dict[Layer, str]:
    return {
        Layer.AIM: _("Aim: how much, for whom, by when"),
        Layer.PRIMARY: _("Primary drivers: what must be true"),
        Layer.SECONDARY: _("Secondary drivers: where the work is"),
        Layer.IDEA: _("Change ideas: what we try"),
    }


def reach(level: int, stopped: bool) -> str:
    if stopped:
        return _("stopped")
    return (_("not tested"), _("one room"), _("several rooms"), _("whole school"), _("several schools"))[
        level
    ]


def less_sure() -> str:
    return _("Dashed line: we are less sure of this link")


def describe_diagram(diagram: Diagram) -> str:
    """Every link as a sentence, so that the picture can be followed without being seen."""
    names = {node.key: node.words for node in diagram.nodes}
    facts = (
        {"cause": names[link.cause], "effect": names[link.effect], "sure": link.sure}
        for link in diagram.links
    )
    said = (
        (
            _("%(cause)s feeds %(effect)s.")
            if fact["sure"]
            else _("%(cause)s may feed %(effect)s; we are less sure.")
        )
        % fact
        for fact in facts
    )
    return " ".join(said) or _("No drivers yet.")
