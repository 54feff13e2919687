from __future__ import annotations

from dataclasses import replace

from aimline_analytics.drawing.table import table_of
from tests.reports import samples


def test_the_table_has_a_row_for_every_period_with_the_figures_of_the_picture() -> None:
    chart = samples.reasoning()
    table = table_of(chart)
    assert len(table.rows) == len(chart.points)
    assert table.heads == ("Period", "Value", "Out of", "Could be", "Phase", "Note")
    assert table.rows[0].period == "2 March 2026"
    assert table.rows[0].cells[:3] == ("37%", "190", "30 to 44%")


def test_a_missing_period_says_so() -> None:
    assert table_of(samples.absent()).rows[8].cells[0] == "Missing"


def test_notes_stand_beside_their_period() -> None:
    noted = {row.period: row.cells[-1] for row in table_of(samples.reasoning()).rows if row.cells[-1]}
    assert noted["24 August 2026"] == "2 of 6 rooms start testing"


def test_a_point_left_out_is_named() -> None:
    assert "Left out" in [row.cells[-1] for row in table_of(samples.referrals()).rows]


def test_a_hidden_point_is_in_neither() -> None:
    chart = samples.steady()
    without = replace(chart, points=chart.points[1:])
    assert "2 February 2026" not in [row.period for row in table_of(without).rows]
