"""What `bench` measures of forms that come home: many devices that find a network again, all at once, and a bad one.

Each device sends its pictures and its forms as the page on a device does. Some forms are sent again although they
have arrived, some connections end before the receipt comes back, some in the middle of what is sent. A device tries
again until it has the receipt. In the end the home is asked what it holds: each form once, as it was sent.
"""

from __future__ import annotations

import hashlib
import http.client
import json
import struct
import threading
import time
import zlib
from contextlib import closing
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import numpy as np

from aimline.cli.bench_server import COME_UP, Served

DEVICES, FORMS, PICTURES = 50, 20, 2
# Of all forms and pictures: sent once more after the receipt; cut off before the receipt; cut off while being sent.
AGAIN, UNHEARD, BROKEN = 0.1, 0.1, 0.1
# A picture as a device makes it smaller: about 100 kB.
WIDE, HIGH = 360, 280
MOST_TRIES = 50
_BREAK = "--aimline-bench"
_ASK = """
import json, sys
from datetime import timedelta
from django.conf import settings
from django.test import Client
from aimline.access.actions import grants, people
from aimline.access.roles import Role
from aimline.core import clock
from aimline.instruments.actions import building, collecting
from aimline.org.models import Unit
from aimline.people.operator import operator
boss, unit, today = operator(), Unit.objects.get(), clock.today()
asked = building.take_up(unit, boss, key="classroom-observation")
facts = {"opens_on": today, "closes_on": today + timedelta(days=1), "promise": "named", "open_link": False}
made = collecting.plan(unit, boss, instrument=asked, name="Storm", **facts)
observers, sessions = [], []
for number in range(int(sys.argv[1])):
    observers.append(people.register(unit, boss, name=f"Observer {number}", title="Observer"))
    grants.grant(unit, boss, to=observers[-1], role=Role.TEACHER)
    browser = Client(SERVER_NAME="localhost")
    browser.force_login(observers[-1], settings.AUTHENTICATION_BACKENDS[0])
    sessions.append(browser.cookies[settings.SESSION_COOKIE_NAME].value)
made = collecting.open_collection(collecting.ask(made, boss, people=observers), boss)
print(json.dumps({"code": made.code, "cookie": settings.SESSION_COOKIE_NAME, "sessions": sessions}))
"""
_HELD = """
import json, sys
from aimline.instruments import taking
from aimline.instruments.models import Collection
made = Collection.objects.get(code=sys.argv[1])
for one in made.responses.order_by("about"):
    pictures = [taking.is_held(each) for each in taking.attached(made, one.answers)]
    print(json.dumps({"about": one.about, "done": bool(one.finished_on), "answers": one.answers, "held": pictures}))
"""


@dataclass
class Storm:
    """What was sent, how often it had to be tried, and what is held in the end."""

    forms: int = 0
    pictures: int = 0
    tries: int = 0
    cut: int = 0
    again: int = 0
    # Receipts that were not the same for the same form.
    unlike: int = 0
    refused: list[str] = field(default_factory=list)
    kept: int = 0
    doubled: int = 0
    lost: int = 0
    altered: int = 0
    seconds: float = 0.0
    waits: list[float] = field(default_factory=list)

    @property
    def is_whole(self) -> bool:
        return self.kept == self.forms and not (self.doubled or self.lost or self.altered or self.unlike)


@dataclass(frozen=True, slots=True)
class _Form:
    """One form with its pictures, as a device names and holds it."""

    submission: str
    about: str
    answers: dict[str, list[str]]
    pictures: tuple[bytes, ...]


def storm(server: Served, devices: int = DEVICES, forms: int = FORMS, pictures: int = PICTURES) -> Storm:
    """Let so many devices come home at once, each with so many forms, and see what is kept of them."""
    told = json.loads(server.told(_ASK, str(devices)))
    found = Storm()
    held = [[_filled(device, form, pictures) for form in range(forms)] for device in range(devices)]
    cookies = [f"{told['cookie']}={session}" for session in told["sessions"]]
    there = [_Device(server.port, told["code"], one, number, found) for number, one in enumerate(cookies)]
    for device in there:
        device.contact()
    begun = time.monotonic()
    homes = [
        threading.Thread(target=device.send_all, args=(mine,))
        for device, mine in zip(there, held, strict=True)
    ]
    for one in homes:
        one.start()
    for one in homes:
        one.join()
    found.seconds = time.monotonic() - begun
    _compare(found, [form for several in held for form in several], server.told(_HELD, told["code"]))
    return found


def _compare(found: Storm, sent: list[_Form], told: str) -> None:
    """Hold what the home has against what the devices sent."""
    rows = [json.loads(line) for line in told.splitlines()]
    found.forms, found.pictures = len(sent), sum(len(one.pictures) for one in sent)
    found.kept = sum(row["done"] for row in rows)
    for one in sent:
        mine = [row for row in rows if row["about"] == one.about]
        found.lost += not mine
        found.doubled += max(len(mine) - 1, 0)
        found.altered += any(not _is_as_sent(one, row) for row in mine)


def _is_as_sent(one: _Form, row: dict[str, Any]) -> bool:
    pictures = [hashlib.sha256(each).hexdigest() for each in one.pictures]
    wanted = {
        "minutes-explaining": float(one.answers["q.minutes-explaining"][0]),
        "keep": one.answers["q.keep"][0],
        **({"task-photo": pictures} if pictures else {}),
    }
    return bool(row["done"]) and row["answers"] == wanted and row["held"] == [True] * len(pictures)


def _filled(device: int, number: int, pictures: int) -> _Form:
    dice = np.random.default_rng([device, number])
    answers = {
        "q.minutes-explaining": [str(dice.integers(20))],
        "q.keep": [f"What device {device} saw, {number}"],
    }
    drawn = tuple(_picture(dice) for _each in range(pictures))
    return _Form(str(uuid4()), f"Room {device}-{number}", answers, drawn)


def _picture(dice: np.random.Generator) -> bytes:
    """A picture of noise, of which no two are the same."""
    lines = b"".join(b"\x00" + dice.bytes(WIDE) for _line in range(HIGH))
    head = struct.pack(">IIBBBBB", WIDE, HIGH, 8, 0, 0, 0, 0)
    parts = ((b"IHDR", head), (b"IDAT", zlib.compress(lines, 1)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        for kind, body in parts
    )


class _Device:
    """One device on a bad network. Nothing goes from it before the receipt came."""

    def __init__(self, port: int, code: str, cookies: str, number: int, found: Storm) -> None:
        self.port, self.path, self.cookies, self.found = port, f"/field/{code}/", cookies, found
        self.dice = np.random.default_rng(number)
        self.token = ""

    def send_all(self, forms: list[_Form]) -> None:
        for form in forms:
            held = [self._sent("pictures/", *_as_file(picture))["picture"] for picture in form.pictures]
            whole = {
                "submission": form.submission,
                "language": "en",
                "about": form.about,
                "answers": form.answers,
                "pictures": {"task-photo": held} if held else {},
            }
            kind, body = "application/json", json.dumps(whole).encode()
            first = self._sent("forms/", kind, body)
            if self.dice.random() < AGAIN:
                # The receipt was lost on the way, so it goes out once more.
                self.found.again += 1
                self.found.unlike += self._sent("forms/", kind, body) != first

    def contact(self) -> None:
        with closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=COME_UP)) as connection:
            connection.request("GET", "/field/contact/", headers={"Cookie": self.cookies})
            answer = connection.getresponse()
            self.token = json.loads(answer.read())["token"]
            given = [one.partition(";")[0] for one in answer.headers.get_all("Set-Cookie") or ()]
        self.cookies = "; ".join([self.cookies, *given])

    def _sent(self, where: str, kind: str, body: bytes) -> dict[str, object]:
        """Send until the receipt is here."""
        begun = time.monotonic()
        for _try in range(MOST_TRIES):
            self.found.tries += 1
            with closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=COME_UP)) as connection:
                told = self._tried(connection, where, kind, body)
            if told is not None:
                self.found.waits.append(time.monotonic() - begun)
                return told
        raise RuntimeError(f"{where} was not taken in {MOST_TRIES} tries.")

    def _tried(
        self, connection: http.client.HTTPConnection, where: str, kind: str, body: bytes
    ) -> dict[str, object] | None:
        fate = self.dice.random()
        is_broken, is_unheard = fate < BROKEN, BROKEN <= fate < BROKEN + UNHEARD
        connection.putrequest("POST", self.path + where)
        headers = {"Cookie": self.cookies, "X-CSRFToken": self.token, "Content-Type": kind}
        for name, value in {**headers, "Content-Length": str(len(body))}.items():
            connection.putheader(name, value)
        connection.endheaders(body[: len(body) // 2] if is_broken else body)
        if is_broken or is_unheard:
            self.found.cut += 1
            return None
        answer = connection.getresponse()
        told: dict[str, object] = json.loads(answer.read())
        if answer.status != http.client.OK:
            self.found.refused.append(f"{answer.status} {told.get('message', '')}")
            return None
        return told


def _as_file(picture: bytes) -> tuple[str, bytes]:
    """A picture as a browser sends a file."""
    head = 'Content-Disposition: form-data; name="picture"; filename="picture.png"\r\nContent-Type: image/png'
    body = f"{_BREAK}\r\n{head}\r\n\r\n".encode() + picture + f"\r\n{_BREAK}--\r\n".encode()
    return f"multipart/form-data; boundary={_BREAK[2:]}", body
