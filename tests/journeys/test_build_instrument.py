from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.browser import Visit, axe


def write(page: Page, phrase: str, english: str, spanish: str, nth: int = 0) -> None:
    page.get_by_role("textbox", name=f"{phrase}, English").nth(nth).fill(english)
    page.get_by_role("textbox", name=f"{phrase}, Español").nth(nth).fill(spanish)


def test_a_survey_of_three_items_is_built_in_two_languages_and_published(visit: Visit) -> None:
    page = visit("leader", path="/instruments/")
    axe(page)
    page.get_by_role("link", name="Start from a blank page").click()
    page.get_by_role("textbox", name="Name").fill("After the lesson")
    page.get_by_role("button", name="Start it").click()

    page.get_by_role("link", name="Name and languages").click()
    languages = page.get_by_role("region", name="Languages")
    languages.get_by_label("Language", exact=True).select_option(label="Español")
    languages.get_by_role("textbox").fill("Después de la clase")
    languages.get_by_role("button", name="Add this language").click()
    expect(page.get_by_role("textbox", name="Name, Español")).to_have_value("Después de la clase")

    page.get_by_role("link", name="Scales").click()
    page.get_by_role("button", name="Add a scale").click()
    for place, (english, spanish) in enumerate([("Never", "Nunca"), ("Often", "Muchas veces")]):
        write(page, "Point", english, spanish, place)
    page.get_by_role("button", name="Save this scale").click()

    page.get_by_role("link", name="Items").first.click()
    page.get_by_role("button", name="Scale").first.click()
    write(page, "Question", "I knew what to do.", "Sabía qué hacer.")
    page.get_by_role("button", name="Save this item").click()
    preview = page.get_by_role("group", name="Preview of item 1")
    expect(preview.get_by_text("I knew what to do.")).to_be_visible()
    expect(preview.get_by_text("Often")).to_be_visible()
    axe(page)

    page.get_by_role("button", name="Yes or no").click()
    write(page, "Question", "Did you ask somebody?", "¿Le preguntaste a alguien?")
    page.get_by_role("button", name="Save this item").click()
    page.get_by_role("button", name="Own words").click()
    page.get_by_role("textbox", name="Question, English").fill("What helped?")
    page.get_by_text("Ask it only after one of these answers").click()
    page.get_by_role("group", name="Did you ask somebody?").get_by_text("Yes").click()
    page.get_by_role("button", name="Save this item").click()
    page.get_by_role("button", name="Move item 3 up").click()

    page.get_by_role("link", name="See what is missing").click()
    publish = page.get_by_role("button", name="Publish edition 1")
    expect(publish).to_be_disabled()
    axe(page)
    # It was moved before the item whose answer it waits for.
    page.get_by_role("link", name="It depends on an item that does not come before it.").click()
    page.get_by_role("button", name="Move item 2 down").click()
    page.get_by_role("textbox", name="Question, Español").fill("¿Qué ayudó?")
    page.get_by_role("button", name="Save this item").click()
    page.get_by_role("link", name="Go and publish it").click()
    publish.click()

    expect(page.get_by_role("heading", name="After the lesson", level=1)).to_be_visible()
    expect(page.get_by_text("It asks 3 things.")).to_be_visible()
    page.get_by_role("link", name="Español").click()
    expect(page.get_by_text("¿Le preguntaste a alguien?", exact=True)).to_be_visible()
    axe(page)
    page.get_by_role("link", name="Answer sheet to print").click()
    expect(page.get_by_role("heading", name="¿Qué ayudó?")).to_be_visible()
    axe(page)
