"""Loading files: one pipeline for every kind, with a report for people and one for programs."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar
from uuid import UUID

import click

from aimline.access.rules import Act, allowed
from aimline.cli.people import unit_named
from aimline.cli.recounting import count_again
from aimline.core.errors import AimlineError, Conflict
from aimline.imports.actions import loads
from aimline.imports.mapping import library
from aimline.imports.mapping.parse import parse_text
from aimline.imports.models import Load
from aimline.imports.pipeline import Options, Outcome, load_case, load_edfi, load_oneroster, load_table, words_for
from aimline.imports.refusals import BadMapping
from aimline.imports.report import Report, Severity, Status
from aimline.org.models import Unit, UnitKind
from aimline.people.models import Person
from aimline.people.operator import operator

F = TypeVar("F", bound=Callable[..., Any])
SOME_REJECTED, REFUSED = 1, 3
# Problems shown on the terminal; the report has them all.
SHOWN = 20
KINDS = click.Choice([kind.value for kind in UnitKind])


@click.group("import")
def import_() -> None:
    """Load files, look at loads, take one back.

    Example: aimline import points scores.csv --mapping scores.toml --dry-run
    """


def _loading(command: F) -> F:
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


def _mapped(command: F) -> F:
    """What every load of a table takes: the file, and how its columns are read."""
    command = click.option(
        "--mapping",
        "-m",
        required=True,
        metavar="MAPPING",
        help="How the columns are read: a TOML file, or the name of a mapping that comes with Aimline.",
    )(_loading(command))
    file = click.Path(exists=True, dir_okay=False, path_type=Path)
    return click.argument("file", type=file)(command)


def _load_table(kind: str, file: Path, mapping: str, options: dict[str, Any]) -> int:
    read = parse_text(_text(mapping), kind=kind)
    return _run(kind, options, lambda unit, person, given: load_table(file, read, unit, person, given))


@import_.command("points")
@_mapped
def import_points(file: Path, mapping: str, **options: Any) -> int:
    """Load points of measures from a CSV, TSV, fixed width or Excel file.

    Example: aimline import points math.csv --mapping nyc-math.toml --create-units school
    """
    return _load_table("points", file, mapping, options)


@import_.command("assessments")
@_mapped
def import_assessments(file: Path, mapping: str, **options: Any) -> int:
    """Load results of assessments, student by student, from a CSV, TSV, fixed width or Excel file.

    `aimline import mappings` names the vendors whose files can be read without a mapping of your own.

    Example: aimline import assessments fall.csv --mapping nwea-map-growth --unit PA
    """
    return _load_table("assessments", file, mapping, options)


@import_.command("students")
@_mapped
def import_students(file: Path, mapping: str, **options: Any) -> int:
    """Load a list of students, with their school, grade and groups, from a CSV, TSV, fixed width or Excel file.

    Example: aimline import students roster.xlsx --mapping roster.toml --unit PA --source sis
    """
    return _load_table("students", file, mapping, options)


@import_.command("mappings")
@click.argument("name", required=False)
def list_mappings(name: str | None) -> None:
    """List the mappings that come with Aimline: name, kind, whose files. With NAME, print that one, to change it.

    Example: aimline import mappings nwea-map-growth > ours.toml
    """
    if name:
        click.echo(_text(name), nl=False)
        return
    for each in library.names():
        mapping = library.mapping(each)
        click.echo(f"{each}\t{mapping.kind}\t{mapping.name}")


@import_.command("oneroster")
@click.argument("path", type=click.Path(exists=True, path_type=Path))
@_loading
def import_oneroster(path: Path, **options: Any) -> int:
    """Load OneRoster 1.1 or 1.2, or School Data Sync: a zip, a folder or a file, bulk or delta.

    Example: aimline import oneroster roster.zip --create-units school
    """
    return _run("oneroster", options, lambda unit, person, given: load_oneroster(path, unit, person, given))


@import_.command("edfi-xml")
@click.argument("path", type=click.Path(exists=True, path_type=Path))
@_loading
def import_edfi(path: Path, **options: Any) -> int:
    """Load Ed-Fi interchange XML: a file, a folder or a zip.

    Kept today: districts and schools, sessions, and attendance events as weekly rates.

    Example: aimline import edfi-xml ./grand-bend --create-units school
    """
    return _run("edfi-xml", options, lambda unit, person, given: load_edfi(path, unit, person, given))


@import_.command("case")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--title", metavar="TEXT", default="", help="For a CSV, which names no framework: what it is called."
)
@_loading
def import_case(file: Path, title: str, **options: Any) -> int:
    """Load standards, a framework or rubrics: a CASE package (JSON), or OpenSALT's CSV or Excel table.

    Example: aimline import case ela.csv --title "English language arts"
    """
    return _run("case", options, lambda unit, person, given: load_case(file, unit, person, given, title))


@import_.command("list")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
def list_loads(as_json: bool) -> None:
    """List the loads that are held, newest first: id, day, state, kind, unit, new, changed, rejected, file.

    Example: aimline import list
    """
    rows = [_facts(load) for load in Load.objects.select_related("unit")]
    if as_json:
        click.echo(json.dumps(rows, indent=2, ensure_ascii=False))
        return
    for row in rows:
        click.echo("\t".join(str(value) for value in row.values()))


@import_.command("show")
@click.argument("id", type=click.UUID)
@click.option(
    "--json", "json_to", metavar="FILE", default="-", show_default=True, help="Where the report goes."
)
def show(id: UUID, json_to: str) -> None:
    """Give the report of one load again.

    Example: aimline import show 01920f3c-7a5e-7c11-9a43-2f7c1d2b8e90
    """
    _write_json(_load(id).report, json_to)


@import_.command("undo")
@click.argument("id", type=click.UUID)
@click.option("--as", "as_", metavar="EMAIL", help="With this person's rights (default: the operator).")
def undo(id: UUID, as_: str | None) -> int:
    """Take a load back as one piece, for 30 days after it. What was changed since stays, and is counted.

    Example: aimline import undo 01920f3c-7a5e-7c11-9a43-2f7c1d2b8e90
    """
    undone = loads.undo(_load(id), person_named(as_)).report["undone"]
    click.echo(
        f"{undone['removed']} records removed, {undone['restored']} put back as they were, "
        f"{undone['kept']} kept because they were changed since, "
        f"{undone['kept_others']} other records kept because they are used."
    )
    count_again(str(id))
    return SOME_REJECTED if undone["kept"] else 0


def _run(kind: str, given: dict[str, Any], load: Callable[[Unit, Person, Options], Outcome]) -> int:
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
        _write_json(Report(kind, Status.REFUSED).close().as_json(), json_to)
        raise
    _write_json(report.as_json(), json_to)
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
    more = sum(report.counts.values()) - min(len(report.problems), SHOWN)
    if more > 0:
        click.echo(f"… and {more:,} more problems. --json FILE writes them.", err=True)
    click.echo(words_for(report), err=err)
    if report.load:
        click.echo(f"Load {report.load}. To take it back: aimline import undo {report.load}", err=err)


def _write_json(report: dict[str, Any], to: str | None) -> None:
    if not to:
        return
    text = json.dumps(report, indent=2, ensure_ascii=False)
    if to == "-":
        click.echo(text)
    else:
        Path(to).write_text(text + "\n", encoding="utf-8")


def _text(mapping: str) -> str:
    """The text of a mapping: a file, or one that comes with the platform."""
    path = Path(mapping)
    if not path.is_file():
        found = library.text_of(mapping)
        if found is None:
            raise BadMapping(
                f"There is no file {mapping}, and no mapping of that name comes with Aimline. "
                "`aimline import mappings` lists those that do."
            )
        return found
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadMapping("The mapping file is not UTF-8 text.") from error


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


def _load(id: UUID) -> Load:
    load = allowed(operator(), Act.IMPORT, Load.objects.select_related("unit")).filter(pk=id).first()
    if load is None:
        raise Conflict(
            f"There is no load {id} here. `aimline import list` shows those there are.", code="not_found"
        )
    return load


def _facts(load: Load) -> dict[str, Any]:
    totals = load.report["totals"]
    return {
        "id": str(load.pk),
        "at": load.created_at.isoformat(timespec="seconds"),
        "status": load.status,
        "kind": load.kind,
        "unit": load.unit.code,
        "created": totals["created"],
        "updated": totals["updated"],
        "rejected": totals["rejected"],
        "file": load.file_name,
    }
