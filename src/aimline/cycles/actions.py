"""Everything that can be done to a cycle: plan, predict, start, look, study, decide, try it elsewhere."""

from __future__ import annotations

from typing import TypeVar, Unpack
from uuid import UUID

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from aimline.access.guard import action
from aimline.access.roles import Act
from aimline.access.rules import can
from aimline.core import clock
from aimline.core.errors import Conflict, Invalid, NotAllowed
from aimline.core.ids import uuid7
from aimline.core.models import once
from aimline.cycles import results
from aimline.cycles.models import Cycle, Decision, Prediction, Result, Stage
from aimline.cycles.results import ByHand
from aimline.cycles.rules import (
    Bet,
    PlanFacts,
    check_bet,
    check_plan,
    expect_stage,
    refuse_known_numbers,
    refuse_late_prediction,
    refuse_unless_produced,
    wrong_stage,
)
from aimline.cycles.windows import same_length_again
from aimline.org.models import Unit
from aimline.people.models import Person
from aimline.theory.words import long_day

R = TypeVar("R", Cycle, Prediction)
# What a copy of the plan takes with it to the next test.
COPIED = ("title", "question", "where", "with_whom", "scale", "steps", "data_plan")


@action(Act.PLAN_CYCLE)
def plan(unit: Unit, person: Person, *, id: UUID | None = None, **facts: Unpack[PlanFacts]) -> Cycle:
    """Plan a test of one small change."""
    return once(Cycle, id, unit=unit, owner=person) or _plan(unit, person, id, facts)


@action(Act.PLAN_CYCLE)
def begin(unit: Unit, person: Person, *, id: UUID, bet: Bet, **facts: Unpack[PlanFacts]) -> Cycle:
    """Plan, predict and start in one go: the quick test."""
    if made := once(Cycle, id, unit=unit, owner=person):
        return made
    cycle = _plan(unit, person, id, facts)
    predict(cycle, person, **bet)
    return start(cycle, person)


@action(Act.RUN_CYCLE)
def change_plan(
    cycle: Cycle, person: Person, *, version: int | None = None, **facts: Unpack[PlanFacts]
) -> Cycle:
    """Change the plan, as long as the test has not begun."""
    cycle = _hold(cycle, version)
    if cycle.is_locked:
        raise Conflict(
            _("The plan is locked since the test began on %(day)s. Note what went differently instead.")
            % {"day": long_day(cycle.started_at.date() if cycle.started_at else cycle.starts_on)}
        )
    moved = {name: facts.get(name, getattr(cycle, name)) for name in ("series", "starts_on", "ends_on")}
    check_plan(cycle.unit, person, facts, cycle)
    # A window laid over numbers that are known would make the prediction a look back.
    changed = any(value != getattr(cycle, name) for name, value in moved.items())
    for name, value in facts.items():
        setattr(cycle, name, value)
    if changed and cycle.predictions.exists():
        refuse_known_numbers(cycle)
    return _keep(cycle)


@action(Act.PREDICT)
def predict(cycle: Cycle, person: Person, *, id: UUID | None = None, **bet: Unpack[Bet]) -> Prediction:
    """Say what you expect and how sure you are, before anything is counted."""
    cycle = _hold(cycle)
    if made := once(Prediction, id, cycle=cycle, person=person):
        return made
    if cycle.predictions.filter(person=person).exists():
        raise Conflict(_("You have already said what you expect here. Change your prediction instead."))
    refuse_late_prediction(cycle)
    prediction = Prediction(id=id or uuid7(), cycle=cycle, person=person)
    return _bet(prediction, bet)


@action(Act.PREDICT)
def change_prediction(
    prediction: Prediction, person: Person, *, version: int | None = None, **bet: Unpack[Bet]
) -> Prediction:
    """Change your own prediction, as long as the test has not begun."""
    if prediction.person_id != person.pk:
        raise NotAllowed(_("Only %(name)s can change this prediction.") % {"name": prediction.person.name})
    prediction = Prediction.objects.select_for_update().get(pk=prediction.pk)
    prediction.expect_version(version)
    refuse_late_prediction(_hold(prediction.cycle))
    return _bet(prediction, bet)


@action(Act.RUN_CYCLE)
def start(cycle: Cycle, person: Person, *, version: int | None = None) -> Cycle:
    """Begin the test. From now on the plan and all predictions stand."""
    cycle = _hold(cycle)
    if cycle.stage == Stage.DO:
        return cycle
    expect_stage(cycle, Stage.PLAN, version)
    refuse_unless_produced(cycle, "plan")
    return cycle.change(stage=Stage.DO, started_at=clock.now())


@action(Act.RUN_CYCLE)
def note_observation(cycle: Cycle, person: Person, *, text: str, version: int | None = None) -> Cycle:
    """Write down what was seen, with today's date."""
    cycle = _hold(cycle)
    line = f"{clock.today().isoformat()} {' '.join(text.split())}"
    if line in cycle.observed.splitlines():
        return cycle
    expect_stage(cycle, Stage.DO, version)
    if not text.strip():
        raise Invalid(_("Write what you saw."), fields={"text": _("Write what you saw, in a few words.")})
    return cycle.change(observed=f"{cycle.observed}\n{line}".strip())


@action(Act.RUN_CYCLE)
def finish_doing(cycle: Cycle, person: Person, *, version: int | None = None) -> Cycle:
    """Close the doing and turn to what it showed."""
    cycle = _hold(cycle)
    if cycle.stage == Stage.STUDY:
        return cycle
    expect_stage(cycle, Stage.DO, version)
    return cycle.change(stage=Stage.STUDY)


@action(Act.RUN_CYCLE)
def record_result(
    cycle: Cycle,
    person: Person,
    *,
    by_hand: ByHand | None = None,
    words: str = "",
    version: int | None = None,
) -> Result:
    """Keep what happened, from the series or counted by hand, and score every prediction with it."""
    cycle = _hold(cycle, version)
    if cycle.stage not in {Stage.STUDY, Stage.ACT}:
        raise wrong_stage(cycle)
    found = results.count(by_hand) if by_hand else results.find(cycle)
    told = (by_hand.words if by_hand else "") or words
    if found.value is None and not told.strip():
        raise Invalid(
            _("Say what happened: a number, how many of how many, or words."),
            fields={"words": _("Write a number or a sentence.")},
        )
    result = Result.objects.filter(cycle=cycle).first() or Result(cycle=cycle, version=0)
    facts = {name: getattr(found, name) for name in found.__slots__}
    result.change(**facts, by_hand=by_hand is not None, words=told)
    _score(cycle, result, by_hand.came_true if by_hand else None)
    # The cycle changed with it: whoever studies next must have seen this result.
    cycle.change()
    return result


@action(Act.RUN_CYCLE)
def record_study(
    cycle: Cycle,
    person: Person,
    *,
    learned: str,
    surprised: str = "",
    as_planned: str = "",
    version: int | None = None,
) -> Cycle:
    """Keep what the test taught, beside its result."""
    cycle = _hold(cycle)
    said = {"learned": learned.strip(), "surprised": surprised.strip(), "as_planned": as_planned.strip()}
    if cycle.stage == Stage.ACT and all(getattr(cycle, name) == text for name, text in said.items()):
        return cycle
    cycle.expect_version(version)
    if cycle.stage not in {Stage.STUDY, Stage.ACT}:
        raise wrong_stage(cycle)
    for name, text in said.items():
        setattr(cycle, name, text)
    refuse_unless_produced(cycle, "study")
    return cycle.change(stage=Stage.ACT)


@action(Act.RUN_CYCLE)
def decide(
    cycle: Cycle, person: Person, *, decision: Decision, why: str, version: int | None = None
) -> Cycle:
    """Adopt, adapt or abandon. Adapting opens the next test with this plan copied; abandoning may come early."""
    cycle = _hold(cycle)
    if cycle.stage == Stage.DONE and cycle.decision == decision:
        return cycle
    cycle.expect_version(version)
    if cycle.stage == Stage.DONE or (cycle.stage != Stage.ACT and decision != Decision.ABANDON):
        raise wrong_stage(cycle)
    return _decide(cycle, decision, why)


@action(Act.RUN_CYCLE)
def change_decision(
    cycle: Cycle, person: Person, *, decision: Decision, why: str, version: int | None = None
) -> Cycle:
    """Decide otherwise, as long as nobody has worked on the next test."""
    cycle = _hold(cycle, version)
    if cycle.stage != Stage.DONE:
        raise wrong_stage(cycle)
    if decision != Decision.ADAPT:
        _take_back_next(cycle)
    return _decide(cycle, decision, why)


@action(Act.PLAN_CYCLE)
def clone(unit: Unit, person: Person, *, cycle: Cycle, id: UUID | None = None) -> Cycle:
    """Plan the same test at this place; what belongs to the other place stays there."""
    if made := once(Cycle, id, unit=unit, owner=person):
        return made
    if not can(person, Act.VIEW_CYCLE, cycle):
        raise NotAllowed(_("You cannot see the test you want to copy. Ask its owner to share it with you."))
    starts_on, ends_on = same_length_again(unit, cycle.starts_on, cycle.ends_on)
    here = Cycle(
        id=id or uuid7(), unit=unit, owner=person, copied_from=cycle, starts_on=starts_on, ends_on=ends_on
    )
    for name in COPIED:
        setattr(here, name, getattr(cycle, name))
    idea, series = cycle.idea, cycle.series
    here.idea = idea if idea and idea.theory.unit.holds(unit) else None
    here.series = series if series and series.unit_id == unit.pk else None
    return _keep(here, new=True)


def _plan(unit: Unit, person: Person, id: UUID | None, facts: PlanFacts) -> Cycle:
    check_plan(unit, person, facts)
    return _keep(Cycle(id=id or uuid7(), unit=unit, owner=person, **facts), new=True)


def _keep(row: R, *, new: bool = False) -> R:
    """Save after the row's own rules; a broken one is said in words, by field."""
    try:
        row.full_clean(validate_unique=False, validate_constraints=False)
    except ValidationError as error:
        fields = {name: " ".join(reasons) for name, reasons in error.message_dict.items()}
        raise Invalid(_("Some answers cannot be used yet."), fields=fields) from error
    if not new:
        return row.change()
    row.save(force_insert=True)
    return row


def _hold(cycle: Cycle, version: int | None = None) -> Cycle:
    """Read the cycle again inside the transaction, so that of two people only one goes first."""
    held = (
        Cycle.objects.select_for_update(of=("self",))
        .select_related("unit", "series__measure")
        .get(pk=cycle.pk)
    )
    held.expect_version(version)
    return held


def _bet(prediction: Prediction, bet: Bet) -> Prediction:
    for name, value in bet.items():
        setattr(prediction, name, value)
    if prediction.threshold is None:
        prediction.threshold = prediction.expected
    check_bet(prediction, prediction.cycle.unit_of_number)
    new = prediction._state.adding
    _keep(prediction, new=new)
    return prediction


def _score(cycle: Cycle, result: Result, said: bool | None) -> None:
    for prediction in cycle.predictions.all():
        true = results.verdict(prediction, cycle, result.value, said)
        if true != prediction.came_true:
            prediction.change(came_true=true)


def _decide(cycle: Cycle, decision: Decision, why: str) -> Cycle:
    cycle.decision, cycle.decision_why = decision, why.strip()
    refuse_unless_produced(cycle, "act")
    cycle.change(stage=Stage.DONE, decided_at=clock.now())
    if decision == Decision.ADAPT and not cycle.next_cycles.exists():
        _open_next(cycle)
    return cycle


def _open_next(cycle: Cycle) -> Cycle:
    starts_on, ends_on = same_length_again(cycle.unit, cycle.starts_on, cycle.ends_on)
    following = Cycle(
        unit=cycle.unit,
        owner_id=cycle.owner_id,
        team_id=cycle.team_id,
        idea_id=cycle.idea_id,
        series=cycle.series,
        previous=cycle,
        ramp=cycle.ramp,
        number=cycle.number + 1,
        starts_on=starts_on,
        ends_on=ends_on,
    )
    for name in COPIED:
        setattr(following, name, getattr(cycle, name))
    following.save(force_insert=True)
    return following


def _take_back_next(cycle: Cycle) -> None:
    for following in cycle.next_cycles.all():
        if following.version > 1 or following.predictions.exists():
            raise Conflict(
                _(
                    "Someone has already worked on test %(number)s, which came from this decision. Decide there."
                )
                % {"number": following.number}
            )
        following.delete()
