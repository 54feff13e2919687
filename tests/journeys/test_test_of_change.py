from __future__ import annotations

import re
from uuid import uuid4

from playwright.sync_api import Page, expect

from tests.browser import Visit, axe
from tests.journeys.keyboard import Keys

STORY = "Decoding groups with words heard first"


def _plan(page: Page, keys: Keys) -> str:
    title = f"Ask for a second way {uuid4().hex[:6]}"
    keys.fill(page.get_by_role("textbox", name="What will you try?"), title)
    keys.pick(page.get_by_role("group", name="With whom?"), "A few students")
    keys.pick(page.get_by_role("group", name="How will you know?"), "I will count something")
    keys.fill(page.get_by_role("textbox", name="It will reach"), "60")
    keys.fill(page.get_by_role("spinbutton", name="How sure are you?"), "70")
    keys.press(page.get_by_role("button", name="Start this test"))
    expect(page.get_by_role("heading", level=1)).to_have_text(title)
    return title


def _do(page: Page, keys: Keys) -> None:
    keys.fill(page.get_by_role("textbox", name="What did you see today?"), "Two asked each other first.")
    keys.press(page.get_by_role("button", name="Note it"))
    expect(page.get_by_role("listitem").filter(has_text="Two asked each other first.")).to_be_visible()
    keys.press(page.get_by_role("button", name="Finish the test now"))
    expect(page.get_by_role("button", name="Keep what I counted")).to_be_visible()


def _study(page: Page, keys: Keys) -> None:
    keys.fill(page.get_by_role("textbox", name=re.compile("^How many")), "9")
    keys.fill(page.get_by_role("textbox", name=re.compile("^of how many")), "14")
    keys.press(page.get_by_role("button", name="Keep what I counted"))
    # What was expected and what happened stand side by side.
    happened = page.get_by_role("region", name="Study")
    expect(happened.get_by_text("Prediction with its likely range")).to_be_visible()
    keys.fill(page.get_by_role("textbox", name="What did you learn?"), "Pairs talk more than fours.")
    axe(page)
    keys.press(page.get_by_role("button", name="Save what we learned"))
    expect(page.get_by_role("button", name="Save the decision")).to_be_visible()


def test_a_teacher_runs_a_test_from_plan_to_the_next_test_with_keys_alone(visit: Visit) -> None:
    page = visit("tess", path="/cycles/new/", phone=True)
    keys = Keys(page)
    title = _plan(page, keys)
    _do(page, keys)
    _study(page, keys)
    keys.pick(page.get_by_role("group", name="What will you do?"), "Adapt")
    keys.fill(page.get_by_role("textbox", name="Why?"), "It held. Try it with the whole room.")
    keys.reach(page.get_by_role("button", name="Save the decision"))
    # An impatient second press opens no second test.
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="Open test 2")).to_be_visible()
    expect(page.get_by_role("alert")).to_have_count(0)
    keys.press(page.get_by_role("link", name="Open test 2"))
    expect(page.get_by_role("link", name="Predict", exact=True)).to_be_visible()
    keys.press(page.get_by_role("link", name="Everywhere"))
    expect(page.get_by_role("table").get_by_role("link", name=title)).to_have_count(2)


def test_the_story_of_the_waiting_test_comes_to_its_result(visit: Visit) -> None:
    page = visit("tess")
    page.get_by_role("region", name="Due").get_by_role("link", name=STORY).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(STORY)
    page.get_by_role("button", name="Read the result from the measure").click()
    study = page.get_by_role("region", name="Study")
    expect(study.get_by_text("Result with the range it could be (95%)")).to_be_visible()
    expect(study.get_by_role("img").first).to_be_visible()
    # What two people expected, with what became of it.
    expect(page.locator("#predictions")).to_contain_text(
        re.compile("70%.*(came true|did not).*60%", re.DOTALL)
    )
    study.get_by_text("Show the numbers").first.click()
    expect(study.get_by_role("row")).not_to_have_count(0)
    axe(page)
