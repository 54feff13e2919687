"""What `bench` measures of a form that opens: its bytes on the wire, and how long a slow phone takes to show it.

The bytes are counted as a browser asks for them. For the time a Chromium of this machine plays the phone: its network
is held to that of a phone far from a mast, and it gets a quarter of one processor. It is spoken to by its own protocol.
"""

from __future__ import annotations

import http.client
import json
import os
import re
import shutil
import statistics
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import Any, BinaryIO
from urllib.parse import urljoin

from aimline.cli.bench_answers import Heard, Link
from aimline.cli.bench_server import COME_UP, Served

ITEMS, ROUNDS = 40, 5
# A quarter of a processor of a desk, 1.6 Mbit/s down, half of that up, 150 ms there and back.
PROCESSOR, DOWN, UP, THERE_AND_BACK = 4, 200_000, 94_000, 150
PHONE = {"width": 390, "height": 844, "deviceScaleFactor": 2, "mobile": True}
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
_ASK = """
import sys
from datetime import timedelta
from aimline.core import clock
from aimline.instruments import library
from aimline.instruments.actions import building, collecting
from aimline.org.models import Unit
from aimline.people.operator import operator
boss, unit, today, most, seen = operator(), Unit.objects.get(), clock.today(), int(sys.argv[1]), set()
sections = []
for key in ("classroom-observation", "quality-school-review", "walkthrough"):
    for part in library.find(key).document["sections"]:
        items = [item for item in part["items"] if item["key"] not in seen][: most - len(seen)]
        seen |= {item["key"] for item in items}
        if items:
            sections.append({**part, "key": f"{key}-{part['key']}", "items": items})
name = {"en": "A long form", "es": "Un formulario largo"}
made = building.start(unit, boss, name="A long form", purpose="observation", answered_by="observer")
document = {"name": name, "sections": sections}
building.publish(building.write_draft(made.editions.get(), boss, document=document, minutes=20), boss)
facts = {"opens_on": today, "closes_on": today + timedelta(days=1), "promise": "anonymous"}
print(collecting.open_collection(collecting.plan(unit, boss, instrument=made, name="Long", **facts), boss).code)
"""
_LOADED = re.compile(r'<(?:link|script|img)[^>]*?\s(?:href|src)="([^"]+)"')
_POINTS = re.compile(r'url\("?([^")]+)"?\)')
# When something was shown, and when everything could be used: in milliseconds after the address was called.
_TIMES = """(() => {
  const [page] = performance.getEntriesByType("navigation");
  const [shown] = performance.getEntriesByName("first-contentful-paint");
  return JSON.stringify([shown?.startTime ?? page.loadEventEnd, page.domContentLoadedEventEnd]);
})()"""


@dataclass(frozen=True, slots=True)
class Weighed:
    """All that the first opening of a page loads, each with its bytes as they are sent."""

    parts: dict[str, int]

    @property
    def kilobytes(self) -> float:
        return sum(self.parts.values()) / 1000


@dataclass(frozen=True, slots=True)
class Opened:
    """Milliseconds until something is shown, and until all can be used; and those of the least page there is."""

    shown: float
    usable: float
    least: float


@dataclass(frozen=True, slots=True)
class Form:
    """A long form that waits to be answered: where, and with which cookies."""

    path: str
    cookies: dict[str, str]


def long_form(server: Served, items: int = ITEMS) -> Form:
    at = f"/a/{server.told(_ASK, str(items))}/"
    with closing(http.client.HTTPConnection("127.0.0.1", server.port, timeout=COME_UP)) as connection:
        link = Link(connection, Heard())
        link.post(at, link.get(at))
        return Form(link.at, link.cookies)


def weigh(server: Served, form: Form) -> Weighed:
    """Count a page and everything it points to; all typefaces too, though a browser takes those it needs."""
    parts, waiting = {}, [form.path]
    for path in waiting:
        if path in parts:
            continue
        body, parts[path] = _fetched(server.port, path, form)
        found = _LOADED.findall(body) if path == form.path else _POINTS.findall(body)
        waiting += [urljoin(path, one) for one in found if not one.startswith("data:")]
    return Weighed(parts)


def _fetched(port: int, path: str, form: Form) -> tuple[str, int]:
    """What a page says, and how many bytes it takes, packed as for a browser and with all that stands above it."""
    cookies = "; ".join(f"{name}={value}" for name, value in form.cookies.items())
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=COME_UP)) as connection:
        connection.request("GET", path, headers={"Cookie": cookies, "Accept-Encoding": "gzip"})
        answer = connection.getresponse()
        length = len(answer.read()) + len(str(answer.headers))
        connection.request("GET", path, headers={"Cookie": cookies})
        answer = connection.getresponse()
        if answer.status != http.client.OK:
            raise RuntimeError(f"{path} was answered with {answer.status}.")
        return answer.read().decode(errors="replace"), length


def browser() -> str:
    """The program that can play the phone; blank where there is none."""
    named = os.environ.get("AIMLINE_CHROMIUM", "").strip()
    return next((found for found in map(shutil.which, (named, *BROWSERS)) if found), "")


def opened(server: Served, form: Form, rounds: int = ROUNDS) -> Opened:
    """How long it takes on a slow phone: the middle of several times, nothing kept from one to the next."""
    at = f"http://127.0.0.1:{server.port}"
    with _chromium() as chromium:
        _open(chromium, at + form.path, form)
        ours = [_open(chromium, at + form.path, form) for _round in range(rounds)]
        least = [_open(chromium, f"{at}/healthz", form) for _round in range(rounds)]
    shown, usable = (statistics.median(several) for several in zip(*ours, strict=True))
    return Opened(shown, usable, statistics.median(shown for shown, _usable in least))


def _open(chromium: _Chromium, address: str, form: Form) -> tuple[float, float]:
    context = chromium.tell("Target.createBrowserContext")["browserContextId"]
    target = chromium.tell("Target.createTarget", url="about:blank", browserContextId=context)["targetId"]
    chromium.session = chromium.tell("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
    for room in ("Page", "Network", "Runtime"):
        chromium.tell(f"{room}.enable")
    chromium.tell("Emulation.setDeviceMetricsOverride", **PHONE)
    chromium.tell("Emulation.setCPUThrottlingRate", rate=PROCESSOR)
    speed = {"latency": THERE_AND_BACK, "downloadThroughput": DOWN, "uploadThroughput": UP}
    chromium.tell("Network.emulateNetworkConditions", offline=False, **speed)
    cookies = [{"name": name, "value": value, "url": address} for name, value in form.cookies.items()]
    chromium.tell("Network.setCookies", cookies=cookies)
    chromium.tell("Page.navigate", url=address)
    chromium.wait("Page.loadEventFired")
    told = chromium.tell("Runtime.evaluate", expression=_TIMES)["result"]["value"]
    chromium.session = ""
    chromium.tell("Target.disposeBrowserContext", browserContextId=context)
    shown, usable = json.loads(told)
    return shown, usable


class _Chromium:
    """A Chromium at the other end of two pipes: one line of JSON each way, ended by a zero byte."""

    def __init__(self, to: BinaryIO, back: BinaryIO) -> None:
        self.to, self.back = to, back
        self.count, self.session = 0, ""
        self.heard: list[str] = []

    def tell(self, method: str, **facts: Any) -> dict[str, Any]:
        self.count += 1
        asked = {"id": self.count, "method": method, "params": facts}
        self.to.write(
            json.dumps(asked | ({"sessionId": self.session} if self.session else {})).encode() + b"\0"
        )
        self.to.flush()
        self.heard = []
        while (told := self._next()).get("id") != self.count:
            self.heard.append(told.get("method", ""))
        if "error" in told:
            raise RuntimeError(f"{method}: {told['error']}")
        answer: dict[str, Any] = told["result"]
        return answer

    def wait(self, method: str) -> None:
        """Wait for an event that follows what was told last."""
        while method not in self.heard:
            self.heard.append(self._next().get("method", ""))

    def _next(self) -> dict[str, Any]:
        line = bytearray()
        while (byte := self.back.read(1)) != b"\0":
            if not byte:
                raise RuntimeError("The browser ended.")
            line += byte
        told: dict[str, Any] = json.loads(line)
        return told


@contextmanager
def _chromium() -> Iterator[_Chromium]:
    with tempfile.TemporaryDirectory(prefix="aimline-bench-", ignore_cleanup_errors=True) as folder:
        (take, to), (back, give) = os.pipe(), os.pipe()
        flags = [
            "--headless",
            "--no-first-run",
            "--disable-gpu",
            "--remote-debugging-pipe",
            f"--user-data-dir={folder}",
        ]
        # Chromium does not run as root otherwise.
        flags += ["--no-sandbox"] if os.geteuid() == 0 else []
        # It listens at 3 and answers at 4.
        words = ["sh", "-c", f'exec "$@" 3<&{take} 4>&{give}', "sh", browser(), *flags, "about:blank"]
        running = subprocess.Popen(
            words,
            pass_fds=(take, give),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        os.close(take)
        os.close(give)
        try:
            with os.fdopen(to, "wb") as sending, os.fdopen(back, "rb") as reading:
                yield _Chromium(sending, reading)
        finally:
            running.terminate()
            running.wait()
