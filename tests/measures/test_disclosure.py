from __future__ import annotations

from uuid import UUID, uuid4

from hypothesis import given
from hypothesis import strategies as st

from aimline.measures.disclosure import Cell, Why, hidden, hidden_points
from aimline.measures.models import ALL, Point, Series
from aimline.org.models import Unit
from aimline.org.small_groups import SMALLEST_GROUP, minimum_groups
from tests.measures.rows import load, measure_at, share_rows
from tests.world import World


def cell(group: str, students: int | None, *, dimension: str = "language", sender: bool = False) -> Cell:
    return Cell(uuid4(), "table", group, dimension if group != ALL else "", students, sender)


def judged(*cells: Cell, minimum: int = SMALLEST_GROUP) -> dict[str, Why]:
    names = {each.id: each.group for each in cells}
    return {names[id]: why for id, why in hidden(cells, minimum).items()}


def test_nine_students_are_hidden_and_ten_are_shown() -> None:
    assert judged(cell(ALL, 9)) == {ALL: Why.FEW}
    assert judged(cell(ALL, 10)) == {}


def test_nobody_is_nobody_to_protect() -> None:
    assert judged(cell(ALL, 0)) == {}


def test_one_hidden_group_takes_the_next_smallest_with_it() -> None:
    found = judged(cell(ALL, 100), cell("A", 4), cell("B", 30), cell("C", 66))
    assert found == {"A": Why.FEW, "B": Why.BESIDE}


def test_two_hidden_groups_hide_each_other() -> None:
    assert judged(cell(ALL, 100), cell("A", 8), cell("B", 7), cell("C", 85)) == {"A": Why.FEW, "B": Why.FEW}


def test_two_hidden_groups_that_are_still_few_together_take_a_third() -> None:
    found = judged(cell(ALL, 100), cell("A", 2), cell("B", 3), cell("C", 35), cell("D", 60))
    assert found == {"A": Why.FEW, "B": Why.FEW, "C": Why.BESIDE}


def test_a_small_rest_that_nobody_loaded_is_protected_too() -> None:
    assert judged(cell(ALL, 100), cell("A", 38), cell("B", 57)) == {"A": Why.BESIDE}


def test_without_all_students_there_is_nothing_to_subtract_from() -> None:
    assert judged(cell("A", 4), cell("B", 30)) == {"A": Why.FEW}


def test_groups_of_another_dimension_do_not_count() -> None:
    found = judged(
        cell(ALL, 100),
        cell("A", 4),
        cell("B", 96),
        cell("Girls", 50, dimension="sex"),
        cell("Boys", 50, dimension="sex"),
    )
    assert found == {"A": Why.FEW, "B": Why.BESIDE}


def test_a_group_of_unknown_size_is_hidden_and_all_students_are_not() -> None:
    assert judged(cell(ALL, None), cell("A", None), cell("B", None)) == {"A": Why.UNKNOWN, "B": Why.UNKNOWN}


def test_a_cell_the_sender_hid_protects_like_our_own() -> None:
    assert judged(cell(ALL, 100), cell("A", None, sender=True), cell("B", 30), cell("C", 66)) == {
        "A": Why.SENDER,
        "B": Why.BESIDE,
    }


def test_the_smallest_group_cannot_be_lowered() -> None:
    assert judged(cell(ALL, 9), minimum=3) == {ALL: Why.FEW}


sizes = st.lists(st.integers(0, 60), min_size=1, max_size=8)


@given(sizes, st.integers(10, 30), st.integers(0, 20))
def test_nobody_can_subtract_their_way_to_a_small_group(
    groups: list[int], minimum: int, unknown: int
) -> None:
    everyone = sum(groups) + unknown
    cells = [cell(ALL, everyone), *(cell(str(number), size) for number, size in enumerate(groups))]
    away = hidden(cells, minimum)
    shown = [each for each in cells if each.id not in away]
    assert all(not 0 < (each.students or 0) < minimum for each in shown)
    if cells[0].id in away:
        return
    rest = everyone - sum(each.students or 0 for each in shown[1:])
    assert rest == 0 or rest >= minimum
    few = [each for each in cells[1:] if away.get(each.id) is Why.FEW]
    assert len(few) != 1 or Why.BESIDE in away.values() or not [each for each in shown[1:] if each.students]


@given(sizes, st.integers(10, 30))
def test_the_order_of_the_cells_decides_nothing(groups: list[int], minimum: int) -> None:
    cells = [cell(ALL, sum(groups)), *(cell(str(number), size) for number, size in enumerate(groups))]
    assert hidden(cells, minimum) == hidden(cells[::-1], minimum)


def test_the_nearest_unit_with_a_rule_decides_and_never_below_ten(world: World) -> None:
    Unit.objects.filter(pk=world.state.pk).update(minimum_group=20)
    Unit.objects.filter(pk=world.kelp.pk).update(minimum_group=5)
    found = minimum_groups([world.kelp, world.juniper])
    assert found == {world.kelp.pk: 10, world.juniper.pk: 20}


def test_a_group_is_judged_with_its_neighbours_even_when_alone_in_the_question(world: World) -> None:
    measure = measure_at(world)
    rows = [
        *share_rows(world.kelp, measure, [(50, 100)]),
        *share_rows(world.kelp, measure, [(1, 4)], group="Newcomers", dimension="language"),
        *share_rows(world.kelp, measure, [(12, 30)], group="Multilingual", dimension="language"),
        *share_rows(world.kelp, measure, [(37, 66)], group="English", dimension="language"),
    ]
    load(world, rows)
    why = hidden_points(list(Series.objects.filter(group="Multilingual").select_related("unit")))
    assert why[point_of("Multilingual")] is Why.BESIDE
    assert point_of("English") not in why


def test_a_unit_may_ask_for_more(world: World) -> None:
    measure = measure_at(world)
    load(world, share_rows(world.kelp, measure, [(6, 12)]))
    series = list(Series.objects.select_related("unit"))
    assert hidden_points(series) == {}
    Unit.objects.filter(pk=world.port_alder.pk).update(minimum_group=15)
    assert hidden_points(series) == {point_of(ALL): Why.FEW}


def point_of(group: str) -> UUID:
    return Point.objects.get(series__group=group).pk
