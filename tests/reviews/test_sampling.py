"""Drawing lessons by lot: fair, repeatable, shared out evenly, replaced with a reason, and told with its margin."""

from __future__ import annotations

import hashlib
from collections import Counter

import pytest

from aimline.reviews.sampling import (
    BAND,
    SCHOOL,
    Class,
    assign,
    draw,
    grade_number,
    in_strata,
    off_by,
    places,
    reserve,
    to_share,
    told_apart,
)

LIST = [
    Class(f"Room {room}", school, grade=str(room % 6), subject="")
    for school, rooms in (("Kelp", 30), ("Juniper", 12), ("Annex", 2))
    for room in range(rooms)
]
KINDS = [SCHOOL]


def test_the_same_seed_draws_the_same_lessons_whatever_the_order_of_the_list() -> None:
    assert draw(LIST, KINDS, 12, "s") == draw(LIST[::-1], KINDS, 12, "s")
    assert draw(LIST, KINDS, 12, "s") != draw(LIST, KINDS, 12, "t")


def test_anybody_can_check_it_with_a_hash() -> None:
    """As the page says it: SHA-256 of the seed, a slash and the class."""
    kelp = [one for one in LIST if one.school == "Kelp"]
    lots = sorted(kelp, key=lambda one: hashlib.sha256(f"dice 4 2/Kelp: {one.name}".encode()).hexdigest())
    drawn = {one.label for one in draw(LIST, KINDS, 12, "dice 4 2") if one.school == "Kelp"}
    assert drawn == {one.label for one in lots[: len(drawn)]}


def test_places_are_in_proportion_and_every_part_gets_one() -> None:
    assert Counter(one.school for one in draw(LIST, KINDS, 12, "s")) == {"Kelp": 8, "Juniper": 3, "Annex": 1}
    assert places({("a",): 96, ("b",): 2, ("c",): 2}, 3) == {("a",): 1, ("b",): 1, ("c",): 1}
    assert places({("a",): 2, ("b",): 2}, 9) == {("a",): 2, ("b",): 2}
    with pytest.raises(ValueError, match="cannot hold"):
        places({("a",): 5, ("b",): 5}, 1)


@pytest.mark.parametrize("n", range(3, 45))
def test_as_many_are_drawn_as_were_asked_for(n: int) -> None:
    drawn = draw(LIST, KINDS, n, "s")
    assert len(drawn) == len({one.label for one in drawn}) == min(n, len(LIST))


def test_over_many_seeds_each_class_of_a_part_is_drawn_about_as_often() -> None:
    met = Counter(one.label for seed in range(600) for one in draw(LIST, KINDS, 12, str(seed)))
    kelp = [met[one.label] for one in LIST if one.school == "Kelp"]
    # 8 of 30, 600 times: 160, give or take four standard deviations.
    assert min(kelp) > 160 - 44
    assert max(kelp) < 160 + 44


def test_the_reserve_is_the_next_lot_of_the_same_part() -> None:
    ordered = in_strata(LIST, KINDS, "s")[("Juniper",)]
    used = {one.label for one in ordered[:3]}
    assert reserve(LIST, KINDS, "s", used, ordered[0]) == ordered[3]
    assert reserve(LIST, KINDS, "s", {one.label for one in ordered}, ordered[0]) is None


def test_how_far_a_share_may_be_off() -> None:
    assert off_by(12, 48) == 22
    assert off_by(12, 480) == 24
    assert off_by(24, 48) == 14
    assert off_by(48, 48) is None
    assert all((off_by(n, 48) or 0) <= (off_by(n - 1, 48) or 0) for n in range(2, 48))


def test_lessons_are_shared_out_evenly_and_some_are_seen_by_two() -> None:
    visits, people = [f"v{n}" for n in range(12)], ["a", "b", "c"]
    given = assign(visits, people, barred=(), shared=to_share(20, 12, 3), seed="s")
    load = Counter(person for held in given.values() for person in held)
    assert sum(len(held) == 2 for held in given.values()) == 2
    assert max(load.values()) - min(load.values()) <= 1
    assert given == assign(visits, people, barred=(), shared=2, seed="s")


def test_nobody_observes_a_class_of_their_own() -> None:
    visits = [f"v{n}" for n in range(6)]
    barred = {("a", visit) for visit in visits[:4]} | {("b", "v5"), ("a", "v5")}
    given = assign(visits, ["a", "b"], barred=barred, shared=6, seed="s")
    assert not any((person, visit) in barred for visit, held in given.items() for person in held)
    assert given["v5"] == ()
    assert len(given["v4"]) == 2


def test_two_are_never_asked_for_where_there_is_one() -> None:
    assert to_share(20, 12, 1) == 0
    assert to_share(20, 3, 2) == 1
    assert to_share(0, 12, 3) == 0


@pytest.mark.parametrize(
    ("text", "grade"),
    [("03", 3), ("KG", 0), ("PK", -1), ("3,4", 3), ("Grade 10", 10), ("", None), ("x", None)],
)
def test_grades_are_read_as_rosters_write_them(text: str, grade: int | None) -> None:
    assert grade_number(text) == grade


def test_classes_of_one_name_are_told_apart() -> None:
    twice = told_apart([Class("Algebra", "High"), Class("Algebra", "High"), Class("Algebra", "Other")])
    assert [one.name for one in twice] == ["Algebra", "Algebra (2)", "Algebra"]
    assert Class("Algebra", "High", grade="9").stratum([BAND, SCHOOL]) == ("High", "9-12")
