"""Pages on which somebody says what a theory stands on, and where it is told, and to whom it is not."""

from __future__ import annotations

import pytest
from django.test import Client

from aimline.core.ids import uuid7
from aimline.people.models import Person
from aimline.reviews.models import Review
from aimline.theory import actions
from aimline.theory.models import ChangeIdea, Ground, GroundStance, Theory
from tests.reviews.reported import reported
from tests.theory.conftest import make_cycle
from tests.theory.test_grounds import advice, gap, idea, strength, tell_everyone, theory
from tests.world import World

__all__ = ["idea", "reported", "theory"]
WORDS = {"title": "Explain", "what": "Reasons", "for_whom": "all"}
WHY = "It prints every result, so nobody needs to ask."


def signed_in(person: Person) -> Client:
    client = Client()
    client.force_login(person)
    return client


def text_of(person: Person, address: str, status: int = 200) -> str:
    response = signed_in(person).get(address)
    assert response.status_code == status
    return response.content.decode()


def drop(idea: ChangeIdea, reported: Review, world: World) -> Ground:
    return actions.ground(idea, world.priya, to=strength(reported), stance=GroundStance.DROPS, reason=WHY)


def test_a_recommendation_fills_the_form_of_a_theory(reported: Review, world: World) -> None:
    page = text_of(world.priya, f"/theories/new/?recommendation={advice(reported).pk}")
    assert "Ten minutes to explain" in page
    assert "Lessons stop at the answer" in page
    assert f'value="{advice(reported).pk}"' in page


def test_a_theory_started_from_a_gap_answers_it(reported: Review, world: World) -> None:
    address = f"/theories/new/?finding={gap(reported).pk}"
    given = {**WORDS, "id": uuid7(), "g-answers": [str(gap(reported).pk)]}
    response = signed_in(world.priya).post(address, given)
    assert response.status_code == 302
    made = Theory.objects.get(title="Explain")
    assert made.grounds.get().on == gap(reported)
    assert "finding 2 of “Reasoning at Kelp”" in text_of(world.priya, f"/theories/{made.pk}/")


def test_what_one_may_not_read_fills_no_form(reported: Review, world: World) -> None:
    page = text_of(world.olga, f"/theories/new/?recommendation={advice(reported).pk}")
    assert "Ten minutes to explain" not in page


def test_dropping_a_strength_without_a_reason_keeps_everything_typed(reported: Review, world: World) -> None:
    key = strength(reported).pk
    given = {**WORDS, "id": uuid7(), f"g-s-{key}": "drops"}
    response = signed_in(world.priya).post("/theories/new/", given)
    assert response.status_code == 422
    shown = response.content.decode()
    assert "a strength should not go without a reason" in shown
    assert 'value="Explain"' in shown
    assert not Theory.objects.filter(title="Explain").exists()


@pytest.mark.parametrize("kind", ["", "ideas/"])
def test_what_it_means_for_a_strength_is_said_changed_and_taken_back(
    theory: Theory, idea: ChangeIdea, reported: Review, world: World, kind: str
) -> None:
    node = idea if kind else theory
    address, key = f"/theories/{kind}{node.pk}/ground/", strength(reported).pk
    priya = signed_in(world.priya)
    assert "Safe to be wrong" in text_of(world.priya, address)
    for stance, reason in (("builds", ""), ("drops", WHY)):
        assert priya.post(address, {f"s-{key}": stance, f"why-{key}": reason}).status_code == 302
        held = Ground.objects.get()
        assert (held.node, held.stance, held.reason) == (node, stance, reason)
    assert priya.post(address, {}).status_code == 302
    assert not Ground.objects.exists()


def test_a_page_of_one_node_leaves_what_was_said_of_others(
    theory: Theory, idea: ChangeIdea, reported: Review, world: World
) -> None:
    drop(idea, reported, world)
    assert signed_in(world.priya).post(f"/theories/{theory.pk}/ground/", {}).status_code == 302
    assert Ground.objects.count() == 1


@pytest.mark.parametrize("who", ["tess", "fay", "olga"])
def test_who_may_not_edit_the_theory_does_not_open_it(
    theory: Theory, reported: Review, world: World, who: str
) -> None:
    assert signed_in(getattr(world, who)).get(f"/theories/{theory.pk}/ground/").status_code in (403, 404)


def test_the_warning_stands_on_the_theory_the_idea_and_its_test(
    theory: Theory, idea: ChangeIdea, reported: Review, world: World
) -> None:
    drop(idea, reported, world)
    test = make_cycle(idea, world.priya, world.kelp)
    pages = [f"/theories/{theory.pk}/", f"/theories/ideas/{idea.pk}/", f"/cycles/{test.pk}/"]
    for address in [*pages, f"/cycles/new/guided/?idea={idea.pk}"]:
        shown = text_of(world.priya, address)
        assert "Would drop or replace a strength" in shown, address
        assert "Safe to be wrong" in shown
        assert WHY in shown


def test_who_may_not_see_the_review_sees_only_that_there_is_something(
    theory: Theory, idea: ChangeIdea, reported: Review, world: World
) -> None:
    drop(idea, reported, world)
    actions.ground(theory, world.priya, to=gap(reported))
    actions.ground(theory, world.priya, to=advice(reported))
    shown = text_of(world.tess, f"/theories/{theory.pk}/")
    for secret in ("Safe to be wrong", "Lessons stop", "Ten minutes", "Reasoning at Kelp", WHY):
        assert secret not in shown
    assert "Answers a finding of a review that is not yours to read." in shown
    assert "Which one is not yours to read." in shown


def test_where_a_test_is_planned_the_strengths_stand(reported: Review, world: World) -> None:
    assert "Safe to be wrong" not in text_of(world.tess, "/cycles/new/")
    tell_everyone(reported, world)
    for address in ("/cycles/new/", "/cycles/new/guided/"):
        assert "Safe to be wrong" in text_of(world.tess, address)


def test_the_diagram_is_edited_beside_the_strengths(
    theory: Theory, idea: ChangeIdea, reported: Review, world: World
) -> None:
    shown = text_of(world.priya, f"/theories/{theory.pk}/edit/")
    assert "One strength to keep here" in shown
    assert f"/theories/ideas/{idea.pk}/ground/" in shown


def test_a_finding_and_its_report_say_what_was_done_with_it(
    theory: Theory, idea: ChangeIdea, reported: Review, world: World
) -> None:
    actions.ground(theory, world.priya, to=gap(reported))
    actions.ground(idea, world.priya, to=advice(reported))
    make_cycle(idea, world.priya, world.kelp, title="One class first")
    finding = text_of(world.priya, f"/reviews/findings/{gap(reported).pk}/")
    assert "Theory: How reasons are given" in finding
    assert f"/theories/new/?finding={gap(reported).pk}" in finding
    board = text_of(world.priya, f"/reviews/{reported.pk}/board/")
    for said in ("Idea: A new report system", "Test: One class first", "Start a theory from this"):
        assert said in board
    tell_everyone(reported, world)
    report = reported.reports.get()
    shown = text_of(world.tess, f"/reports/{report.pk}/")
    assert "Theory: How reasons are given" in shown
    # Who starts no theory is not asked to.
    assert "Start a theory from this" not in shown


def test_the_history_tells_it(theory: Theory, reported: Review, world: World) -> None:
    held = actions.ground(theory, world.priya, to=gap(reported))
    actions.unground(held, world.priya)
    shown = text_of(world.priya, f"/theories/{theory.pk}/changes/")
    assert "said what it means for something a review found" in shown
    assert "took back what was said of something a review found" in shown
