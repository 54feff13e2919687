"""From the five answers of the quick test to a plan."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _

from aimline.cycles.models import TestScale
from aimline.cycles.rules import PlanFacts
from aimline.measures.frames import Line
from aimline.measures.models import Better, Scale
from aimline.org.models import Unit
from aimline.reports.drawing import figures
from aimline.web.cycles.choices import first_day
from aimline.web.cycles.forms import BY_HAND, QuickForm
from aimline.web.cycles.words import COUNT, MEAN, SHARE
from aimline.web.parts import Option


def measure_options(lines: Sequence[Line]) -> list[tuple[str, Option]]:
    """The measures to choose from, each with what it stands at."""
    return [(str(line.series.pk), Option(line.series.measure.name, _now(line))) for line in lines]


def shared_unit(lines: Sequence[Line]) -> str:
    """The sign behind the number, where every choice is a share; what is counted by hand always is."""
    return "%" if all(line.series.measure.scale == Scale.PERCENT for line in lines) else ""


def plan_facts(form: QuickForm, unit: Unit, lines: Sequence[Line]) -> PlanFacts:
    given = form.cleaned_data
    chosen = next((line for line in lines if str(line.series.pk) == given["measure"]), None)
    first = first_day(unit, chosen)
    return PlanFacts(
        title=given["title"],
        scale=TestScale(given["scale"]),
        starts_on=first,
        ends_on=form.last_day(first),
        series=chosen.series if chosen and given["measure"] != BY_HAND else None,
        idea=given["idea"],
        question=given["question"],
        where=given["where"],
        team=given["team"],
    )


def _now(line: Line) -> str:
    latest = line.latest
    if latest is None or latest.value is None:
        return _("You already collect it.")
    unit = {Scale.PERCENT: SHARE, Scale.COUNT: COUNT, Scale.MEAN: MEAN}[Scale(line.series.measure.scale)]
    value = latest.value / 100 if unit.share else latest.value
    pattern = _("You already collect it. %(value)s now.")
    if line.series.measure.better == Better.DOWN:
        pattern = _("You already collect it. %(value)s now; lower is better.")
    return pattern % {"value": figures.figure(value, unit)}
