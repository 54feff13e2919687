"""What a cycle refuses, in words: a plan that cannot be, a prediction that comes too late, a step out of turn."""

from __future__ import annotations

from datetime import date
from typing import TypedDict

from django.utils.translation import gettext as _

from aimline.access.rules import Act, can
from aimline.core.errors import Conflict, Invalid
from aimline.cycles.models import Cycle, Prediction, Result, Stage, TestScale
from aimline.cycles.protocol import protocol
from aimline.cycles.windows import first_number_in
from aimline.measures.models import Scale, Series
from aimline.org.models import Unit
from aimline.people.models import Person, Team
from aimline.theory.models import ChangeIdea
from aimline.theory.words import long_day


class PlanFacts(TypedDict, total=False):
    """What a plan says."""

    title: str
    question: str
    where: str
    with_whom: str
    scale: TestScale
    starts_on: date
    ends_on: date
    steps: str
    data_plan: str
    idea: ChangeIdea | None
    series: Series | None
    team: Team | None


class Bet(TypedDict, total=False):
    """What one person expects: in words, how much, likely between, at least, and how sure in percent."""

    text: str
    expected: float | None
    low: float | None
    high: float | None
    threshold: float | None
    percent: int


def check_plan(unit: Unit, person: Person, facts: PlanFacts, cycle: Cycle | None = None) -> None:
    first = facts.get("starts_on") or (cycle.starts_on if cycle else None)
    last = facts.get("ends_on") or (cycle.ends_on if cycle else None)
    if first is None or last is None:
        raise Invalid(_("Say when the test starts and ends."), fields={"ends_on": _("Choose a day.")})
    if last < first:
        raise Invalid(
            _("The test starts on %(first)s, so it cannot end on %(last)s.")
            % {"first": long_day(first), "last": long_day(last)},
            fields={"ends_on": _("Choose %(first)s or a later day.") % {"first": long_day(first)}},
        )
    _check_links(unit, person, facts)


def _check_links(unit: Unit, person: Person, facts: PlanFacts) -> None:
    idea, series, team = facts.get("idea"), facts.get("series"), facts.get("team")
    if idea and not (can(person, Act.VIEW_THEORY, idea) or can(person, Act.VIEW_THEORY, idea.theory)):
        raise Invalid(_("That idea is not yours to see."), fields={"idea": _("Choose another idea.")})
    if series and not (unit.holds(series.unit) and can(person, Act.VIEW_MEASURE, series)):
        raise Invalid(
            _("That measure is not counted at %(unit)s.") % {"unit": unit.name},
            fields={"series": _("Choose another measure.")},
        )
    if team and not (unit.holds(team.unit) or team.unit.holds(unit)):
        raise Invalid(
            _("That team does not work at %(unit)s.") % {"unit": unit.name},
            fields={"team": _("Choose another team.")},
        )


def expect_stage(cycle: Cycle, stage: Stage, version: int | None) -> None:
    cycle.expect_version(version)
    if cycle.stage != stage:
        raise wrong_stage(cycle)


def wrong_stage(cycle: Cycle) -> Conflict:
    return Conflict(
        {
            Stage.PLAN: _("This test has not started yet. Say what you expect and start it first."),
            Stage.DO: _("This test is still running. Finish it first, then study what happened."),
            Stage.STUDY: _("This test is being studied. Write down the result and what you learned first."),
            Stage.ACT: _("This test has been studied and waits for a decision."),
            Stage.DONE: _("This test is decided. Change the decision, or plan the next test."),
        }[Stage(cycle.stage)],
        stage=cycle.stage,
    )


def refuse_late_prediction(cycle: Cycle) -> None:
    if cycle.is_locked or Result.objects.filter(cycle=cycle).exists():
        raise Conflict(
            _(
                "Predictions are locked since the test began. What you expect of the next test can be said there."
            ),
            code="predictions_locked",
        )
    if cycle.stage != Stage.PLAN:
        raise wrong_stage(cycle)
    refuse_known_numbers(cycle)


def refuse_known_numbers(cycle: Cycle) -> None:
    known = first_number_in(cycle.series, cycle.starts_on, cycle.ends_on)
    if known:
        raise Conflict(
            _(
                "The number for %(day)s is already in, and it belongs to this test. "
                "A prediction counts only before the first number. Choose later days for the test."
            )
            % {"day": long_day(known.starts_on)},
            code="numbers_known",
        )


def refuse_unless_produced(cycle: Cycle, key: str) -> None:
    """What a phase must produce stands in the protocol; its own question says what is missing."""
    phase = protocol().phase(key)
    for field in phase.produces:
        if not _stands(cycle, field):
            prompt = phase.asks(field)
            raise Invalid(
                _("Not yet: “%(question)s” has no answer.") % {"question": prompt.ask},
                code=f"no_{field}",
                fields={field: prompt.hint},
            )


def _stands(cycle: Cycle, field: str) -> bool:
    if field == "prediction":
        return cycle.predictions.exists()
    if field == "result":
        return Result.objects.filter(cycle=cycle).exists()
    return bool(getattr(cycle, field))


def check_bet(prediction: Prediction, scale: Scale) -> None:
    numbers = {name: getattr(prediction, name) for name in ("expected", "low", "high", "threshold")}
    if not prediction.text and prediction.threshold is None:
        raise Invalid(
            _("Say what you expect: how much, or in words."),
            fields={"threshold": _("Write a number, for example 45.")},
        )
    for name, value in numbers.items():
        if scale == Scale.PERCENT and value is not None and not 0 <= value <= 100:
            raise Invalid(
                _("%(value)s%% cannot be. A share is between 0 and 100.") % {"value": value},
                fields={name: _("Write a number between 0 and 100.")},
            )
    order = [value for value in (prediction.low, prediction.expected, prediction.high) if value is not None]
    if order != sorted(order):
        raise Invalid(
            _("What you expect must lie between the two ends of the likely range."),
            fields={"expected": _("Choose a number between the two ends, or change the ends.")},
        )
