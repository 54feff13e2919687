from __future__ import annotations

import re
from uuid import uuid4

from playwright.sync_api import Page, expect

from tests.browser import Visit, axe


def _plan(page: Page) -> None:
    """A review of the place with a principal and a teacher in its team."""
    page.goto("/reviews/new/snapshot/")
    page.get_by_label("Name", exact=True).fill(f"What we have in place {uuid4().hex[:6]}")
    page.get_by_role("button", name="Plan this review").click()
    for name in ("Dana Okafor", "Hannah Lindqvist"):
        page.get_by_text("Add somebody").click()
        page.get_by_label("Who", exact=True).select_option(label=name)
        page.get_by_role("button", name="Add to the team").click()


def _level(page: Page, number: int) -> None:
    page.locator(".level-pick .choice").nth(number).click()
    page.get_by_role("button", name=re.compile("^Vote|^Change")).click()
    expect(page).not_to_have_url(re.compile("/vote/$"))


def test_three_people_vote_hidden_talk_and_agree(visit: Visit) -> None:
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
    for one in (teacher, principal):
        one.get_by_role("button", name="Come in").click()
    expect(leader.locator("#state")).to_contain_text("2 are here")

    leader.get_by_role("button", name="Open the first row").click()
    # Nobody presses anything: the teacher's phone goes to the row by itself.
    expect(teacher.get_by_role("button", name="Vote", exact=True)).to_be_visible()
    axe(teacher)
    _level(teacher, 0)
    expect(teacher.get_by_text("Your vote is in.")).to_be_visible()
    expect(leader.locator("#state")).to_contain_text("1 of 2")
    principal.goto(leader.url)
    _level(principal, 2)

    for one in (leader, teacher):
        expect(one.get_by_role("heading", name="First vote")).to_be_visible()
        expect(one.get_by_text("The room is 2 levels apart,")).to_be_visible()
        axe(one)
    leader.get_by_role("button", name="Open the second vote").click()
    _level(teacher, 1)
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
