"""A theory of Port Alder with everything a diagram can hold, made by real actions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import pytest

from aimline.core import clock
from aimline.cycles.models import Cycle, Stage
from aimline.measures import tasks
from aimline.measures.models import Better, Measure, MeasureKind, Point, Scale, Series
from aimline.org.models import Unit
from aimline.people.models import Person
from aimline.theory import actions
from aimline.theory.models import ChangeIdea, Driver, DriverLevel, Theory
from tests.world import World


@dataclass
class Reading:
    """The network's reading theory: three primary drivers, three secondary ones, four ideas."""

    theory: Theory
    on_track: Series
    routines: Driver
    tasks: Driver
    families: Driver
    decoding: Driver
    language: Driver
    seen: Driver
    daily: ChangeIdea
    frames: ChangeIdea
    note: ChangeIdea
    visits: ChangeIdea


def make_measure(unit: Unit, name: str, **facts: object) -> Measure:
    usual = {
        "kind": MeasureKind.OUTCOME,
        "better": Better.UP,
        "scale": Scale.PERCENT,
        "code": name.replace(" ", "-"),
    }
    return Measure.objects.create(unit=unit, name=name, **{**usual, **facts})


def make_series(measure: Measure, unit: Unit, values: list[float] | None = None) -> Series:
    series = Series.objects.create(measure=measure, unit=unit)
    for week, value in enumerate(values or []):
        day = date(2026, 8, 24) + timedelta(weeks=week)
        Point.objects.create(
            series=series, period=day.isoformat(), starts_on=day, value=value, denominator=120
        )
    tasks.refresh([series])
    return series


def make_cycle(idea: ChangeIdea, owner: Person, unit: Unit, **facts: object) -> Cycle:
    days = {"starts_on": date(2026, 10, 5), "ends_on": date(2026, 10, 30)}
    usual = {**days, "stage": Stage.DO, "title": f"Try {idea.name}"}
    if facts.get("stage", Stage.DO) != Stage.PLAN:
        usual["started_at"] = clock.now()
    return Cycle.objects.create(idea=idea, owner=owner, unit=unit, **{**usual, **facts})


def make_reading(world: World) -> Reading:
    on_track = make_series(
        make_measure(world.port_alder, "Grade 3 reading on track"),
        world.port_alder,
        [52, 53, 51, 54, 55, 52, 56, 55],
    )
    dana = world.dana
    theory = actions.start_theory(
        world.port_alder,
        dana,
        title="How grade 3 reading will improve",
        what="Grade 3 reading on track",
        for_whom="all third graders of Port Alder",
        why="Who reads by grade 3 can learn from reading.",
        series=on_track,
        baseline=52.0,
        goal=70.0,
        baseline_on=date(2026, 8, 24),
        by_when=date(2027, 6, 12),
    )
    primary = [
        actions.add_driver(theory, dana, level=DriverLevel.PRIMARY, name=name)
        for name in (
            "Daily routines that teach decoding",
            "Tasks worth reading for",
            "Families as partners in reading",
        )
    ]
    routines, worthy, families = primary

    def secondary(name: str, *serves: Driver) -> Driver:
        return actions.add_driver(theory, dana, level=DriverLevel.SECONDARY, name=name, serves=serves)

    decoding = secondary("Small groups by need", routines)
    language = secondary("Language support inside the task", routines, worthy)
    seen = secondary("Families see what is learned", families)
    actions.link(seen, dana, effect=families, less_sure=True)
    daily = actions.add_idea(theory, dana, name="Teach decoding in small groups every day", serves=[decoding])
    frames = actions.add_idea(theory, dana, name="Give sentence frames in two languages", serves=[language])
    note = actions.add_idea(theory, dana, name="Send a voice note home each Friday", serves=[seen])
    visits = actions.add_idea(theory, dana, name="Visit one another in class", serves=[worthy])
    return Reading(
        theory, on_track, routines, worthy, families, decoding, language, seen, daily, frames, note, visits
    )


@pytest.fixture
def reading(world: World) -> Reading:
    return make_reading(world)
