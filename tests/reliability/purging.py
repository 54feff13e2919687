"""Kills purges at random moments and says what is left: run as a process of its own, over a home made for it.

    python -m tests.reliability.purging 4           so many rounds
    python -m tests.reliability.purging erase ID    what is killed

Each round loads one student anew, has another process erase them, kills that at some moment and looks: either every
row is there, or none. Then the same is asked again and has to finish. Prints one line of JSON.
"""

from __future__ import annotations

import json
import random
import subprocess
import sys
import time

import django

django.setup()

import polars as pl  # noqa: E402
from django.db import transaction  # noqa: E402

from aimline.core import audit  # noqa: E402
from aimline.core.ids import uuid7  # noqa: E402
from aimline.imports import erasing  # noqa: E402
from aimline.org.models import Unit  # noqa: E402
from aimline.people.operator import operator  # noqa: E402
from aimline.students import actions, keeping, lake  # noqa: E402
from aimline.students.keeping import Part  # noqa: E402
from aimline.students.models import Batch  # noqa: E402
from aimline.students.proving import prove  # noqa: E402
from aimline.students.tables import TABLES  # noqa: E402
from aimline.students.tracing import trace, versions  # noqa: E402

ROWS = 40


def load(student: str) -> None:
    """Load a student and a classmate, with marks and absences."""
    unit, boss = Unit.objects.get(), operator()
    ids = [student, f"mate-{student}"]
    marks = [{"id": f"{id}-{number}", "student": id} for id in ids for number in range(ROWS)]
    parts = [("people", [{"id": id} for id in ids]), ("results", marks)]
    with lake.writing(), transaction.atomic():
        source = actions.know_source(unit, boss, name="sis")
        kept = keeping.compare(source, [_part(*each) for each in parts], {}, unit)
        actions.keep_rows(source, boss, kept=kept, load_id=uuid7())


def _part(table: str, rows: list[dict[str, str]]) -> Part:
    return Part(table, table, pl.DataFrame(rows).with_row_index("record"), f"{table}.csv", table)


def held(student: str) -> int:
    """Count the rows the catalogue knows."""
    about = {"people": "id", "results": "student"}
    counts = [
        versions(TABLES[name]).filter(pl.col(field) == student).collect().height
        for name, field in about.items()
    ]
    return sum(counts)


def erase(student: str) -> None:
    """Erase a student, and say when that begins and when it is done."""
    sys.stdout.write("begin\n")
    sys.stdout.flush()
    erasing.erase_student(trace(student), operator())
    sys.stdout.write("done\n")
    sys.stdout.flush()


def start(student: str) -> subprocess.Popen[str]:
    words = [sys.executable, "-m", "tests.reliability.purging", "erase", student]
    child = subprocess.Popen(words, stdout=subprocess.PIPE, text=True)
    assert child.stdout is not None
    child.stdout.readline()
    return child


def pace() -> float:
    """Measure how long a purge takes on this machine, from begin to done."""
    load("600000")
    child = start("600000")
    begun = time.monotonic()
    child.communicate()
    return time.monotonic() - begun


def main(rounds: int) -> None:
    dice, outcome = random.Random(rounds), {"half": 0, "left": 0, "lost": 0, "strays": 0}
    usual = pace()
    for number in range(1, rounds + 1):
        student = f"{600000 + number}"
        load(student)
        child = start(student)
        time.sleep(dice.uniform(0, usual))
        child.kill()
        child.communicate()
        outcome["half"] += held(student) not in {0, ROWS + 1}
        erasing.erase_student(trace(student), operator())
        outcome["left"] += prove(trace(student)).left
        outcome["lost"] += held(f"mate-{student}") != ROWS + 1
    folder = lake.address().folder
    lying = {
        str(path.relative_to(folder)) for path in folder.glob("*/*") if not path.name.startswith("none-")
    }
    outcome["strays"] = len(lying ^ set(Batch.objects.values_list("path", flat=True)))
    sys.stdout.write(json.dumps({**outcome, "chain_whole": audit.verify().broken is None}) + "\n")


if __name__ == "__main__":
    if sys.argv[1] == "erase":
        erase(sys.argv[2])
    else:
        main(int(sys.argv[1]))
