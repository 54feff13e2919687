"""Taking a load back: everything it brought goes, what people did since stays."""

from __future__ import annotations

from datetime import timedelta

import pytest

from aimline.core import clock
from aimline.core.errors import Conflict, NotAllowed
from aimline.imports.actions.loads import undo
from aimline.imports.models import Load, LoadStatus
from aimline.measures.actions import record_point
from aimline.measures.models import Measure, Phase, Point, Series
from aimline.measures.points import Values
from aimline.org.models import Unit, UnitKind
from tests.imports.conftest import HEADER, ROWS, Desk
from tests.imports.test_load_points import FIXTURES, NYC
from tests.world import World


def test_a_load_taken_back_leaves_nothing_behind(desk: Desk) -> None:
    units = Unit.objects.count()
    desk.load(FIXTURES / "nyc-math.csv", NYC, create_units=UnitKind.SCHOOL)
    load = undo(Load.objects.get(), desk.person)
    assert load.status == LoadStatus.UNDONE
    assert load.report["undone"] == {"removed": 26, "restored": 0, "kept": 0, "kept_others": 0}
    for model in (Point, Series, Measure, Phase):
        assert not model._default_manager.exists()
    assert Unit.objects.count() == units


def test_numbers_that_were_written_over_come_back(desk: Desk) -> None:
    desk.load(ROWS)
    desk.load(ROWS.replace("12,20", "13,20"))
    undo(Load.objects.first(), desk.person)  # type: ignore[arg-type]
    assert Point.objects.get(series__unit__code="PA-KELP").value == 60.0


def test_what_was_changed_since_stays_and_is_counted(desk: Desk) -> None:
    desk.load(ROWS)
    point = Point.objects.get(series__unit__code="PA-KELP")
    values = Values(numerator=15, denominator=20)
    record_point(point.series, desk.person, period=point.period, values=values, version=point.version)
    undone = undo(Load.objects.get(), desk.person).report["undone"]
    assert (undone["removed"], undone["kept"], undone["kept_others"]) == (1, 1, 1)
    assert Point.objects.get().value == 75.0


def test_units_with_data_of_another_load_stay(desk: Desk) -> None:
    new = HEADER + "PA-NEW,2026-09-07,12,20\n"
    desk.load(new, create_units=UnitKind.SCHOOL)
    first = Load.objects.get()
    desk.load(HEADER + "PA-NEW,2026-09-14,12,20\n")
    assert undo(first, desk.person).report["undone"]["kept_others"] == 2
    assert Unit.objects.filter(code="PA-NEW").exists()


def test_a_load_is_taken_back_once(desk: Desk) -> None:
    desk.load(ROWS)
    load = undo(Load.objects.get(), desk.person)
    with pytest.raises(Conflict):
        undo(load, desk.person)


def test_after_thirty_days_a_load_stays(desk: Desk) -> None:
    desk.load(ROWS)
    with clock.standing_on(clock.now() + timedelta(days=31)), pytest.raises(Conflict, match="until"):
        undo(Load.objects.get(), desk.person)


def test_an_outsider_takes_nothing_back(desk: Desk, world: World) -> None:
    desk.load(ROWS)
    with pytest.raises(NotAllowed):
        undo(Load.objects.get(), world.olga)
