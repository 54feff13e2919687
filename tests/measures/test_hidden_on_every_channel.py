"""A small group's number must not be in any byte that leaves the house."""

from __future__ import annotations

import itertools
import re

import pytest
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from aimline.measures import actions
from aimline.measures.models import ALL, Point, Reading, Series
from aimline.measures.points import PointRow
from tests.measures.rows import MONDAY, load, measure_at, weeks
from tests.measures.test_measure_pages import as_, at
from tests.world import World

# A number that no layout, address or neighbour could hold by accident.
SECRET = 41.739
LETTERS = ["41.7", "41.739", "42%", "0.417", "1739"]
NUMBERS = itertools.count(1)


def telling(world: World, sizes: list[tuple[str, int]]) -> Series:
    """One measure with a secret in every point of a group that is too small."""
    measure = measure_at(world, scale="mean")
    rows = [
        PointRow(
            world.kelp,
            measure,
            day.isoformat(),
            group,
            "" if group == ALL else "language",
            SECRET if n < 10 else 70.0,
            n=n,
        )
        for group, n in sizes
        for day in weeks(12)
    ]
    load(world, rows)
    return Series.objects.get(group=ALL)


@pytest.mark.parametrize("who", ["priya", "tess", "gus", "sol"])
def test_no_page_holds_it(world: World, who: str) -> None:
    everyone = telling(world, [(ALL, 93), ("Newcomers", 4), ("Multilingual", 30), ("English", 59)])
    small = Series.objects.get(group="Newcomers")
    client = as_(world, who)
    addresses = [
        at(everyone),
        at(small),
        "/measures/",
        "/know/",
        "/understand/",
        reverse("places:show", args=[world.kelp.pk]),
    ]
    for address in addresses:
        answer = client.get(address)
        assert answer.status_code == 200
        _holds_nothing(answer.content.decode())


@pytest.mark.parametrize("who", ["priya", "gus"])
def test_no_file_holds_it(world: World, who: str) -> None:
    telling(world, [(ALL, 93), ("Newcomers", 4), ("Multilingual", 30), ("English", 59)])
    small = Series.objects.get(group="Newcomers")
    client = as_(world, who)
    answer = client.get(at(small, "download", "numbers", "csv"))
    _holds_nothing(answer.content.decode())
    assert "few" in answer.content.decode()
    for kind in ("svg", "png", "pdf"):
        assert client.get(at(small, "download", "chart", kind)).status_code == 404


def test_the_hidden_groups_keep_their_place_and_say_why(world: World) -> None:
    everyone = telling(world, [(ALL, 93), ("Newcomers", 4), ("Multilingual", 30), ("English", 59)])
    text = as_(world, "priya").get(at(everyone)).content.decode()
    assert "Fewer than 10 students. Hidden so no one can be recognised." in text
    assert "Hidden too: with it, the group beside it could be worked out by subtraction." in text
    assert text.index("English") < text.index("Multilingual") < text.index("Newcomers")


def test_a_few_hidden_weeks_are_hidden_in_picture_table_and_file(world: World) -> None:
    measure = measure_at(world, scale="mean")
    rows = [
        PointRow(
            world.kelp,
            measure,
            day.isoformat(),
            value=SECRET if number == 5 else 70.0 + number,
            n=6 if number == 5 else 40,
        )
        for number, day in enumerate(weeks(12))
    ]
    load(world, rows)
    actions.annotate(Series.objects.get(), world.tess, day=MONDAY, text="Start")
    client, series = as_(world, "priya"), Series.objects.get()
    for address in (
        at(series),
        at(series, "download", "numbers", "csv"),
        at(series, "download", "chart", "svg"),
    ):
        _holds_nothing(client.get(address).content.decode())
    assert "Fewer than 10 students" in client.get(at(series)).content.decode()


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(sizes=st.lists(st.integers(1, 40), min_size=1, max_size=4))
def test_whatever_the_sizes_no_small_number_leaves(world: World, sizes: list[int]) -> None:
    Reading.objects.all().delete()
    Point.objects.all().delete()
    Series.objects.all().delete()
    measure = measure_at(world, scale="mean", code=f"M{next(NUMBERS)}")
    rows = [
        PointRow(
            world.kelp, measure, day.isoformat(), f"G{number}", "language", SECRET if n < 10 else 70.0, n=n
        )
        for number, n in enumerate(sizes)
        for day in weeks(3)
    ]
    load(world, [*rows, PointRow(world.kelp, measure, MONDAY.isoformat(), value=70.0, n=sum(sizes))])
    client = as_(world, "priya")
    for series in Series.objects.all():
        _holds_nothing(client.get(at(series)).content.decode())
        _holds_nothing(client.get(at(series, "download", "numbers", "csv")).content.decode())


# Drawing coordinates are pixels, not values; ids, addresses and tokens are random.
PIXELS = "d|x|y|cx|cy|x1|x2|y1|y2|points|transform|viewBox"
RANDOM = "value|content|nonce|hx-headers|href|action|name|id|aria-labelledby"


def _holds_nothing(text: str) -> None:
    told = re.sub(rf' (?:{PIXELS}|{RANDOM})="[^"]*"', "", text)
    for secret in LETTERS:
        assert secret not in told, secret
