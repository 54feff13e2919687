"""Walking through the pages of a person, and what every page must hold."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urldefrag, urljoin, urlsplit

from playwright.sync_api import Page, ViewportSize

from tests.browser import axe

LANGUAGES = ("en", "es")
NARROW: ViewportSize = {"width": 320, "height": 700}
# It has neither links nor scripts.
NOWHERE = "/healthz"
WIDE: ViewportSize = {"width": 1280, "height": 900}
MOST = 90
ROW = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
FILE = re.compile(r"\.(csv|svg|png|pdf|json|xlsx|toml)$")
OPEN_ALL = "() => document.querySelectorAll('details:not(.menu)').forEach(part => { part.open = true })"
TOO_WIDE = """() => {
  const seen = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth <= seen) return "";
  const inside = (part) => part.parentElement?.closest(".scroll, [tabindex='0']");
  const wide = [...document.body.querySelectorAll("*")].filter(
    (part) => part.getBoundingClientRect().right > seen + 1 && !inside(part));
  const found = wide.slice(0, 3).map((part) => part.outerHTML.slice(0, 120)).join(" | ");
  return `${document.documentElement.scrollWidth} px: ${found}`;
}"""


class Reader(HTMLParser):
    """What can be judged of a page without drawing it: its language, its headings, its links."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.language, self.headings, self.links = "", 0, list[str]()
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        facts = dict(attrs)
        if tag == "html":
            self.language = facts.get("lang") or ""
        elif tag == "h1":
            self.headings += 1
        elif tag == "a" and facts.get("href") and "download" not in facts:
            self.links.append(facts["href"] or "")


def header_faults(headers: dict[str, str], *, signed_in: bool) -> Iterator[str]:
    """What is missing among the headers that every page must carry."""
    policy = headers.get("content-security-policy", "")
    if "default-src" not in policy or "unsafe-" in policy:
        yield f"content security policy: {policy!r}"
    if "frame-ancestors" not in policy:
        yield "the policy does not say who may frame the page"
    if headers.get("x-content-type-options") != "nosniff":
        yield "no nosniff"
    if headers.get("referrer-policy") not in {"same-origin", "no-referrer"}:
        yield f"referrer policy: {headers.get('referrer-policy')!r}"
    if headers.get("cross-origin-opener-policy") != "same-origin":
        yield f"opener policy: {headers.get('cross-origin-opener-policy')!r}"
    if signed_in and "no-store" not in headers.get("cache-control", ""):
        yield f"may be kept in a cache: {headers.get('cache-control')!r}"


def kind_of(path: str) -> str:
    """Pages of one kind differ only in their row."""
    return ROW.sub("*", path)


@dataclass
class Walk:
    """Follows the links of one person after another; the first who comes to a kind of page has it drawn and checked."""

    looked_at: set[str] = field(default_factory=set)
    faults: list[str] = field(default_factory=list)

    def through(self, page: Page, who: str, language: str) -> set[str]:
        """Go to one page of every kind that can be reached from the first; return the kinds."""
        met, waiting = {"/"}, ["/"]
        while waiting and len(met) < MOST:
            path = waiting.pop(0)
            for link in self._visit(page, path, f"{who} {path}", language):
                if (kind := kind_of(link)) not in met:
                    met.add(kind)
                    waiting.append(link)
        return met

    def _visit(self, page: Page, path: str, where: str, language: str) -> list[str]:
        set_language(page, language)
        answer = page.context.request.get(path)
        if not answer.headers.get("content-type", "").startswith("text/html"):
            return []
        read = Reader(answer.text())
        self._note(where, header_faults(answer.headers, signed_in=True))
        if not answer.ok:
            self.faults.append(f"{where}: answered {answer.status}")
        if read.headings != 1:
            self.faults.append(f"{where}: {read.headings} headings of the first level")
        if read.language != language:
            self.faults.append(f"{where}: says it is in {read.language!r}, not {language!r}")
        if (kind := kind_of(path)) not in self.looked_at:
            self.looked_at.add(kind)
            self._look(page, path, where, language)
        return [link for each in read.links if (link := _on_site(answer.url, each))]

    def _look(self, page: Page, path: str, where: str, language: str) -> None:
        """Draw it as on a desk by day, and in the other language as on the smallest phone by night."""
        page.set_viewport_size(WIDE)
        page.emulate_media(color_scheme="light", reduced_motion="reduce")
        page.goto(path)
        self._check(page, where)
        # A page that shows itself anew in the other language would cut off the way to the next.
        page.goto(NOWHERE)
        set_language(page, next(other for other in LANGUAGES if other != language))
        page.set_viewport_size(NARROW)
        page.emulate_media(color_scheme="dark", reduced_motion="reduce")
        page.goto(path)
        page.evaluate(OPEN_ALL)
        self._check(page, f"{where} (narrow, dark)")
        if too_wide := page.evaluate(TOO_WIDE):
            self.faults.append(f"{where}: scrolls sideways, {too_wide}")
        page.goto(NOWHERE)

    def _check(self, page: Page, where: str) -> None:
        try:
            axe(page)
        except AssertionError as found:
            self.faults.append(f"{where}: {found}")

    def _note(self, where: str, faults: Iterator[str]) -> None:
        self.faults.extend(f"{where}: {fault}" for fault in faults)


def set_language(page: Page, language: str) -> None:
    """As if chosen on this device; what the person chose stays."""
    root = urljoin(page.url, "/")
    page.context.add_cookies([{"name": "django_language", "value": language, "url": root}])


def _on_site(base: str, link: str) -> str:
    """The path of a page on this site, or nothing for what is none."""
    whole = urlsplit(urljoin(base, urldefrag(link).url))
    if whole.netloc != urlsplit(base).netloc or FILE.search(whole.path):
        return ""
    return whole.path
