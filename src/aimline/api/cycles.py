"""Cycles: small tests of one change, with predictions written before the first number."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

from django.db.models import QuerySet
from ninja import Field, Query, Router, Schema
from pydantic import ConfigDict

from aimline.access.rules import Act, allowed, can
from aimline.api.door import Request
from aimline.api.shared import (
    Day,
    NewId,
    Number,
    Page,
    Text,
    Told,
    Version,
    Whole,
    Window,
    cut,
    get_allowed,
    get_if_given,
    get_unit,
    here_or_below,
)
from aimline.cycles import actions
from aimline.cycles.models import Cycle, Decision, Prediction, Stage, TestScale
from aimline.cycles.results import ByHand
from aimline.cycles.showing import Shown, shown_results
from aimline.measures.models import Series
from aimline.people.models import Team
from aimline.theory.models import ChangeIdea

router = Router(tags=["cycles"])


class ResultOut(Told):
    """What happened, with the range it could be. Shares are 0 to 100."""

    version: int
    value: float | None
    numerator: float | None
    denominator: float | None
    low: float | None
    high: float | None
    students: int | None
    periods: int
    by_hand: bool
    words: str


class HiddenResult(Told):
    """A result of too few students for this person to see."""

    hidden: Literal[True] = True


class PredictionOut(Told):
    """What one person expects. Whether it came true is told to those who may see the result."""

    id: UUID
    version: int
    person_id: UUID
    text: str
    expected: float | None
    low: float | None
    high: float | None
    threshold: float | None
    percent: int
    came_true: bool | None = None
    score: float | None = None


class CycleRow(Told):
    id: UUID
    version: int
    unit_id: UUID
    team_id: UUID | None
    owner_id: UUID
    idea_id: UUID | None
    series_id: UUID | None
    previous_id: UUID | None
    copied_from_id: UUID | None
    number: int
    stage: Stage
    title: str
    scale: TestScale
    starts_on: date
    ends_on: date
    decision: Decision | Literal[""]
    result: ResultOut | HiddenResult | None


class CycleOut(CycleRow):
    """A test with everything said about it. Predictions of others are kept back until one has made one's own."""

    question: str
    where: str
    with_whom: str
    steps: str
    data_plan: str
    observed: str
    as_planned: str
    surprised: str
    learned: str
    decision_why: str
    started_at: datetime | None
    decided_at: datetime | None
    predictions: list[PredictionOut]
    predictions_kept_back: int


class CycleFilter(Window):
    under: UUID | None = Field(None, description="Tests at this unit and below it.")
    idea: UUID | None = None
    stage: Stage | None = None
    due: bool = Field(
        False, description="Only tests that wait for somebody: past their last day, or not decided."
    )


class PlanParts(Schema):
    model_config = ConfigDict(extra="forbid")

    question: Text = Field("", max_length=300)
    where: Text = Field("", max_length=160)
    with_whom: Text = Field("", max_length=200)
    scale: TestScale = TestScale.ROOM
    steps: Text = ""
    data_plan: Text = ""
    idea_id: UUID | None = None
    series_id: UUID | None = None
    team_id: UUID | None = None


class PlanIn(PlanParts):
    id: NewId = None
    unit_id: UUID
    title: Text = Field(min_length=1, max_length=160)
    starts_on: Day
    ends_on: Day


class PlanChange(PlanParts):
    version: Version
    title: Text = Field("", min_length=1, max_length=160)
    starts_on: Day = date(2000, 1, 1)
    ends_on: Day = date(2000, 1, 1)


class BetParts(Schema):
    model_config = ConfigDict(extra="forbid")

    text: Text = Field("", max_length=300)
    expected: Number | None = None
    low: Number | None = None
    high: Number | None = None
    threshold: Number | None = None


class BetIn(BetParts):
    id: NewId = None
    percent: int = Field(ge=0, le=100)


class BetChange(BetParts):
    version: Version
    percent: int = Field(50, ge=0, le=100)


class StepIn(Schema):
    version: Version | None = None


class NoteIn(StepIn):
    text: Text = Field(min_length=1, max_length=2000)


class ByHandIn(Schema):
    """What was counted by hand: so many of so many, a number, or words alone."""

    numerator: Whole | None = None
    denominator: Whole | None = None
    value: Number | None = None
    words: Text = ""
    came_true: bool | None = None


class ResultIn(StepIn):
    """Without `by_hand` the result is read from the series."""

    by_hand: ByHandIn | None = None
    words: Text = ""


class StudyIn(StepIn):
    learned: Text = Field(min_length=1)
    surprised: Text = ""
    as_planned: Text = ""


class DecisionIn(StepIn):
    decision: Decision
    why: Text = Field(min_length=1)


class CopyTest(Schema):
    """`unit_id` is the place that will test for itself."""

    id: NewId = None
    unit_id: UUID


def _cycles() -> QuerySet[Cycle]:
    return Cycle.objects.select_related("unit", "series__measure", "series__unit", "result")


def _cycle(request: Request, id: UUID) -> Cycle:
    return get_allowed(request, Act.VIEW_CYCLE, _cycles(), id)


def _parts(request: Request, body: PlanParts) -> dict[str, Any]:
    """What was sent and nothing else, with idea, series and team as records."""
    parts = body.dict(exclude_unset=True, exclude={"unit_id", "idea_id", "series_id", "team_id"})
    told = body.model_fields_set
    if "idea_id" in told:
        ideas = ChangeIdea.objects.select_related("theory__unit")
        parts["idea"] = get_if_given(request, Act.VIEW_THEORY, ideas, body.idea_id)
    if "series_id" in told:
        series = Series.objects.select_related("measure", "unit")
        parts["series"] = get_if_given(request, Act.VIEW_MEASURE, series, body.series_id)
    if "team_id" in told:
        parts["team"] = get_if_given(
            request, Act.VIEW_PEOPLE, Team.objects.select_related("unit"), body.team_id
        )
    return parts


def _row(cycle: Cycle, shown: Shown) -> dict[str, Any]:
    names = CycleRow.model_fields.keys() - {"result"}
    result = (
        HiddenResult()
        if shown.is_hidden
        else ResultOut.model_validate(shown.result)
        if shown.result
        else None
    )
    return {**{name: getattr(cycle, name) for name in names}, "result": result}


def _whole(request: Request, id: UUID) -> CycleOut:
    cycle = _cycle(request, id)
    shown = shown_results(request.person, [cycle])[cycle.pk]
    bets, kept_back = _bets(request, cycle)
    names = (
        CycleOut.model_fields.keys() - CycleRow.model_fields.keys() - {"predictions", "predictions_kept_back"}
    )
    return CycleOut(
        **_row(cycle, shown),
        **{name: getattr(cycle, name) for name in names},
        predictions=[_bet(each, shown) for each in bets],
        predictions_kept_back=kept_back,
    )


def _bets(request: Request, cycle: Cycle) -> tuple[list[Prediction], int]:
    """Who has read the others' numbers no longer predicts alone."""
    made = list(cycle.predictions.all())
    has_own = any(each.person_id == request.person.pk for each in made)
    still_open = not cycle.is_locked and cycle.stage == Stage.PLAN
    if still_open and not has_own and can(request.person, Act.PREDICT, cycle):
        return [], len(made)
    return made, 0


def _bet(prediction: Prediction, shown: Shown) -> PredictionOut:
    bet = PredictionOut.model_validate(prediction)
    # Whether the result reached a number says something of a result that may not be seen.
    return bet.model_copy(update={"came_true": None, "score": None}) if shown.is_hidden else bet


@router.get("", response=Page[CycleRow])
def list_cycles(request: Request, wanted: Query[CycleFilter]) -> Page[CycleRow]:
    """The tests this person may see, each with its result as far as it may be shown."""
    rows = here_or_below(request, _cycles(), wanted.under)
    rows = rows.due() if wanted.due else rows  # type: ignore[attr-defined]
    facts = {name: value for name in ("idea", "stage") if (value := getattr(wanted, name)) is not None}
    items, following = cut(allowed(request.person, Act.VIEW_CYCLE, rows.filter(**facts)), wanted)
    shown = shown_results(request.person, items)
    return Page[CycleRow](items=[CycleRow(**_row(cycle, shown[cycle.pk])) for cycle in items], next=following)


@router.get("/{uuid:cycle_id}", response=CycleOut)
def show_cycle(request: Request, cycle_id: UUID) -> CycleOut:
    """One test with everything said about it."""
    return _whole(request, cycle_id)


@router.post("", response={201: CycleOut})
def plan_cycle(request: Request, body: PlanIn) -> CycleOut:
    """Plan a test of one small change."""
    unit = get_unit(request, body.unit_id)
    return _whole(request, actions.plan(unit, request.person, **_parts(request, body)).pk)


@router.patch("/{uuid:cycle_id}", response=CycleOut)
def change_plan(request: Request, cycle_id: UUID, body: PlanChange) -> CycleOut:
    """Change the plan, as long as the test has not begun."""
    cycle = _cycle(request, cycle_id)
    actions.change_plan(cycle, request.person, **_parts(request, body))
    return _whole(request, cycle_id)


@router.post("/{uuid:cycle_id}/predictions", response={201: PredictionOut})
def predict(request: Request, cycle_id: UUID, body: BetIn) -> Prediction:
    """Say what you expect and how sure you are, before anything is counted."""
    return actions.predict(_cycle(request, cycle_id), request.person, **body.dict(exclude_unset=True))


@router.patch("/{uuid:cycle_id}/predictions/{uuid:prediction_id}", response=PredictionOut)
def change_prediction(request: Request, cycle_id: UUID, prediction_id: UUID, body: BetChange) -> Prediction:
    """Change your own prediction, as long as the test has not begun."""
    made = Prediction.objects.filter(cycle=cycle_id).select_related("cycle", "person")
    mine = get_allowed(request, Act.VIEW_CYCLE, made, prediction_id)
    return actions.change_prediction(mine, request.person, **body.dict(exclude_unset=True))


@router.post("/{uuid:cycle_id}/start", response=CycleOut)
def start_cycle(request: Request, cycle_id: UUID, body: StepIn) -> CycleOut:
    """Begin the test. From now on the plan and all predictions stand."""
    actions.start(_cycle(request, cycle_id), request.person, version=body.version)
    return _whole(request, cycle_id)


@router.post("/{uuid:cycle_id}/observations", response=CycleOut)
def note_observation(request: Request, cycle_id: UUID, body: NoteIn) -> CycleOut:
    """Write down what was seen, with today's date."""
    actions.note_observation(_cycle(request, cycle_id), request.person, **body.dict())
    return _whole(request, cycle_id)


@router.post("/{uuid:cycle_id}/finish", response=CycleOut)
def finish_doing(request: Request, cycle_id: UUID, body: StepIn) -> CycleOut:
    """Close the doing and turn to what it showed."""
    actions.finish_doing(_cycle(request, cycle_id), request.person, version=body.version)
    return _whole(request, cycle_id)


@router.put("/{uuid:cycle_id}/result", response=CycleOut)
def record_result(request: Request, cycle_id: UUID, body: ResultIn) -> CycleOut:
    """Keep what happened, from the series or counted by hand, and score every prediction with it."""
    by_hand = ByHand(**body.by_hand.dict()) if body.by_hand else None
    cycle = _cycle(request, cycle_id)
    actions.record_result(cycle, request.person, by_hand=by_hand, words=body.words, version=body.version)
    return _whole(request, cycle_id)


@router.put("/{uuid:cycle_id}/study", response=CycleOut)
def record_study(request: Request, cycle_id: UUID, body: StudyIn) -> CycleOut:
    """Keep what the test taught, beside its result."""
    actions.record_study(_cycle(request, cycle_id), request.person, **body.dict())
    return _whole(request, cycle_id)


@router.put("/{uuid:cycle_id}/decision", response=CycleOut)
def decide(request: Request, cycle_id: UUID, body: DecisionIn) -> CycleOut:
    """Adopt, adapt or abandon; or decide otherwise, as long as nobody has worked on the next test."""
    cycle = _cycle(request, cycle_id)
    settled = cycle.stage == Stage.DONE and cycle.decision != body.decision
    choose = actions.change_decision if settled else actions.decide
    choose(cycle, request.person, **body.dict())
    return _whole(request, cycle_id)


@router.post("/{uuid:cycle_id}/copy", response={201: CycleOut})
def copy_cycle(request: Request, cycle_id: UUID, body: CopyTest) -> CycleOut:
    """Plan the same test at another place; what belongs to this place stays here."""
    cycle, unit = _cycle(request, cycle_id), get_unit(request, body.unit_id)
    return _whole(request, actions.clone(unit, request.person, cycle=cycle, id=body.id).pk)
