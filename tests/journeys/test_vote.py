from __future__ import annotations

import re
from uuid import uuid4

from playwright.sync_api import Page, expect

from tests.browser import Visit, axe

# Who votes beside Hannah and the principal: seven vote, and the eighth leads.
OTHERS = {
    "facilitator": "Finn Alder",
    "analyst": "Wei Chen",
    "family": "Rosa Delgado",
    "guest": "Gloria Banks",
    "coach": "Tomás Rivera",
}


def _plan(page: Page) -> None:
    """A review of the place with seven in its team."""
    page.goto("/reviews/new/snapshot/")
    page.get_by_label("Name", exact=True).fill(f"What we have in place {uuid4().hex[:6]}")
    page.get_by_role("button", name="Plan this review").click()
    for name in ("Dana Okafor", "Hannah Lindqvist", *OTHERS.values()):
        page.get_by_text("Add somebody").click()
        page.get_by_label("Who", exact=True).select_option(label=name)
        page.get_by_role("button", name="Add to the team").click()


def _level(page: Page, number: int) -> None:
    page.locator(".level-pick .choice").nth(number).click()
    page.get_by_role("button", name=re.compile("^Vot|^Change")).click()
    expect(page).not_to_have_url(re.compile("/vote/$"))


def test_eight_people_at_once_vote_hidden_talk_and_agree(visit: Visit) -> None:
    leader = visit("leader")
    _plan(leader)
    review = re.search(r"/reviews/([0-9a-f-]+)/", leader.url)
    assert review
    leader.goto(f"/votes/review/{review[1]}/new/")
    leader.get_by_label(re.compile("^District capacity")).check()
    leader.get_by_role("button", name="Open the vote").click()
    axe(leader)

    teacher = visit("tess", path=leader.url, phone=True)
    principal = visit("principal", path=leader.url, phone=True, javascript=False)
    others = [visit(who, path=leader.url, phone=True) for who in OTHERS]
    for one in (teacher, principal, *others):
        # One of them reads Spanish.
        one.get_by_role("button", name=re.compile("^(Come in|Entrar)")).click()
    expect(leader.locator("#state")).to_contain_text("7 are here")

    leader.get_by_role("button", name="Open the first row").click()
    # Nobody presses anything: the teacher's phone goes to the row by itself.
    expect(teacher.get_by_role("button", name="Vote", exact=True)).to_be_visible()
    axe(teacher)
    for one in others:
        expect(one.locator(".level-pick .choice").first).to_be_visible()
    for one, level in zip((teacher, *others), (0, 1, 1, 3, 1, 0), strict=True):
        _level(one, level)
    expect(teacher.get_by_text("Your vote is in.")).to_be_visible()
    expect(leader.locator("#state")).to_contain_text("6 of 7")
    # Nobody learns a level before the last vote is in, whoever leads.
    expect(leader.get_by_role("heading", name="First vote")).to_have_count(0)
    principal.goto(leader.url)
    _level(principal, 2)

    for one in (leader, teacher):
        expect(one.get_by_role("heading", name="First vote")).to_be_visible()
        expect(one.get_by_text("The room is 2 levels apart,")).to_be_visible()
        axe(one)
    expect(leader.get_by_text("does not know enough to vote")).to_be_visible()
    leader.get_by_role("button", name="Open the second vote").click()
    for one in (teacher, *others):
        expect(one.locator(".level-pick .choice").first).to_be_visible()
        _level(one, 1)
    principal.goto(leader.url)
    _level(principal, 1)
    expect(leader.get_by_text("All chose the same level.")).to_be_visible()
    leader.get_by_label(re.compile("^Why")).fill("Every school got the same days in August.")
    leader.get_by_role("button", name="Agree", exact=True).click()
    leader.get_by_role("button", name="End the vote", exact=True).click()
    expect(leader.get_by_role("heading", name="Row by row")).to_be_visible()
    axe(leader)
    leader.get_by_role("button", name="Put the levels on the board").click()
    expect(leader.get_by_role("link", name="Open the board")).to_be_visible()
