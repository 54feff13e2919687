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


def _find(page: Page, kind: str, text: str, resting_on: tuple[str, str]) -> None:
    """Write a finding, put evidence of two kinds under it, and make it final."""
    page.get_by_role("link", name="Write a finding").first.click()
    page.get_by_text(kind, exact=True).click()
    page.get_by_label("The finding, in one sentence").fill(text)
    page.get_by_label("Where did you look for the opposite").fill("In two more rooms, and found it in one.")
    page.get_by_role("button", name="Keep the finding").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(text)
    for piece in resting_on:
        offered = page.locator("#offered blockquote").filter(has_text=piece).locator("..")
        offered.get_by_role("button", name="It supports it").click()
    page.get_by_role("button", name="Make it final").click()
    expect(page.locator("#stands")).to_contain_text("It is final since")


def test_a_principal_goes_from_a_new_snapshot_to_its_final_report(visit: Visit) -> None:
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
    _put(page, "Classrooms", "Pairs know whose turn it is.")
    _put(page, "Voices", "“In pairs I dare to say it.”")
    board = page.url
    _find(page, "Keep", "Students dare to talk in pairs", ("whose turn", "I dare"))
    page.goto(board)
    _find(page, "Gap", "A few talk for all", ("Four of 24", "Amina"))

    page.get_by_role("link", name="Write a recommendation").click()
    page.get_by_label("What to do").fill("Begin each talk in pairs")
    page.get_by_label("First step").fill("Two rooms try it for a week")
    page.get_by_role("button", name="Keep the recommendation").click()

    page.get_by_role("link", name="Report", exact=True).click()
    page.get_by_label("What the review found, in a few sentences").fill("Pairs work. Whole talks do not yet.")
    page.get_by_role("button", name="Save the draft").click()
    page.get_by_role("button", name="Send the draft out for comment").click()
    expect(page.locator("main")).to_contain_text("Version 1, out for comment")
    page.get_by_role("textbox", name="Comment").fill("Say how many rooms.")
    page.get_by_role("button", name="Send the comment").click()
    page.get_by_role("link", name="Back to the draft").click()
    page.get_by_role("button", name="Make the report final").click()
    expect(page.locator("main")).not_to_contain_text("out for comment")
    for sentence in ("Students dare to talk in pairs", "A few talk for all", "Begin each talk in pairs"):
        expect(page.locator("main")).to_contain_text(sentence)
    with page.expect_download() as coming:
        page.get_by_role("link", name="PDF").click()
    assert coming.value.path().read_bytes().startswith(b"%PDF")


def test_the_board_of_a_finished_snapshot_leaves_nobody_out(visit: Visit) -> None:
    page = visit("leader", path="/reviews/")
    page.get_by_role("link", name="Snapshot of teaching and learning").click()
    page.get_by_role("link", name="Board").click()
    expect(page.get_by_role("heading", name="Findings")).to_be_visible()
    axe(page)
