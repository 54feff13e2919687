"""My week: the vote that goes on, the document one was asked for, a report that is out, a strength that would go."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from django.test import Client

from aimline.core import clock
from aimline.people.models import Person
from aimline.reports.review.content import compose
from aimline.reviews.actions import planning, reporting, voting
from aimline.reviews.models import Review, ReviewRole
from aimline.theory import actions
from aimline.theory.models import GroundStance
from tests.reviews.conftest import plan
from tests.reviews.reported import reported
from tests.reviews.voters import opened
from tests.world import World

__all__ = ["reported"]
NOW = datetime(2026, 11, 17, 8, 15)
DROPS = "This would drop a strength to keep"


def week_of(person: Person) -> str:
    client = Client()
    client.force_login(person)
    with clock.standing_on(NOW):
        response = client.get("/")
    assert response.status_code == 200
    return response.content.decode()


def test_a_vote_waits_for_its_team_and_for_nobody_else(world: World) -> None:
    ballot = opened(world, plan(world))
    assert f"/votes/{ballot.pk}/" in week_of(world.tess)
    # Who leads it without a vote waits for the others.
    for who in (world.priya, world.theo, world.olga):
        assert f"/votes/{ballot.pk}/" not in week_of(who)


def test_a_vote_that_ended_waits_for_nobody(world: World) -> None:
    ballot = opened(world, plan(world))
    voting.drop_ballot(ballot, world.priya)
    assert "Vote with the team" not in week_of(world.tess)


def test_a_document_is_asked_of_one_person_until_it_came(reported: Review, world: World) -> None:
    asked = planning.request_document(
        reported, world.priya, what="The schedule", due_on=date(2026, 11, 16), asked=world.tess
    )
    mine = week_of(world.tess)
    assert "Bring a document: The schedule" in mine
    # Who does not see the review is not sent there.
    assert f"/reviews/{reported.pk}/" not in mine
    assert "The schedule" not in week_of(world.cody)
    planning.note_document(reported, world.priya, request=asked)
    assert "The schedule" not in week_of(world.tess)


def test_a_report_that_is_out_waits_for_a_word_of_the_team(reported: Review, world: World) -> None:
    planning.add_member(reported, world.priya, member=world.tess, role=ReviewRole.VOICE)
    draft = reporting.write_report(reported, world.priya, summary="What we found.")
    assert "Comment on the report" not in week_of(world.tess)
    reporting.share_draft(draft, world.priya, content=compose(reported))
    assert f"/reports/{draft.pk}/#comments" in week_of(world.tess)
    for who in (world.priya, world.cody, world.theo):
        assert "Comment on the report" not in week_of(who)
    reporting.comment(draft, world.tess, text="The rooms of grade 2 are missing.")
    assert "Comment on the report" not in week_of(world.tess)


@pytest.mark.parametrize(
    ("who", "told"), [("dana", True), ("priya", True), ("cody", False), ("tess", False), ("olga", False)]
)
def test_who_plans_it_and_who_leads_the_review_are_told(
    reported: Review, world: World, who: str, told: bool
) -> None:
    """Dana plans it; Priya leads the review."""
    theory = actions.start_theory(world.kelp, world.dana, title="Reports", what="Reasons", for_whom="all")
    idea = actions.add_idea(theory, world.dana, name="A new report system")
    strength = reported.findings.get(text="Safe to be wrong")
    with clock.standing_on(NOW):
        actions.ground(
            idea, world.dana, to=strength, stance=GroundStance.DROPS, reason="It prints everything."
        )
    assert (DROPS in week_of(getattr(world, who))) is told


def test_the_news_goes_after_two_weeks_and_with_what_was_said(reported: Review, world: World) -> None:
    theory = actions.start_theory(world.kelp, world.dana, title="Reports", what="Reasons", for_whom="all")
    strength = reported.findings.get(text="Safe to be wrong")
    with clock.standing_on(date(2026, 11, 2)):
        actions.ground(theory, world.dana, to=strength, stance=GroundStance.DROPS, reason="It goes.")
    assert DROPS not in week_of(world.priya)
    with clock.standing_on(NOW):
        actions.ground(theory, world.dana, to=strength, stance=GroundStance.DROPS, reason="It has to go.")
        assert DROPS in week_of(world.priya)
        actions.ground(theory, world.dana, to=strength, stance=GroundStance.BUILDS)
    assert DROPS not in week_of(world.priya)
