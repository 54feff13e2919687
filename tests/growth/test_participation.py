from __future__ import annotations

from collections.abc import Callable
from datetime import date

import numpy as np
import polars as pl
import pytest
from django.test import Client

from aimline.core import jobs
from aimline.growth import tasks
from aimline.growth.models import Participation
from aimline.students.keeping import Part
from tests.growth.conftest import SCORE, TEST, _part
from tests.students.conftest import Keep, _lake, keep  # noqa: F401  # fixtures
from tests.world import World

SIZE = 150
Watched = Callable[..., Participation]


def school(*, staying_away: int, low: bool) -> list[Part]:
    """One grade in two springs; in the second, some stay away: the lowest of the year before, or just anybody."""
    ids = [f"s{number:03d}" for number in range(SIZE)]
    first = 500 + 50 * np.random.default_rng(3).normal(0, 1, SIZE)
    away = set(
        np.argsort(first)[:staying_away]
        if low
        else range(0, SIZE, SIZE // staying_away)
        if staying_away
        else []
    )
    rows = [(id, 2025, "04", float(score)) for id, score in zip(ids, first, strict=True)]
    rows += [(id, 2026, "05", float(first[place])) for place, id in enumerate(ids) if place not in away]
    spells = [
        (id, grade, f"{id}-{year}", date(year - 1, 8, 18), date(year, 6, 12))
        for id in ids
        for year, grade in ((2025, "04"), (2026, "05"))
    ]
    roles = pl.DataFrame(spells, schema=["person", "grade", "id", "begin", "end"], orient="row")
    scores = pl.DataFrame(rows, schema=["student", "year", "grade", "value"], orient="row")
    at = {"place": pl.lit("PA-KELP")}
    return [
        _part("people", pl.DataFrame({"id": ids})),
        _part("roles", roles.with_columns(role=pl.lit("student"), **at)),
        _part(
            "assessments",
            scores.select(
                "student",
                "grade",
                "value",
                school_year=pl.col("year").cast(pl.String),
                date=pl.date(pl.col("year"), 4, 20),
                assessment=pl.lit(TEST),
                score_type=pl.lit(SCORE),
                subject=pl.lit("Mathematics"),
                **at,
            ),
        ),
    ]


@pytest.fixture
def watched(world: World, keep: Keep) -> Watched:  # noqa: F811
    def run(**facts: object) -> Participation:
        keep(*school(**facts))  # type: ignore[arg-type]
        tasks.ask_after_load(world.port_alder, world.ana, {"assessments"})
        jobs.run_worker(lambda: False, until_idle=True)
        return Participation.objects.get(unit=world.kelp, school_year=2026)

    return run


def test_students_who_were_enrolled_and_not_tested_are_counted(watched: Watched) -> None:
    found = watched(staying_away=15, low=True)
    assert (found.enrolled, found.tested, found.missing) == (SIZE, SIZE - 15, 15)


def test_a_shift_in_who_is_tested_is_noticed(watched: Watched) -> None:
    found = watched(staying_away=15, low=True)
    assert found.shifted
    assert found.difference_high < 0


def test_missing_students_like_the_others_make_no_difference(watched: Watched) -> None:
    found = watched(staying_away=15, low=False)
    assert found.difference_low < 0 < found.difference_high


def test_when_nearly_all_are_tested_nothing_has_shifted(watched: Watched) -> None:
    assert not watched(staying_away=1, low=True).shifted


def test_the_page_tells_of_the_shift(watched: Watched, world: World, client: Client) -> None:
    watched(staying_away=15, low=True)
    client.force_login(world.ana)
    page = client.get("/data-quality/").content.decode()
    assert "Who is tested has shifted" in page
    assert "10 points fewer" in page
    assert "The missing scored lower the year before" in page


def test_the_page_does_not_tell_of_a_few_missing(watched: Watched, world: World, client: Client) -> None:
    watched(staying_away=3, low=True)
    client.force_login(world.ana)
    page = client.get("/data-quality/").content.decode()
    assert "fewer than 10" in page
    assert "98" not in page


def test_the_page_is_for_those_who_load(world: World, client: Client) -> None:
    client.force_login(world.tess)
    assert client.get("/data-quality/").status_code == 404
