"""Who an account is on a roster: somebody who keeps the people of the place says so, on a page or by an action."""

from __future__ import annotations

import pytest
from django.test import Client

from aimline.access.actions import people
from aimline.core.errors import Conflict, Invalid, NotAllowed
from aimline.people.models import Person
from aimline.students import actions, linking
from aimline.students.models import RosterLink, Source
from tests.students.conftest import Keep
from tests.students.rows import fill
from tests.world import World


@pytest.fixture
def full(world: World, keep: Keep) -> World:
    fill(world, keep)
    return world


def sis(world: World) -> Source:
    return Source.objects.get(unit=world.port_alder, name="sis")


def tie(world: World, person: Person, *, account: Person | None = None, id: str = "t1") -> RosterLink:
    return actions.link_roster(account or world.tess, person, source=sis(world), roster_id=id)


def page(
    person: Person, account: Person, data: dict[str, object] | None = None, query: str = ""
) -> tuple[int, str]:
    client = Client()
    client.force_login(person)
    where = f"/students/roster/{account.pk}/{query}"
    response = client.post(where, data) if data else client.get(where)
    return response.status_code, response.content.decode()


def test_an_equal_address_is_suggested_and_links_nothing(full: World) -> None:
    status, text = page(full.priya, full.tess)
    assert (status, "Same e-mail" in text, "Tess Tran" in text) == (200, True, True)
    assert not RosterLink.objects.exists()


def test_one_click_links(full: World) -> None:
    status, _text = page(full.priya, full.tess, {"source": sis(full).pk, "roster_id": "t1"})
    assert status == 302
    link = RosterLink.objects.get()
    assert (link.person, link.roster_id) == (full.tess, "t1")
    assert "This account is linked" in page(full.priya, full.tess)[1]


def test_others_are_found_by_name_and_students_and_parents_never(full: World) -> None:
    assert "Tia Todd" in page(full.priya, full.tess, query="?q=todd")[1]
    for words in ("kelso", "kai", "pat"):
        assert "This is the one" not in page(full.priya, full.cody, query=f"?q={words}")[1]


def test_a_principal_links_to_people_of_the_own_school_alone(full: World) -> None:
    assert [one.name for one in linking.candidates(full.priya, full.tess, "t")] == ["Tess Tran", "Tia Todd"]
    with pytest.raises(Invalid):
        tie(full, full.priya, id="t2")
    assert page(full.priya, full.tess, {"source": sis(full).pk, "roster_id": "t2"})[0] == 404
    assert tie(full, full.dana, account=full.theo, id="t2").person == full.theo


@pytest.mark.parametrize("who", ["tess", "cody", "ana", "fay", "olga", "finn", "gus", "sol"])
def test_who_does_not_keep_the_people_cannot_link(full: World, who: str) -> None:
    person = getattr(full, who)
    with pytest.raises(NotAllowed):
        tie(full, person)
    assert page(person, full.tess)[0] == 404


def test_nobody_says_of_themselves_who_they_are_on_the_roster(full: World) -> None:
    with pytest.raises(Invalid, match="somebody else"):
        tie(full, full.priya, account=full.priya)


def test_a_person_of_the_roster_belongs_to_one_account(full: World) -> None:
    tie(full, full.priya)
    assert tie(full, full.priya) == RosterLink.objects.get()
    with pytest.raises(Conflict, match="another account"):
        tie(full, full.priya, account=full.cody)
    with pytest.raises(Conflict, match="somebody else"):
        tie(full, full.priya, id="t3")


def test_a_link_that_was_ended_frees_both(full: World) -> None:
    link = tie(full, full.priya)
    client = Client()
    client.force_login(full.priya)
    assert client.post(f"/students/roster/links/{link.pk}/end/").status_code == 302
    assert tie(full, full.priya, id="t3").roster_id == "t3"


def test_an_account_without_an_address_has_no_suggestion(full: World) -> None:
    quiet = people.register(full.kelp, full.operator, name="Quinn Quiet", title="Teacher")
    assert linking.candidates(full.priya, quiet) == []


def test_nonsense_sent_to_the_page_is_refused(full: World) -> None:
    assert page(full.priya, full.tess, {"source": "none", "roster_id": "t1"})[0] == 422
