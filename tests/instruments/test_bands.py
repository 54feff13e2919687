"""What all of a few people answered is told nowhere: on no page or chart, in no file or report, to no program."""

from __future__ import annotations

import csv
import io
import re

import pytest
from django.test import Client
from django.urls import reverse

from aimline.api.lines import PointOut, points_out
from aimline.core import clock, jobs
from aimline.instruments import bands, results
from aimline.instruments.actions import collecting
from aimline.instruments.models import AnsweredBy, Collection, Promise
from aimline.measures import actions
from aimline.measures.frames import line
from aimline.measures.models import Series
from aimline.reports.answers import said_of
from tests.instruments.conftest import Asked, make_instrument
from tests.instruments.pages import body
from tests.instruments.test_results import hand_in
from tests.world import World

# A share that says all or none; "could be … to 100%" is a range, and says neither.
TELLING = re.compile(r"(?<!to )\b(100|0)%")


@pytest.fixture
def unanimous(asked: Asked, world: World) -> Collection:
    """Twelve families who all gave the same answers, followed on a chart."""
    instrument = make_instrument(world, answered_by=AnsweredBy.FAMILIES)
    collection = asked(instrument)
    hand_in(collection, 12, mistakes=4.0, laughed_at=1.0, language="es")
    with clock.standing_on(collection.closes_on):
        collecting.close(collection, world.priya)
        actions.follow_construct(instrument, world.dana, construct="safe")
        jobs.run_due("aimline.measures")
    return collection


def shown(client: Client, address: str) -> str:
    text = body(client.get(address))
    main = text.partition("<main")[2].partition("</main>")[0] or text
    return " ".join(main.split())


@pytest.fixture
def leader(client: Client, world: World) -> Client:
    client.force_login(world.priya)
    return client


def test_the_page_of_results(unanimous: Collection, leader: Client) -> None:
    page = shown(leader, f"/collections/{unanimous.pk}/results/")
    assert "80% or more" in page
    assert "20% or less" in page
    assert not TELLING.search(re.sub(r'<div class="ends">.*?</div>', "", page))
    # What is not told is not drawn either: a bar of the least, and a paler one of the most it can be.
    lengths = set(re.findall(r'class="said said-\d" width="([\d.]+)"', page))
    assert lengths == {"0.00", "20.00", "80.00", "100.00"}


def test_the_file_of_results(unanimous: Collection, leader: Client) -> None:
    file = body(leader.get(f"/collections/{unanimous.pk}/results.csv"))
    rows = [row for row in csv.DictReader(io.StringIO(file)) if row["row"] in ("score", "answer")]
    assert {row["value"] for row in rows} == {""}
    assert {(row["least"], row["most"]) for row in rows} == {("80", ""), ("80", "100"), ("0", "20")}


def test_the_chart_its_table_and_its_file(unanimous: Collection, leader: Client) -> None:
    series = Series.objects.get(measure__construct="safe")
    page = shown(leader, reverse("measures:show", args=[series.pk]))
    assert "80%" in page
    # But for the words of the axis.
    assert not TELLING.search(re.sub(r"<text.*?</text>", "", page))
    files = re.findall(r'href="([^"]+\.csv)"', body(leader.get(reverse("measures:show", args=[series.pk]))))
    assert files
    for file in files:
        text = body(leader.get(file))
        assert ",80," in text
        assert "band" in text
        assert ",100," not in text


def test_a_program_reads_the_band(unanimous: Collection) -> None:
    (point,) = points_out(line(Series.objects.for_page().get(measure__construct="safe")))
    assert isinstance(point, PointOut)
    assert (point.value, point.flag, point.high) == (80.0, "band", 100.0)


def test_a_sentence_in_a_report_and_on_a_board(unanimous: Collection, world: World) -> None:
    said = said_of(unanimous, "safe")
    assert "80% or more" in said
    assert not TELLING.search(said)


def test_the_groups_too(unanimous: Collection, leader: Client) -> None:
    (dimension,) = results.results(unanimous).dimensions
    assert [group.scores[0].value for group in dimension.groups if group.scores] == [80.0]


def test_answers_with_names_are_told_to_those_who_read_them_anyway(unanimous: Collection) -> None:
    Collection.objects.filter(pk=unanimous.pk).update(promise=Promise.NAMED)
    unanimous.refresh_from_db()
    told = results.results(unanimous)
    assert told.scores[0].value == 100.0
    assert told.distributions[0].shares[3].is_exact
    # Everybody else hears what everybody hears.
    public = results.public_score(unanimous, "safe", told)
    assert public is not None
    assert (public.value, public.end) == (80.0, results.End.OR_MORE)


@pytest.mark.parametrize(
    ("people", "end"), [(10, 20), (20, 20), (21, 10), (40, 10), (41, 5), (100, 5), (101, 2), (900, 1)]
)
def test_the_more_people_the_more_exactly(people: int, end: int) -> None:
    assert bands.end(people) == end


def test_a_band_holds_its_share_and_lengths_make_a_whole() -> None:
    for people in (10, 13, 20, 33, 60, 150, 400):
        for count in range(people + 1):
            rest = people - count
            found = bands.told([count, rest // 2, rest - rest // 2, 0], people, whole=True)
            assert found[0].low - 0.5 <= 100 * count / people <= found[0].high + 1
            assert sum(one.percent for one in found) == pytest.approx(100)
            assert found[3].high >= 1


def test_nobody_can_tell_none_from_a_few() -> None:
    assert bands.told([0, 12], 12, whole=True)[0] == bands.told([2, 10], 12, whole=True)[0]
    assert bands.told([0, 30], 30, whole=True)[1].low == 90
