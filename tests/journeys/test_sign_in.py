from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.browser import Site, Visit, axe


def test_a_stranger_is_led_to_the_sign_in_page(visit: Visit) -> None:
    page = visit(path="/")
    expect(page).to_have_url(re.compile("/sign-in/"))
    axe(page)


def test_a_stranger_is_met_in_the_language_of_the_browser(visit: Visit) -> None:
    page = visit(path="/sign-in/", language="es")
    expect(page.locator("html")).to_have_attribute("lang", "es")


@pytest.mark.parametrize("who", ["teacher", "principal"])
def test_one_click_signs_in(visit: Visit, site: Site, who: str) -> None:
    page = visit(who)
    expect(page.locator("h1")).to_have_count(1)
    expect(page.locator("body")).to_contain_text(site.account(who)["name"].split()[0])
    axe(page)


def test_signing_in_needs_no_script(visit: Visit) -> None:
    page = visit("teacher", phone=True, javascript=False)
    expect(page.locator("h1")).to_have_count(1)
    expect(page).not_to_have_url(re.compile("/sign-in/"))
