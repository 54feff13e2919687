"""A desk is made and released once for each file of tests that only reads it; others make their own."""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy

import pytest
from django.db import transaction
from pytest_django.plugin import DjangoDbBlocker

from aimline.core import clock
from tests.attack.desk import TODAY, Desk
from tests.attack.districts import drawn
from tests.world import World


@pytest.fixture
def desk(world: World) -> Desk:
    return Desk.made(world)


@pytest.fixture(scope="module")
def made_desk(django_db_setup: World, django_db_blocker: DjangoDbBlocker) -> Iterator[Desk]:
    with django_db_blocker.unblock(), transaction.atomic():
        made = Desk.made(deepcopy(django_db_setup))
        made.count(drawn(1, schools=3, size=90))
        made.count(drawn(8, schools=3, size=90), period="2026-10")
        made.average(drawn(1, schools=3, size=90), code="S")
        made.release()
        made.hand_out_tokens("gus", "sol", "tess", "priya")
        # Every test of the file now works in a savepoint inside this transaction.
        django_db_blocker.block()
        yield made
        django_db_blocker.unblock()
        transaction.set_rollback(True)


@pytest.fixture
def released(made_desk: Desk, db: None) -> Iterator[Desk]:
    with clock.standing_on(TODAY):
        yield made_desk
