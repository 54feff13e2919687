"""Writing what is held to files."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from aimline.cli.loading import person_named, unit_or_root
from aimline.org.models import Unit
from aimline.people.models import Person
from aimline.reports.actions import ask_for
from aimline.reports.exports import EXPORTS
from aimline.reports.tables import FORMATS
from aimline.reports.wishes import Audience, Noun

EVERYTHING = "everything"


@click.command()
@click.argument("noun", type=click.Choice([*Noun.values, EVERYTHING]))
@click.option("--format", "format_", type=click.Choice(list(FORMATS)), default="csv", show_default=True)
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    help="Where it goes (default: standard output); a folder for everything.",
)
@click.option(
    "--audience",
    type=click.Choice(Audience.values),
    default=Audience.PUBLIC.value,
    show_default=True,
    help="public hides small groups and holds no students; inside gives what is held, and is logged.",
)
@click.option(
    "--purpose", metavar="TEXT", default="", help="What a file of students' rows is for; kept in the log."
)
@click.option("--include-ended", is_flag=True, help="What has ended too.")
@click.option("--unit", metavar="CODE", help="Of this place and those below it (default: the root).")
@click.option("--as", "as_", metavar="EMAIL", help="With this person's rights (default: the operator).")
def export(
    noun: str,
    format_: str,
    out: Path | None,
    audience: str,
    **asked: Any,
) -> None:
    """Write one kind of record to a file, or everything to a folder of CSV files.

    Example: aimline export points --out points.csv
    """
    place, person = unit_or_root(asked.pop("unit")), person_named(asked.pop("as_"))
    facts = {"audience": Audience(audience), **asked}
    if noun != EVERYTHING:
        _write(Noun(noun), place, person, format_, out, facts)
        return
    if out is None:
        raise click.UsageError("Say which folder with --out FOLDER.")
    out.mkdir(parents=True, exist_ok=True)
    left_out = [each for each in Noun if audience == Audience.PUBLIC and not EXPORTS[each].is_public]
    for each in Noun:
        if each not in left_out:
            _write(each, place, person, format_, out / f"{each.value}.{format_}", facts)
    if left_out:
        nouns = ", ".join(left_out)
        click.echo(f"Left out, because they hold rows about single students: {nouns}.", err=True)


def _write(
    noun: Noun, unit: Unit, person: Person, format_: str, out: Path | None, facts: dict[str, Any]
) -> None:
    wish = ask_for(unit, person, noun=noun, **facts)
    table = EXPORTS[noun]
    if out is None:
        FORMATS[format_](table.columns, table.rows(wish), sys.stdout.buffer)
        return
    # Written beside and moved into place: a reader never sees half a file.
    draft = out.with_name(f".{out.name}.part")
    try:
        with draft.open("wb") as file:
            FORMATS[format_](table.columns, table.rows(wish), file)
        draft.replace(out)
    finally:
        draft.unlink(missing_ok=True)
    click.echo(f"{out}", err=True)
