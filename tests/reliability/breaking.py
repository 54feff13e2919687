"""Kills `aimline import` at random points and says what is left: run as a process of its own, over a home made for it.

    python -m tests.reliability.breaking FOLDER SEED 50       so many kills, spread over the kinds of files

A load is a forked process, so that fifty of them need not start fifty times. It counts its steps: each time it touches
a file of the home, and each statement before it is sent and after it was answered. At the one that was drawn it kills
itself, at once or a few milliseconds later, in the middle of whatever comes next: writing a batch, or a commit. What is
left is then held against what was there before, byte by byte, and once all is done the same load has to come in whole,
and again without a change. Prints one line of JSON: how many died, and everything that was found wrong.
"""

from __future__ import annotations

import hashlib
import json
import os
import random
import shutil
import signal
import sqlite3
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

import django

django.setup()

from django.conf import settings  # noqa: E402
from django.db import connection, connections  # noqa: E402

# Loaded here so that a forked load need not.
from aimline.cli import failures, imports, main  # noqa: E402, F401
from aimline.core import audit  # noqa: E402
from aimline.imports.oneroster.package import scratch  # noqa: E402
from aimline.people.operator import operator  # noqa: E402
from aimline.students import lake  # noqa: E402

FIXTURES = Path(__file__).resolve().parents[1] / "fixtures"
HOME = Path(settings.HOME)
DATABASE = HOME / "aimline.sqlite3"
LATEST = 0.04
POINTS = 'kind = "points"\n[fields]\nperiod = "Week"\nmeasure = { constant = "calm" }\nvalue = "Calm"\n'
MEASURE = '[[measures]]\ncode = "calm"\nname = "Calm"\nkind = "driver"\nbetter = "up"\nunit = "count"\n'
STUDENTS = 'kind = "students"\n[fields]\nstudent = "ID"\ngrade = "Grade"\nattribute.Race = "Race"\n'


@dataclass(frozen=True, slots=True)
class Ended:
    """How a load went: the steps it took, and how its process ended, below 0 by which signal."""

    steps: int
    code: int


def commands(folder: Path) -> dict[str, list[str]]:
    """One load of each kind of file."""
    weeks = "".join(f"2025-{week // 4 + 1:02}-{week % 4 * 7 + 1:02},{week}\n" for week in range(40))
    points = _table(folder / "calm", f"Week,Calm\n{weeks}", POINTS + MEASURE)
    rows = "".join(f"S{number:04},{number % 6},{'AB'[number % 2]}\n" for number in range(400))
    students = _table(folder / "students", f"ID,Grade,Race\n{rows}", STUDENTS)
    growth = FIXTURES / "vendor-assessments" / "MAP_Growth" / "sample_anonymized_file.csv"
    makes = ["--create-units", "school"]
    return {
        "oneroster": [str(FIXTURES / "oneroster" / "bulk.zip"), *makes],
        "edfi-xml": [str(FIXTURES / "grand-bend"), *makes],
        "assessments": [str(growth), "--mapping", "nwea-map-growth", "--students", "create", *makes],
        "students": students,
        "points": points,
        "case": [str(FIXTURES / "case" / "good-lessons.json")],
    }


def _table(path: Path, rows: str, mapping: str) -> list[str]:
    path.with_suffix(".csv").write_text(rows)
    path.with_suffix(".toml").write_text(mapping)
    return [str(path.with_suffix(".csv")), "--mapping", str(path.with_suffix(".toml"))]


class Steps:
    """Counts what a load does, and dies at the step that was drawn."""

    def __init__(self, last: int, later: float, report: str) -> None:
        self.taken, self._last, self._later = 0, last, later
        self._watched = (str(HOME), report)

    def take(self) -> None:
        self.taken += 1
        if self.taken == self._last:
            if self._later:
                threading.Thread(target=self._die_later, daemon=True).start()
            else:
                _die()

    def _die_later(self) -> None:
        time.sleep(self._later)
        _die()

    def heard(self, _event: str, facts: tuple[Any, ...]) -> None:
        """Hear what the interpreter tells of files."""
        if facts and isinstance(facts[0], str | os.PathLike) and str(facts[0]).startswith(self._watched):
            self.take()

    def asked(self, execute: Callable[..., Any], *words: Any) -> Any:
        """Stand around a statement to the database."""
        self.take()
        answer = execute(*words)
        self.take()
        return answer


def _die() -> NoReturn:
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError("still there")


def run(words: list[str], last: int = 0, later: float = 0) -> Ended:
    """Run a load in a process of its own; `last` is the step at which it is killed."""
    connections.close_all()
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        _load(words, Steps(last, later, words[-1]), writing)
    os.close(writing)
    with os.fdopen(reading) as told:
        steps = int(told.read() or 0)
    _child, status = os.waitpid(child, 0)
    return Ended(steps, os.waitstatus_to_exitcode(status))


def _load(words: list[str], steps: Steps, told: int) -> NoReturn:
    nothing = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(nothing, stream)
    sys.argv = ["aimline", *words]
    sys.addaudithook(steps.heard)
    connection.execute_wrappers.append(steps.asked)
    try:
        main.main()
    except SystemExit as ended:
        os.write(told, str(steps.taken).encode())
        os._exit(int(ended.code or 0))
    os._exit(70)


def rows() -> dict[str, int]:
    """How many rows each table of the database has, but for work that is asked for and is done or not."""
    with closing(sqlite3.connect(DATABASE)) as database:
        tables = [name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        return {
            name: database.execute(f'SELECT COUNT(*) FROM "{name}"').fetchone()[0]
            for name in tables
            if name != "core_job"
        }


def content() -> str:
    """A hash of everything the database says."""
    digest = hashlib.sha256()
    with closing(sqlite3.connect(DATABASE)) as database:
        for line in database.iterdump():
            digest.update(line.encode())
    return digest.hexdigest()


def files() -> set[str]:
    """What lies in the home, but for the database, logs, files without rows and what is lent to the engine."""
    # An empty folder of a table tells nothing; one of a package that was being unpacked should not be there.
    paths = (path for path in HOME.rglob("*") if path.is_file() or path.parent.name == "oneroster")
    found = {str(path.relative_to(HOME)) for path in paths}
    return {
        name
        for name in found
        if not name.startswith((DATABASE.name, "logs", "tmp/lake")) and "/none-" not in name
    }


def sweep() -> None:
    """What the next load does first."""
    with lake.writing(), scratch():
        pass
    connections.close_all()


@contextmanager
def kept(folder: Path) -> Iterator[None]:
    """Have the home afterwards as it was before."""
    connections.close_all()
    shutil.copytree(HOME, folder)
    yield
    connections.close_all()
    shutil.rmtree(HOME)
    shutil.move(folder, HOME)


class Breaking:
    """One kind of file: loaded whole to know how that looks, broken off many times, loaded whole."""

    def __init__(self, kind: str, words: list[str], folder: Path) -> None:
        self.kind, self.folder, self.report = kind, folder, folder / "report.json"
        self.words = ["import", kind, *words, "--json", str(self.report)]
        self.wrong: list[str] = []
        self.died = 0

    def begin(self) -> None:
        sweep()
        self.before, self.files_before, self.rows_before = content(), files(), rows()
        with kept(self.folder / "kept"):
            self.whole = run(self.words)
            self.totals = json.loads(self.report.read_text())["totals"]
            self.rows_after = rows()
        self.expect(self.whole.code in {0, 1} and self.totals["created"] > 0, "the load itself fails")

    def expect(self, holds: bool, words: str) -> None:
        if not holds:
            self.wrong.append(f"{self.kind}: {words}")

    def break_off(self, last: int, later: float) -> None:
        where = f"step {last} of {self.whole.steps}, {later * 1000:.1f} ms later"
        self.report.unlink(missing_ok=True)
        with kept(self.folder / "kept"):
            ended = run(self.words, last, later)
            self.died += ended.code == -signal.SIGKILL
            self.expect(not self.report.exists() or _is_json(self.report), f"half a report, {where}")
            self.expect(
                content() == self.before or rows() == self.rows_after,
                f"neither before nor after, {where}: {_differing(self.rows_before, rows())}",
            )
            came_in = rows() == self.rows_after
            sweep()
            left = files() - self.files_before
            self.expect(came_in or not left, f"left lying, {where}: {sorted(left)}")
            self._come_in(where, came_in=came_in)

    def _come_in(self, where: str, *, came_in: bool) -> None:
        self.report.unlink(missing_ok=True)
        ended = run(self.words)
        status = json.loads(self.report.read_text())["status"]
        self.expect(
            (ended.code, status) == (self.whole.code, "unchanged" if came_in else "loaded"),
            f"does not come in afterwards, {where}: {status}",
        )
        differing = _differing(rows(), self.rows_after)
        if came_in:
            # Of what was held already, it is written down that it was asked for again.
            differing.pop("core_auditentry", None)
        self.expect(not differing, f"not whole afterwards, {where}: {differing}")

    def finish(self) -> None:
        """Leave the load in, for the kinds that come after it; the same again changes nothing."""
        run(self.words)
        came_in = rows()
        again = run(self.words)
        status = json.loads(self.report.read_text())["status"]
        self.expect(came_in == self.rows_after, f"not whole: {_differing(came_in, self.rows_after)}")
        self.expect((again.code, status) == (self.whole.code, "unchanged"), f"again it is {status}")
        self.expect(_lying() == _spoken_of(), "files and catalogue differ")


def _is_json(path: Path) -> bool:
    try:
        json.loads(path.read_text())
    except ValueError:
        return False
    return True


def _differing(one: dict[str, int], other: dict[str, int]) -> dict[str, tuple[int, int]]:
    return {name: (one[name], other[name]) for name in one if one[name] != other.get(name)}


def _lying() -> set[str]:
    found = lake.address().folder.glob("*/*")
    return {f"{path.parent.name}/{path.name}" for path in found if not path.name.startswith("none-")}


def _spoken_of() -> set[str]:
    with closing(sqlite3.connect(DATABASE)) as database:
        return {path for (path,) in database.execute("SELECT path FROM students_batch")}


def break_all(folder: Path, seed: int, kills: int) -> dict[str, object]:
    dice, wrong, died = random.Random(seed), list[str](), 0
    operator()
    loads = commands(folder)
    for turn, (kind, words) in enumerate(loads.items()):
        breaking = Breaking(kind, words, folder)
        breaking.begin()
        # Who was done before the time was up is no kill, and another is drawn.
        while breaking.died < kills // len(loads) + (turn < kills % len(loads)):
            later = dice.choice([0, dice.uniform(0, LATEST)])
            breaking.break_off(dice.randint(1, breaking.whole.steps), later)
        breaking.finish()
        died, wrong = died + breaking.died, wrong + breaking.wrong
    return {"died": died, "wrong": wrong, "chain_whole": audit.verify().broken is None}


if __name__ == "__main__":
    outcome = break_all(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
    sys.stdout.write(json.dumps(outcome) + "\n")
