"""Those of the team of a review look at it whatever their roles: at that one, and as long as they are of the team."""

from __future__ import annotations

from datetime import date

import pytest

from aimline.access.rules import Act, allowed, can, rights_on
from aimline.core.models import Record
from aimline.people.models import Person
from aimline.reviews.actions import judging, planning
from aimline.reviews.models import Comment, Evidence, Finding, Member, Review, ReviewRole, Step, Use
from tests.reviews.browsing import at, text
from tests.reviews.conftest import Signed, finding, plan
from tests.reviews.conftest import Source as From
from tests.world import World

VOICE = ReviewRole.VOICE


@pytest.fixture
def judged(review: Review, world: World) -> Finding:
    return finding(review, world, From.CLASSROOMS, From.VOICES)


def join(review: Review, world: World, *people: Person) -> list[Member]:
    return [planning.add_member(review, world.priya, member=one, role=VOICE) for one in people]


def pages(review: Review, judged: Finding) -> list[str]:
    return [at("show", review), at("board", review), at("finding", judged)]


@pytest.mark.parametrize("who", ["tess", "fay"])
def test_the_team_opens_the_scope_the_board_and_its_findings(
    review: Review, judged: Finding, world: World, signed: Signed, who: str
) -> None:
    person = getattr(world, who)
    for page in pages(review, judged):
        text(signed(person), page, 404)
    join(review, world, person)
    for page in pages(review, judged):
        shown = text(signed(person), page)
        assert "Students talk" in shown or page == at("show", review)
        # They look; they change nothing.
        assert "Write a finding" not in shown
        assert "Close this review" not in shown
    assert review.name in text(signed(person), at("list"))


def test_of_another_review_one_sees_nothing(judged: Finding, world: World, signed: Signed) -> None:
    other = plan(world, name="Something else", starts_on=date(2026, 11, 2))
    join(other, world, world.tess)
    for page in pages(judged.review, judged):
        text(signed(world.tess), page, 404)
    shown = allowed(world.tess, Act.VIEW_REVIEW, Review.objects.all())
    assert list(shown) == [other]
    assert not allowed(world.tess, Act.VIEW_REVIEW, Evidence.objects.all()).exists()


def test_who_left_the_team_sees_nothing_any_more(
    review: Review, judged: Finding, world: World, signed: Signed
) -> None:
    [member] = join(review, world, world.tess)
    text(signed(world.tess), at("board", review))
    planning.remove_member(review, world.priya, member=member)
    for page in pages(review, judged):
        text(signed(world.tess), page, 404)


def test_who_holds_no_role_any_more_sees_nothing(review: Review, world: World) -> None:
    join(review, world, world.lena)
    assert not can(world.lena, Act.VIEW_REVIEW, review)


def test_two_tasks_in_the_team_show_a_review_once(review: Review, world: World) -> None:
    join(review, world, world.tess)
    planning.add_member(review, world.priya, member=world.tess, role=ReviewRole.OBSERVER)
    assert allowed(world.tess, Act.VIEW_REVIEW, Review.objects.all()).count() == 1


def test_the_team_only_looks(review: Review, world: World) -> None:
    join(review, world, world.tess)
    acts = [Act.VIEW_REVIEW, Act.EDIT_REVIEW, Act.ADD_EVIDENCE]
    assert rights_on(world.tess, review, acts) == {Act.VIEW_REVIEW}


@pytest.mark.parametrize("model", [Step, Use, Comment, Member])
def test_what_does_not_say_so_is_not_for_the_team_by_itself(
    review: Review, judged: Finding, world: World, model: type[Record]
) -> None:
    join(review, world, world.tess)
    assert not allowed(world.tess, Act.VIEW_REVIEW, model._default_manager.all()).exists()


def test_on_the_board_of_the_team_figures_keep_their_own_rule(
    review: Review, world: World, signed: Signed
) -> None:
    join(review, world, world.fay)
    judging.add_evidence(review, world.priya, source=From.CLASSROOMS, text="Nine of ten rooms began on time.")
    assert "Nine of ten rooms" in text(signed(world.fay), at("board", review))


def test_a_review_of_another_place_stands_in_the_list_of_who_works_on_it(
    world: World, signed: Signed
) -> None:
    above = plan(world, unit=world.port_alder, person=world.dana, name="The whole district")
    assert "The whole district" not in text(signed(world.tess), at("list"))
    planning.add_member(above, world.dana, member=world.tess)
    assert "The whole district" in text(signed(world.tess), at("list"))
