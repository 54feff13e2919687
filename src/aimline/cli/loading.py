"""What every load on the command line shares: its options, its report, its exit code, whose rights and which place."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from aimline.cli.people import unit_named
from aimline.cli.recounting import count_again
from aimline.core.errors import AimlineError
from aimline.imports.pipeline import Options, Outcome, words_for
from aimline.imports.refusals import BadMapping
from aimline.imports.report import Code, Report, Severity, Status
from aimline.org.models import Unit, UnitKind
from aimline.people.models import Person
from aimline.people.operator import operator

F = TypeVar("F", bound=Callable[..., Any])
SOME_REJECTED, REFUSED = 1, 3
# Problems shown on the terminal; the report has them all.
SHOWN = 20
KINDS = click.Choice([kind.value for kind in UnitKind])


def loading(command: F) -> F:
    """The options that every load understands."""
    options = [
        click.option("--dry-run", is_flag=True, help="The whole report; nothing is kept."),
        click.option(
            "--json", "json_to", metavar="FILE", help="Write the report as JSON; - is standard output."
        ),
        click.option("--strict", is_flag=True, help="One rejected record refuses the whole load."),
        click.option("--unit", metavar="CODE", help="The place the file belongs under (default: the root)."),
        click.option(
            "--source", metavar="NAME", default="", help="The system the file comes from, whose ids it uses."
        ),
        click.option(
            "--max-removals",
            type=click.FloatRange(0, 100),
            default=10,
            help="For bulk files: refuse to end more than this percentage of the active records (default 10).",
        ),
        click.option("--create-units", type=KINDS, help="Make units that are not held, of this kind."),
        click.option(
            "--students",
            type=click.Choice(["keep", "create", "reject"]),
            default="keep",
            help="For results of a student who is not held.",
        ),
        click.option(
            "--as", "as_", metavar="EMAIL", help="Load with this person's rights (default: the operator)."
        ),
    ]
    for option in reversed(options):
        command = option(command)
    return command


def run(kind: str, given: dict[str, Any], load: Callable[[Unit, Person, Options], Outcome]) -> int:
    json_to = given["json_to"]
    unit, person = unit_or_root(given["unit"]), person_named(given["as_"])
    options = Options(
        dry_run=given["dry_run"],
        strict=given["strict"],
        create_units=UnitKind(given["create_units"]) if given["create_units"] else None,
        source=given["source"],
        max_removals=given["max_removals"],
        students=given["students"],
        progress=_progress,
    )
    try:
        report = load(unit, person, options).report
    except BadMapping:
        raise
    except AimlineError:
        # A refusal by the guard: scripts get their report all the same.
        write_json(Report(kind, Status.REFUSED).close().as_json(), json_to)
        raise
    write_json(report.as_json(), json_to)
    _tell(report, err=json_to == "-")
    count_again(report.load, err=json_to == "-")
    if report.status == Status.REFUSED:
        return REFUSED
    return SOME_REJECTED if report.totals.rejected else 0


def _progress(line: int) -> None:
    if sys.stderr.isatty():
        click.echo(f"\r{line:,} lines read", nl=False, err=True)


def _tell(report: Report, *, err: bool) -> None:
    worst_first = sorted(report.problems, key=lambda problem: problem.severity == Severity.WARNING)
    for problem in worst_first[:SHOWN]:
        word = "warning" if problem.severity == Severity.WARNING else "not loaded"
        place = f"{problem.file}:{problem.line}" if problem.line else problem.file
        column = f" [{problem.column}]" if problem.column else ""
        value = f" “{problem.value}”" if problem.value else ""
        click.echo(f"{place}{column}{value} {problem.code}, {word}: {problem.message}", err=True)
    if Code.TOO_MANY_REMOVALS in report.counts:
        click.echo("The limit is --max-removals PERCENT.", err=True)
    more = sum(report.counts.values()) - min(len(report.problems), SHOWN)
    if more > 0:
        click.echo(f"… and {more:,} more problems. --json FILE writes them.", err=True)
    click.echo(words_for(report), err=err)
    if report.load:
        click.echo(f"Load {report.load}. To take it back: aimline import undo {report.load}", err=err)


def write_json(report: dict[str, Any], to: str | None) -> None:
    if not to:
        return
    text = json.dumps(report, indent=2, ensure_ascii=False)
    if to == "-":
        click.echo(text)
    else:
        _write_whole(Path(to), text + "\n")


def _write_whole(path: Path, text: str) -> None:
    """Write a file so that whoever reads it meanwhile, or after a break, never sees half of it."""
    if path.exists() and not path.is_file():
        # A pipe or a device cannot be put in another's place.
        path.write_text(text, encoding="utf-8")
        return
    draft = path.with_name(f".{path.name}.part")
    draft.write_text(text, encoding="utf-8")
    draft.replace(path)


def unit_or_root(code: str | None) -> Unit:
    if code:
        return unit_named(code)
    roots = list(Unit.objects.current().filter(parent=None)[:2])
    if len(roots) != 1:
        raise click.UsageError("There are several roots here. Say which one with --unit CODE.")
    return roots[0]


def person_named(email: str | None) -> Person:
    if not email:
        return operator()
    person = Person.objects.filter(email__iexact=email, is_active=True).first()
    if person is None:
        raise click.BadParameter(f"nobody here has the address {email}.", param_hint="--as")
    return person
