from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser import Site, Visit, axe


def test_a_stranger_is_led_to_the_sign_in_page(visit: Visit) -> None:
    page = visit(path="/")
    expect(page).to_have_url(lambda url: "/sign-in/" in url)
    axe(page)


@pytest.mark.parametrize("who", ["teacher", "principal"])
def test_one_click_signs_in(visit: Visit, site: Site, who: str) -> None:
    page = visit(who)
    expect(page.locator("h1")).to_have_count(1)
    expect(page.locator("body")).to_contain_text(site.account(who)["name"].split()[0])
    axe(page)


def test_sign_in_works_without_a_script_on_a_phone_in_spanish(visit: Visit) -> None:
    page = visit("teacher", language="es", phone=True, javascript=False)
    expect(page.locator("html")).to_have_attribute("lang", "es")
