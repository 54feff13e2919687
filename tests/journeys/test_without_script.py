from __future__ import annotations

import re
from uuid import uuid4

from playwright.sync_api import expect

from tests.browser import Visit


def test_a_test_is_planned_without_script(visit: Visit) -> None:
    page = visit("tess", path="/cycles/new/", phone=True, javascript=False)
    title = f"Greet each student at the door {uuid4().hex[:6]}"
    page.get_by_role("textbox", name="What will you try?").fill(title)
    page.get_by_role("textbox", name="It will reach").fill("60")
    page.get_by_role("spinbutton", name="How sure are you?").fill("70")
    page.get_by_role("button", name="Start this test").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(title)
    expect(page.get_by_text("The test is running. Your prediction is locked.")).to_be_visible()


def test_a_driver_is_added_and_moved_without_script(visit: Visit) -> None:
    page = visit("principal", path="/theories/new/", javascript=False)
    page.get_by_role("textbox", name="Title", exact=True).fill(
        f"How attendance will improve {uuid4().hex[:6]}"
    )
    page.get_by_role("textbox", name="What will improve", exact=True).fill("Days at school")
    page.get_by_role("textbox", name="For whom", exact=True).fill("all students at Kelp")
    page.get_by_role("button", name="Start the theory").click()
    for name in ("Families know why a day counts", "Mornings worth coming for"):
        page.get_by_role("textbox", name="Add a primary driver").fill(name)
        page.get_by_role("button", name="Add a primary driver").click()
        expect(page.get_by_role("button", name=f"Move up: {name}")).to_be_visible()
    page.get_by_role("button", name="Move up: Mornings worth coming for").click()
    rows = page.get_by_role("list", name="Primary drivers").get_by_role("listitem")
    expect(rows.first).to_contain_text("Mornings worth coming for")


def test_a_measure_is_defined_and_a_number_recorded_without_script(visit: Visit) -> None:
    page = visit("principal", path="/measures/define/", javascript=False)
    mark = uuid4().hex[:6]
    page.get_by_role("textbox", name="Name", exact=True).fill(f"Greeted by name {mark}")
    page.get_by_role("textbox", name=re.compile("^Code")).fill(f"greeted-{mark}")
    page.get_by_role("button", name=re.compile("measure")).click()
    expect(page.get_by_text("Nothing has been counted yet.")).to_be_visible()
    page.get_by_role("link", name=re.compile("^Record")).first.click()
    page.get_by_role("textbox", name="When").fill("2026-09-07")
    page.get_by_role("textbox", name=re.compile("^How many")).first.fill("21")
    page.get_by_role("textbox", name=re.compile("^Out of how many")).fill("30")
    page.get_by_role("button", name="Keep this number").click()
    page.locator("summary", has_text="Show the numbers").first.click()
    expect(page.get_by_role("row").filter(has_text="70").first).to_be_visible()


def test_place_and_language_change_without_script(visit: Visit) -> None:
    page = visit("leader", javascript=False)
    page.get_by_role("banner").get_by_role("link", name=re.compile("Port Alder")).click()
    page.get_by_role("button", name=re.compile("Juniper Elementary")).first.click()
    expect(
        page.get_by_role("banner").get_by_role("link", name=re.compile("Juniper Elementary"))
    ).to_be_visible()
    page.get_by_role("banner").locator("summary").click()
    page.get_by_role("button", name="Español").click()
    expect(page.locator("html")).to_have_attribute("lang", "es")
    expect(
        page.get_by_role("banner").get_by_role("link", name=re.compile("Juniper Elementary"))
    ).to_be_visible()
