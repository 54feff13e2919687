"""Releases of whole districts: protected, modest in what they hide, and quick."""

from __future__ import annotations

import numpy as np
import pytest

from aimline_analytics.disclosure import attack, release
from aimline_analytics.disclosure.elimination import determined
from aimline_analytics.disclosure.ranges import ranges
from aimline_analytics.disclosure.reading import cells
from aimline_analytics.disclosure.relations import lattice
from aimline_analytics.disclosure.sums import sums
from aimline_analytics.errors import AnalyticsError
from tests.analytics.release_worlds import Columns, world

HIDDEN = float("nan")


def test_a_release_of_two_thousand_counts_survives_the_attack_and_shows_most_people() -> None:
    columns, counts = world(1, districts=3, schools=7, students=600, sizes=(4, 5, 2))
    assert len(counts) > 2000
    told: list[float] = []
    found = release(columns, counts, progress=told.append)
    small = (counts > 0) & (counts < 10)
    top = [
        place for place in range(len(counts)) if all(words[place] == "total" for words in columns.values())
    ]
    assert found.hidden[small].all()
    assert not found.hidden[top].any()
    attacked = attack(columns, np.where(found.hidden, HIDDEN, counts))
    assert not attacked.recovered.any()
    assert not (attacked.narrow & small).any()
    assert counts[~found.hidden].sum() > 0.94 * counts.sum()
    assert (found.hidden & ~small).sum() < 0.8 * small.sum()
    assert told == sorted(told)
    assert 0 <= told[0] < 0.1 < 0.9 < told[-1] <= 1


@pytest.mark.parametrize("seed", range(2))
def test_in_a_world_of_schools_each_count_hidden_for_others_is_needed(seed: int) -> None:
    columns, counts = world(seed, districts=1, schools=3, sizes=(3, 3))
    found = release(columns, counts)
    small = (counts > 0) & (counts < 10)
    assert small.any()
    for row in np.flatnonzero(found.hidden & ~small):
        more = found.hidden.copy()
        more[row] = False
        attacked = attack(columns, np.where(more, HIDDEN, counts))
        assert ((attacked.recovered | attacked.narrow) & small).any()


UNSTATED: Columns = {
    "school": ["a"] * 5 + ["b"] * 5,
    "grade": ["3", "4", "5", "total", "total"] * 2,
    "sex": ["total", "total", "total", "f", "m"] * 2,
}


def test_grades_and_sexes_of_a_school_without_a_row_give_its_small_count_away() -> None:
    found = attack(UNSTATED, [HIDDEN, 30, 26, 33, 27, 20, 20, 20, 30, 30])
    assert np.flatnonzero(found.recovered).tolist() == [0]
    assert found.low[0] == 4


def test_a_release_protects_against_margins_that_no_row_states() -> None:
    counts = [4, 30, 26, 33, 27, 20, 20, 20, 30, 30]
    found = release(UNSTATED, counts)
    assert found.hidden[:5].sum() == 2
    assert not found.hidden[5:].any()
    assert not attack(UNSTATED, np.where(found.hidden, HIDDEN, counts)).recovered.any()


def test_tables_that_count_different_people_are_not_tied() -> None:
    counts = [4, 30, 26, 50, 60, 20, 20, 20, 30, 30]
    assert release(UNSTATED, counts).hidden.tolist() == [True] + [False] * 9
    assert not attack(UNSTATED, [HIDDEN, 30, 26, 20, 20, *counts[5:]]).recovered.any()


def test_a_total_adds_up_over_two_dimensions_though_rows_of_one_are_there() -> None:
    columns: Columns = {
        "school": ["a", "b", "a", "a", "b", "b", "total", "total"],
        "race": ["total", "total", "x", "y", "x", "y", "x", "y"],
    }
    found = attack(columns, [HIDDEN, HIDDEN, HIDDEN, 30, 25, 40, 29, 70])
    assert found.low[[0, 1, 2]].tolist() == [34, 65, 4]


def test_relations_and_the_sums_of_the_attack_say_the_same() -> None:
    for drop in ("none", "district", "school"):
        columns, counts = world(3, districts=2, schools=3, sizes=(3, 2))
        gone = np.zeros(len(counts), dtype=bool)
        if drop == "district":
            gone = np.array(
                [d != "total" and s == "total" for d, s in zip(*list(columns.values())[:2], strict=True)]
            )
        if drop == "school":
            gone = np.array(
                [
                    words[1] != "total" and words[2:] == ("total",) * 2
                    for words in zip(*columns.values(), strict=True)
                ]
            )
        kept = np.flatnonzero(~gone)
        found = cells({name: [words[row] for row in kept] for name, words in columns.items()})
        numbers = np.zeros(len(found.codes), dtype=np.int64)
        numbers[found.of_row] = counts[kept]
        ours, theirs = lattice(found.codes, numbers).matrix, sums(found.codes)
        draw = np.random.default_rng(0)
        for _ in range(6):
            hidden = draw.random(len(numbers)) < 0.35
            assert _followed(ours, hidden) == _followed(theirs, hidden)


def _followed(matrix: object, hidden: np.ndarray) -> list[bool]:
    dense = matrix.toarray().astype(np.int64)  # type: ignore[attr-defined]
    extra = dense.shape[1] - len(hidden)
    open_ = np.flatnonzero(np.concatenate([hidden, np.ones(extra, dtype=bool)]))
    return determined(dense[:, open_])[: int(hidden.sum())].tolist()


def test_ranges_found_from_surroundings_are_those_of_the_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    columns, counts = world(5, districts=2, schools=5, sizes=(4, 3, 2))
    found = cells(columns)
    numbers = np.zeros(len(found.codes))
    numbers[found.of_row] = counts
    hidden = np.random.default_rng(1).random(len(numbers)) < 0.3
    hidden |= (numbers > 0) & (numbers < 10)
    matrix, value = sums(found.codes), np.where(hidden, HIDDEN, numbers)
    near = ranges(matrix, value)
    monkeypatch.setattr("aimline_analytics.disclosure.ranges._LOCAL", 10**6)
    whole = ranges(matrix, value)
    narrow = whole[1] - whole[0] < 5
    assert (narrow & hidden).any()
    assert near[0][narrow].tolist() == whole[0][narrow].tolist()
    assert near[1][narrow].tolist() == whole[1][narrow].tolist()
    assert (near[1] - near[0] >= 5)[~narrow].all()


def test_a_contradicting_release_is_refused_with_a_row() -> None:
    with pytest.raises(AnalyticsError, match=r"row \d+, column count"):
        attack({"a": ["total", "x", "y"]}, [10, 12, HIDDEN])
    crossed = {"a": ["total", "total", "total", "x", "y", "x", "y", "x", "y"]}
    crossed["b"] = ["total", "p", "q", "total", "total", "p", "p", "q", "q"]
    with pytest.raises(AnalyticsError, match=r"row \d+, column count"):
        attack(crossed, [20, 12, 8, 9, 10, HIDDEN, HIDDEN, HIDDEN, HIDDEN])
