"""What `bench` measures of answering: a class of phones that save at once, on a real server, beside people who read.

The phones go through the pages as a browser without script does, each saving six times.
"""

from __future__ import annotations

import http.client
import re
import threading
import time
from collections import Counter
from contextlib import closing
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from urllib.parse import urlencode

from aimline.cli.bench_server import COME_UP, Served

PHONES, SECONDS, SAVES = 16, 20, 6
# Students who answer before the clock starts, so that no process compiles its first page in it.
WARM = 6
_ASK = """
from datetime import timedelta
from aimline.core import clock
from aimline.instruments.actions import building, collecting
from aimline.org.models import Unit
from aimline.people.operator import operator
boss, unit, today = operator(), Unit.objects.get(), clock.today()
asked = building.take_up(unit, boss, key="student-experience")
facts = {"opens_on": today, "closes_on": today + timedelta(days=1), "families_told_on": today - timedelta(days=20)}
made = collecting.plan(unit, boss, instrument=asked, name="Burst", **facts)
print(collecting.open_collection(made, boss).code)
"""
_FIELD = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)"')
_CHOICE = re.compile(r'<input[^>]*type="radio"[^>]*>')


@dataclass
class Heard:
    """What the phones saw: how long each save took, and how everything was answered."""

    saves: list[float] = field(default_factory=list)
    pages: list[float] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)
    seconds: float = 0.0
    # Of the processor, by the server and all below it.
    processor: float = 0.0

    @property
    def saves_each_second(self) -> float:
        return len(self.saves) / self.seconds

    @property
    def pages_each_second(self) -> float:
        return len(self.pages) / self.seconds

    @property
    def cores(self) -> float:
        """How many processors the server kept busy, one after the other or at once."""
        return self.processor / self.seconds

    @property
    def failed(self) -> int:
        return sum(count for status, count in self.statuses.items() if status >= 500)


def burst(server: Served, phones: int = PHONES, seconds: float = SECONDS) -> Heard:
    """Let so many phones start at once and go on, one student after another, for so long."""
    code = server.told(_ASK)
    for _process in range(WARM):
        _student(server.port, f"/a/{code}/", Heard())
    heard, begun, taken = Heard(), time.monotonic(), server.processor()
    until = begun + seconds
    running = [threading.Thread(target=_phone, args=(server.port, code, until, heard)) for _ in range(phones)]
    for one in running:
        one.start()
    for one in running:
        one.join()
    heard.seconds = time.monotonic() - begun
    heard.processor = server.processor() - taken
    return heard


def _phone(port: int, code: str, until: float, heard: Heard) -> None:
    while time.monotonic() < until:
        _student(port, f"/a/{code}/", heard)


def _student(port: int, at: str, heard: Heard) -> None:
    """One student: open the link, begin, and save six times."""
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=COME_UP)) as connection:
        link = Link(connection, heard)
        page = link.get(at)
        page = link.post(at, page)
        for _save in range(SAVES):
            page = link.post(link.at, page, heard.saves)


class Link:
    """A browser without script: it keeps cookies, follows where it is sent, and fills in what a page offers."""

    def __init__(self, connection: http.client.HTTPConnection, heard: Heard) -> None:
        self.connection = connection
        self.cookies: dict[str, str] = {}
        self.heard = heard
        self.at = ""

    def get(self, path: str) -> str:
        begun = time.monotonic()
        page = self._ask("GET", path)
        self.heard.pages.append(time.monotonic() - begun)
        return page

    def post(self, path: str, page: str, taken: list[float] | None = None) -> str:
        """Send what the page holds, with the last answer of each question chosen; follow to the next page."""
        given: dict[str, str] = dict(_FIELD.findall(page))
        for choice in _CHOICE.findall(page):
            name, value = (re.search(rf'{word}="([^"]*)"', choice) for word in ("name", "value"))
            if name and value:
                given[name[1]] = value[1]
        begun = time.monotonic()
        self._ask("POST", path, urlencode(given))
        if taken is not None:
            taken.append(time.monotonic() - begun)
        return self.get(self.at)

    def _ask(self, method: str, path: str, body: str | None = None) -> str:
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        headers = {"Cookie": cookies, "Content-Type": "application/x-www-form-urlencoded"}
        self.connection.request(method, path, body, headers)
        answer = self.connection.getresponse()
        page = answer.read().decode(errors="replace")
        self.heard.statuses[answer.status] += 1
        for given in answer.headers.get_all("Set-Cookie") or ():
            self.cookies |= {name: one.value for name, one in SimpleCookie(given).items()}
        self.at = answer.headers.get("Location", path)
        return page
