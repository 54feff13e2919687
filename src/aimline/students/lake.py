"""The lake: batches of rows as files, read by an engine that one address chooses.

`duckdb:///FOLDER` (the default) reads them inside this process; `spark://MASTER/FOLDER` has a cluster do it. What is
asked of the rows is written once, as Narwhals expressions, and runs on either.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit
from uuid import UUID

import duckdb
import narwhals as nw
import polars as pl
from django.conf import settings

from aimline.org.models import Unit
from aimline.students.models import Batch
from aimline.students.tables import TABLES, Table

Rows = nw.LazyFrame[Any]
# What a row did to the rows before it.
NEW, CHANGED = "new", "changed"
_KNOWN = ("source", "key")


@dataclass(frozen=True, slots=True)
class Address:
    """Where the lake lies and who reads it: `master` is a Spark master, or blank for DuckDB."""

    folder: Path
    master: str = ""


def address() -> Address:
    parts = urlsplit(settings.LAKE_URL)
    return Address(Path(unquote(parts.path)), parts.netloc if parts.scheme == "spark" else "")


def scan(
    table: str, *, at: datetime | None = None, unit: Unit | None = None, include_ended: bool = False
) -> Rows:
    """Return the rows of a table as they stand, or stood: the last version of each, without those that ended.

    With `unit`, batches that cannot hold rows of that place are not read; rows of other places may still be among them.
    """
    batches = Batch.objects.live(at).filter(table=table)
    if unit:
        batches = batches.about(unit)
    found = list(batches.order_by("seq").values_list("path", "replaced"))
    rows = _read(_files(TABLES[table], [path for path, _replaced in found]))
    return current(rows, replaced=any(count for _path, count in found), include_ended=include_ended)


def held(table: str, source: UUID) -> pl.DataFrame:
    """Return the rows of one source as they stand, ended ones too, for comparing with what comes in."""
    batches = Batch.objects.live().filter(table=table, source=source).order_by("seq")
    found = list(batches.values_list("path", "replaced"))
    frame = pl.scan_parquet(_files(TABLES[table], [path for path, _replaced in found]), **_READING)
    rows = current(nw.from_native(frame), replaced=any(count for _path, count in found), include_ended=True)
    native: pl.LazyFrame = rows.to_native()
    return native.collect()


_READING: dict[str, Any] = {"missing_columns": "insert", "extra_columns": "ignore", "glob": False}


def current(rows: Rows, *, replaced: bool, include_ended: bool) -> Rows:
    """Keep the last version of each row. Only what was replaced is looked up: most rows never are."""
    if replaced:
        changes = rows.filter(nw.col("act") != NEW)
        last = changes.group_by(*_KNOWN).agg(nw.col("seq").max())
        untouched = rows.filter(nw.col("act") == NEW).join(last, on=list(_KNOWN), how="anti")
        latest = changes.join(last, on=[*_KNOWN, "seq"], how="semi")
        rows = nw.concat([untouched, latest], how="vertical")
    return rows if include_ended else rows.filter(~nw.col("ended"))


def collect(rows: Rows) -> pl.DataFrame:
    """Bring rows into memory: aggregates, or the few rows a page shows."""
    native = rows.to_native()
    if isinstance(native, pl.LazyFrame):
        return native.collect()
    if isinstance(native, duckdb.DuckDBPyRelation):
        return pl.DataFrame(native)
    return pl.DataFrame(native.toArrow())


def write(table: Table, frame: pl.DataFrame, name: str) -> tuple[str, str]:
    """Write one batch, whole and on the disk before this returns; return its path in the lake and its hash."""
    path = f"{table.name}/{name}.parquet"
    target = address().folder / path
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = target.with_suffix(".part")
    frame.select(*table.schema).write_parquet(draft, compression="zstd", statistics=True)
    draft.chmod(0o600)
    with draft.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
        os.fsync(file.fileno())
    draft.replace(target)
    return path, digest


@contextmanager
def writing() -> Iterator[list[str]]:
    """Write batches one load at a time; the list takes the files written, which go again if the load breaks off."""
    folder, written = address().folder, list[str]()
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with (folder / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        _sweep(folder)
        try:
            yield written
        except BaseException:
            forget(written)
            raise


def _sweep(folder: Path) -> None:
    """Remove what loads that were killed have left. Nobody else writes while the lock is held."""
    known = set(Batch.objects.values_list("path", flat=True))
    for path in folder.glob("*/*"):
        if path.suffix == ".part" or (
            path.name[:5] != "none-" and str(path.relative_to(folder)) not in known
        ):
            path.unlink()


def forget(paths: Sequence[str]) -> None:
    """Remove files that no batch speaks of."""
    for path in paths:
        (address().folder / path).unlink(missing_ok=True)


def _files(table: Table, paths: Sequence[str]) -> list[str]:
    """The files of some batches; in front, one without rows, so that even nothing has its columns."""
    folder = address().folder
    return [str(_empty(folder, table)), *(str(folder / path) for path in paths)]


def _empty(folder: Path, table: Table) -> Path:
    shape = hashlib.sha256(repr(table.schema).encode()).hexdigest()[:12]
    path = folder / table.name / f"none-{shape}.parquet"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        draft = path.with_suffix(f".{os.getpid()}")
        pl.DataFrame(schema=table.schema).write_parquet(draft)
        draft.replace(path)
    return path


def _read(paths: list[str]) -> Rows:
    master = address().master
    return _spark(master, paths) if master else _duckdb(paths)


@cache
def _connection() -> duckdb.DuckDBPyConnection:
    scratch = Path(settings.HOME) / "tmp" / "lake"
    scratch.mkdir(parents=True, exist_ok=True, mode=0o700)
    # Nothing is fetched from elsewhere, and nothing is written but what does not fit into memory.
    given: dict[str, str | bool | int | float | list[str]] = {
        "temp_directory": str(scratch),
        "memory_limit": settings.LAKE_MEMORY,
        "autoinstall_known_extensions": "false",
        "autoload_known_extensions": "false",
        "preserve_insertion_order": "false",
    }
    return duckdb.connect(":memory:", config=given)


def _duckdb(paths: list[str]) -> Rows:
    # A cursor of one's own: threads do not share one.
    return nw.from_native(_connection().cursor().read_parquet(paths, union_by_name=True))


@cache
def _session(master: str) -> Any:
    # An extra that few installations have, so it is looked for where it is wanted.
    builder = import_module("pyspark.sql").SparkSession.builder
    where = master if master.startswith("local") else f"spark://{master}"
    return builder.master(where).appName("aimline").config("spark.sql.session.timeZone", "UTC").getOrCreate()


def _spark(master: str, paths: list[str]) -> Rows:
    rows: Rows = nw.from_native(_session(master).read.option("mergeSchema", "true").parquet(*paths))
    return rows
