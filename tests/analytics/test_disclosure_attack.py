"""The attack: leaks planted by hand, every one of which it must find."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from aimline_analytics.disclosure import attack
from aimline_analytics.disclosure.elimination import determined
from aimline_analytics.errors import AnalyticsError

HIDDEN = float("nan")
Row = tuple[str, str, float]


def cross(*lines: str) -> list[Row]:
    """Rows of a table drawn as text: first the totals, `?` hidden, `-` no row."""
    rows = []
    for line, words in enumerate(lines):
        for place, word in enumerate(words.split()):
            key = (f"r{line}" if line else "total", f"c{place}" if place else "total")
            if word != "-":
                rows.append((*key, HIDDEN if word == "?" else float(word)))
    return rows


LEAKS: dict[str, list[Row]] = {
    "one cell of a row": cross("100 60 40", "50 ? 25", "50 35 15"),
    "one cell of a column": cross("100 60 40", "- ? 10", "- 55 30"),
    "a hidden margin": cross("100 60 40", "? 20 20", "60 40 20"),
    "a margin and its only other part": cross("100 60 40", "? 30 20", "? 30 20"),
    "secondary cell shown too": cross("150 60 90", "50 ? ?", "100 56 ?"),
    "two by two with a shown corner": cross("112 60 52", "50 ? ?", "62 ? 5"),
    "three falling one after another": cross("90 30 30 30", "30 ? ? 20", "30 ? ? ?", "30 20 3 ?"),
    "zero sum": cross("50 20 30", "0 ? ?", "50 20 30"),
    "all of it in one cell": cross("50 20 30", "20 20 ?", "30 ? 30"),
    "hidden total of shown parts": cross("? 20 30"),
    "one part of a total": cross("50 ? 30 15"),
    "one school": cross("7 ?"),
    "sum only fits at the floor": cross("20 0 20", "5 ? ?", "15 ? ?"),
    "inner cells without margins": [
        ("total", "total", 50),
        ("a", "x", 20),
        ("a", "y", HIDDEN),
        ("b", "x", 27),
    ],
    "district from its schools": [("total", "total", 90), ("p", "total", HIDDEN), ("q", "total", 60)],
    "school of a district": [("p", "total", 30), ("p", "a", HIDDEN), ("p", "b", 26)],
    "school through two levels": [
        ("total", "total", 90),
        ("p", "total", HIDDEN),
        ("q", "total", 60),
        ("p", "a", HIDDEN),
        ("p", "b", 27),
    ],
    "district whose schools are all shown": [("p", "total", HIDDEN), ("p", "a", 4), ("p", "b", 20)],
    "schools without a row of their district": [
        ("total", "total", 90),
        ("p", "total", 40),
        ("q", "c", HIDDEN),
        ("q", "d", 45),
    ],
    "two parts under a sum of none": cross("40 ? ? 40"),
    "zero hidden alone": cross("40 ? 25 15"),
    "the last of many": cross("100 " + "9 " * 11 + "?"),
}


@pytest.mark.parametrize("name", LEAKS)
def test_a_planted_leak_is_found(name: str) -> None:
    rows = LEAKS[name]
    columns = {"a": [row[0] for row in rows], "b": [row[1] for row in rows]}
    found = attack(columns, [row[2] for row in rows])
    assert found.recovered.any()
    assert (found.low[found.recovered] == found.high[found.recovered]).all()


TABLES = {
    "table": ["race"] * 3 + ["sex"] * 3,
    "school": ["s"] * 6,
    "race": ["total", "x", "y", "total", "total", "total"],
    "sex": ["total", "total", "total", "total", "f", "m"],
}


@pytest.mark.parametrize(
    ("counts", "leaked"),
    [
        ([HIDDEN, HIDDEN, 47, 50, 20, 30], {0: 50, 1: 3}),
        ([HIDDEN, HIDDEN, 47, HIDDEN, 20, 30], {0: 50, 1: 3, 3: 50}),
        ([HIDDEN, 3, 47, HIDDEN, HIDDEN, 30], {0: 50, 3: 50, 4: 20}),
    ],
)
def test_a_leak_between_two_tables_that_share_a_margin_is_found(
    counts: list[float], leaked: dict[int, int]
) -> None:
    found = attack(TABLES, counts)
    assert {int(row): int(found.low[row]) for row in np.flatnonzero(found.recovered)} == leaked


def test_ranges_are_those_of_every_table_that_fits() -> None:
    rows = cross("30 14 16", "12 ? ?", "18 ? ?")
    found = attack({"a": [row[0] for row in rows], "b": [row[1] for row in rows]}, [row[2] for row in rows])
    fits = [
        cells
        for cells in itertools.product(range(19), repeat=4)
        if (cells[0] + cells[1], cells[2] + cells[3], cells[0] + cells[2], cells[1] + cells[3])
        == (12, 18, 14, 16)
    ]
    assert found.low[found.hidden].tolist() == np.min(fits, axis=0).tolist()
    assert found.high[found.hidden].tolist() == np.max(fits, axis=0).tolist()


def test_a_narrow_range_is_told_and_a_wide_one_is_not() -> None:
    narrow = attack({"a": ["total", "x", "y", "z"]}, [40, HIDDEN, HIDDEN, 36])
    assert (narrow.recovered.any(), narrow.narrow.tolist()) == (False, [False, True, True, False])
    assert not attack({"a": ["total", "x", "y", "z"]}, [40, HIDDEN, HIDDEN, 35]).narrow.any()


def test_counts_that_nothing_bounds_have_no_upper_end() -> None:
    found = attack({"a": ["x", "y"]}, [HIDDEN, 12])
    assert found.high.tolist() == [np.inf, 12]
    assert not found.recovered.any()


def test_contradictions_are_refused() -> None:
    with pytest.raises(AnalyticsError, match="contradict"):
        attack({"a": ["total", "x", "y"]}, [10, 12, HIDDEN])


def test_elimination_agrees_with_the_rank_of_the_system() -> None:
    draw = np.random.default_rng(3)
    for _ in range(40):
        matrix = draw.integers(-1, 2, (4, 6))
        rank = np.linalg.matrix_rank(matrix)
        units = [np.linalg.matrix_rank(np.vstack([matrix, unit])) == rank for unit in np.eye(6)]
        assert determined(matrix).tolist() == units
