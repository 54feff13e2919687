"""The field is made once for each file of tests; what a test changes in it is rolled back."""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy

import pytest
from django.db import transaction
from pytest_django.plugin import DjangoDbBlocker

from aimline.core import clock
from tests.api.setting import TODAY, Field, make_field
from tests.world import World


@pytest.fixture(scope="module")
def made_field(django_db_setup: World, django_db_blocker: DjangoDbBlocker) -> Iterator[Field]:
    with django_db_blocker.unblock(), transaction.atomic():
        with clock.standing_on(TODAY):
            made = make_field(deepcopy(django_db_setup))
        # Every test of the file now works in a savepoint inside this transaction.
        django_db_blocker.block()
        yield made
        django_db_blocker.unblock()
        transaction.set_rollback(True)


@pytest.fixture
def at(made_field: Field, db: None) -> Iterator[Field]:
    with clock.standing_on(TODAY):
        yield made_field
