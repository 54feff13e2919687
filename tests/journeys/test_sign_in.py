from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.browser import Site, Visit, axe
from tests.journeys.pages import header_faults

EVERYONE = [
    "tess",
    "principal",
    "coach",
    "leader",
    "analyst",
    "other_leader",
    "state",
    "hub",
    "family",
    "facilitator",
    "guest",
    "admin",
]


def test_a_stranger_is_led_to_the_sign_in_page(visit: Visit) -> None:
    page = visit(path="/")
    expect(page).to_have_url(re.compile("/sign-in/"))
    axe(page)


def test_a_stranger_is_met_in_the_language_of_the_browser(visit: Visit) -> None:
    page = visit(path="/sign-in/", language="es", phone=True, dark=True)
    expect(page.locator("html")).to_have_attribute("lang", "es")
    axe(page)


def test_every_account_of_the_demo_is_known_here(site: Site) -> None:
    assert [account["email"].partition("@")[0] for account in site.accounts] == EVERYONE


@pytest.mark.parametrize("who", EVERYONE)
def test_one_click_signs_in(visit: Visit, site: Site, who: str) -> None:
    page = visit(who)
    expect(page.get_by_role("heading", level=1)).to_have_count(1)
    expect(page.locator("html")).to_have_attribute("lang", "es" if who == "family" else "en")
    page.get_by_role("banner").locator("summary").click()
    expect(page.get_by_role("banner").get_by_text(site.account(who)["name"]).first).to_be_visible()
    expect(page.get_by_role("alert")).to_have_count(0)


def test_signing_in_needs_no_script(visit: Visit) -> None:
    page = visit("tess", phone=True, javascript=False)
    expect(page.get_by_role("heading", level=1)).to_have_count(1)
    expect(page).not_to_have_url(re.compile("/sign-in/"))


@pytest.mark.parametrize("path", ["/sign-in/", "/account/password/reset/", "/nowhere/", "/healthz"])
def test_what_a_stranger_gets_is_protected_too(visit: Visit, path: str) -> None:
    answer = visit(path="/sign-in/").request.get(path)
    assert not list(header_faults(answer.headers, signed_in=False))
