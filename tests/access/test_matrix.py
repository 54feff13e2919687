from __future__ import annotations

import csv
import os
from collections.abc import Iterator
from copy import deepcopy

import pytest
from django.core.cache import cache
from django.db import transaction
from django.test import override_settings
from pytest_django.plugin import DjangoDbBlocker

from aimline.core import clock
from tests.access.matrix import TABLE, Address, Crowd, addresses, expected, gather, measure
from tests.api.setting import TODAY, make_field
from tests.world import World

# Write the table as things are instead of holding them against it; read the difference before keeping it.
WRITE = os.environ.get("WRITE_MATRIX") == "yes"
FOUND: list[dict[str, str]] = []


@pytest.fixture(scope="module")
def lake_url(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A lake that tests of other modules, which may run in between, do not sweep."""
    return f"duckdb://{tmp_path_factory.mktemp('matrix') / 'lake'}"


@pytest.fixture(scope="module")
def made_crowd(django_db_setup: World, django_db_blocker: DjangoDbBlocker, lake_url: str) -> Iterator[Crowd]:
    with django_db_blocker.unblock(), transaction.atomic():
        with clock.standing_on(TODAY), override_settings(LAKE_URL=lake_url):
            made = gather(make_field(deepcopy(django_db_setup)))
        django_db_blocker.block()
        yield made
        django_db_blocker.unblock()
        transaction.set_rollback(True)
    if WRITE:
        write()


def write() -> None:
    # Rows that were not asked for in this run stay as they are.
    held = {
        key: row
        for key, row in expected().items()
        if key in {(each.route, each.method) for each in addresses()}
    }
    held |= {(row["address"], row["method"]): row for row in FOUND}
    rows = [held[key] for key in sorted(held)]
    with TABLE.open("w", encoding="utf-8", newline="") as file:
        table = csv.DictWriter(file, rows[0].keys(), lineterminator="\n")
        table.writeheader()
        table.writerows(rows)


@pytest.fixture
def crowd(made_crowd: Crowd, db: None, lake_url: str) -> Iterator[Crowd]:
    cache.clear()
    with clock.standing_on(TODAY), override_settings(LAKE_URL=lake_url):
        yield made_crowd


def test_every_address_has_its_row_and_every_row_its_address() -> None:
    assert {(each.route, each.method) for each in addresses()} == set(expected())


@pytest.mark.parametrize("address", addresses(), ids=str)
def test_each_role_gets_what_the_matrix_says(crowd: Crowd, address: Address) -> None:
    if WRITE:
        FOUND.append(measure(crowd, address))
    else:
        awaited = expected()[address.route, address.method]
        assert measure(crowd, address, awaited) == awaited
