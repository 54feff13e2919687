"""Suppression: what is hidden stays hidden, and no more is hidden than that needs."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from aimline_analytics.disclosure import attack, release
from aimline_analytics.errors import AnalyticsError

Columns = dict[str, list[str | None]]


def crossed(inner: np.ndarray) -> tuple[Columns, np.ndarray]:
    """A table of counts with all of its margins."""
    columns: Columns = {f"d{axis}": [] for axis in range(inner.ndim)}
    counts = []
    for key in itertools.product(*[range(size + 1) for size in inner.shape]):
        for axis, code in enumerate(key):
            columns[f"d{axis}"].append(f"v{code}" if code else "total")
        counts.append(int(inner[tuple(code - 1 if code else slice(None) for code in key)].sum()))
    return columns, np.array(counts)


def possible(inner_shape: tuple[int, int], shown: np.ndarray, most: int) -> np.ndarray:
    """Every table of non-negative whole counts that agrees with the shown ones (nan hidden), by trying them all."""
    rows, columns = inner_shape
    tables = np.array(list(itertools.product(range(most + 1), repeat=rows * columns))).reshape(
        -1, rows, columns
    )
    full = np.zeros((len(tables), rows + 1, columns + 1), dtype=int)
    full[:, 1:, 1:] = tables
    full[:, 0, 1:] = tables.sum(axis=1)
    full[:, :, 0] = full.sum(axis=2)
    flat = full.reshape(len(tables), -1)
    known = ~np.isnan(shown)
    return flat[(flat[:, known] == shown[known]).all(axis=1)]


def hide(counts: np.ndarray, hidden: np.ndarray) -> np.ndarray:
    return np.where(hidden, np.nan, counts)


@pytest.mark.parametrize("seed", range(8))
def test_trying_every_table_finds_the_range_that_was_promised(seed: int) -> None:
    columns, counts = crossed(np.random.default_rng(seed).integers(0, 7, (2, 2)))
    try:
        found = release(columns, counts, minimum=4)
    except AnalyticsError:
        return
    tables = possible((2, 2), hide(counts, found.hidden), int(counts[0]))
    widths = np.ptp(tables, axis=0)
    assert (widths[found.hidden] > 0).all()
    assert (widths[found.hidden & (counts < 4) & (counts > 0)] >= 5).all()


@pytest.mark.parametrize("seed", range(200))
def test_the_attack_recovers_nothing_of_a_release(seed: int) -> None:
    draw = np.random.default_rng(seed)
    shape = [(3, 4), (4, 5), (2, 3, 2), (6,)][seed % 4]
    columns, counts = crossed(draw.poisson(draw.gamma(1, 14, shape)))
    try:
        found = release(columns, counts)
    except AnalyticsError:
        assert counts[0] < 40
        return
    small = (counts > 0) & (counts < 10) & (np.arange(len(counts)) > 0)
    assert found.hidden[small].all()
    assert not found.hidden[0]
    attacked = attack(columns, hide(counts, found.hidden))
    assert not attacked.recovered.any()
    assert not (attacked.narrow & small).any()


@pytest.mark.parametrize("seed", range(10))
def test_no_count_that_was_hidden_for_others_can_be_shown(seed: int) -> None:
    draw = np.random.default_rng(seed)
    columns, counts = crossed(draw.poisson(draw.gamma(1, 14, (4, 5))))
    found = release(columns, counts)
    small = (counts > 0) & (counts < 10)
    for row in np.flatnonzero(found.hidden & ~small):
        more = found.hidden.copy()
        more[row] = False
        attacked = attack(columns, hide(counts, more))
        assert ((attacked.recovered | attacked.narrow) & small).any()


def test_totals_and_large_counts_are_kept() -> None:
    columns: Columns = {"school": ["total", "a", "b", "c", "d"]}
    found = release(columns, [163, 4, 12, 47, 100])
    assert found.hidden.tolist() == [False, True, True, False, False]


def test_a_table_that_cannot_be_protected_is_refused_in_words() -> None:
    with pytest.raises(AnalyticsError, match="cannot be protected"):
        release({"school": ["total", "a"]}, [4, 4])


def test_zeros_are_hidden_on_request() -> None:
    columns: Columns = {"school": ["total", "a", "b", "c"]}
    assert not release(columns, [60, 0, 25, 35]).hidden.any()
    assert release(columns, [60, 0, 25, 35], hide_zeros=True).hidden.tolist() == [False, True, True, False]


def test_a_cell_of_two_tables_is_hidden_in_both_or_in_none() -> None:
    columns: Columns = {
        "table": ["race"] * 3 + ["sex"] * 3,
        "school": ["a"] * 6,
        "race": ["total", "x", "y", None, None, None],
        "sex": [None, None, None, "total", "f", "m"],
    }
    found = release(columns, [50, 3, 47, 50, 20, 30])
    assert found.hidden[0] == found.hidden[3]
    with pytest.raises(AnalyticsError, match="different counts"):
        release(columns, [50, 3, 47, 51, 21, 30])


@pytest.mark.parametrize("margins", [True, False])
def test_schools_add_up_to_the_state_with_and_without_rows_of_districts(margins: bool) -> None:
    rows = [("total", "total", 60), ("p", "a", 20), ("p", "b", 10), ("q", "c", 30)]
    rows += [("p", "total", 30), ("q", "total", 30)] if margins else []
    columns: Columns = {"district": [row[0] for row in rows], "school": [row[1] for row in rows]}
    counts = [row[2] for row in rows]
    assert not release(columns, counts).hidden.any()
    with pytest.raises(AnalyticsError, match="add up"):
        release(columns, [counts[0], counts[1] + 1, *counts[2:]])


def test_an_empty_dimension_inside_a_table_and_a_row_twice_are_refused() -> None:
    with pytest.raises(AnalyticsError, match="row 3, column school"):
        release({"school": ["a", None]}, [20, 20])
    with pytest.raises(AnalyticsError, match="row 3"):
        release({"school": ["a", "a"]}, [20, 20])
    with pytest.raises(AnalyticsError, match="whole number"):
        release({"school": ["a", "b"]}, [20, 2.5])
