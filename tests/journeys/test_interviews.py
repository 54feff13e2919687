from __future__ import annotations

from uuid import uuid4

from playwright.sync_api import Locator, Page, expect

from tests.browser import Visit, axe
from tests.journeys.keyboard import Keys

DAY = "2026-11-02"


def _begin(page: Page, name: str) -> str:
    """A snapshot of its own, with an analyst in its team; return the address of its conversations."""
    page.get_by_role("link", name="Plan a review").click()
    page.get_by_role("link", name="Snapshot", exact=True).click()
    page.get_by_label("Name", exact=True).fill(name)
    page.get_by_role("button", name="Plan this review").click()
    page.locator("summary", has_text="Add somebody").click()
    page.get_by_label("Who", exact=True).select_option(label="Wei Chen")
    page.get_by_text("Brings the data", exact=True).click()
    page.get_by_role("button", name="Add to the team").click()
    page.get_by_role("link", name="Interviews").click()
    return page.url


def _talk(page: Page, held: str) -> str:
    page.goto(f"{held}codes/")
    page.get_by_label("Code", exact=True).fill("Left out")
    page.get_by_label("Definition both of you will use").fill("Somebody says who gets no turn.")
    page.get_by_role("button", name="Add it to the codebook").click()
    page.goto(f"{held}new/")
    page.get_by_label("The person agreed on").fill(DAY)
    page.get_by_label("Their words may be printed").check()
    page.get_by_role("button", name="Keep it").click()
    page.get_by_label("What was said").fill(
        "Interviewer: Who talks?\nTeacher: The quick ones. The others wait."
    )
    page.get_by_role("button", name="Keep the words").click()
    page.get_by_role("link", name="It is cut").click()
    return page.url


def _card(column: Locator) -> Locator:
    return column.locator("li").filter(has_text="The quick ones")


def test_two_code_by_keyboard_and_a_quote_is_dragged_and_moved_back(visit: Visit) -> None:
    page = visit("leader", path="/reviews/")
    held = _begin(page, f"Who talks {uuid4().hex[:6]}")
    talk = _talk(page, held)
    for coder in (page, visit("analyst")):
        coder.goto(f"{talk}code/")
        axe(coder)
        keys = Keys(coder)
        keys.reach(coder.get_by_role("checkbox", name="Left out"))
        # The digit marks it, the space bar takes that back and marks it again.
        for key in ("1", "Space", "Space"):
            coder.keyboard.press(key)
        expect(coder.get_by_role("checkbox", name="Left out")).to_be_checked()
        keys.press(coder.get_by_role("button", name="I am done with this conversation"))
        expect(coder.get_by_role("heading", level=1)).to_have_text("What people told us")

    page.goto(f"{held}themes/")
    page.get_by_label("Theme").fill("The quick talk for all")
    page.get_by_label("Left out").check()
    page.get_by_role("button", name="Keep the theme").click()
    loose = page.get_by_role("region", name="No theme")
    theme = page.get_by_role("region", name="The quick talk for all")
    # By its words: a list and a button in the card keep the pointer for themselves.
    _card(loose).get_by_text("“The quick ones. The others wait.”", exact=True).drag_to(theme)
    expect(_card(theme)).to_be_visible()
    axe(page)
    keys = Keys(page)
    keys.choose(_card(theme).get_by_role("combobox"), "No theme")
    keys.press(_card(theme).get_by_role("button", name="Move"))
    expect(_card(loose)).to_be_visible()
    expect(_card(theme)).to_have_count(0)
