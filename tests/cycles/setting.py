"""A test to work with: sentence frames in room 212, tried from 26 October to 13 November 2026."""

from __future__ import annotations

from datetime import date, timedelta

from aimline.cycles import actions
from aimline.cycles.models import Cycle, Decision
from aimline.cycles.results import ByHand
from aimline.cycles.rules import PlanFacts
from aimline.measures.models import Better, Measure, MeasureKind, Point, Scale, Series
from aimline.org.models import Unit
from aimline.people.models import Person
from aimline.theory.models import Aim, ChangeIdea, Driver, Link, Theory
from tests.world import World

# Everyone who may sign in and has a place; Lena's grant has ended.
EVERYONE = ["ada", "sol", "dana", "ana", "priya", "cody", "tess", "theo", "fay", "finn", "gus", "olga"]
STARTS, ENDS = date(2026, 10, 26), date(2026, 11, 13)
PLANNED, STUDIED = date(2026, 10, 23), date(2026, 11, 16)
# Students of 22 who explained their reasoning, in the three test weeks.
WEEKS = (8, 9, 10)


def make_series(
    unit: Unit, *, better: Better = Better.UP, group: str = "All", scale: Scale = Scale.PERCENT
) -> Series:
    measure, _made = Measure.objects.get_or_create(
        unit=unit,
        code=f"explain-{better}-{scale}",
        defaults={"name": "Explains reasoning", "kind": MeasureKind.DRIVER, "better": better, "scale": scale},
    )
    return Series.objects.create(measure=measure, unit=unit, group=group)


def count_weeks(series: Series, first: date, tops: tuple[int, ...] = WEEKS, of: int = 22) -> None:
    for week, top in enumerate(tops):
        day = first + timedelta(weeks=week)
        Point.objects.create(
            series=series,
            period=day.isoformat(),
            starts_on=day,
            value=100 * top / of,
            numerator=top,
            denominator=of,
            n=of,
        )


def make_idea(unit: Unit, person: Person) -> ChangeIdea:
    theory = Theory.objects.create(unit=unit, title="Math talk", made_by=person)
    Aim.objects.create(theory=theory, what="Math on grade", for_whom="all students", baseline=38, goal=60)
    driver = Driver.objects.create(theory=theory, level=1, name="Language support in the task")
    idea = ChangeIdea.objects.create(theory=theory, name="Sentence frames")
    Link.objects.create(theory=theory, idea=idea, effect=driver)
    return idea


def plan_frames(world: World, series: Series | None = None, **facts: object) -> Cycle:
    plan: PlanFacts = {
        "title": "Sentence frames in two languages",
        "starts_on": STARTS,
        "ends_on": ENDS,
        "series": series,
    }
    return actions.plan(world.kelp, world.tess, **{**plan, "team": world.team, **facts})  # type: ignore[arg-type]


def run_to_study(world: World, cycle: Cycle) -> Cycle:
    if not cycle.predictions.exists():
        actions.predict(cycle, world.tess, expected=35, low=30, high=42, threshold=30, percent=70)
    actions.start(cycle, world.tess)
    return actions.finish_doing(cycle, world.tess)


def run_to_act(world: World, cycle: Cycle, by_hand: ByHand | None = None) -> Cycle:
    run_to_study(world, cycle)
    actions.record_result(cycle, world.tess, by_hand=by_hand or ByHand(5, 10))
    return actions.record_study(cycle, world.tess, learned="They explained without the sheet.")


def run_to_done(world: World, cycle: Cycle, decision: Decision, by_hand: ByHand | None = None) -> Cycle:
    run_to_act(world, cycle, by_hand)
    return actions.decide(cycle, world.tess, decision=decision, why="It held in both periods.")
