"""`analyze chart --svg`: a picture for each series, and a page with all of them and their values."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from aimline.cli.analyze import analyze
from aimline_analytics import PhaseSpec, run_chart
from aimline_analytics.control_charts.limits import KINDS, SHARED
from aimline_analytics.drawing import svg

VALUES = [12, 14, 11, 15, 12, 15, 13, 12, 14, 11, 14, 12, 22, 21, 23, 22, 25, 21, 22, 24]
HEAD = "school,week,late\n"


def file_of(folder: Path, *schools: str) -> str:
    rows = [f"{school},{week},{late}" for school in schools for week, late in enumerate(VALUES, 1)]
    (folder / "late.csv").write_text(HEAD + "\n".join(rows) + "\n", encoding="utf-8")
    return str(folder / "late.csv")


def run(*words: str) -> tuple[int, str]:
    outcome = CliRunner().invoke(analyze, ["chart", *words])
    return outcome.exit_code, outcome.output


def test_the_picture_is_the_one_the_library_draws(tmp_path: Path) -> None:
    words = ("--kind", "run", "--x", "week", "--y", "late", "--freeze", "12", "--better", "lower")
    code, said = run(file_of(tmp_path, "Kelp"), *words, "--svg", str(tmp_path / "pictures"))
    assert code == 0, said
    assert "Drawn: 1;" in said
    result = run_chart(VALUES, phases=[PhaseSpec(0, baseline_stop=12)])
    x = list(range(1, 21))
    assert (tmp_path / "pictures/late.svg").read_text("utf-8") == svg(
        result, x, title="late", better="down", name="late"
    )


def test_each_series_has_a_file_and_the_page_has_them_all(tmp_path: Path) -> None:
    words = ("--kind", "i", "--x", "week", "--y", "late", "--by", "school")
    code, said = run(
        file_of(tmp_path, "Kelp & Co", "Kelp Co", "index"), *words, "--svg", str(tmp_path / "out")
    )
    assert code == 0, said
    names = sorted(path.name for path in (tmp_path / "out").iterdir())
    assert names == ["index-2.svg", "index.html", "kelp-co-2.svg", "kelp-co.svg"]
    page = (tmp_path / "out/index.html").read_text("utf-8")
    assert page.count("<section") == 3
    assert "late: Kelp &amp; Co" in page
    assert page.count('<th scope="row">') == 3 * len(VALUES)


def test_the_page_says_what_the_summary_says(tmp_path: Path) -> None:
    file = file_of(tmp_path, "Kelp")
    words = (
        "--kind",
        "i",
        "--x",
        "week",
        "--y",
        "late",
        "--freeze",
        "12",
        "--rules",
        "mdc",
        "--better",
        "lower",
    )
    code, summary = run(file, *words)
    assert code == 0
    assert run(file, *words, "--svg", str(tmp_path / "out"))[0] == 0
    page = (tmp_path / "out/index.html").read_text("utf-8")
    assert "Changed more than chance explains: higher, for the worse." in summary
    assert (
        "<p>Changed more than chance explains: higher, for the worse. Points outside the limits: 6.</p>"
        in page
    )


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_chart_can_be_drawn(kind: str, tmp_path: Path) -> None:
    rows = [f"{day},{value + twice},{90 + value}" for day, value in enumerate(VALUES, 1) for twice in (0, 1)]
    (tmp_path / "late.csv").write_text("week,late,students\n" + "\n".join(rows) + "\n", encoding="utf-8")
    words = ["--kind", kind, "--x", "week", "--y", "late", "--svg", str(tmp_path / "out")]
    words += ["--n", "students"] if kind in SHARED or kind == "ip" else []
    code, said = run(str(tmp_path / "late.csv"), *words)
    assert code == 0, said
    drawn = (tmp_path / "out/late.svg").read_text("utf-8")
    assert ("Median" in drawn) == (kind in ("run", "g"))
    assert "nan" not in drawn


def test_a_funnel_is_not_drawn_as_a_line(tmp_path: Path) -> None:
    code, said = run(
        file_of(tmp_path, "Kelp", "Juniper"),
        "--kind",
        "c",
        "--x",
        "school",
        "--y",
        "late",
        "--svg",
        str(tmp_path / "out"),
    )
    assert code == 2
    assert "a funnel has none" in said
    assert not (tmp_path / "out").exists()


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("", encoding="utf-8")
    code, said = run(
        file_of(tmp_path, "Kelp"),
        "--kind",
        "c",
        "--x",
        "week",
        "--y",
        "late",
        "--svg",
        str(tmp_path / "taken/out"),
    )
    assert code == 2
    assert "cannot be made" in said
