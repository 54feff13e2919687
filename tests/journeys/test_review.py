from __future__ import annotations

from uuid import uuid4

from playwright.sync_api import Page, expect

from tests.browser import Visit, axe


def _put(page: Page, source: str, text: str) -> None:
    page.locator("summary", has_text="Add a piece of evidence").click()
    page.get_by_text(source, exact=True).first.click()
    page.get_by_label("What was seen, heard, read or counted?").fill(text)
    page.get_by_role("button", name="Put it on the board").click()
    expect(page.locator(".evid").filter(has_text=text)).to_be_visible()


def test_a_principal_goes_from_a_new_snapshot_to_a_final_finding(visit: Visit) -> None:
    name = f"Talk in pairs {uuid4().hex[:6]}"
    page = visit("principal", path="/understand/", javascript=False)
    page.get_by_role("link", name="Reviews: what is true now").click()
    page.get_by_role("link", name="Plan a review").click()
    page.get_by_role("link", name="Snapshot", exact=True).click()
    page.get_by_label("Name", exact=True).fill(name)
    page.get_by_role("button", name="Plan this review").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(name)

    page.get_by_role("link", name="Board").click()
    # On an empty board the form is open already.
    page.locator("summary", has_text="Add a piece of evidence").click()
    _put(page, "Classrooms", "Four of 24 students spoke.")
    _put(page, "Voices", "“I say it to Amina and she says it.”")

    page.get_by_role("link", name="Write a finding").first.click()
    page.get_by_text("Gap", exact=True).click()
    page.get_by_label("The finding, in one sentence").fill("A few talk for all")
    page.get_by_label("Where did you look for the opposite").fill("In two more rooms, and found it in one.")
    page.get_by_role("button", name="Keep the finding").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("A few talk for all")
    for piece in ("Four of 24", "Amina"):
        offered = page.locator("#offered blockquote").filter(has_text=piece).locator("..")
        offered.get_by_role("button", name="It supports it").click()
    page.get_by_role("button", name="Make it final").click()
    expect(page.locator("#stands")).to_contain_text("It is final since")


def test_the_board_of_a_finished_snapshot_leaves_nobody_out(visit: Visit) -> None:
    page = visit("leader", path="/reviews/")
    page.get_by_role("link", name="Snapshot of teaching and learning").click()
    page.get_by_role("link", name="Board").click()
    expect(page.get_by_role("heading", name="Findings")).to_be_visible()
    axe(page)
