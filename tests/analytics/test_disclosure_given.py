"""What is settled before suppression begins: rows to protect, rows left out, and rows that are known."""

from __future__ import annotations

import numpy as np
import pytest

from aimline_analytics.disclosure import Given, Unprotected, attack, release

COLUMNS = {
    "school": ["total", "a", "b", "c", "total", "a", "b", "c", "total", "a", "b", "c"],
    "sex": [*["total"] * 4, *["f"] * 4, *["m"] * 4],
}
COUNTS = [120, 40, 40, 40, 60, 20, 20, 20, 60, 20, 20, 20]
NONE = np.zeros(12, dtype=np.bool_)


def _only(*rows: int) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    flags = NONE.copy()
    flags[list(rows)] = True
    return flags


def test_a_large_count_can_be_sensitive() -> None:
    assert not release(COLUMNS, COUNTS).hidden.any()
    hidden = release(COLUMNS, COUNTS, given=Given(sensitive=_only(5))).hidden
    assert hidden[5]
    found = attack(COLUMNS, np.where(hidden, np.nan, COUNTS))
    assert not found.recovered.any()
    assert not found.narrow[5]


def test_what_is_known_is_not_hidden() -> None:
    free = release(COLUMNS, COUNTS, given=Given(sensitive=_only(5))).hidden
    known = np.flatnonzero(free & ~_only(5, 9))
    assert (
        not release(COLUMNS, COUNTS, given=Given(sensitive=_only(5), shown=_only(*known))).hidden[known].any()
    )


def test_what_is_left_out_stays_left_out_and_helps() -> None:
    hidden = release(COLUMNS, COUNTS, given=Given(sensitive=_only(5), hidden=_only(6, 9, 10))).hidden
    assert np.flatnonzero(hidden).tolist() == [5, 6, 9, 10]


def test_the_total_of_everything_can_be_sensitive_too() -> None:
    assert release(COLUMNS, COUNTS, given=Given(sensitive=_only(0))).hidden[0]


def test_what_nothing_protects_is_named_by_its_row() -> None:
    with pytest.raises(Unprotected) as refused:
        release(COLUMNS, COUNTS, given=Given(sensitive=_only(5), shown=~_only(5)))
    assert refused.value.row == 5
