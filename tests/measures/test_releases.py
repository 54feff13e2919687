"""Tables of measures about students on their way out: what counts, when a period is over, what the public reads."""

from __future__ import annotations

from datetime import date
from uuid import uuid4

import pytest

from aimline.core import clock, jobs
from aimline.core.models import AuditEntry, Job
from aimline.measures.actions import keep_count
from aimline.measures.disclosure import Numbers, Why, decided, for_public, hidden_points
from aimline.measures.frames import line
from aimline.measures.judging import Said, is_few
from aimline.measures.lattice import EVERYONE
from aimline.measures.models import ALL, Measure, Point, Release, ReleaseCell, Scale, Series
from aimline.measures.points import PointRow
from aimline.measures.release_tables import Table, groups_of, last_day
from aimline.org.models import Term, Unit
from tests.measures.rows import measure_at
from tests.world import World

RECIPE = {"recipe": "attendance-rate", "kind": "attendance", "choices": {}, "by": [], "days": "recorded"}
TODAY = date(2026, 11, 20)


@pytest.mark.parametrize(
    ("period", "starts_on", "rhythm", "last"),
    [
        ("2026-08-24", date(2026, 8, 24), "week", date(2026, 8, 30)),
        ("2026-08-24", date(2026, 8, 24), "day", date(2026, 8, 24)),
        ("2026-08", date(2026, 8, 1), "month", date(2026, 8, 31)),
        ("2026-2027", date(2026, 8, 1), "year", date(2027, 7, 31)),
    ],
)
def test_a_period_is_over_on_its_last_day(period: str, starts_on: date, rhythm: str, last: date) -> None:
    assert last_day(period, starts_on, rhythm) == last


def test_a_term_is_over_when_the_calendar_says_so(world: World) -> None:
    calendar = world.port_alder.calendars.get()
    Term.objects.create(
        calendar=calendar, name="Fall", first_day=date(2026, 8, 17), last_day=date(2026, 12, 18)
    )
    assert last_day("2026-08-17", date(2026, 8, 17), "term") == date(2026, 12, 18)


@pytest.mark.parametrize(
    ("scale", "numbers", "said"),
    [
        (Scale.PERCENT, Numbers(None, 12, 40, 40), Said(40, (12, 28))),
        (Scale.PERCENT, Numbers(30, None, None, 40), Said(40, (12, 28))),
        (Scale.PERCENT, Numbers(95, 190, 200, 40), Said(40, (190, 10))),
        (Scale.COUNT, Numbers(7, None, None, 40), Said(40, (7,))),
        (Scale.COUNT, Numbers(40, None, None, 40), Said(40)),
        (Scale.MEAN, Numbers(0.1, 4, 40, 40), Said(40, (4,))),
        (Scale.MEAN, Numbers(70, None, None, None), None),
    ],
)
def test_a_point_is_read_as_counts(scale: Scale, numbers: Numbers, said: Said | None) -> None:
    table = Table(Measure(scale=scale), (), True, "")
    assert table.said(numbers) == said


def test_sums_of_scores_are_no_counts() -> None:
    assert Table(Measure(scale=Scale.MEAN), (), False, "").said(Numbers(61.5, 2460.2, 40, 40)) == Said(40)


def test_few_with_few_without_none_and_all_are_few() -> None:
    shares = [(4, 36), (36, 4), (0, 40), (40, 0), (20, 20)]
    assert [is_few(Said(40, parts), 10) for parts in shares] == [True, True, True, True, False]
    assert is_few(Said(9, ()), 10)
    assert not is_few(Said(0, (0, 0)), 10)


def test_crossed_groups_are_taken_apart_where_both_are_known() -> None:
    single = {"Grade": {"Grade 3"}, "Race": {"Asian", "Black, African"}}
    assert groups_of("", ALL, single) == EVERYONE
    assert groups_of("Race", "Asian", single) == (("Race", "Asian"),)
    crossed = groups_of("Grade \u00d7 Race", "Grade 3, Black, African", single)
    assert crossed == (("Grade", "Grade 3"), ("Race", "Black, African"))
    assert groups_of("Sex \u00d7 Camp", "F, A", {}) == (("Sex \u00d7 Camp", "F, A"),)
    assert groups_of("", "Newcomers", single) == (("group", "Newcomers"),)


def test_the_public_reads_a_band_and_no_count() -> None:
    assert for_public(Numbers(30.0, 12, 40, 40), Scale.PERCENT) == (Numbers(), "30-39")
    assert for_public(Numbers(71.6, None, None, 18), Scale.MEAN) == (Numbers(72.0), "")


def counted(world: World, groups: dict[str, tuple[int, int]], unit: Unit | None = None) -> Measure:
    """A measure that is counted from student rows, at one place."""
    measure = measure_at(world, rhythm="month", recipe=RECIPE, code=f"M{uuid4().hex[:6]}")
    rows = [
        PointRow(unit or world.kelp, measure, "2026-09", group, "" if group == ALL else "EL", None, top, n, n)
        for group, (top, n) in groups.items()
    ]
    with clock.standing_on(TODAY):
        keep_count(measure, world.operator, rows=rows)
    return measure


def work() -> None:
    with clock.standing_on(TODAY):
        jobs.run_worker(lambda: False, until_idle=True)


def test_after_a_count_a_job_releases_it_and_the_log_says_so(world: World) -> None:
    measure = counted(world, {ALL: (40, 100), "Y": (14, 30), "N": (26, 70)})
    series = list(Series.objects.for_page().filter(measure=measure))
    assert set(hidden_points(series).values()) == {Why.CHECKING}
    work()
    assert hidden_points(series) == {}
    assert all(line(one).shown for one in series)
    release = Release.objects.get()
    assert (release.cells, release.hidden) == (3, 0)
    assert AuditEntry.objects.filter(act="release", record_id=release.pk).exists()


def test_two_counts_wait_for_one_release(world: World) -> None:
    measure = counted(world, {ALL: (40, 100)})
    with clock.standing_on(TODAY):
        keep_count(
            measure,
            world.operator,
            rows=[PointRow(world.kelp, measure, "2026-09", numerator=50, denominator=100, n=100)],
        )
    assert Job.objects.filter(task="aimline.measures.tasks.release_measures").count() == 1


def test_the_ledger_holds_no_number_that_is_hidden(world: World) -> None:
    counted(world, {ALL: (40, 100), "Y": (2, 5), "N": (38, 95)})
    work()
    hidden = ReleaseCell.objects.filter(hidden=True)
    assert hidden.count() == 2
    assert not hidden.exclude(value=None, numerator=None, denominator=None, n=None).exists()


def test_the_ledger_outlives_the_points_and_the_points_do_not_reach_past_it(world: World) -> None:
    measure = counted(world, {ALL: (40, 100)})
    work()
    Point.objects.filter(series__measure=measure).update(numerator=77, value=77)
    one = Series.objects.for_page().get(measure=measure)
    assert [spot.value for spot in line(one).spots] == [40]
    Point.objects.filter(series__measure=measure).delete()
    assert ReleaseCell.objects.get().numerator == 40


def test_who_answers_for_the_students_reads_what_is_held(world: World) -> None:
    measure = counted(world, {ALL: (40, 100), "Y": (2, 5), "N": (38, 95)})
    one = Series.objects.for_page().get(measure=measure, group="Y")
    assert [spot.numerator for spot in line(one, world.priya).spots] == [2]
    work()
    assert [spot.hidden for spot in line(one, world.sol).spots] == [Why.PROTECTED]
    assert decided([one], reader=world.dana).hidden == {}
    assert decided([one], reader=world.olga) == decided([one])


def test_points_of_a_team_do_not_go_out(world: World) -> None:
    measure = counted(world, {ALL: (40, 100)})
    one = Series.objects.create(measure=measure, unit=world.kelp, team=world.team)
    Point.objects.create(series=one, period="2026-09", starts_on=date(2026, 9, 1), value=50, n=40)
    work()
    assert set(hidden_points([one]).values()) == {Why.CHECKING}
