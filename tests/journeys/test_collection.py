from __future__ import annotations

from datetime import date, timedelta
from uuid import uuid4

from playwright.sync_api import Page, expect

from tests.browser import Visit, axe

LIBRARY, ASKED = "/instruments/library/family-three-questions/", "Three questions for families"


def _plan(page: Page, name: str) -> None:
    # Another journey may have taken it into use before.
    take = page.get_by_role("button", name="Use it here")
    if take.is_visible():
        take.click()
    page.goto("/collections/new/")
    axe(page)
    page.get_by_label("What do you ask?").select_option(label=ASKED)
    page.get_by_role("textbox", name="Name").fill(name)
    page.get_by_label("Opens", exact=True).fill(date.today().isoformat())
    page.get_by_label("Closes", exact=True).fill((date.today() + timedelta(days=7)).isoformat())
    page.get_by_label("How many get the link?").fill("30")
    page.get_by_role("button", name="Keep the plan").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(name)


def _answer(page: Page) -> None:
    page.get_by_role("button", name="Start", exact=True).click()
    hand_in, go_on = (page.get_by_role("button", name=words, exact=True) for words in ("Hand in", "Next"))
    expect(hand_in.or_(go_on)).to_be_visible()
    while go_on.is_visible():
        was = page.url
        go_on.click()
        page.wait_for_url(lambda url, was=was: url != was)
    hand_in.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Thank you")


def test_a_principal_asks_families_and_reads_what_may_be_read(visit: Visit) -> None:
    page = visit("principal", path=LIBRARY)
    name = f"Families {uuid4().hex[:6]}"
    _plan(page, name)
    # What it costs people stands there before it can be opened.
    expect(page.get_by_role("region", name="What it asks of people")).to_contain_text("min")
    expect(page.get_by_text("We do not ask your name").first).to_be_visible()
    axe(page)
    page.get_by_role("button", name="Open it").click()
    expect(page.get_by_text("Fewer than 20 of 30 are in")).to_be_visible()
    axe(page)
    link = page.get_by_role("region", name="How they get in").locator(".qr-link a").get_attribute("href")
    _answer(visit(path=str(link), phone=True))
    page.get_by_role("link", name="Close this collection").click()
    page.get_by_role("button", name="Close it for good").click()
    expect(page.get_by_text("Fewer than 10 answered")).to_be_visible()
    axe(page)
    page.get_by_role("link", name="Everything that is asked here").click()
    expect(page.get_by_role("region", name="Closed").get_by_role("link", name=name)).to_be_visible()
