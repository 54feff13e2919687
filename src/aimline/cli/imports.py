"""Loading files: one pipeline for every kind, with a report for people and one for programs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from uuid import UUID

import click

from aimline.access.rules import Act, allowed
from aimline.cli.loading import SOME_REJECTED, F, loading, person_named, run, write_json
from aimline.cli.recounting import count_again
from aimline.config import environment
from aimline.core.errors import Conflict
from aimline.imports.actions import loads
from aimline.imports.mapping import library
from aimline.imports.mapping.parse import parse_text
from aimline.imports.models import Load
from aimline.imports.oneroster.pull import RosterServer
from aimline.imports.pipeline import (
    Options,
    Outcome,
    load_case,
    load_edfi,
    load_edfi_api,
    load_oneroster,
    load_oneroster_api,
    load_table,
)
from aimline.imports.readers.servers import Account
from aimline.imports.refusals import BadMapping
from aimline.org.models import Unit
from aimline.people.models import Person
from aimline.people.operator import operator


@click.group("import")
def import_() -> None:
    """Load files, look at loads, take one back.

    Example: aimline import points scores.csv --mapping scores.toml --dry-run
    """


def _mapped(command: F) -> F:
    """What every load of a table takes: the file, and how its columns are read."""
    command = click.option(
        "--mapping",
        "-m",
        required=True,
        metavar="MAPPING",
        help="How the columns are read: a TOML file, or the name of a mapping that comes with Aimline.",
    )(loading(command))
    file = click.Path(exists=True, dir_okay=False, path_type=Path)
    return click.argument("file", type=file)(command)


def _load_table(kind: str, file: Path, mapping: str, options: dict[str, Any]) -> int:
    read = parse_text(_text(mapping), kind=kind)
    return run(kind, options, lambda unit, person, given: load_table(file, read, unit, person, given))


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
@loading
def import_oneroster(path: Path, **options: Any) -> int:
    """Load OneRoster 1.1 or 1.2, or School Data Sync: a zip, a folder or a file, bulk or delta.

    Example: aimline import oneroster roster.zip --create-units school
    """
    return run("oneroster", options, lambda unit, person, given: load_oneroster(path, unit, person, given))


@import_.command("oneroster-api")
@click.argument("url")
@click.option(
    "--token-url", metavar="URL", default="", help="Where tokens are given (default: /token there)."
)
@click.option(
    "--everything", is_flag=True, help="Read all there is again, not only what changed since the last load."
)
@loading
def import_oneroster_api(url: str, token_url: str, everything: bool, **options: Any) -> int:
    """Read a OneRoster 1.1 or 1.2 server: all there is, and from then on what changed. URL is its rostering service.

    The key and secret stand in AIMLINE_ONEROSTER_KEY and AIMLINE_ONEROSTER_SECRET. Nothing is written on the server.
    Records that it drops without saying so end with --everything.

    Example: aimline import oneroster-api https://sis.example.org/ims/oneroster/rostering/v1p2 --unit PA
    """
    key = environment.text("AIMLINE_ONEROSTER_KEY")
    secret = environment.text("AIMLINE_ONEROSTER_SECRET")
    if not (key and secret):
        raise click.UsageError(
            "Set AIMLINE_ONEROSTER_KEY and AIMLINE_ONEROSTER_SECRET to the key and secret of the server."
        )
    server = RosterServer(Account(url, key, secret), token_url)

    def load(unit: Unit, person: Person, given: Options) -> Outcome:
        return load_oneroster_api(server, unit, person, given, everything=everything)

    return run("oneroster-api", options, load)


@import_.command("edfi-xml")
@click.argument("path", type=click.Path(exists=True, path_type=Path))
@loading
def import_edfi(path: Path, **options: Any) -> int:
    """Load Ed-Fi interchange XML: a file, a folder or a zip.

    Kept are organisations, sessions, courses, sections, students, staff, where they belong, their groups and
    programs, attendance, discipline, assessments with their results, and surveys. Everything else is named in the
    report.

    Example: aimline import edfi-xml ./grand-bend --create-units school
    """
    return run("edfi-xml", options, lambda unit, person, given: load_edfi(path, unit, person, given))


@import_.command("edfi-api")
@click.argument("url")
@click.option(
    "--everything", is_flag=True, help="Read all there is again, not only what changed since the last load."
)
@loading
def import_edfi_api(url: str, everything: bool, **options: Any) -> int:
    """Read an Ed-Fi server (ODS API): all there is, and from then on what changed. URL has the discovery document.

    The key and secret stand in AIMLINE_EDFI_KEY and AIMLINE_EDFI_SECRET. Nothing is written on the server.

    Example: aimline import edfi-api https://edfi.example.org/api --unit PA --source sis
    """
    account = Account(url, environment.text("AIMLINE_EDFI_KEY"), environment.text("AIMLINE_EDFI_SECRET"))
    if not (account.key and account.secret):
        raise click.UsageError(
            "Set AIMLINE_EDFI_KEY and AIMLINE_EDFI_SECRET to the key and secret of the server."
        )

    def load(unit: Unit, person: Person, given: Options) -> Outcome:
        return load_edfi_api(account, unit, person, given, everything=everything)

    return run("edfi-api", options, load)


@import_.command("case")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--title", metavar="TEXT", default="", help="For a CSV, which names no framework: what it is called."
)
@loading
def import_case(file: Path, title: str, **options: Any) -> int:
    """Load standards, a framework or rubrics: a CASE package (JSON), or OpenSALT's CSV or Excel table.

    Example: aimline import case ela.csv --title "English language arts"
    """
    return run("case", options, lambda unit, person, given: load_case(file, unit, person, given, title))


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
    write_json(_load(id).report, json_to)


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
