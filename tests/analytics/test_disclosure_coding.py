"""Percentages of few people: told in bands that give nobody away."""

from __future__ import annotations

import pytest

from aimline_analytics.disclosure.coding import bands, percent_band
from aimline_analytics.errors import AnalyticsError


@pytest.mark.parametrize(
    ("count", "n", "words"),
    [
        (3, 9, None),
        (0, 10, "<=20"),
        (2, 10, "<=20"),
        (3, 10, "21-59"),
        (10, 20, "40-59"),
        (20, 20, ">=80"),
        (2, 21, "<=10"),
        (8, 40, "20-29"),
        (36, 40, ">=90"),
        (5, 100, "<=5"),
        (6, 100, "6-9"),
        (90, 100, "90-94"),
        (95, 100, ">=95"),
        (3, 150, "<=2"),
        (57, 150, "38"),
        (147, 150, ">=98"),
        (2, 201, "<=1"),
        (100, 201, "50"),
        (1000, 1000, ">=99"),
    ],
)
def test_the_number_of_people_decides_how_exactly_a_percentage_is_told(
    count: int, n: int, words: str | None
) -> None:
    assert percent_band(count, n) == words


def test_no_text_leaves_one_possible_small_count_even_to_those_who_know_how_many_were_asked() -> None:
    for n in (*range(10, 131), *range(150, 451, 7)):
        told: dict[str | None, list[int]] = {}
        for count in range(n + 1):
            told.setdefault(percent_band(count, n), []).append(count)
        for counts in told.values():
            small = [count for count in counts if 0 < count < 10 or 0 < n - count < 10]
            assert not small or len(counts) > 1, (n, counts)


def test_every_count_has_one_text_and_larger_counts_never_have_smaller_percentages() -> None:
    for n in (10, 20, 21, 40, 41, 47, 100, 101, 137, 200, 201, 500):
        counts = [count for _, band in bands(n) for count in band]
        assert counts == list(range(n + 1))


def test_only_close_to_the_ends_are_bands_wider_than_the_rule() -> None:
    assert percent_band(3, 41) == "6-14"
    assert percent_band(5, 41) == "6-14"
    assert percent_band(20, 41) == "45-49"
    assert percent_band(40, 101) == "40"


def test_a_count_that_is_no_share_is_refused() -> None:
    with pytest.raises(AnalyticsError, match="not a share"):
        percent_band(12, 11)
