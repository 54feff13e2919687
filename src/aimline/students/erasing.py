"""Rows taken out of the lake for good: the files that hold them are written anew without them.

A batch gets its new file in the transaction that says so, and the old file goes after it. Killed before, everything is
as it was; killed after, what is left is a file nobody speaks of, which the next one to write removes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time

import polars as pl
from django.utils import timezone

from aimline.core.ids import uuid7
from aimline.students import lake
from aimline.students.lake import NEW
from aimline.students.models import Batch
from aimline.students.tables import TABLES, Table
from aimline.students.tracing import Traced, is_about, versions


@dataclass(frozen=True, slots=True)
class Cut:
    """What is done to the rows of a table: which go, and what becomes of columns of those that stay."""

    gone: pl.Expr
    mended: Mapping[str, pl.Expr] = field(default_factory=dict)


@dataclass(slots=True)
class Erased:
    """How many rows went, from how many batches of which tables; `files` count no longer once it is committed."""

    rows: int = 0
    mended: int = 0
    batches: int = 0
    tables: set[str] = field(default_factory=set)
    files: list[str] = field(default_factory=list)


CutOf = Callable[[Table], Cut | None]


def cuts_for(student: Traced) -> CutOf:
    """Take out every row about a student, and the student's ids out of what stays."""
    results = _keys(TABLES["results"], is_about(TABLES["results"], student.persons))
    long = sorted(student.telling)

    def cut(table: Table) -> Cut:
        gone = is_about(table, student.persons)
        if table.name == "score_links":
            gone = _known_by(pl.col("origin_id"), results)
        mended = {"extra": _without_words(pl.col("extra"), long)} if long else {}
        if table.name == "people":
            mended["agents"] = _without_items("agents", student)
        return Cut(gone, mended)

    return cut


def cuts_past(before: Mapping[str, date]) -> CutOf:
    """Take out the rows of each named table whose years were over before a day."""
    return lambda table: Cut(_past(table, before[table.name])) if table.name in before else None


def count(cut_of: CutOf) -> Erased:
    """Say what would be taken out. Reads alone."""
    erased = Erased()
    for table, batch, cut in _cuts(cut_of):
        _count(table, batch, cut, erased)
    return erased


def rewrite(cut_of: CutOf) -> Erased:
    """Write every batch anew that holds something to be taken out. Inside a transaction, and while nobody loads."""
    erased = Erased()
    for table, batch, cut in _cuts(cut_of):
        gone, path = erased.rows, batch.path
        if _count(table, batch, cut, erased):
            _rewrite(table, batch, cut, erased.rows - gone)
            erased.files.append(path)
    return erased


def _cuts(cut_of: CutOf) -> Iterator[tuple[Table, Batch, Cut]]:
    for table in TABLES.values():
        cut = cut_of(table)
        if cut is not None:
            yield from (
                (table, batch, cut) for batch in Batch.objects.filter(table=table.name).order_by("seq")
            )


def _count(table: Table, batch: Batch, cut: Cut, erased: Erased) -> bool:
    rows = versions(table, [batch])
    counted = rows.with_columns(gone=cut.gone, mended=~cut.gone & _differs(cut))
    gone, mended = counted.select(pl.col("gone", "mended").sum()).collect().row(0)
    erased.rows += gone
    erased.mended += mended
    erased.batches += bool(gone or mended)
    if gone:
        erased.tables.add(table.name)
    return bool(gone or mended)


def _rewrite(table: Table, batch: Batch, cut: Cut, gone: int) -> None:
    kept = versions(table, [batch]).filter(~cut.gone).with_columns(**cut.mended)
    path, digest = lake.write(table, kept, str(uuid7()))
    replaced = kept.select((pl.col("act") != NEW).sum()).collect().item()
    batch.change(path=path, sha256=digest, rows=batch.rows - gone, replaced=replaced)


def _differs(cut: Cut) -> pl.Expr:
    changes = [pl.col(name).ne_missing(expr) for name, expr in cut.mended.items()]
    return pl.any_horizontal(pl.lit(value=False), *changes)


def _without_words(text: pl.Expr, words: Iterable[str]) -> pl.Expr:
    """`extra` is JSON of texts: a text that is one of the words becomes an empty one."""
    for word in words:
        text = text.str.replace_all(f'"{word}"', '""', literal=True)
    return text


def _without_items(name: str, student: Traced) -> pl.Expr:
    """A list of ids without those of the student; it is left as it is where it names none."""
    by_source: dict[str, list[str]] = {}
    for source, id in student.persons:
        by_source.setdefault(source, []).append(id)
    mended = pl.col(name)
    for source, ids in by_source.items():
        items = pl.col(name).str.split(",").list.eval(pl.element().str.strip_chars())
        names_one = items.list.eval(pl.element().is_in(ids)).list.any()
        left = items.list.eval(pl.element().filter(~pl.element().is_in(ids))).list.join(",")
        blank = pl.when(left == "").then(None).otherwise(left)
        mended = pl.when((pl.col("source") == source) & names_one).then(blank).otherwise(mended)
    return mended


def _keys(table: Table, condition: pl.Expr) -> dict[str, list[str]]:
    """The keys of the rows that fit, by source."""
    rows = versions(table).filter(condition).select("source", "key").unique().collect()
    return {str(source): keys for source, keys in rows.group_by("source").agg("key").iter_rows()}


def _known_by(column: pl.Expr, keys: Mapping[str, list[str]]) -> pl.Expr:
    said = [(pl.col("source") == source) & column.is_in(each) for source, each in keys.items()]
    return pl.any_horizontal(pl.lit(value=False), *said).fill_null(value=False)


def _past(table: Table, before: date) -> pl.Expr:
    """The condition that a version is past its years: of a row that is over, or replaced that long ago."""
    midnight = timezone.make_aware(datetime.combine(before, time()))
    batches = list(Batch.objects.filter(table=table.name))
    old = [batch.seq for batch in batches if batch.created_at < midnight]
    taken_back = [batch.seq for batch in batches if batch.undone_at and batch.undone_at < midnight]
    live = pl.col("seq").is_in([batch.seq for batch in batches if not batch.undone_at])
    rows = versions(table).with_columns(over=_is_over(table, before, old), live=live).collect()
    standing = rows.filter("live").sort("seq").unique(["source", "key"], keep="last")
    over = standing.filter("over").select("source", "key")
    replaced = (
        rows.filter("live")
        .sort("seq")
        .with_columns(next=pl.col("seq").shift(-1).over("source", "key"))
        .filter(pl.col("next").is_in(old))
    )
    stale = [pl.col("seq").is_in(taken_back)]
    stale += [
        (pl.col("seq") == seq) & _known_by(pl.col("key"), _by_source(part))
        for (seq,), part in replaced.group_by("seq")
    ]
    return pl.any_horizontal(_known_by(pl.col("key"), _by_source(over)), *stale)


def _by_source(rows: pl.DataFrame) -> dict[str, list[str]]:
    return {str(source): keys for source, keys in rows.group_by("source").agg("key").iter_rows()}


def _is_over(table: Table, before: date, old: list[int]) -> pl.Expr:
    ended_long_ago = pl.col("ended") & pl.col("seq").is_in(old)
    if not table.dated:
        return ended_long_ago
    day = pl.col(table.dated)
    # An event happened by the day it was loaded; a spell without an end may still go on.
    undated = pl.col("seq").is_in(old) if table.dated == "date" else ended_long_ago
    return pl.when(day.is_null()).then(undated).otherwise(day < before)
