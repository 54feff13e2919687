"""A snapshot of Kelp Elementary that is far enough to be reported on."""

from __future__ import annotations

from datetime import date

import pytest

from aimline.core import clock
from aimline.measures import actions as measuring
from aimline.measures.models import Series
from aimline.measures.points import PointRow
from aimline.reviews.actions import judging, planning
from aimline.reviews.models import FindingKind, Review, Source, Stance
from tests.world import World

STARTS = date(2026, 11, 2)


def make_series(world: World) -> Series:
    measure = measuring.define_measure(
        world.port_alder,
        world.dana,
        code="reasons",
        name="Reasons given",
        kind="driver",
        better="up",
        scale="percent",
    )
    rows = [
        PointRow(
            unit=world.kelp,
            measure=measure,
            period=f"2026-{month:02d}",
            numerator=20 + month,
            denominator=100,
        )
        for month in range(1, 11)
    ]
    measuring.load_points(world.port_alder, world.dana, rows=rows)
    return Series.objects.get(measure=measure)


def plan_snapshot(world: World, name: str = "Reasoning at Kelp") -> Review:
    with clock.standing_on(STARTS):
        return planning.plan_review(
            world.kelp,
            world.priya,
            template_key="snapshot",
            name=name,
            purpose="Do students reason?",
            scope="Grades 3 to 5",
            starts_on=STARTS,
        )


@pytest.fixture
def reported(world: World) -> Review:
    """A snapshot with one strength to keep, one gap, one draft that is not final, and a recommendation."""
    made = plan_snapshot(world)
    with clock.standing_on(STARTS):
        seen = judging.add_evidence(
            made, world.priya, source=Source.CLASSROOMS, text="19 of 26 wrote one way only."
        )
        heard = judging.add_evidence(
            made, world.priya, source=Source.VOICES, text="“Here I may be wrong out loud.”"
        )
        series = make_series(world)
        counted = judging.add_evidence(
            made, world.priya, source=Source.DATA, text="Reasons given", series=series
        )
        for kind, text in (
            (FindingKind.KEEP, "Safe to be wrong"),
            (FindingKind.GAP, "Lessons stop at the answer"),
        ):
            finding = judging.write_finding(
                made, world.priya, kind=kind, text=text, against_sought="We asked those who never speak."
            )
            judging.use_evidence(finding, world.priya, evidence=seen)
            judging.use_evidence(finding, world.priya, evidence=counted)
            judging.use_evidence(finding, world.priya, evidence=heard, stance=Stance.AGAINST)
            judging.make_final(finding, world.priya)
        judging.write_finding(made, world.priya, kind=FindingKind.GAP, text="Coaching misses some")
        gap = made.findings.get(text="Lessons stop at the answer")
        text = "Ten minutes to explain"
        judging.recommend(made, world.priya, findings=[gap], text=text, chance=74, leads="Math team")
    return made
