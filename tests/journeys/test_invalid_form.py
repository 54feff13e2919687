from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.browser import Visit, axe


def test_a_refused_form_keeps_what_was_typed_and_leads_to_what_is_wrong(visit: Visit) -> None:
    page = visit("tess", path="/cycles/new/", phone=True)
    page.get_by_role("textbox", name="What will you try?").fill("Read aloud before lunch")
    page.get_by_role("group", name="With whom?").get_by_text("A few students").click()
    page.get_by_role("textbox", name="It will reach").fill("many")
    page.get_by_role("spinbutton", name="How sure are you?").fill("99")
    page.get_by_role("button", name="Start this test").click()

    summary = page.get_by_role("alert").filter(has_text="2 answers need you")
    expect(summary).to_be_focused()
    expect(page.get_by_role("textbox", name="What will you try?")).to_have_value("Read aloud before lunch")
    expect(page.get_by_role("radio", name="A few students")).to_be_checked()
    number = page.get_by_role("textbox", name="It will reach")
    expect(number).to_have_value("many")
    expect(number).to_have_attribute("aria-invalid", "true")
    expect(number).to_have_accessible_description(re.compile("This is not a number"))
    expect(page.get_by_role("spinbutton", name="How sure are you?")).to_have_value("99")
    axe(page)
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(number).to_be_focused()


def test_a_wrong_password_is_told_in_words(visit: Visit) -> None:
    page = visit(path="/sign-in/")
    page.get_by_role("textbox", name="E-mail").fill("tess@aimline.example")
    page.get_by_label("Password").fill("not the harbor")
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_role("alert")).to_be_visible()
    expect(page.get_by_role("textbox", name="E-mail")).to_have_value("tess@aimline.example")
    axe(page)
