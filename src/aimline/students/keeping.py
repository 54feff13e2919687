"""How a delivery becomes batches: compared with what is held, only what is new, changed or gone is written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

import polars as pl
from django.db.models import Max

from aimline.core.ids import uuid7
from aimline.org.models import Unit
from aimline.students import lake
from aimline.students.lake import CHANGED, NEW
from aimline.students.models import Batch, Source
from aimline.students.tables import JOINT, TABLES, Table

# What becomes of a row; one that is left out by a record that goes on to carry others is gone.
UNCHANGED, ENDED, GONE = "unchanged", "ended", "gone"
# Where that stands beside a row; no field of a table is called so.
_BECAME = "_became"


@dataclass(frozen=True, slots=True)
class Part:
    """Rows for one table of the lake, read from one file of a delivery.

    `rows` has columns of the table, as many as the file fills; `place`, the code of the unit a row belongs to, where
    the file says so; `ended`, where the file says that (what is held of such a row stands, and ends); `key`, where the
    format knows rows by more than the fields of the table; and `record`, the number of the record in the file that the
    row is part of (without one, the row follows from others and is not counted). `whole` says that the file holds all
    there is of this origin: what it does not name has ended. `within` names the fields that several rows of one record
    share: what else is held for the same values has ended. `named` are these values, each with its record, where the
    file also has records without a row. `spared` are rows, by some of their fields, that the file names without saying
    anything that could be used: they stay as they are.
    `beside` says that another part of the same records decides how many of them are active and have ended.
    """

    table: str
    origin: str
    rows: pl.DataFrame
    file: str
    # What the file calls its records; they are counted under this name.
    entity: str
    whole: bool = False
    within: tuple[str, ...] = ()
    named: pl.DataFrame | None = None
    spared: pl.DataFrame | None = None
    beside: bool = False


@dataclass(slots=True)
class Kept:
    """What a part did, or would do."""

    part: Part
    # `record` and `status` (new, changed, unchanged, ended) of each row of the part, and of each that a record ended.
    statuses: pl.DataFrame
    # The rows to be written.
    rows: pl.DataFrame
    # Records that ended because the file does not name them, out of how many that were active.
    gone: int = 0
    active: int = 0


def compare(source: Source | None, parts: Sequence[Part], units: Mapping[str, str], home: Unit) -> list[Kept]:
    """Say what each part would do. Reads alone."""
    cache: dict[str, pl.DataFrame] = {}
    found = []
    for part in parts:
        table = TABLES[part.table]
        if table.name not in cache:
            cache[table.name] = (
                lake.held(table.name, source.pk) if source else pl.DataFrame(schema=table.schema)
            )
        found.append(_compare(table, part, cache[table.name], _rows(table, part, units, home)))
    return found


def write(source: Source, kept: Sequence[Kept], load_id: UUID, written: list[str]) -> list[Batch]:
    """Write what was found to be new, changed or ended: one batch for each table. Inside a transaction."""
    by_table: dict[str, list[pl.DataFrame]] = {}
    for each in kept:
        if each.rows.height:
            by_table.setdefault(each.part.table, []).append(each.rows)
    last = Batch.objects.aggregate(last=Max("seq"))["last"] or 0
    made = []
    for seq, (name, frames) in enumerate(by_table.items(), last + 1):
        made.append(_write(TABLES[name], source, frames, seq, load_id, written))
    return made


def _write(
    table: Table, source: Source, frames: list[pl.DataFrame], seq: int, load_id: UUID, written: list[str]
) -> Batch:
    id = uuid7()
    frame = pl.concat(frames).with_columns(source=pl.lit(source.pk.hex), seq=pl.lit(seq, pl.Int64))
    written.append(f"{table.name}/{id}.parquet")
    path, digest = lake.write(table, frame, str(id))
    return Batch.objects.create(
        id=id,
        unit=source.unit,
        source=source,
        load_id=load_id,
        table=table.name,
        seq=seq,
        rows=frame.height,
        replaced=frame.filter(pl.col("act") != NEW).height,
        path=path,
        sha256=digest,
    )


def _rows(table: Table, part: Part, units: Mapping[str, str], home: Unit) -> pl.DataFrame:
    """The rows of a part with every column of the table, keyed and placed."""
    frame = part.rows
    key = pl.col("key") if "key" in frame.columns else _key(table)
    place = pl.col("place") if "place" in frame.columns else pl.lit(None, pl.String)
    ended = pl.col("ended") if "ended" in frame.columns else pl.lit(value=False)
    missing = {name: kind for name, kind in table.schema.items() if name not in frame.columns}
    frame = frame.with_columns(**{name: pl.lit(None, kind) for name, kind in missing.items()})
    return frame.with_columns(
        key=key,
        origin=pl.lit(part.origin),
        unit=place.replace_strict(dict(units), default=None, return_dtype=pl.String).fill_null(home.pk.hex),
        ended=ended.fill_null(value=False),
        extra=pl.col("extra").fill_null(""),
    ).select(*table.schema, "record")


def _key(table: Table) -> pl.Expr:
    parts = [pl.col(name).cast(pl.String).fill_null("") for name in table.key]
    return parts[0] if len(parts) == 1 else pl.concat_str(parts, separator=JOINT)


def _compare(table: Table, part: Part, held: pl.DataFrame, rows: pl.DataFrame) -> Kept:
    met = _met(table, held, rows)
    became = pl.col(_BECAME)
    written = met.filter(became != UNCHANGED).with_columns(
        act=pl.when(became == NEW).then(pl.lit(NEW)).otherwise(pl.lit(CHANGED))
    )
    active = held.filter((pl.col("origin") == part.origin) & ~pl.col("ended"))
    gone = _gone(part, active, rows)
    by = list(part.within) or ["key"]
    named = _named(part, rows)
    return Kept(
        part,
        pl.concat([met.select("record", status=became), _ended_by(part, gone, rows)]),
        pl.concat([written.select(*table.schema), gone.select(*table.schema)]),
        gone.join(named, on=by, how="anti").select(by).n_unique() if gone.height else 0,
        active.select(by).n_unique() if active.height else 0,
    )


def _met(table: Table, held: pl.DataFrame, rows: pl.DataFrame) -> pl.DataFrame:
    """Rows with their status. What is compared is content; of an unchanged row nothing is written."""
    ending = pl.col("ended")
    if not held.height:
        # Of what is not held, nothing can end.
        return rows.with_columns(pl.when(ending).then(pl.lit(UNCHANGED)).otherwise(pl.lit(NEW)).alias(_BECAME))
    before = held.select("key", *(pl.col(name).alias(f"{name}_held") for name in table.content))
    met = rows.join(before, on="key", how="left", maintain_order="left", coalesce=True)
    known = pl.col("ended_held").is_not_null()
    if rows["ended"].any():
        stands = (name for name in table.content if name != "ended")
        met = met.with_columns(
            pl.when(ending & known).then(f"{name}_held").otherwise(name).alias(name) for name in stands
        )
    same = pl.all_horizontal(pl.col(name).eq_missing(pl.col(f"{name}_held")) for name in table.content)
    became = (
        pl.when(same | (ending & ~known))
        .then(pl.lit(UNCHANGED))
        .when(~known)
        .then(pl.lit(NEW))
        .when(ending & ~pl.col("ended_held"))
        .then(pl.lit(ENDED))
        .otherwise(pl.lit(CHANGED))
    )
    return met.with_columns(became.alias(_BECAME))


def _gone(part: Part, active: pl.DataFrame, rows: pl.DataFrame) -> pl.DataFrame:
    """Rows that the part does not name any more, as rows that end them."""
    missing = active.join(rows, on="key", how="anti")
    if part.spared is not None:
        missing = missing.join(part.spared, on=part.spared.columns, how="anti")
    if not part.whole:
        named = _named(part, rows)
        missing = missing.join(named, on=list(part.within), how="semi") if part.within else missing.clear()
    return missing.with_columns(ended=pl.lit(value=True), act=pl.lit(CHANGED))


def _ended_by(part: Part, gone: pl.DataFrame, rows: pl.DataFrame) -> pl.DataFrame:
    """The records that no longer carry a row, which changes them."""
    by = list(part.within)
    named = _named(part, rows).select(*by, "record")
    if not by:
        return named.select("record").clear().with_columns(status=pl.lit(GONE))
    met = gone.select(by).join(named.unique(by), on=by)
    return met.select("record", status=pl.lit(GONE))


def _named(part: Part, rows: pl.DataFrame) -> pl.DataFrame:
    return rows if part.named is None else part.named
