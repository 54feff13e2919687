"""What follows from one release after another: of whoever came, left or was corrected between them, nothing."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from aimline.cli.attack_tables import NOT_TOLD, Cell, Finding, Kind, Tables, Told, findings
from aimline.core import clock
from aimline.measures.disclosure import Why, hidden_points
from aimline.measures.frames import line
from aimline.measures.models import Release, ReleaseCell, Series
from aimline.org.models import Unit
from tests.attack.desk import PERIOD, TODAY, Desk, read_csv
from tests.attack.districts import Student, drawn, moved


def _followed(releases: list[tuple[Tables, Tables]]) -> list[Finding]:
    """Every release against every earlier one, and each by itself as far as its numbers are of its own time."""
    found = [each for each in findings([seen for seen, _truth in releases]) if each.kind is Kind.CHANGED]
    for seen, truth in releases:
        current = {cell: told if told == truth.get(cell) else Told() for cell, told in seen.items()}
        found += findings([current], truth)
    return found


def _shown(desk: Desk) -> Tables:
    return desk.seen("sol")


def test_twelve_releases_tell_nothing_of_who_came_and_who_left(desk: Desk) -> None:
    students, releases = drawn(2, schools=2, size=70), []
    for month in range(12):
        desk.count(students)
        desk.release(TODAY + timedelta(days=month))
        releases.append((_shown(desk), desk.truth()))
        students = moved(students, seed=month, joining=month % 10, leaving=(3 * month) % 7)
    assert _followed(releases) == []
    assert Release.objects.count() == 12


def test_a_number_that_few_would_change_stays_as_it_is(desk: Desk) -> None:
    students = drawn(2, schools=2, size=90)
    desk.count(students)
    desk.release()
    before = _shown(desk)
    desk.count(moved(students, seed=1, joining=3, leaving=0))
    desk.release()
    assert _as_read(_shown(desk)) == _as_read(before)
    assert _as_read(desk.truth()) != _as_read(before)


def test_many_who_come_are_told(desk: Desk) -> None:
    students = drawn(2, schools=2, size=90)
    desk.count(students)
    desk.release()
    before = _shown(desk)
    desk.count(students + students)
    desk.release()
    whole = Cell("M", PERIOD, ("CAL",))
    assert _shown(desk)[whole].students == 2 * before[whole].students


def test_a_school_that_closes_gives_nobody_away(desk: Desk) -> None:
    students = drawn(4, schools=3, size=90)
    desk.count(students)
    desk.release()
    first = _shown(desk), desk.truth()
    desk.count(each for each in students if not each.school.endswith("s2/"))
    desk.release()
    assert _followed([first, (_shown(desk), desk.truth())]) == []


def test_a_rule_that_is_lowered_later_gives_nothing_away(desk: Desk) -> None:
    Unit.objects.filter(pk=desk.world.state.pk).update(minimum_group=25)
    desk.count(drawn(6, schools=2, size=90))
    desk.release()
    strict = _shown(desk)
    Unit.objects.filter(pk=desk.world.state.pk).update(minimum_group=None)
    desk.count(drawn(6, schools=2, size=90))
    desk.release_again()
    open_ = _shown(desk)
    both = {cell: told if told.students == told.students else strict[cell] for cell, told in open_.items()}
    assert _hidden(open_) < _hidden(strict)
    assert findings([both], desk.truth()) == []


def test_a_rule_that_is_raised_hides_what_is_out(desk: Desk) -> None:
    desk.count(drawn(6, schools=2, size=90))
    desk.release()
    before = _shown(desk)
    Unit.objects.filter(pk=desk.world.state.pk).update(minimum_group=25)
    desk.release_again()
    after = _shown(desk)
    assert _hidden(before) < _hidden(after)
    assert min(told.students for told in after.values() if told.students == told.students) >= 25


def test_counts_that_are_taken_away_and_made_again_are_judged_by_what_was_out(desk: Desk) -> None:
    students = drawn(2, schools=2, size=90)
    desk.count(students)
    desk.release()
    before = _shown(desk)
    desk.count([])
    desk.release()
    desk.count(moved(students, seed=3, joining=2, leaving=1))
    desk.release()
    assert _as_read(_shown(desk)) == _as_read(before)


def test_a_second_measure_of_the_same_tells_nothing_that_the_first_hides(desk: Desk) -> None:
    students = drawn(6, schools=2, size=90)
    desk.count(students)
    desk.release()
    first = _shown(desk)
    desk.measure("N")
    desk.count(students, code="N")
    desk.release()
    second = {cell._replace(measure="M"): told for cell, told in _shown(desk).items() if cell.measure == "N"}
    assert _hidden(second) == _hidden(first)


def test_releasing_again_changes_nothing(desk: Desk) -> None:
    desk.count(drawn(2, schools=2, size=60))
    desk.release()
    lines = ReleaseCell.objects.count()
    desk.release_again()
    assert (Release.objects.count(), ReleaseCell.objects.count()) == (1, lines)


def test_before_its_release_a_number_is_being_checked(desk: Desk) -> None:
    desk.count(drawn(2, schools=2, size=60))
    series = list(desk.series())
    assert set(hidden_points(series).values()) == {Why.CHECKING}
    assert all(not line(one).shown for one in series)
    assert read_csv(desk.public_file()) == []


def test_a_period_that_is_not_over_waits(desk: Desk) -> None:
    desk.count(drawn(2, schools=2, size=60), period="2026-11")
    desk.release()
    assert not Release.objects.exists()
    with clock.standing_on(date(2026, 12, 1)):
        desk.release(date(2026, 12, 1))
    assert Release.objects.count() == 1


def test_a_number_that_runs_on_is_told_when_enough_have_moved(desk: Desk) -> None:
    """Of two months of chronic absence, one more student would tell whether that one is absent so often."""
    students = [Student("/state/north/s0/", (), has=number % 3 == 0) for number in range(90)]
    desk.measure("M", recipe={**desk.recipe, "kind": "chronic"})
    for period, more in (("2026-08", 0), ("2026-09", 1), ("2026-10", 30)):
        desk.count(students + students[:more], period=period)
    desk.release()
    at_school = Series.objects.for_page().get(unit=desk.world.kelp, measure__code="M")
    assert [spot.n for spot in line(at_school).spots] == [90, None, 120]


def _as_read(tables: Tables) -> dict[Cell, str]:
    return {cell: str(told) for cell, told in tables.items()}


def _hidden(tables: Tables) -> set[Cell]:
    return {cell for cell, told in tables.items() if told.students != told.students}


@pytest.mark.parametrize("by", [1, 9])
def test_the_attack_sees_a_change_by_few(by: int) -> None:
    cell = Cell("M", PERIOD, ("CAL",))
    found = findings([{cell: Told(50, 20, 30)}, {cell: Told(50 + by, 20 + by, 30)}])
    assert [each.kind for each in found] == [Kind.CHANGED]
    assert findings([{cell: Told(50, 20, 30)}, {cell: Told(NOT_TOLD)}]) == []
