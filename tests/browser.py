"""A real browser on a real, running demo district: what journeys are written with.

A journey is a function in `tests/journeys/` that takes `visit`:

    def test_a_teacher_plans_a_test_in_two_minutes(visit: Visit) -> None:
        page = visit("teacher")                    # signed in with one click, on the first page
        page.get_by_role("link", name="Plan a test").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Plan a test")
        axe(page)

`visit(who)` opens a fresh browser as the first demo account whose role or name is `who`, or whose e-mail begins with
it; `visit()` as a stranger. Its options: `path` to open first, `language` ("es"), `phone`, `javascript=False`, `dark`.
Every page given out is watched: an error in the console, a breach of the content security policy, a broken answer
(5xx, or a missing script, style or picture) or a request that leaves the site fails the journey at its end. Further
pages that it opens are watched too. `site` gives the address and the accounts. A failed journey leaves pictures in
`test-results/`.

Journeys share one demo district for the whole run and go in any order: make what you need, do not count what is there.
They never touch the database; the server is another process, like for everyone else.
"""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol
from urllib.request import urlopen

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    Request,
    Response,
    sync_playwright,
)

from aimline.cli.bench_server import free_port
from tests.chromium import FLAGS, find

ROOT = Path(__file__).resolve().parents[1]
PICTURES = ROOT / "test-results"
COMMAND = [sys.executable, "-m", "aimline.cli.main"]
# Other tests may run beside the browser, on the same few processors.
READY_WITHIN, STOP_WITHIN = 120.0, 30.0
# How long a page may take, in milliseconds.
PATIENCE = 120_000
DESKTOP, PHONE = (1280, 900), (390, 844)
OUTCOME = pytest.StashKey[pytest.TestReport]()


class Visit(Protocol):
    """Opens a page as somebody."""

    def __call__(
        self,
        who: str | None = None,
        *,
        path: str = "/",
        language: str = "en",
        phone: bool = False,
        javascript: bool = True,
        dark: bool = False,
    ) -> Page: ...


@dataclass(frozen=True, slots=True)
class Site:
    """The running demo district."""

    url: str
    accounts: list[dict[str, str]]

    def account(self, who: str) -> dict[str, str]:
        for account in self.accounts:
            if who in {account["role"], account["name"], account["email"].partition("@")[0]}:
                return account
        known = [account["email"].partition("@")[0] for account in self.accounts]
        raise LookupError(f"The demo has no account {who!r}. There are: {', '.join(known)}.")


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Make a demo district and serve it, as the README says."""
    folder = tmp_path_factory.mktemp("site")
    # The folder of the test process must not be the one that is served.
    settings = {
        name: value for name, value in os.environ.items() if not name.startswith(("AIMLINE_", "DJANGO_"))
    }
    settings["AIMLINE_HOME"] = str(folder / "home")
    facts = folder / "demo.json"
    subprocess.run(
        [*COMMAND, "demo", "--no-serve", "--json", str(facts)],
        env=settings,
        stdin=subprocess.DEVNULL,
        check=True,
    )
    accounts = json.loads(facts.read_text(encoding="utf-8"))["accounts"]
    port = free_port()
    with (folder / "serve.log").open("w") as log:
        server = subprocess.Popen(
            [*COMMAND, "serve", "--port", str(port)], env=settings, stdin=subprocess.DEVNULL, stderr=log
        )
        try:
            _wait_until_served(server, port, folder / "serve.log")
            yield Site(f"http://127.0.0.1:{port}", accounts)
        finally:
            server.send_signal(signal.SIGTERM)
            code = server.wait(STOP_WITHIN)
    assert code == 0, f"the server ended with {code}"


def _wait_until_served(server: subprocess.Popen[bytes], port: int, log: Path) -> None:
    deadline = time.monotonic() + READY_WITHIN
    while time.monotonic() < deadline and server.poll() is None:
        try:
            with urlopen(f"http://127.0.0.1:{port}/healthz", timeout=READY_WITHIN):
                return
        except OSError:
            time.sleep(0.2)
    raise AssertionError(f"the server did not come up:\n{log.read_text()}")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    program = find()
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=program, args=FLAGS)
        yield running
        running.close()


# Playwright hangs a mark of its own on whatever handles its events, so this class has no slots.
@dataclass
class Watch:
    """What went wrong on the pages of one journey."""

    site: Site
    faults: list[str] = field(default_factory=list)

    def over(self, context: BrowserContext) -> None:
        context.on("console", self._console)
        context.on("request", self._request)
        context.on("response", self._response)
        context.on("weberror", lambda error: self.faults.append(f"script: {error.error}"))

    def _console(self, message: ConsoleMessage) -> None:
        # A failed load is judged by its answer, below: a form that is sent back with 422 is no fault.
        if message.type == "error" and not message.text.startswith("Failed to load resource"):
            self.faults.append(f"console: {message.text}")

    def _request(self, request: Request) -> None:
        if not request.url.startswith((self.site.url, "data:", "blob:", "about:")):
            self.faults.append(f"left the site: {request.url}")

    def _response(self, response: Response) -> None:
        part_of_a_page = response.request.resource_type not in {"document", "xhr", "fetch"}
        if response.status >= 500 or (response.status >= 400 and part_of_a_page):
            self.faults.append(f"answer {response.status}: {response.url}")


@pytest.fixture
def visit(site: Site, browser: Browser, request: pytest.FixtureRequest) -> Iterator[Visit]:
    """Open pages as people; see the top of this module."""
    contexts: list[BrowserContext] = []
    watch = Watch(site)

    def open_as(
        who: str | None = None,
        *,
        path: str = "/",
        language: str = "en",
        phone: bool = False,
        javascript: bool = True,
        dark: bool = False,
    ) -> Page:
        width, height = PHONE if phone else DESKTOP
        context = browser.new_context(
            base_url=site.url,
            viewport={"width": width, "height": height},
            locale={"en": "en-US", "es": "es-US"}.get(language, language),
            is_mobile=phone,
            has_touch=phone,
            java_script_enabled=javascript,
            color_scheme="dark" if dark else "light",
        )
        # A busy machine answers late, and a late answer is still an answer.
        context.set_default_timeout(PATIENCE)
        contexts.append(context)
        watch.over(context)
        page = context.new_page()
        if who is not None:
            sign_in(page, site.account(who))
        if who is None or path != "/":
            page.goto(path)
        return page

    yield open_as
    report = request.node.stash.get(OUTCOME, None)
    if report is not None and report.failed:
        _keep_pictures(request.node.name, contexts)
    for context in contexts:
        context.close()
    assert not watch.faults, "\n".join(watch.faults)


def sign_in(page: Page, account: dict[str, str]) -> None:
    page.goto("/sign-in/")
    form = page.locator('form[action="/sign-in/demo/"]').filter(has_text=account["name"])
    form.get_by_role("button").click()
    page.wait_for_url(lambda url: "/sign-in/" not in url)


def _keep_pictures(name: str, contexts: list[BrowserContext]) -> None:
    PICTURES.mkdir(exist_ok=True)
    pages = [page for context in contexts for page in context.pages]
    for number, page in enumerate(pages):
        page.screenshot(
            path=PICTURES / f"{re.sub(r'[^A-Za-z0-9_-]+', '-', name)}-{number}.png", full_page=True
        )


def axe(page: Page, *, within: str | None = None) -> None:
    """Fail on anything in the page, or within a selector, that breaks WCAG 2.2 A or AA."""
    rules = {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}
    if not page.evaluate("() => 'axe' in window"):
        page.evaluate(Axe().axe_script)
    # What was fine is left in the page: it is the far greater part of what is found.
    violations: list[dict[str, Any]] = page.evaluate(
        "([within, options]) => axe.run(within ?? document, options).then(results => results.violations)",
        [within, {"runOnly": rules, "resultTypes": ["violations"]}],
    )
    faults = [
        f"{violation['id']}: {violation['help']}: {node['html'][:160]}"
        for violation in violations
        for node in violation["nodes"]
    ]
    assert not faults, f"{page.url}\n" + "\n".join(faults)
