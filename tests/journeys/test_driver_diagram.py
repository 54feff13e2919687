from __future__ import annotations

import re
from pathlib import Path
from uuid import uuid4

from playwright.sync_api import Page, expect

from tests.browser import Visit, axe
from tests.journeys.keyboard import Keys

PRIMARY = ["Texts that match what was taught", "Feedback the same day"]


def _start(page: Page, keys: Keys) -> str:
    title = f"How writing will improve {uuid4().hex[:6]}"
    keys.press(page.get_by_role("link", name="Start a theory").first)
    expect(page.get_by_role("heading", level=1)).to_have_text("Start a theory of improvement")
    keys.fill(page.get_by_role("textbox", name="Title", exact=True), title)
    keys.fill(page.get_by_role("textbox", name="What will improve", exact=True), "Grade 3 writing on track")
    keys.fill(page.get_by_role("textbox", name="For whom", exact=True), "all third graders at Kelp")
    keys.fill(page.get_by_role("textbox", name=re.compile("^From")), "40")
    keys.fill(page.get_by_role("textbox", name=re.compile(r"^To\b")), "65")
    keys.day(page.locator("input[name=by_when]"), "06152027")
    keys.press(page.get_by_role("button", name="Read it as a sentence"))
    expect(page.locator("#sentence")).to_contain_text(re.compile("Grade 3 writing on track.*40.*65"))
    keys.press(page.get_by_role("button", name="Start the theory"))
    expect(page.get_by_role("heading", level=1)).to_have_text("Edit the diagram")
    return title


def _add(page: Page, keys: Keys, column: str, name: str, serves: str = "") -> None:
    section = page.locator("section", has=page.get_by_role("heading", level=2, name=column))
    keys.fill(section.get_by_role("textbox"), name)
    if serves:
        keys.choose(section.get_by_label("Serves"), serves)
        keys.press(section.get_by_role("button", name="Add"))
    else:
        page.keyboard.press("Enter")
    expect(section.get_by_role("listitem").filter(has_text=name)).to_be_visible()
    # The next one can be typed at once.
    expect(section.get_by_role("textbox")).to_be_focused()
    expect(section.get_by_role("textbox")).to_have_value("")


def test_a_principal_builds_a_driver_diagram_with_the_keyboard_alone(visit: Visit, tmp_path: Path) -> None:
    page = visit("principal", path="/theories/")
    keys = Keys(page)
    _start(page, keys)
    for name in PRIMARY:
        _add(page, keys, "Primary drivers", name)
    _add(page, keys, "Secondary drivers", "Writing time each day", PRIMARY[0])
    _add(page, keys, "Change ideas", "Ten quiet minutes after lunch", "Writing time")

    idea = page.get_by_role("listitem").filter(has_text="Ten quiet minutes")
    keys.press(idea.get_by_role("link", name="Change"))
    expect(page.get_by_label("Name", exact=True)).to_be_focused()
    axe(page)
    keys.fill(page.get_by_label("Name", exact=True), "Fifteen quiet minutes after lunch")
    keys.press(page.get_by_role("checkbox", name=PRIMARY[1], exact=True), "Space")
    keys.press(page.get_by_role("button", name="Save it"))
    renamed = page.get_by_role("listitem").filter(has_text="Fifteen quiet minutes")
    expect(renamed).to_contain_text("Serves “Writing time each day”")
    expect(renamed).to_contain_text(f"Serves “{PRIMARY[1]}”")

    keys.press(page.get_by_role("button", name=f"Move down: {PRIMARY[0]}"))
    rows = page.get_by_role("list", name="Primary drivers").get_by_role("listitem")
    expect(rows.nth(0)).to_contain_text(PRIMARY[1])
    expect(rows.nth(1)).to_contain_text(PRIMARY[0])
    expect(page.get_by_role("button", name=f"Move down: {PRIMARY[0]}")).to_be_focused()

    keys.press(page.get_by_role("link", name="See the diagram"))
    drawing = page.get_by_role("region", name="Driver diagram, scrolls sideways")
    for name in (*PRIMARY, "Writing time each day", "Fifteen quiet minutes after lunch"):
        expect(drawing.get_by_role("link", name=name)).to_be_attached()
    _take_away(page, keys, tmp_path)


def _take_away(page: Page, keys: Keys, folder: Path) -> None:
    """Every file opens with what its kind begins with, and holds the words of the diagram where they can be read."""
    keys.press(page.locator("summary", has_text="Download"))
    for label, begins in (
        ("One page as PDF", b"%PDF-"),
        ("Picture as PNG", b"\x89PNG"),
        ("Drawing as SVG", b"<"),
    ):
        with page.expect_download() as download:
            keys.press(page.get_by_role("link", name=label))
        kept = folder / download.value.suggested_filename
        download.value.save_as(kept)
        assert kept.read_bytes().startswith(begins), kept.name
    assert "Feedback" in next(folder.glob("*.svg")).read_text(encoding="utf-8")
