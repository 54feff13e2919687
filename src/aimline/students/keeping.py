"""How a delivery becomes batches: compared with what is held, only what is new, changed or gone is written."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

import numpy as np
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
# In this order the least and the most of a record's rows say what became of the record.
STATUS = pl.Enum([UNCHANGED, GONE, ENDED, NEW, CHANGED])
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
    held: dict[str, _Before] = {}
    wanted = Counter(part.table for part in parts)
    found = []
    for part in parts:
        table = TABLES[part.table]
        if table.name not in held:
            held[table.name] = _Before.look(table, source)
        found.append(_compare(part, held[table.name], _rows(table, part, units, home)))
        wanted[table.name] -= 1
        if not wanted[table.name]:
            # What is held of one table may fill much of the memory.
            del held[table.name]
    return found


@dataclass(frozen=True, slots=True)
class _Before:
    """What is held of a table: which rows, and what they say as far as it is asked for."""

    table: Table
    held: lake.Held
    # `key`, `origin` and `ended` of each row.
    rows: pl.DataFrame

    @classmethod
    def look(cls, table: Table, source: Source | None) -> _Before:
        held = lake.held(table.name, source.pk if source else None)
        return cls(table, held, held.read(["key", "origin", "ended"]))

    def read(self, names: Sequence[str], at: pl.Series) -> pl.DataFrame:
        """Return what some rows say, read column by column: all of what is held may fill much of the memory."""
        if not len(at):
            return pl.DataFrame(schema={name: self.table.schema[name] for name in names})
        return pl.DataFrame([self.column(name).gather(at) for name in names])

    def column(self, name: str) -> pl.Series:
        return self.rows[name] if name in self.rows.columns else self.held.read([name])[name]


def _compared(table: Table) -> list[str]:
    """The columns that are compared; the others are the same for all rows, and written at the end."""
    return ["key", "origin", *table.content]


def write(source: Source, kept: Sequence[Kept], load_id: UUID) -> list[Batch]:
    """Write what was found to be new, changed or ended: one batch for each table. Inside a transaction."""
    by_table: dict[str, list[pl.DataFrame]] = {}
    for each in kept:
        if each.rows.height:
            by_table.setdefault(each.part.table, []).append(each.rows)
    last = Batch.objects.aggregate(last=Max("seq"))["last"] or 0
    made = []
    for seq, (name, frames) in enumerate(by_table.items(), last + 1):
        made.append(_write(TABLES[name], source, frames, seq, load_id))
    return made


def _write(table: Table, source: Source, frames: list[pl.DataFrame], seq: int, load_id: UUID) -> Batch:
    id = uuid7()
    frame = pl.concat(frames).with_columns(source=pl.lit(source.pk.hex), seq=pl.lit(seq, pl.Int64))
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
    missing = {name: table.schema[name] for name in table.content if name not in frame.columns}
    frame = frame.with_columns(**{name: pl.lit(None, kind) for name, kind in missing.items()})
    return frame.with_columns(
        key=key,
        origin=pl.lit(part.origin),
        unit=place.replace_strict(dict(units), default=None, return_dtype=pl.String).fill_null(home.pk.hex),
        ended=ended.fill_null(value=False),
        extra=pl.col("extra").fill_null(""),
    ).select(*_compared(table), pl.col("record").cast(pl.Int64))


def _key(table: Table) -> pl.Expr:
    parts = [pl.col(name).cast(pl.String).fill_null("") for name in table.key]
    return parts[0] if len(parts) == 1 else pl.concat_str(parts, separator=JOINT)


def _compare(part: Part, before: _Before, rows: pl.DataFrame) -> Kept:
    # Where each row is held; null where it is not.
    places = before.rows.select("key").with_row_index("at")
    at = rows.select("key").join(places, on="key", how="left", maintain_order="left")["at"]
    rows = _standing(before, rows, at)
    became = _became(before, rows, at)
    is_new = pl.col(_BECAME) == NEW
    written = rows.with_columns(became).filter(became != UNCHANGED)
    written = written.with_columns(act=pl.when(is_new).then(pl.lit(NEW)).otherwise(pl.lit(CHANGED)))
    active = (before.rows["origin"] == part.origin) & ~before.rows["ended"]
    gone = _gone(part, before, (active & ~_met(before, at)).arg_true(), rows)
    by, columns = list(part.within) or ["key"], _compared(before.table)
    named = _named(part, rows)
    return Kept(
        part,
        pl.concat([rows.select("record", status=became), _ended_by(part, gone, rows)]),
        pl.concat([written.select(*columns, "act"), gone.select(*columns, "act")]),
        gone.join(named, on=by, how="anti").select(by).n_unique() if gone.height else 0,
        before.read(by, active.arg_true()).n_unique() if part.whole else 0,
    )


def _standing(before: _Before, rows: pl.DataFrame, at: pl.Series) -> pl.DataFrame:
    """Rows that end something take what is held of it: what they say beside that does not count."""
    ending = rows["ended"] & at.is_not_null()
    if not ending.any():
        return rows
    stands = (name for name in before.table.content if name != "ended")
    return rows.with_columns(
        pl.when(ending).then(before.column(name).gather(at)).otherwise(pl.col(name)).alias(name)
        for name in stands
    )


def _became(before: _Before, rows: pl.DataFrame, at: pl.Series) -> pl.Series:
    """What becomes of each row. What is compared is content; of what is not held, nothing can end."""
    ending, known = rows["ended"], at.is_not_null()
    same = known
    if known.any():
        for name in before.table.content:
            same = same & rows[name].eq_missing(before.column(name).gather(at))
    status = (
        pl.when(same | (ending & ~known))
        .then(pl.lit(UNCHANGED))
        .when(~known)
        .then(pl.lit(NEW))
        .when(ending & ~before.rows["ended"].gather(at))
        .then(pl.lit(ENDED))
        .otherwise(pl.lit(CHANGED))
    )
    return rows.select(status.cast(STATUS).alias(_BECAME)).to_series()


def _met(before: _Before, at: pl.Series) -> pl.Series:
    """Say of each row that is held whether the part has it."""
    met = np.zeros(before.rows.height, dtype=np.bool_)
    met[at.drop_nulls().to_numpy()] = True
    return pl.Series(met)


def _gone(part: Part, before: _Before, at: pl.Series, rows: pl.DataFrame) -> pl.DataFrame:
    """Of the active rows that the part does not have, those that have ended by that, as rows that end them."""
    if not part.whole:
        named = _named(part, rows)
        at = (
            _with(before, at, part.within).join(named, on=part.within, how="semi")["at"]
            if part.within
            else at.clear()
        )
    if part.spared is not None:
        spared = part.spared.columns
        at = _with(before, at, spared).join(part.spared, on=spared, how="anti")["at"]
    gone = before.read(_compared(before.table), at)
    return gone.with_columns(ended=pl.lit(value=True), act=pl.lit(CHANGED))


def _with(before: _Before, at: pl.Series, names: Sequence[str]) -> pl.DataFrame:
    return before.read(names, at).with_columns(at=at)


def _ended_by(part: Part, gone: pl.DataFrame, rows: pl.DataFrame) -> pl.DataFrame:
    """The records that no longer carry a row, which changes them."""
    by = list(part.within)
    named = _named(part, rows).select(*by, pl.col("record").cast(pl.Int64))
    met = gone.select(by).join(named.unique(by), on=by) if by else named.clear()
    return met.select("record", status=pl.lit(GONE, STATUS))


def _named(part: Part, rows: pl.DataFrame) -> pl.DataFrame:
    return rows if part.named is None else part.named
