from __future__ import annotations

import re
from datetime import date, timedelta

from playwright.sync_api import Page, expect

from tests.browser import Visit, axe

MOST = 12


def _link(page: Page) -> str:
    """Ask the families of a school three questions; return the short link."""
    page.get_by_role("button", name="Use it here").or_(page.get_by_role("link", name="Open it")).first.click()
    page.get_by_role("link", name="Ask people").first.click()
    page.get_by_label("Opens").fill(date.today().isoformat())
    page.get_by_label("Closes").fill((date.today() + timedelta(days=12)).isoformat())
    page.get_by_role("radio", name=re.compile("^Anonymous")).check()
    page.get_by_role("radio", name=re.compile("^Anyone with the link")).check()
    page.get_by_role("button", name="Keep the plan").click()
    page.get_by_role("button", name=re.compile("^Open")).first.click()
    page.wait_for_load_state()
    found = re.search(r"/a/[a-z0-9]{8}", page.content())
    assert found, page.url
    return f"{found[0]}/"


def _answer(page: Page, *, looking: bool) -> None:
    """Answer what can be chosen, and pass on what cannot, to the end."""
    page.get_by_role("button", name="Empezar").click()
    for _question in range(MOST):
        expect(page.get_by_text(re.compile(r"^Pregunta \d+ de \d+$"))).to_be_visible()
        offered = page.get_by_role("radio").or_(page.get_by_role("checkbox"))
        offered.nth(1 if offered.count() > 2 else 0).check()
        if looking:
            _look_at(page)
        last = page.get_by_role("button", name="Entregar")
        if last.count():
            last.click()
            break
        page.get_by_role("button", name="Siguiente").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Gracias. Ya llegó todo.")
    expect(page.get_by_text("Sus 3 respuestas llegaron una sola vez.")).to_be_visible()
    expect(page.get_by_text("En este dispositivo no queda ninguna de sus respuestas.")).to_be_visible()
    assert "answering" not in [cookie["name"] for cookie in page.context.cookies()]


def _look_at(page: Page) -> None:
    axe(page)
    assert page.evaluate("() => document.documentElement.scrollWidth <= innerWidth"), page.url


def test_a_family_answers_from_the_link_on_a_phone_in_spanish_without_script(visit: Visit) -> None:
    link = _link(visit("principal", path="/instruments/library/family-three-questions/"))
    page = visit(path=link, phone=True, language="es", javascript=False)
    expect(page.locator("html")).to_have_attribute("lang", "es")
    _answer(page, looking=False)
    # Another family, whose browser runs scripts: what looks at a page is one itself.
    page = visit(path=link, phone=True, language="es")
    _look_at(page)
    _answer(page, looking=True)
    _look_at(page)


def test_a_shared_tablet_that_nobody_touches_makes_room_for_the_next_person(visit: Visit) -> None:
    link = _link(visit("principal", path="/instruments/library/family-three-questions/"))
    page = visit(path="/sign-in/")
    page.clock.install()
    page.goto(f"{link}?kiosk=1")
    page.get_by_role("button", name="Start", exact=True).click()
    page.get_by_role("radio").first.check()
    page.clock.fast_forward("03:01")
    page.get_by_role("button", name="I am still here").click()
    page.clock.fast_forward("02:00")
    expect(page.get_by_role("radio").first).to_be_checked()
    page.clock.fast_forward("01:01")
    axe(page)
    page.clock.fast_forward("01:01")
    expect(page.get_by_role("button", name="Start", exact=True)).to_be_visible()
    assert "answering" not in [cookie["name"] for cookie in page.context.cookies()]
