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

UNCHANGED, ENDED = "unchanged", "ended"


@dataclass(frozen=True, slots=True)
class Part:
    """Rows for one table of the lake, read from one file of a delivery.

    `rows` has columns of the table, as many as the file fills; `place`, the code of the unit a row belongs to, where
    the file says so; `ended`, where the file says that; and `record`, the number of the record in the file that the
    row is part of. `whole` says that the file holds all there is of this origin: what it does not name has ended.
    `within` names the fields that several rows of one record share: what else is held for the same values has ended.
    """

    table: str
    origin: str
    rows: pl.DataFrame
    file: str
    # What the file calls its records; they are counted under this name.
    entity: str
    whole: bool = False
    within: tuple[str, ...] = ()


@dataclass(slots=True)
class Kept:
    """What a part did, or would do."""

    part: Part
    # One row for each row of the part: `record` and `status` (new, changed, unchanged, ended).
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
    place = pl.col("place") if "place" in frame.columns else pl.lit(None, pl.String)
    ended = pl.col("ended") if "ended" in frame.columns else pl.lit(value=False)
    missing = {name: kind for name, kind in table.schema.items() if name not in frame.columns}
    frame = frame.with_columns(**{name: pl.lit(None, kind) for name, kind in missing.items()})
    return frame.with_columns(
        key=_key(table),
        origin=pl.lit(part.origin),
        unit=place.replace_strict(dict(units), default=None, return_dtype=pl.String).fill_null(home.pk.hex),
        ended=ended.fill_null(value=False),
        extra=pl.col("extra").fill_null(""),
    ).select(*table.schema, "record")


def _key(table: Table) -> pl.Expr:
    parts = [pl.col(name).cast(pl.String).fill_null("") for name in table.key]
    return parts[0] if len(parts) == 1 else pl.concat_str(parts, separator=JOINT)


def _compare(table: Table, part: Part, held: pl.DataFrame, rows: pl.DataFrame) -> Kept:
    # What is compared is content; of an unchanged row nothing is written.
    before = held.select("key", *(pl.col(name).alias(f"{name}_held") for name in table.content))
    met = rows.join(before, on="key", how="left", maintain_order="left", coalesce=True)
    same = pl.all_horizontal(pl.col(name).eq_missing(pl.col(f"{name}_held")) for name in table.content)
    status = (
        pl.when(pl.col("ended_held").is_null())
        .then(pl.lit(NEW))
        .when(same)
        .then(pl.lit(UNCHANGED))
        .when(pl.col("ended") & ~pl.col("ended_held"))
        .then(pl.lit(ENDED))
        .otherwise(pl.lit(CHANGED))
    )
    met = met.with_columns(status=status)
    written = met.filter(pl.col("status") != UNCHANGED).with_columns(
        act=pl.when(pl.col("status") == NEW).then(pl.lit(NEW)).otherwise(pl.lit(CHANGED))
    )
    active = held.filter((pl.col("origin") == part.origin) & ~pl.col("ended"))
    gone = _gone(part, active, rows)
    by = list(part.within) or ["key"]
    return Kept(
        part,
        met.select("record", "status"),
        pl.concat([written.select(*table.schema), gone.select(*table.schema)]),
        gone.join(rows, on=by, how="anti").select(by).n_unique() if gone.height else 0,
        active.select(by).n_unique() if active.height else 0,
    )


def _gone(part: Part, active: pl.DataFrame, rows: pl.DataFrame) -> pl.DataFrame:
    """Rows that the part does not name any more, as rows that end them."""
    missing = active.join(rows, on="key", how="anti")
    if not part.whole:
        missing = missing.join(rows, on=list(part.within), how="semi") if part.within else missing.clear()
    return missing.with_columns(ended=pl.lit(value=True), act=pl.lit(CHANGED))
