"""Page, table, chart, its spoken description, files and interface: all of them hide the same, and hold no more."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.db.models import F

from aimline.measures.disclosure import Why, decided, hidden_points
from aimline.measures.frames import line
from aimline.measures.models import Point, Series
from tests.attack.desk import SECRET, Desk, address, read_csv

OUTSIDERS = ["gus", "sol"]
LETTERS = ["41.7", "41.739", "0.417", "1739", "42 "]
# Drawing coordinates are pixels, not values; ids, addresses and tokens are random.
PIXELS = "d|x|y|cx|cy|x1|x2|y1|y2|points|transform|viewBox"
RANDOM = "value|content|nonce|hx-headers|href|action|name|id|aria-labelledby"


def _some(desk: Desk, who: str, many: int = 14) -> list[Series]:
    """Some series that this person sees, with and without hidden points."""
    seen = [
        one for one in desk.series() if who == "sol" or one.unit.path.startswith(desk.world.port_alder.path)
    ]
    return random.Random(3).sample(seen, many)


def _told(text: str) -> str:
    return re.sub(rf' (?:{PIXELS}|{RANDOM})="[^"]*"', "", text)


@pytest.mark.parametrize("who", [None, "gus", "sol", "finn", "tess"])
def test_nothing_follows_from_what_anybody_sees(released: Desk, who: str | None) -> None:
    assert released.attacked(who) == []
    seen = released.seen(who).values()
    assert any(each.students > 0 for each in seen)
    assert any(each.students != each.students for each in seen)


@pytest.mark.parametrize("who", OUTSIDERS)
def test_page_files_and_interface_hide_the_same_points(released: Desk, who: str) -> None:
    client = released.client(who)
    for one in _some(released, who):
        hidden = {spot.period for spot in line(one).spots if spot.hidden}
        page = client.get(address(one)).content.decode()
        file = client.get(address(one, "download", "numbers", "csv")).content.decode()
        told = released.call(who, f"/series/{one.pk}/points").json()
        assert not hidden or "Hidden so no one can be recognised" in page
        assert {row["period"] for row in read_csv(file) if "protected" in row.values()} == hidden
        assert {point["period"] for point in told if point.get("hidden")} == hidden


def test_the_public_file_hides_the_same_points(released: Desk) -> None:
    series = {(one.unit.code, one.measure.code, one.group): one for one in released.series()}
    hidden = hidden_points(list(series.values()))
    ids = {(of, period): id for id, of, period in Point.objects.values_list("id", "series", "period")}
    for row in read_csv(released.public_file()):
        one = series[row["unit"], row["measure"], row["group"]]
        away = hidden.get(ids[one.pk, row["period"]])
        assert (row["flag"] == "suppressed") == (away is Why.PROTECTED)
        if row["group"] != "All":
            assert row["numerator"] == row["denominator"] == row["n"] == ""


def test_every_channel_reads_the_same_when_a_hidden_number_is_another(released: Desk) -> None:
    """Order, length, pictures and words depend on what is told, and on nothing else."""
    one = next(each for each in _some(released, "sol", 30) if any(spot.hidden for spot in line(each).spots))
    whole = next(each for each in released.series() if each.is_everyone and line(each).shown)
    before = [read() for read in _channels(released, one, whole)]
    hidden = hidden_points(list(released.series()))
    changed = Point.objects.filter(pk__in=hidden).update(value=F("value") + 17, numerator=F("numerator") + 3)
    assert changed > 10
    assert [read() for read in _channels(released, one, whole)] == before


def _channels(desk: Desk, one: Series, whole: Series) -> list[Callable[[], Any]]:
    client = desk.client("sol")
    pages = ["/understand/", "/measures/", "/know/", "/search/?q=measure", address(one), address(whole)]
    pages += [address(each, "download", kind, suffix) for each in (one, whole) for kind, suffix in FILES]
    return [
        *(lambda page=page: _bare(client.get(page)) for page in pages),
        lambda: desk.call("sol", "/points").json(),
        lambda: desk.call("sol", "/series").json(),
        desk.public_file,
    ]


FILES = [("numbers", "csv"), ("chart", "svg"), ("chart", "pdf")]


def _bare(answer: Any) -> str:
    assert answer.status_code in (200, 404)
    text = answer.content.decode("latin-1")
    text = re.sub(r""" (?:nonce|value|content|hx-headers)=(?:"[^"]*"|'[^']*')|/ID ?\[.*?\]""", "", text)
    # When a file was made, and what it is called for ever.
    return re.sub(r"[^>(]*</xmp[^>]*>|Date\(D:\w+\)", "", text)


@pytest.mark.parametrize("who", ["gus", "sol", "tess"])
def test_no_byte_holds_a_secret(released: Desk, who: str) -> None:
    client = released.client(who)
    secrets = [one for one in released.series() if one.measure.code == "S"]
    few = [one for one in secrets if one.points.filter(value=SECRET).exists()]
    seen = [one for one in few if client.get(address(one)).status_code == 200][:3]
    assert seen
    pages = ["/measures/", "/know/", "/understand/", *map(address, seen)]
    pages += [address(one, "download", "numbers", "csv") for one in seen]
    for page in pages:
        _holds_nothing(client.get(page).content.decode())
    for one in seen:
        assert client.get(address(one, "download", "chart", "svg")).status_code == 404
        _holds_nothing(released.call(who, f"/series/{one.pk}").content.decode())


def test_the_public_file_holds_no_secret(released: Desk) -> None:
    _holds_nothing(released.public_file())


def test_nobody_who_is_not_signed_in_reads_anything(released: Desk) -> None:
    stranger = released.client(None)
    one = next(iter(released.series()))
    assert stranger.get(address(one)).status_code == 302
    assert stranger.get(address(one, "download", "numbers", "csv")).status_code == 302
    assert stranger.get(f"/api/v1/series/{one.pk}").status_code == 401


def _holds_nothing(text: str) -> None:
    told = _told(text)
    for secret in LETTERS:
        assert secret not in told, secret


def test_random_questions_to_the_interface_bring_back_cells_of_the_lattice_alone(released: Desk) -> None:
    """Whatever is asked for, and in whichever way, a number that comes back is one of those that are out."""
    draw, seen = random.Random(11), released.seen("sol")
    truth = {(cell.path[-1], cell.measure, cell.group, cell.period): told for cell, told in seen.items()}
    codes = {str(unit.pk): unit.code for unit in released.places.values()}
    measures = {str(one.pk): code for code, one in released.measures.items()}
    answered = 0
    for _question in range(40):
        answer = released.call("sol", draw.choice(["/points", "/series"]), **_drawn(draw, codes, measures))
        assert answer.status_code in (200, 404, 422)
        for each in answer.json().get("items", []) if answer.status_code == 200 else []:
            for point in each.get("points", []):
                cell = codes[each["unit_id"]], measures[each["measure_id"]], each["group"], point["period"]
                assert "n" not in point or point["n"] == truth[cell].students
                answered += 1
    assert answered > 50


def _drawn(draw: random.Random, codes: dict[str, str], measures: dict[str, str]) -> dict[str, str]:
    some = {
        "measure": draw.choice([*measures, "x"]),
        "unit": draw.choice([*codes, "0"]),
        "under": draw.choice([*codes]),
        "group": draw.choice(["All", "A", "D", "Y", "A,B", "not A", "%", ""]),
        "from": "2026-09-01",
        "until": "2026-09-12",
        "limit": draw.choice(["1", "7", "200", "-1"]),
        "n__lt": "10",
        "order": "value",
    }
    return {name: some[name] for name in draw.sample(sorted(some), draw.randint(0, 4))}


def test_a_principal_reads_the_own_school_in_full_and_nothing_more(released: Desk) -> None:
    """Who answers for these students sees what is held of them; a view with any other place in it is as for all."""
    own = [one for one in released.series() if one.unit_id == released.world.kelp.pk]
    full = [point for one in own for point in released.call("priya", f"/series/{one.pk}/points").json()]
    assert full
    assert not any(point.get("hidden") for point in full)
    client = released.client("priya")
    few = next(one for one in own if one.points.filter(value=SECRET).exists())
    assert "41.7" in client.get(address(few)).content.decode()
    mixed = [*own, next(one for one in released.series() if one.unit_id == released.world.juniper.pk)]
    assert decided(mixed, reader=released.world.priya) == decided(mixed)
    assert decided(own, reader=released.world.priya) == ({}, {}) != decided(own)
