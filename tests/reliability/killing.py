"""Kills writers at random moments and says what is left: run as a process of its own, over a home made for it.

    python -m tests.reliability.killing writes 30       people form teams; each is acknowledged once committed
    python -m tests.reliability.killing loads 20        a file of points is loaded whole, again and again

Each kill is a SIGKILL of a forked writer. Prints one line of JSON: what was acknowledged, what was lost, doubled or
half done, and whether the audit chain is whole.
"""

from __future__ import annotations

import json
import os
import random
import select
import signal
import sys
import time
from collections.abc import Callable
from datetime import date, timedelta
from uuid import UUID

import django

django.setup()

from django.db import connections, transaction  # noqa: E402

from aimline.access.actions import people  # noqa: E402
from aimline.core import audit  # noqa: E402
from aimline.core.ids import uuid7  # noqa: E402
from aimline.core.models import AuditEntry  # noqa: E402
from aimline.measures.actions import define_measure, load_points  # noqa: E402
from aimline.measures.models import Measure, MeasureKind, Point  # noqa: E402
from aimline.measures.points import PointRow  # noqa: E402
from aimline.org.models import Unit  # noqa: E402
from aimline.people.models import Team, TeamKind  # noqa: E402
from aimline.people.operator import operator  # noqa: E402

POINTS_A_LOAD = 400
Write = Callable[[Callable[[str], None]], None]


def write_teams(acknowledge: Callable[[str], None]) -> None:
    unit, boss = Unit.objects.get(), operator()
    while True:
        id = uuid7()
        # Every write is sent twice, as by a client whose answer got lost.
        for _try in range(2):
            people.form_team(unit, boss, name=f"Team {id}", kind=TeamKind.PLC, id=id)
        acknowledge(str(id))


def write_loads(acknowledge: Callable[[str], None]) -> None:
    unit, boss = Unit.objects.get(), operator()
    while True:
        code = f"m{uuid7()}"
        with transaction.atomic():
            measure = define_measure(unit, boss, code=code, name=code, kind=MeasureKind.DRIVER)
            load_points(unit, boss, rows=list(points(unit, measure)))
        acknowledge(code)


def points(unit: Unit, measure: Measure) -> list[PointRow]:
    days = [date(2024, 1, 1) + timedelta(days=offset) for offset in range(POINTS_A_LOAD)]
    return [
        PointRow(unit=unit, measure=measure, period=day.isoformat(), numerator=80, denominator=100)
        for day in days
    ]


def fork(write: Write) -> tuple[int, int]:
    """Fork a writer; return its process and the end of the pipe that tells what it acknowledged."""
    connections.close_all()
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        write(lambda word: os.write(writing, f"{word}\n".encode()) and None)
        os._exit(1)
    os.close(writing)
    return child, reading


def kill(child: int, reading: int) -> list[str]:
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    with os.fdopen(reading) as told:
        # A line without its end was cut off before the acknowledgement was out.
        return [line.strip() for line in told if line.endswith("\n")]


def pace(write: Write) -> tuple[float, list[str]]:
    """Measure how long the first write of a new process takes on this machine."""
    begun = time.monotonic()
    child, reading = fork(write)
    select.select([reading], [], [])
    return time.monotonic() - begun, kill(child, reading)


def look_at_teams(acknowledged: list[str]) -> dict[str, int]:
    held = set(Team.objects.values_list("pk", flat=True))
    audited = list(AuditEntry.objects.filter(act="form_team").values_list("record_id", flat=True))
    return {
        "lost": len({UUID(id) for id in acknowledged} - held),
        # Made without a trace, or a trace of what was not made.
        "half": len(held ^ set(audited)),
        "doubled": Team.objects.count() - len(held),
    }


def look_at_loads(acknowledged: list[str]) -> dict[str, int]:
    counts = {
        code: Point.objects.filter(series__measure__code=code).count()
        for code in Measure.objects.values_list("code", flat=True)
    }
    return {
        "lost": len(set(acknowledged) - set(counts)),
        "half": sum(count != POINTS_A_LOAD for count in counts.values()),
        "doubled": 0,
    }


def main(kind: str, kills: int) -> None:
    write, look = {
        "writes": (write_teams, look_at_teams),
        "loads": (write_loads, look_at_loads),
    }[kind]
    dice = random.Random(kills)
    operator()
    one, acknowledged = pace(write)
    for _kill in range(kills):
        child, reading = fork(write)
        time.sleep(dice.uniform(0.1, 2.5) * one)
        acknowledged += kill(child, reading)
    verification = audit.verify()
    outcome = {"kills": kills, "acknowledged": len(acknowledged), "chain_whole": verification.broken is None}
    sys.stdout.write(json.dumps({**outcome, **look(acknowledged)}) + "\n")


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
