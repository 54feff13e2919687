"""`aimline attack`: what an outsider can work out from the points that are out."""

from __future__ import annotations

import json
import math
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any

import click

from aimline.access.rules import Act, allowed
from aimline.cli.analyze.tables import Table, read
from aimline.cli.attack_tables import Cell, Finding, Kind, Tables, Told, findings
from aimline.cli.loading import person_named, unit_or_root
from aimline.measures.disclosure import BAND, released_measures
from aimline.measures.frames import lines
from aimline.measures.models import Measure, Scale, Series
from aimline.measures.release_tables import CROSSED, groups_of
from aimline.org.models import Unit
from aimline.reports.exports import EXPORTS
from aimline.reports.wishes import Audience, Noun, Wish

_CHUNK = 100
_NUMBERS = ("n", "numerator", "denominator", "value")


@click.command()
@click.argument("files", nargs=-1, type=click.Path(path_type=Path, dir_okay=False))
@click.option(
    "--units", "places", type=click.Path(path_type=Path, dir_okay=False), help="Units, as exported."
)
@click.option("--unit", metavar="CODE", help="Of this place and those below it (default: the root).")
@click.option("--as", "as_", metavar="EMAIL", help="As this person sees it, instead of the public.")
@click.option(
    "--json", "json_", type=click.Path(path_type=Path, allow_dash=True), help="File for what was found."
)
def attack(
    files: tuple[Path, ...], places: Path | None, unit: str | None, as_: str | None, json_: Path | None
) -> None:
    """Try to work out hidden numbers from what is out; exit 1 when one can be.

    Without FILES, what the public can export now is attacked, and each conclusion is held against what is held. With
    FILES, points as they were exported, oldest first: each by itself, and what changed from one to the next.

    Example: aimline attack january.csv february.csv --units units.csv --json found.json
    """
    if files and (places is None or unit or as_):
        raise click.UsageError("With files, say which --units they are of, and nothing else.")
    if places and not files:
        raise click.UsageError("--units goes with files of points.")
    if files and places:
        found, tables = _of_files(files, places)
    else:
        found, tables = _of_home(unit_or_root(unit), as_)
    _tell(found, tables, json_)
    if found:
        raise click.exceptions.Exit(1)


def _tell(found: Sequence[Finding], tables: Sequence[Tables], json_: Path | None) -> None:
    cells = [told for one in tables for told in one.values()]
    hidden = sum(math.isnan(told.students) for told in cells)
    counts = {kind.value: sum(each.kind is kind for each in found) for kind in Kind}
    for each in found:
        click.echo(_sentence(each), err=str(json_) == "-")
    click.echo(f"{len(cells)} cells, {hidden} of them hidden; {len(found)} leaks.", err=True)
    if json_ is not None:
        facts = {
            "cells": len(cells),
            "hidden": hidden,
            "counts": counts,
            "found": [_facts(each) for each in found],
        }
        text = json.dumps(facts, indent=2, ensure_ascii=False) + "\n"
        sys.stdout.write(text) if str(json_) == "-" else json_.write_text(text, encoding="utf-8")


def _facts(found: Finding) -> dict[str, Any]:
    cell = found.cell
    place = {"unit": cell.path[-1], "measure": cell.measure, "group": cell.group, "period": cell.period}
    return {"kind": found.kind, **place, "what": found.what, "low": found.low, "high": found.high}


def _sentence(found: Finding) -> str:
    cell = found.cell
    where = f"{cell.measure}, {cell.path[-1]}, {cell.group}, {cell.period}"
    of = {"students": "students", "yes": "students counted", "no": "students not counted"}[found.what]
    return {
        Kind.RECOVERED: f"{where}: {found.low:g} {of} can be worked out.",
        Kind.NARROW: f"{where}: {found.low:g} to {found.high:g} {of} can be worked out.",
        Kind.CERTAIN: f"{where}: 0 {of}, so the same is known of each student.",
        Kind.CHANGED: f"{where}: changed by {found.low:g} students from one release to the next.",
    }[found.kind]


def _of_files(files: Sequence[Path], places: Path) -> tuple[list[Finding], list[Tables]]:
    named = _rows(read(places), "code", "parent")
    parents = {row["code"]: row["parent"] for row in named}
    tables: list[Tables] = []
    for file in files:
        table = read(file)
        words = _rows(table, "unit", "measure", "group", "period", "flag")
        has_names = "dimension" in table.frame.columns
        dimensions = [word or "" for word in table.text("dimension")] if has_names else [""] * len(table)
        numbers = zip(*(table.numbers(name) for name in _NUMBERS), strict=True)
        tables.append(dict(_cells(zip(words, dimensions, numbers, strict=True), parents)))
    return findings(tables), tables


def _rows(table: Table, *names: str) -> list[dict[str, str]]:
    columns = [[word or "" for word in table.text(name)] for name in names]
    return [dict(zip(names, row, strict=True)) for row in zip(*columns, strict=True)]


def _of_home(root: Unit, email: str | None) -> tuple[list[Finding], list[Tables]]:
    table, truth = held(root, email)
    released = set(Measure.objects.filter(pk__in=released_measures()).values_list("code", flat=True))
    found = findings([table], truth)
    return [each for each in found if each.kind is not Kind.CERTAIN or each.cell.measure in released], [table]


def held(root: Unit, email: str | None = None) -> tuple[Tables, Tables]:
    """What the public reads of a place, or a person who is named; and what is true."""
    parents = {unit.code: unit.parent.code if unit.parent else "" for unit in _units(root)}
    scales = dict(Measure.objects.values_list("code", "scale"))
    seen = _seen_by(root, email) if email else _exported(root, Audience.PUBLIC)
    truth = _exported(root, Audience.INSIDE)
    return dict(_cells(seen, parents, scales)), dict(_cells(truth, parents, scales))


def _units(root: Unit) -> Iterable[Unit]:
    return Unit.objects.under(root).select_related("parent")


Row = tuple[Mapping[str, str], str, Sequence[float]]


def _exported(root: Unit, audience: Audience) -> Iterator[Row]:
    table = EXPORTS[Noun.POINTS]
    for line in table.rows(Wish(root, audience)):
        row = dict(zip(table.columns, line, strict=True))
        if not row["team"]:
            words = {name: str(row[name] or "") for name in ("unit", "measure", "group", "period", "flag")}
            yield words, str(row["dimension"] or ""), [_number(row[name]) for name in _NUMBERS]


def _number(value: Any) -> float:
    return float("nan") if value is None else float(value)


def _seen_by(root: Unit, email: str) -> Iterator[Row]:
    person = person_named(email)
    series = allowed(
        person, Act.VIEW_MEASURE, Series.objects.filter(unit__path__startswith=root.path, team=None)
    )
    listed = list(series.for_page())
    for start in range(0, len(listed), _CHUNK):
        for line in lines(listed[start : start + _CHUNK]):
            one = line.series
            for spot in line.spots:
                place = {"unit": one.unit.code, "measure": one.measure.code, "group": one.group}
                numbers = (spot.n, spot.numerator, spot.denominator, spot.value)
                if not spot.is_gap:
                    words = {**place, "period": spot.period, "flag": spot.flag}
                    yield words, one.dimension, [_number(each) for each in numbers]


def _cells(
    rows: Iterable[Row], parents: Mapping[str, str], scales: Mapping[str, str] = MappingProxyType({})
) -> Iterator[tuple[Cell, Told]]:
    """Cells by place and groups. Without its scale a number is a share, unless it cannot be one."""
    listed = list(rows)
    single: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    shares: dict[str, bool] = {}
    for words, dimension, numbers in listed:
        if CROSSED not in dimension:
            single[words["measure"]][dimension].add(words["group"])
        _n, top, bottom, _value = numbers
        shares[words["measure"]] = shares.get(words["measure"], True) and not top > bottom
    for words, dimension, numbers in listed:
        measure = words["measure"]
        groups = groups_of(dimension, words["group"], single[measure])
        scale = scales.get(measure, Scale.PERCENT if shares[measure] else Scale.MEAN)
        cell = Cell(measure, words["period"], tuple(_path(words["unit"], parents)), groups)
        yield cell, Told() if words["flag"] == BAND else _told(*numbers, scale=scale)


def _path(code: str, parents: Mapping[str, str]) -> list[str]:
    above = parents.get(code, "")
    return [*_path(above, parents), code] if above and above in parents else [code]


def _told(n: float, top: float, bottom: float, value: float, *, scale: str) -> Told:
    """What a point tells as counts: with and without of a share, one count of a sum."""
    students = n if n == n else bottom
    if scale == Scale.COUNT:
        return Told(students, value) if value != students else Told(students)
    if not float(top).is_integer():
        return Told(students)
    return Told(students, top, bottom - top) if scale == Scale.PERCENT else Told(students, top)
