from __future__ import annotations

import csv
import os
from collections.abc import Iterator
from copy import deepcopy

import pytest
from django.core.cache import cache
from django.db import transaction
from pytest_django.plugin import DjangoDbBlocker

from aimline.core import clock
from tests.access.matrix import TABLE, Address, Crowd, addresses, expected, gather, measure
from tests.api.setting import TODAY, make_field
from tests.world import World

WRITE = os.environ.get("WRITE_MATRIX") == "yes"


@pytest.fixture(scope="module")
def made_crowd(django_db_setup: World, django_db_blocker: DjangoDbBlocker) -> Iterator[Crowd]:
    with django_db_blocker.unblock(), transaction.atomic():
        with clock.standing_on(TODAY):
            made = gather(make_field(deepcopy(django_db_setup)))
        django_db_blocker.block()
        yield made
        django_db_blocker.unblock()
        transaction.set_rollback(True)


@pytest.fixture
def crowd(made_crowd: Crowd, db: None) -> Iterator[Crowd]:
    cache.clear()
    with clock.standing_on(TODAY):
        yield made_crowd


def test_every_address_has_its_row_and_every_row_its_address() -> None:
    assert {(each.route, each.method) for each in addresses()} == set(expected())


@pytest.mark.parametrize("address", addresses(), ids=str)
def test_each_role_gets_what_the_matrix_says(crowd: Crowd, address: Address) -> None:
    assert measure(crowd, address) == expected()[address.route, address.method]
