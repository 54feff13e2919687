"""Privacy: what is kept and why, one student's complete file, the end of it, and the proof."""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Iterable
from dataclasses import asdict
from datetime import date, datetime, timedelta
from pathlib import Path

import click

from aimline.cli import privacy_file
from aimline.cli.loading import person_named, unit_or_root
from aimline.config import environment
from aimline.core import clock, traces
from aimline.core.inventory import Entry
from aimline.imports import erasing
from aimline.imports.erasing import Outcome
from aimline.students import actions, personal
from aimline.students.inventory import everything, who_sees
from aimline.students.proving import Proof
from aimline.students.proving import prove as look_everywhere
from aimline.students.tables import TABLES
from aimline.students.tracing import Traced, trace

SOME_LEFT = 1
AS = click.option("--as", "as_", metavar="EMAIL", help="With this person's rights (default: the operator).")
SOURCE = click.option(
    "--source", metavar="NAME", default="", help="The source that gives this id, where several do."
)
COLUMNS = ("place", "table", "field", "class", "purpose", "kept", "where", "seen by")


@click.group(invoke_without_command=True)
@click.pass_context
def privacy(context: click.Context) -> None:
    """What is kept about people, and their rights to it; without a command, the inventory.

    Example: aimline privacy
    """
    if context.invoked_subcommand is None:
        context.invoke(inventory, format_="text")


@privacy.command()
@click.option(
    "--format", "format_", type=click.Choice(["text", "csv", "json"]), default="text", show_default=True
)
def inventory(format_: str) -> None:
    """List every field that is kept: how private, what for, how long, where it lies and who may see it.

    Example: aimline privacy inventory --format csv
    """
    rows = [_row(entry) for entry in everything()]
    if format_ == "json":
        click.echo(
            json.dumps([dict(zip(COLUMNS, row, strict=True)) for row in rows], indent=1, ensure_ascii=False)
        )
    elif format_ == "csv":
        csv.writer(sys.stdout, lineterminator="\n").writerows([COLUMNS, *rows])
    else:
        _tell_inventory(rows)


def _row(entry: Entry) -> tuple[str, ...]:
    privacy = str(entry.privacy or "")
    facts = (str(entry.purpose), str(entry.kept), entry.where, who_sees(entry))
    return (entry.place, entry.table, entry.field, privacy, *facts)


def _tell_inventory(rows: Iterable[tuple[str, ...]]) -> None:
    told = None
    for place, table, field, privacy, purpose, kept, where, seen in rows:
        if (place, table) != told:
            told = (place, table)
            click.echo(f"\n{place}: {table} ({where})\n  {purpose}\n  Kept: {kept}. Seen by: {seen}.")
        click.echo(f"    {field:<28} {privacy}")


@privacy.command("file")
@click.argument("student")
@SOURCE
@click.option(
    "--out", required=True, type=click.Path(dir_okay=False, path_type=Path), help="A .zip or a .json."
)
@AS
def give_file(student: str, source: str, out: Path, as_: str | None) -> None:
    """Put everything held about one student into a file: all rows, then and now, and who has read them.

    The zip holds a summary to read and one CSV for each kind of row. That it was made is kept in the audit log.

    Example: aimline privacy file 604822 --out 604822.zip
    """
    person, found = person_named(as_), trace(student, source)
    if not found.students:
        raise click.BadParameter(f"no source here knows a student {student}.", param_hint="STUDENT")
    unit = erasing.place_of(found, person)
    actions.give_file(unit, person, student=found, mark=found.mark)
    sought = traces.words(found.texts)
    elsewhere = list(traces.in_database(sought)) if sought else []
    sheets = privacy_file.sheets(found, elsewhere)
    privacy_file.write(out, found, sheets)
    click.echo(f"{out}: {sum(len(sheet.rows) for sheet in sheets)} rows in {len(sheets)} tables", err=True)


@privacy.command()
@click.argument("student", required=False)
@SOURCE
@click.option("--expired", is_flag=True, help="Everything past its years, instead of one student.")
@click.option(
    "--class",
    "tables",
    multiple=True,
    type=click.Choice(sorted(TABLES)),
    help="With --expired: this kind of row alone; may be given several times.",
)
@click.option(
    "--before",
    type=click.DateTime(["%Y-%m-%d"]),
    help="With --expired: what was over before this day, whatever its years.",
)
@click.option("--dry-run", is_flag=True, help="Say what would go. Nothing is removed.")
@click.option("--json", "as_json", is_flag=True, help="The outcome as JSON, to be kept as a certificate.")
@AS
def purge(
    student: str | None,
    source: str,
    expired: bool,
    tables: tuple[str, ...],
    before: datetime | None,
    dry_run: bool,
    as_json: bool,
    as_: str | None,
) -> int:
    """Remove one student, or all rows whose years are over, for good. This cannot be taken back.

    Backups made before still hold what was removed; the outcome says until when. Remove the student from the system
    that sends the rows first, or the next load brings them back.

    Example: aimline privacy purge 604822 --dry-run
    """
    if bool(student) == expired:
        raise click.UsageError("Name one student, or say --expired.")
    if not expired and (tables or before):
        raise click.UsageError("--class and --before go with --expired.")
    person = person_named(as_)
    if expired:
        days = _expiry(tables or tuple(TABLES), before.date() if before else None)
        outcome = erasing.erase_expired(unit_or_root(None), person, days, dry_run=dry_run)
        _tell_purge(outcome, None, dry_run=dry_run, as_json=as_json)
        return 0
    found = trace(str(student), source)
    outcome = erasing.erase_student(found, person, dry_run=dry_run)
    left = Proof() if dry_run else look_everywhere(found)
    _tell_purge(outcome, found, dry_run=dry_run, as_json=as_json, left=left)
    return SOME_LEFT if left.left or not outcome.wiped else 0


def _expiry(tables: tuple[str, ...], before: date | None) -> dict[str, date]:
    today = clock.today()
    return {name: before or _years_before(today, TABLES[name].years) for name in tables}


def _years_before(day: date, years: int) -> date:
    try:
        return day.replace(year=day.year - years)
    except ValueError:
        return day.replace(year=day.year - years, day=28)


def _tell_purge(
    outcome: Outcome, student: Traced | None, *, dry_run: bool, as_json: bool, left: Proof | None = None
) -> None:
    erased = outcome.erased
    facts: dict[str, object] = {
        "dry_run": dry_run,
        "at": clock.now().isoformat(timespec="seconds"),
        "rows": erased.rows,
        "rows_mended": erased.mended,
        "batches": erased.batches,
        "uploads": outcome.uploads,
        "reports": outcome.reports,
        "other_files": outcome.other_files,
        "left": [asdict(trace) for trace in left.found] if left else [],
        "backups_until": _backups_until().isoformat(),
    }
    if student:
        facts = {"mark": student.mark, **facts}
    if as_json:
        click.echo(json.dumps(facts, indent=1, ensure_ascii=False))
        return
    for source in student.sources if student else []:
        ids = ", ".join(sorted(id for key, id in student.students if key == source.pk.hex)) if student else ""
        click.echo(f"known to {source.name} ({source.unit.code}) as {ids}")
    word = "would be removed" if dry_run else "removed"
    click.echo(
        f"{erased.rows} rows in {erased.batches} batches {word}, {erased.mended} others mended; "
        f"{outcome.uploads} files that were sent, values in {outcome.reports} reports, "
        f"{outcome.other_files} other files."
    )
    if dry_run:
        return
    _tell_left(left)
    if not outcome.wiped:
        click.echo(
            "The database was busy, so pages it has freed are not wiped yet. Run the same again.", err=True
        )
    click.echo(
        f"Backups made before now still hold it. With yours kept as set, the last goes on {_backups_until()}."
    )


def _backups_until() -> date:
    return clock.today() + timedelta(days=environment.number("AIMLINE_BACKUP_DAYS", 35))


@privacy.command()
@click.argument("student")
@SOURCE
@click.option("--also", multiple=True, metavar="TEXT", help="Look for this too, a name for example.")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
@AS
def prove(student: str, source: str, also: tuple[str, ...], as_json: bool, as_: str | None) -> int:
    """Look for a student in everything that is held: the lake, the database, sent files, logs, scratch files.

    Prints how often in each place. Exits 0 when nothing is left, 1 when something is.

    Example: aimline privacy prove 604822 --also "Ada Abara"
    """
    found = trace(student, source)
    erasing.place_of(found, person_named(as_))
    proof = look_everywhere(found, also)
    erased = personal.erasures(found)
    if as_json:
        facts = {**asdict(proof), "left": proof.left, "erased": [at for at, _name in erased]}
        click.echo(json.dumps(facts, indent=1, ensure_ascii=False))
    else:
        for place, count in proof.searched.items():
            click.echo(f"{place}: {count}")
        _tell_left(proof)
        for at, name in erased:
            click.echo(f"A student of this id was removed on {at} by {name}.")
    return SOME_LEFT if proof.left else 0


def _tell_left(proof: Proof | None) -> None:
    if proof is None:
        return
    for trace_ in proof.found:
        click.echo(f"left in {trace_.place} {trace_.where}: {trace_.count}")
    for path in proof.sealed:
        click.echo(f"{path} is sealed and cannot be looked into.", err=True)
    if not proof.found:
        click.echo("Nothing is left.")
