"""The two commands that say whether a change may land: `test` and `check`. Both work on the checkout they lie in."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import click
from lxml import etree

from aimline.cli import home
from aimline.config import environment

ROOT = environment.ROOT
TESTS = ROOT / "tests"
JOURNEYS = TESTS / "journeys"
# A second database has nothing to say about these: they never touch one; or ask who may do what, which one rule decides
# in the same queries everywhere; or ask the lake, whose rows are files under either database.
WITHOUT_DATABASE = [
    TESTS / "analytics",
    TESTS / "shape",
    TESTS / "access" / "test_matrix.py",
    *(
        TESTS / "students" / f"test_{what}.py"
        for what in ("exports", "identities", "reviewing", "sight", "verdicts")
    ),
    *sorted((TESTS / "imports").glob("test_oneroster*.py")),
]
PROCESSES = max(2, min(4, os.cpu_count() or 2))
PYTEST = [sys.executable, "-m", "pytest", "-q"]
# What pytest itself answers with.
NO_TEST_RAN, COULD_NOT_BEGIN = 5, 4


@dataclass(slots=True)
class Tally:
    passed: int = 0
    failed: int = 0
    skipped: list[str] = field(default_factory=list)

    def add(self, report: Path) -> None:
        for case in etree.parse(report).iter("testcase"):
            kinds = {child.tag for child in case}
            if kinds & {"failure", "error"}:
                self.failed += 1
            elif "skipped" in kinds:
                reason = case.find("skipped").get("message")
                self.skipped.append(f"{case.get('classname')}.{case.get('name')}: {reason}")
            else:
                self.passed += 1


@dataclass(frozen=True, slots=True)
class Run:
    name: str
    words: tuple[str, ...]
    environment: tuple[tuple[str, str], ...] = ()
    # The exit code for a run that could not begin, where that is not a failure of the product.
    cannot_begin: int | None = None
    beside: bool = False


@click.command()
@click.option(
    "-k", "expression", metavar="EXPR", help="Only tests whose names fit, for example 'cycle and not demo'."
)
@click.argument("paths", nargs=-1)
def test(expression: str | None, paths: tuple[str, ...]) -> None:
    """Run the tests: all on SQLite, those that a database can change again on PostgreSQL, journeys in a browser.

    The server and the browser are started by the tests themselves. Needs a checkout.

    Example: aimline test -k sign_in tests/web
    """
    _expect_checkout()
    start, tally = time.monotonic(), Tally()
    chosen = [path if path.startswith("-") else str(Path(path).absolute()) for path in paths] or [str(TESTS)]
    runs = list(_runs(chosen, ["-k", expression] if expression else []))
    with tempfile.TemporaryDirectory(prefix="aimline-test-") as folder:
        reports = {run: Path(folder) / f"{number}.xml" for number, run in enumerate(runs)}
        # A browser waits much for its server, so it goes beside the others, and is shown after them.
        with _beside(runs.pop() if len(runs) > 1 and runs[-1].beside else None, reports) as finish:
            for run in runs:
                click.echo(f"--- {run.name}")
                _count(run, subprocess.call(**_call(run, reports[run])), reports[run], tally)
            finish(tally)
    for line in tally.skipped:
        click.echo(f"skipped: {line}")
    if not tally.passed + tally.failed:
        click.echo("aimline: no test fits.", err=True)
    click.echo(
        f"tests: {tally.passed} passed, {tally.failed} failed, {len(tally.skipped)} skipped"
        f" in {time.monotonic() - start:.0f} s"
    )
    sys.exit(0 if tally.passed and not tally.failed else 1)


def _expect_checkout() -> None:
    if not (TESTS / "conftest.py").exists():
        raise home.CannotRunHere("The tests come with a checkout of the sources, and this is not one.")


def _runs(chosen: list[str], options: list[str]) -> Iterable[Run]:
    inside, journeys = _split(chosen)
    spread = ["-n", str(PROCESSES), "--dist", "worksteal"] if chosen == [str(TESTS)] else []
    words = [*PYTEST, *options, *spread, f"--ignore={JOURNEYS}"]
    if inside:
        # With words of the person's own, it is those that did not fit.
        yield Run("SQLite", (*words, *inside), cannot_begin=2 if options or not spread else None)
    touching = [path for path in inside if not any(_lies_in(path, folder) for folder in WITHOUT_DATABASE)]
    if touching:
        left_out = [f"--ignore={folder}" for folder in WITHOUT_DATABASE]
        starter = [sys.executable, "-m", "tests.postgres"]
        yield Run("PostgreSQL", (*starter, *words, *left_out, "--only-database", *touching), cannot_begin=4)
    if journeys:
        program = (("AIMLINE_CHROMIUM", _browser()),)
        yield Run("browser", (*PYTEST, *options, *journeys), program, beside=True)


def _split(chosen: list[str]) -> tuple[list[str], list[str]]:
    """Return the paths to run without a browser, and those of journeys."""
    journeys = [path for path in chosen if _lies_in(path, JOURNEYS)]
    inside = [path for path in chosen if path not in journeys]
    if JOURNEYS.is_dir() and any(JOURNEYS.is_relative_to(path) for path in inside):
        journeys.append(str(JOURNEYS))
    return inside, journeys


def _lies_in(path: str, folder: Path) -> bool:
    return Path(path.partition("::")[0]).is_relative_to(folder)


def _browser() -> str:
    """Return the browser's program, installed if the machine allows it; the finder speaks for itself if not."""
    words = [sys.executable, "-m", "tests.chromium"]
    found = subprocess.run(
        words, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True, check=False
    )
    if found.returncode:
        sys.exit(found.returncode)
    return found.stdout.strip()


@contextmanager
def _beside(run: Run | None, reports: dict[Run, Path]) -> Iterator[Callable[[Tally], None]]:
    """Carry out one run beside what the block does; gives what waits for it, shows it and counts it."""
    if run is None:
        yield lambda tally: None
        return
    shown = reports[run].with_suffix(".txt")
    with (
        shown.open("w") as output,
        subprocess.Popen(**_call(run, reports[run]), stdout=output, stderr=subprocess.STDOUT) as process,
    ):

        def finish(tally: Tally) -> None:
            code = process.wait()
            click.echo(f"--- {run.name}")
            click.echo(shown.read_text(encoding="utf-8").rstrip())
            _count(run, code, reports[run], tally)

        try:
            yield finish
        finally:
            # As with Ctrl-C, so that it ends its server and its browser first.
            process.send_signal(signal.SIGINT)


def _call(run: Run, report: Path) -> dict[str, Any]:
    settings = {"AIMLINE_CHROMIUM": environment.text("AIMLINE_CHROMIUM"), **dict(run.environment)}
    return {
        "args": [*run.words, f"--junitxml={report}"],
        "cwd": ROOT,
        "stdin": subprocess.DEVNULL,
        "env": home.without_installation(**settings),
    }


def _count(run: Run, code: int, report: Path, tally: Tally) -> None:
    failed_before = tally.failed
    if code == COULD_NOT_BEGIN and run.cannot_begin is not None:
        sys.exit(run.cannot_begin)
    if report.exists():
        tally.add(report)
    # A run that broke off counts as a failure even where no single test did.
    if code not in {0, NO_TEST_RAN} and tally.failed == failed_before:
        tally.failed += 1


STEPS = {
    "lint": ["ruff", "check", "--quiet", "."],
    "format": ["ruff", "format", "--check", "--quiet", "."],
    "types": ["mypy", "--no-error-summary"],
    "floors": [str(Path(sys.executable).with_name("lint-imports"))],
    "migrations": ["django", "makemigrations", "--check", "--dry-run"],
    "messages": ["aimline.cli.main", "messages", "--check"],
}


@click.command()
def check() -> None:
    """Check style, types, floors, migrations and messages; one line each, and what was found.

    Example: aimline check
    """
    _expect_checkout()
    with tempfile.TemporaryDirectory(prefix="aimline-check-") as folder, ThreadPoolExecutor(2) as pool:
        outcomes = pool.map(lambda step: _try(step, folder), STEPS.values())
        fine = [_tell(name, outcome) for name, outcome in zip(STEPS, outcomes, strict=True)]
    sys.exit(0 if all(fine) else 1)


def _try(step: list[str], scratch: str) -> subprocess.CompletedProcess[str]:
    settings = {"AIMLINE_HOME": scratch, "DJANGO_SETTINGS_MODULE": "aimline.config.settings"}
    return subprocess.run(
        step if Path(step[0]).is_absolute() else [sys.executable, "-m", *step],
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env=home.without_installation(**settings),
        check=False,
    )


def _tell(name: str, outcome: subprocess.CompletedProcess[str]) -> bool:
    fine = outcome.returncode == 0
    click.echo(f"{'ok  ' if fine else 'FAIL'} {name}")
    if not fine:
        click.echo(outcome.stdout.rstrip())
    return fine
