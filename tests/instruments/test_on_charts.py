"""What people answer becomes a measure on a chart: one point for each collection that has closed."""

from __future__ import annotations

from copy import deepcopy
from datetime import date, timedelta

import pytest

from aimline.core import clock, jobs
from aimline.core.errors import Invalid, NotAllowed
from aimline.instruments import results
from aimline.instruments.actions import building, collecting
from aimline.instruments.models import Collection
from aimline.measures import actions
from aimline.measures.disclosure import BAND
from aimline.measures.frames import line
from aimline.measures.models import Measure, Phase, Point
from aimline.measures.points import Values
from aimline.reports.lines import chart_of, range_of
from tests.instruments.conftest import DOCUMENT, OPENS, Asked, make_instrument
from tests.instruments.test_results import hand_in
from tests.world import World


def close(collection: Collection, world: World) -> None:
    with clock.standing_on(collection.closes_on):
        collecting.close(collection, world.priya)
        jobs.run_due("aimline.measures")


def held() -> list[tuple[date, float | None, int | None]]:
    return list(Point.objects.order_by("starts_on").values_list("starts_on", "value", "n"))


def test_each_closed_collection_is_a_point_with_its_n(world: World, asked: Asked) -> None:
    instrument = make_instrument(world)
    first, second = asked(instrument), asked(instrument, closes_on=OPENS + timedelta(days=30))
    hand_in(first, 12, mistakes=4.0, laughed_at=4.0)
    hand_in(second, 15, mistakes=4.0, laughed_at=1.0)
    close(first, world)
    measure = actions.follow_construct(instrument, world.dana, construct="safe")
    assert held() == [(first.closes_on, 50.0, 12)]
    close(second, world)
    assert held() == [(first.closes_on, 50.0, 12), (second.closes_on, 80.0, 15)]
    assert (measure.name, measure.scale, measure.better) == ("Safe to make mistakes", "percent", "up")
    assert measure.definition.endswith("Asked with: Math class.")


def test_what_may_not_be_shown_is_no_point(world: World, asked: Asked) -> None:
    instrument = make_instrument(world)
    collection = asked(instrument)
    hand_in(collection, 9, mistakes=4.0, laughed_at=4.0)
    actions.follow_construct(instrument, world.dana, construct="safe")
    close(collection, world)
    assert held() == []


def test_nobody_writes_what_people_answered(world: World, asked: Asked) -> None:
    instrument = make_instrument(world)
    measure = actions.follow_construct(instrument, world.dana, construct="safe")
    series = actions.open_series(world.kelp, world.priya, measure=measure)
    with pytest.raises(Invalid, match="what people answered"):
        actions.record_point(series, world.tess, period="2026-09-07", values=Values(value=90.0))


def test_only_those_who_define_measures_put_it_on_a_chart(world: World) -> None:
    with pytest.raises(NotAllowed):
        actions.follow_construct(make_instrument(world), world.tess, construct="safe")
    with pytest.raises(Invalid, match="adds up to nothing"):
        actions.follow_construct(make_instrument(world), world.dana, construct="nothing")


@pytest.mark.parametrize(("join", "phases", "notes"), [("new", 1, 0), ("linked", 0, 1), ("same", 0, 0)])
def test_new_words_start_a_new_line_or_a_note(
    world: World, asked: Asked, join: str, phases: int, notes: int
) -> None:
    instrument = make_instrument(world)
    first = asked(instrument)
    draft = building.open_draft(instrument, world.dana)
    document = deepcopy(DOCUMENT)
    document["sections"][0]["items"][0]["ask"]["en"] = "In this class we learn from mistakes."
    building.write_draft(draft, world.dana, document=document)
    building.join_item(draft, world.dana, item="mistakes", join=join)  # type: ignore[arg-type]
    building.publish(draft, world.dana)
    second = asked(instrument, closes_on=OPENS + timedelta(days=30))
    for collection in (first, second):
        hand_in(collection, 12, mistakes=4.0, laughed_at=4.0)
        close(collection, world)
    for _again in range(2):
        measure = actions.follow_construct(instrument, world.dana, construct="safe")
    assert Measure.objects.filter(instrument=instrument).count() == 1
    assert [phase.starts_on for phase in Phase.objects.filter(measure=measure)] == [second.closes_on] * phases
    assert measure.annotations.count() == notes


def test_a_chart_is_as_sure_as_the_page_of_results(world: World, asked: Asked) -> None:
    instrument = make_instrument(world)
    collection = asked(instrument)
    hand_in(collection, 10, mistakes=4.0, laughed_at=1.0)
    hand_in(collection, 10, mistakes=1.0, laughed_at=1.0)
    close(collection, world)
    measure = actions.follow_construct(instrument, world.dana, construct="safe")
    with clock.standing_on(collection.closes_on):
        (score,) = results.results(collection).scores
        (spot,) = line(measure.series.for_page().get()).spots
    assert (spot.value, spot.low, spot.high) == (score.value, score.low, score.high)
    # The answers of twenty people to two questions say more than twenty heads or tails: those give 53 to 89.
    assert (round(score.low or 0), round(score.high or 0)) == (63, 87)
    assert range_of(spot, measure) == "63 to 87%"


def test_the_range_of_a_mean_is_kept_in_its_own_unit(world: World, asked: Asked) -> None:
    document = deepcopy(DOCUMENT)
    document["constructs"][0].update(by="mean", items=["mistakes"], reversed=[])
    instrument = make_instrument(world, document)
    collection = asked(instrument)
    hand_in(collection, 10, mistakes=2.0)
    hand_in(collection, 10, mistakes=3.0)
    close(collection, world)
    measure = actions.follow_construct(instrument, world.dana, construct="safe")
    with clock.standing_on(collection.closes_on):
        (spot,) = line(measure.series.for_page().get()).spots
        drawn = chart_of(line(measure.series.for_page().get()))
    assert range_of(spot, measure) == "2.3 to 2.7"
    assert drawn.points[0].low == pytest.approx(2.26, abs=0.01)


def test_what_all_said_is_a_band_on_a_chart_too(world: World, asked: Asked) -> None:
    instrument = make_instrument(world)
    collection = asked(instrument)
    hand_in(collection, 15, mistakes=4.0, laughed_at=1.0)
    close(collection, world)
    actions.follow_construct(instrument, world.dana, construct="safe")
    point = Point.objects.get()
    assert (point.value, point.flag, point.high) == (80.0, BAND, 100.0)
    assert point.low == pytest.approx(54.8, abs=0.1)
