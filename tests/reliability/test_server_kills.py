"""A server that is killed outright in the middle of answering: what it said is kept, is kept."""

from __future__ import annotations

import json
import os
import random
import signal
import sqlite3
import threading
import time
from pathlib import Path
from urllib.error import URLError
from urllib.request import Request, urlopen
from uuid import UUID

import pytest

from aimline.core.ids import uuid7
from tests.cli.test_serve import Running
from tests.homes import call

KILLS = 3
CLIENTS = 3


@pytest.fixture
def manned(home: Path, tmp_path: Path) -> Path:
    """A home with somebody in it who leads the district."""
    password = tmp_path / "password"
    password.write_text("a long walk along the pier", encoding="utf-8")
    words = ["--name", "Dana", "--role", "district_leader", "--unit", "PA", "--password-file", str(password)]
    call(home, "user", "create", "dana@example.org", *words).check_returncode()
    return home


def send(port: int, secret: str, unit: str, id: UUID) -> bool:
    """Form a team over the API; say whether the server acknowledged it."""
    body = json.dumps({"id": str(id), "unit_id": unit, "name": f"Team {id}", "kind": "plc"}).encode()
    headers = {"Authorization": f"Bearer {secret}", "Content-Type": "application/json"}
    try:
        with urlopen(Request(f"http://127.0.0.1:{port}/api/v1/teams", body, headers), timeout=10) as answer:
            return bool(answer.status == 201)
    except (URLError, OSError):
        return False


def write_until_killed(port: int, secret: str, unit: str, kept: list[UUID], stop: threading.Event) -> None:
    while not stop.is_set():
        id = uuid7()
        if send(port, secret, unit, id):
            kept.append(id)
        # A client whose answer got lost sends the same again.
        send(port, secret, unit, id)


def wait_until_up(port: int) -> None:
    # On a machine that is busy with other tests, several programs start slowly.
    deadline = time.monotonic() + 240
    while time.monotonic() < deadline:
        try:
            with urlopen(f"http://127.0.0.1:{port}/healthz", timeout=5):
                return
        except (URLError, OSError):
            time.sleep(0.1)
    raise AssertionError("the server did not come up")


def wait_for_more(kept: list[UUID], before: int) -> None:
    """Until a new server has acknowledged something; how soon that is depends on the machine."""
    deadline = time.monotonic() + 60
    while len(kept) == before:
        assert time.monotonic() < deadline, "the server acknowledged nothing"
        time.sleep(0.01)


def test_nothing_acknowledged_is_lost_when_the_server_is_killed(manned: Path) -> None:
    with sqlite3.connect(manned / "aimline.sqlite3") as database:
        ((unit,),) = database.execute("SELECT id FROM org_unit")
    secret = call(manned, "token", "create", "dana@example.org", "--label", "kills").stdout.strip()
    kept: list[UUID] = []
    dice = random.Random(KILLS)
    for _kill in range(KILLS):
        server, stop, before = Running(manned), threading.Event(), len(kept)
        wait_until_up(server.port)
        arguments = (server.port, secret, str(UUID(unit)), kept, stop)
        clients = [threading.Thread(target=write_until_killed, args=arguments) for _client in range(CLIENTS)]
        for client in clients:
            client.start()
        wait_for_more(kept, before)
        time.sleep(dice.uniform(0, 1.3))
        # Leaving the block waits for the process and closes what it wrote to.
        with server.process:
            os.killpg(server.process.pid, signal.SIGKILL)
        stop.set()
        for client in clients:
            client.join()
    with sqlite3.connect(manned / "aimline.sqlite3") as database:
        held = {UUID(id) for (id,) in database.execute("SELECT id FROM people_team")}
        named = [
            UUID(id)
            for (id,) in database.execute("SELECT record_id FROM core_auditentry WHERE act = 'form_team'")
        ]
    assert kept
    assert set(kept) <= held
    assert set(named) == held
    assert call(manned, "audit", "verify").returncode == 0
