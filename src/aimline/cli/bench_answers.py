"""What `bench` measures of answering: a class of phones that save at once, on a real server, beside people who read.

The server is a program of its own with a home made for it; on PostgreSQL where `AIMLINE_BENCH_DATABASE_URL` names an
empty database. The phones go through the pages as a browser without script does, each saving six times.
"""

from __future__ import annotations

import http.client
import os
import re
import socket
import statistics
import subprocess
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from pathlib import Path
from urllib.parse import urlencode

from aimline.cli.bench_students import program

PHONES, SECONDS, SAVES = 16, 20, 6
COME_UP = 60
# Students who answer before the clock starts, so that no process compiles its first page in it.
WARM = 6
# Made in a program of its own, because this one belongs to another home.
_ASK = """
import django; django.setup()
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
_TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')
_FIELD = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)"')
_CHOICE = re.compile(r'<input[^>]*type="radio"[^>]*>')


@dataclass
class Heard:
    """What the phones saw: how long each save took, and how everything was answered."""

    saves: list[float] = field(default_factory=list)
    pages: list[float] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)
    seconds: float = 0.0

    @property
    def saves_each_second(self) -> float:
        return len(self.saves) / self.seconds

    @property
    def pages_each_second(self) -> float:
        return len(self.pages) / self.seconds

    def slowest_of_twenty(self, taken: list[float]) -> float:
        """The time that 19 of 20 stay under, in milliseconds."""
        return 1000 * statistics.quantiles(taken, n=20)[-1] if len(taken) > 1 else 0.0

    @property
    def failed(self) -> int:
        return sum(count for status, count in self.statuses.items() if status >= 500)


def burst(phones: int = PHONES, seconds: float = SECONDS) -> Heard:
    """Let so many phones start at once and go on, one student after another, for so long."""
    with tempfile.TemporaryDirectory(prefix="aimline-bench-") as name, _server(Path(name)) as (port, code):
        for _process in range(WARM):
            _student(port, f"/a/{code}/", Heard())
        heard, begun = Heard(), time.monotonic()
        until = begun + seconds
        running = [threading.Thread(target=_phone, args=(port, code, until, heard)) for _ in range(phones)]
        for one in running:
            one.start()
        for one in running:
            one.join()
        heard.seconds = time.monotonic() - begun
        return heard


@contextmanager
def _server(folder: Path) -> Iterator[tuple[int, str]]:
    """A server of its own on a free port, and the end of the link it asks at."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("AIMLINE_")}
    given = {
        **kept,
        "AIMLINE_HOME": str(folder / "home"),
        "DJANGO_SETTINGS_MODULE": "aimline.config.settings",
    }
    if database := os.environ.get("AIMLINE_BENCH_DATABASE_URL"):
        given["AIMLINE_DATABASE_URL"] = database
    subprocess.run(
        program("init", "--name", "Bench", "--code", "BENCH"), env=given, check=True, capture_output=True
    )
    ask = [*program()[:1], "-c", _ASK]
    code = subprocess.run(ask, env=given, check=True, capture_output=True, text=True).stdout.strip()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    serving = subprocess.Popen(
        program("serve", "--port", str(port)), env=given, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        _wait(port)
        yield port, code
    finally:
        serving.terminate()
        serving.wait()


def _wait(port: int) -> None:
    deadline = time.monotonic() + COME_UP
    while time.monotonic() < deadline:
        with socket.socket() as knock:
            if knock.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.2)
    raise RuntimeError("The server did not come up.")


def _phone(port: int, code: str, until: float, heard: Heard) -> None:
    while time.monotonic() < until:
        _student(port, f"/a/{code}/", heard)


def _student(port: int, at: str, heard: Heard) -> None:
    """One student: open the link, begin, and save six times."""
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=COME_UP)) as connection:
        link = _Link(connection, heard)
        page = link.get(at)
        page = link.post(at, page)
        for _save in range(SAVES):
            page = link.post(link.at, page, heard.saves)


class _Link:
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
