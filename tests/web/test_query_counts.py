"""The lists that no room's own test doubles: people, a person, places, one's account, the installation, search."""

from __future__ import annotations

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from aimline.access.actions import grants, people, tokens, units
from aimline.access.models import Role
from aimline.core import jobs
from aimline.measures.tasks import read_stale
from aimline.org.models import UnitKind
from aimline.people.models import TeamKind
from tests.measures.rows import load, measure_at, share_rows
from tests.world import World


def test_more_people_places_and_work_take_no_more_queries(world: World) -> None:
    _grow(world, 1)
    few = _asked(world)
    _grow(world, 4)
    assert _asked(world) == few


def _grow(world: World, many: int) -> None:
    for number in range(many):
        name = f"Kelp {many}.{number}"
        school = units.add(
            world.port_alder, world.operator, name=name, code=f"K{many}{number}", kind=UnitKind.SCHOOL
        )
        load(world, share_rows(school, measure_at(world, code=f"M{many}{number}"), [(40, 100)] * 12))
        person = people.register(
            world.kelp, world.operator, name=name, email=f"k{many}{number}@example.org", title="Teacher"
        )
        grants.grant(world.kelp, world.operator, to=person, role=Role.TEACHER)
        grants.grant(world.kelp, world.operator, to=world.priya, role=list(Role)[number])
        team = people.form_team(world.kelp, world.operator, name=name, kind=TeamKind.PLC)
        people.join(team, world.operator, member=world.priya)
        people.join(world.team, world.operator, member=person)
        tokens.make_token(world.ada, world.ada, label=name, secret=f"secret-{many}-{number}")
        jobs.ask(read_stale)


def _asked(world: World) -> dict[str, int]:
    addresses = {
        "dana": [
            "/people/",
            "/understand/",
            "/search/?q=kelp",
            reverse("people:show", args=[world.priya.pk]),
            reverse("places:show", args=[world.port_alder.pk]),
        ],
        "ada": ["/system/", "/me/"],
    }
    return {address: _count(world, who, address) for who, listed in addresses.items() for address in listed}


def _count(world: World, who: str, address: str) -> int:
    client = Client()
    client.force_login(getattr(world, who))
    client.get(address)
    with CaptureQueriesContext(connection) as queries:
        assert client.get(address).status_code == 200
    return len(queries)
