"""The lake: batches of rows as files, read by an engine that one address chooses.

`duckdb:///FOLDER` (the default) reads them inside this process; `spark://MASTER/FOLDER` has a cluster do it. What is
asked of the rows is written once, as Narwhals expressions, and runs on either.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from importlib import import_module
from importlib.abc import MetaPathFinder
from importlib.util import find_spec
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit
from uuid import UUID

import duckdb
import narwhals as nw
import polars as pl
from django.conf import settings

from aimline.core.ids import uuid7
from aimline.org.models import Unit
from aimline.students.models import Batch
from aimline.students.tables import TABLES, Table

Rows = nw.LazyFrame[Any]
# What a row did to the rows before it.
NEW, CHANGED = "new", "changed"
_KNOWN = ("source", "key")
_DAY = 24 * 60 * 60


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


@dataclass(frozen=True, slots=True)
class Held:
    """The rows of one source as they stand, ended ones too, always in the same order; without source, none."""

    files: pl.LazyFrame
    # Which rows of the files these are; nothing was replaced where it says nothing.
    standing: pl.Series | None

    def read(self, columns: Sequence[str]) -> pl.DataFrame:
        rows = self.files.select(columns).collect()
        return rows if self.standing is None else rows[self.standing]


def held(table: str, source: UUID | None) -> Held:
    """Find the rows of one source, for comparing with what comes in."""
    batches = Batch.objects.live().filter(table=table, source=source).order_by("seq")
    found = list(batches.values_list("path", "replaced"))
    files = pl.scan_parquet(_files(TABLES[table], [path for path, _replaced in found]), **_READING)
    if not any(count for _path, count in found):
        return Held(files, None)
    rows = nw.from_native(files.select(*_KNOWN, "act", "seq", "ended").with_row_index("at"))
    standing: pl.LazyFrame = current(rows, replaced=True, include_ended=True).to_native()
    return Held(files, standing.select("at").collect()["at"].sort())


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


def lend(frame: pl.DataFrame) -> Rows:
    """Hand a small frame to the engine, to be joined with rows: school days, the tree of units."""
    master = address().master
    if master:
        rows: Rows = nw.from_native(_session(master).createDataFrame(frame.to_arrow()))
        return rows
    return nw.from_native(_cursor().read_parquet(str(_lent(frame))))


def hold(frame: pl.DataFrame) -> Rows:
    """Hand a few rows of texts to the engine without a file of them: what names students is left lying nowhere."""
    master = address().master
    if master:
        rows: Rows = nw.from_native(_session(master).createDataFrame(frame.to_arrow()))
        return rows
    columns = ", ".join(f'unnest(?::VARCHAR[]) AS "{name}"' for name in frame.columns)
    return nw.from_native(_cursor().sql(f"SELECT {columns}", params=[each.to_list() for each in frame]))


@contextmanager
def computed(rows: Rows) -> Iterator[Rows]:
    """Have the engine work these rows out once and keep them, for as long as they are used in several places."""
    native = rows.to_native()
    if isinstance(native, duckdb.DuckDBPyRelation):
        name = f"computed_{uuid7().hex}"
        native.create(name)
        try:
            yield nw.from_native(_cursor().table(name))
        finally:
            _cursor().execute(f"DROP TABLE {name}")
    else:
        # Cut off from how they came about: Spark would plan all of that again with every question.
        kept = native.localCheckpoint()
        try:
            yield nw.from_native(kept)
        finally:
            kept.unpersist()


def _lent(frame: pl.DataFrame) -> Path:
    """A file of what was lent, under its hash: the same frame is written once."""
    buffer = BytesIO()
    frame.write_parquet(buffer)
    path = _scratch() / f"lent-{hashlib.sha256(buffer.getbuffer()).hexdigest()}.parquet"
    if not path.exists():
        draft = path.with_suffix(f".{os.getpid()}-{threading.get_ident()}")
        draft.write_bytes(buffer.getbuffer())
        draft.replace(path)
    os.utime(path)
    return path


def _scratch() -> Path:
    folder = Path(settings.HOME) / "tmp" / "lake"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder


def _clear(folder: Path) -> None:
    """Remove what was lent more than a day ago; nothing reads it any more."""
    for path in folder.glob("lent-*"):
        if path.stat().st_mtime < time.time() - _DAY:
            path.unlink(missing_ok=True)


def stream(rows: Rows, at_once: int = 10_000) -> Iterator[tuple[Any, ...]]:
    """Yield row by row, in the order of `rows`: for what does not fit into memory."""
    native = rows.to_native()
    if isinstance(native, duckdb.DuckDBPyRelation):
        # A cursor of its own: whatever else is asked meanwhile would break off the answer.
        answer = _connection().cursor().execute(native.sql_query())
        while found := answer.fetchmany(at_once):
            yield from found
    elif isinstance(native, pl.LazyFrame):
        yield from native.collect().iter_rows()
    else:
        yield from (tuple(row) for row in native.toLocalIterator())


def write(table: Table, frame: pl.DataFrame | pl.LazyFrame, name: str) -> tuple[str, str]:
    """Write one batch, whole and on the disk before this returns; return its path in the lake and its hash."""
    path = f"{table.name}/{name}.parquet"
    target = address().folder / path
    _make(target.parent)
    draft = target.with_suffix(".part")
    frame.lazy().select(*table.schema).sink_parquet(draft, compression="zstd", statistics=True)
    draft.chmod(0o600)
    with draft.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
        os.fsync(file.fileno())
    draft.replace(target)
    return path, digest


@contextmanager
def writing() -> Iterator[None]:
    """Write batches one load at a time; what is written goes again if the load breaks off."""
    folder = address().folder
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with (folder / ".lock").open("w") as lock:
        (folder / ".lock").chmod(0o600)
        fcntl.flock(lock, fcntl.LOCK_EX)
        _sweep(folder)
        try:
            yield
        except BaseException:
            # Interrupted after its commit, a load is in: only what no batch speaks of goes.
            _sweep(folder)
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
        _make(path.parent)
        draft = path.with_suffix(f".{os.getpid()}")
        pl.DataFrame(schema=table.schema).write_parquet(draft)
        draft.chmod(0o600)
        draft.replace(path)
    return path


def _make(folder: Path) -> None:
    """Make the folder of a table, and the lake's around it, for the owner alone."""
    folder.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    folder.mkdir(exist_ok=True, mode=0o700)


def _read(paths: list[str]) -> Rows:
    master = address().master
    return _spark(master, paths) if master else _duckdb(paths)


class _NoPandas(MetaPathFinder):
    """DuckDB looks for pandas at every constant of every question, and looks long: this says that it is not there."""

    @classmethod
    def find_spec(cls, fullname: str, path: Any, target: Any = None) -> None:
        if fullname == "pandas":
            raise ModuleNotFoundError(fullname, name=fullname)


if find_spec("pandas") is None:
    sys.meta_path.insert(0, _NoPandas)


@cache
def _connection() -> duckdb.DuckDBPyConnection:
    scratch = _scratch()
    _clear(scratch)
    # Nothing is fetched from elsewhere, and nothing is written but what does not fit into memory.
    given: dict[str, str | bool | int | float | list[str]] = {
        "temp_directory": str(scratch),
        "memory_limit": settings.LAKE_MEMORY,
        "autoinstall_known_extensions": "false",
        "autoload_known_extensions": "false",
        "preserve_insertion_order": "false",
    }
    made = duckdb.connect(":memory:", config=given)
    # A question is put together in many steps, and each looks at the files again.
    made.execute("SET parquet_metadata_cache = true")
    return made


# Each thread has a cursor of its own, and only one: rows of two cursors cannot be joined.
_mine = threading.local()


def _cursor() -> duckdb.DuckDBPyConnection:
    if not hasattr(_mine, "cursor"):
        _mine.cursor = _connection().cursor()
    cursor: duckdb.DuckDBPyConnection = _mine.cursor
    return cursor


def _duckdb(paths: list[str]) -> Rows:
    return nw.from_native(_cursor().read_parquet(paths, union_by_name=True))


@cache
def _session(master: str) -> Any:
    # An extra that few installations have, so it is looked for where it is wanted.
    builder = import_module("pyspark.sql").SparkSession.builder
    where = master if master.startswith("local") else f"spark://{master}"
    return builder.master(where).appName("aimline").config("spark.sql.session.timeZone", "UTC").getOrCreate()


def _spark(master: str, paths: list[str]) -> Rows:
    # The file without rows, in front, has all columns; files from before a column came have nothing in it.
    rows: Rows = nw.from_native(_session(master).read.schema(_shape(master, paths[0])).parquet(*paths))
    return rows


@cache
def _shape(master: str, path: str) -> Any:
    return _session(master).read.parquet(path).schema
