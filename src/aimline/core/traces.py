"""Words looked for in everything an installation holds, however it is packed: files, archives, tables, freed pages.

A word counts where it stands for itself: `604822` is not found in `16048221`. Files are unpacked as far as programs of
ours pack them: zip (spreadsheets too), gzip, tar, zlib (the cache), Parquet. What is sealed cannot be looked into.
"""

from __future__ import annotations

import gzip
import io
import json
import mmap
import re
import sqlite3
import tarfile
import tempfile
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any
from urllib.parse import quote

import polars as pl
from django.contrib.sessions.backends.db import SessionStore
from django.db import connection
from django.db.models import Model

from aimline.core.errors import Unreadable

_ROWS = 2000
_SHORT = 5
# Unpacked by us, so never deeper than somebody would pack by hand.
_DEEPEST = 4
_SEALED = b"aimline backup 1 sealed\n"
_PLAIN = b"aimline backup 1 plain\n"


@dataclass(frozen=True, slots=True)
class Words:
    """What is looked for: as text, and as the bytes any of our writers could have made of it."""

    text: re.Pattern[str]
    raw: re.Pattern[bytes]
    # For a database file, where values lie side by side with nothing between them: long words alone.
    bare: re.Pattern[bytes] | None

    def count_in(self, text: str) -> int:
        return sum(1 for _found in self.text.finditer(text))


@dataclass(frozen=True, slots=True)
class Trace:
    """How often the words stand in one place."""

    place: str
    where: str
    count: int


def words(given: Iterable[str]) -> Words | None:
    """Prepare words to be looked for; without any there is nothing to look for."""
    listed = sorted({word for word in given if word}, key=lambda word: (-len(word), word))
    if not listed:
        return None
    forms = sorted({form for word in listed for form in _written(word)}, key=lambda form: (-len(form), form))
    return Words(
        re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, listed))})(?!\w)", re.IGNORECASE),
        re.compile(rb"(?<![0-9A-Za-z])(?:" + _any(forms) + rb")(?![0-9A-Za-z])", re.IGNORECASE),
        re.compile(_any(long), re.IGNORECASE)
        if (long := [form for form in forms if len(form) > _SHORT])
        else None,
    )


def _any(forms: list[bytes]) -> bytes:
    return b"|".join(map(re.escape, forms))


def _written(word: str) -> set[bytes]:
    """A word in the encodings that files come in, and as JSON and addresses write it."""
    forms = {word.encode(), word.encode("utf-16-le"), word.encode("utf-16-be"), quote(word).encode()}
    forms.add(json.dumps(word)[1:-1].encode())
    with suppress(UnicodeEncodeError):
        forms.add(word.encode("latin-1"))
    return forms


def in_file(path: Path, sought: Words) -> int:
    """Count the words in a file, packed or not."""
    with path.open("rb") as file:
        return _in_stream(file, sought, 0)


def _in_stream(file: IO[bytes], sought: Words, depth: int) -> int:
    head = file.read(32)
    file.seek(0)
    if depth < _DEEPEST:
        with suppress(
            zipfile.BadZipFile, tarfile.TarError, zlib.error, OSError, EOFError, pl.exceptions.PolarsError
        ):
            found = _unpacked(file, head, sought, depth + 1)
            if found is not None:
                return found
        file.seek(0)
    return _in_bytes(file, sought)


def _unpacked(file: IO[bytes], head: bytes, sought: Words, depth: int) -> int | None:
    """Count inside a container; none where the file is not packed in a way we know."""
    if head.startswith(_SEALED):
        raise Unreadable("A sealed backup cannot be looked into.")
    if head.startswith(_PLAIN):
        file.seek(len(_PLAIN))
        return _in_tar(file, "r:gz", sought, depth)
    if head.startswith(b"PK"):
        with zipfile.ZipFile(file) as archive:
            names = "\n".join(archive.namelist())
            inside = (archive.open(member) for member in archive.infolist() if not member.is_dir())
            return sought.count_in(names) + sum(_in_member(member, sought, depth) for member in inside)
    if head.startswith(b"SQLite format 3\0"):
        return sum(1 for _found in sought.bare.finditer(file.read())) if sought.bare else 0
    if head.startswith(b"PAR1"):
        return _in_frame(pl.read_parquet(file), sought)
    if head.startswith(b"\x1f\x8b"):
        return _in_stream(io.BytesIO(gzip.decompress(file.read())), sought, depth)
    if head.startswith(b"\x80"):
        return _in_cached(file.read(), sought)
    return None


def _in_tar(file: IO[bytes], mode: Any, sought: Words, depth: int) -> int:
    count = 0
    with tarfile.open(fileobj=file, mode=mode) as tar:
        for member in tar:
            inside = tar.extractfile(member) if member.isfile() else None
            count += sought.count_in(member.name) + (_in_member(inside, sought, depth) if inside else 0)
    return count


def _in_member(inside: IO[bytes], sought: Words, depth: int) -> int:
    with inside:
        return _in_stream(io.BytesIO(inside.read()), sought, depth)


def _in_cached(data: bytes, sought: Words) -> int | None:
    """The cache keeps a pickled time, and then what it holds, compressed."""
    start = data.find(b"\x78")
    return None if start < 0 else sum(1 for _found in sought.raw.finditer(zlib.decompress(data[start:])))


def _in_frame(frame: pl.DataFrame, sought: Words) -> int:
    texts = [name for name, kind in frame.schema.items() if kind == pl.String]
    return sum(frame.select(pl.col(texts).str.count_matches(_rust(sought)).sum()).row(0)) if texts else 0


def _rust(sought: Words) -> str:
    # Looking around is not in the language of patterns that Polars speaks; a boundary of words is.
    return "(?i)" + sought.text.pattern.replace(r"(?<!\w)", r"\b{start-half}").replace(
        r"(?!\w)", r"\b{end-half}"
    )


def _in_bytes(file: IO[bytes], sought: Words) -> int:
    if isinstance(file, io.BytesIO):
        return sum(1 for _found in sought.raw.finditer(file.getbuffer()))
    with suppress(ValueError), mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as mapped:
        return sum(1 for _found in sought.raw.finditer(mapped))
    return 0


def held_in(columns: Iterable[str], sought: Words) -> pl.Expr:
    """Return the condition that the words stand in one of some columns of text."""
    pattern = _rust(sought)
    return pl.any_horizontal(pl.col(name).str.contains(pattern).fill_null(value=False) for name in columns)


def in_database(sought: Words) -> Iterator[Trace]:
    """Count the rows of every table in which the words stand, column by column."""
    for table in sorted(connection.introspection.table_names()):
        yield from (Trace(table, column, count) for column, count in _in_table(table, sought) if count)


def _in_table(table: str, sought: Words) -> list[tuple[str, int]]:
    with connection.chunked_cursor() as cursor:
        cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")  # noqa: S608 - a name the database gave
        columns = [str(column[0]) for column in cursor.description]
        counts = [0] * len(columns)
        while rows := cursor.fetchmany(_ROWS):
            for row in rows:
                for place, value in enumerate(row):
                    counts[place] += bool(_in_value(table, columns[place], value, sought))
    return list(zip(columns, counts, strict=True))


def _in_value(table: str, column: str, value: object, sought: Words) -> int:
    if table == "django_session" and column == "session_data":
        value = json.dumps(SessionStore().decode(str(value)))
    if isinstance(value, bytes | memoryview):
        value = bytes(value).decode("utf-8", "replace")
    if not isinstance(value, str):
        return 0
    return sum(sought.count_in(text) for text in _texts(value))


def _texts(value: str) -> Iterator[str]:
    """The texts in a value; of JSON neither its numbers nor its marks."""
    if value[:1] in ("{", "["):
        with suppress(ValueError):
            yield from _leaves(json.loads(value))
            return
    yield value


def _leaves(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        yield from (leaf for pair in value.items() for part in pair for leaf in _leaves(part))
    elif isinstance(value, list):
        yield from (leaf for part in value for leaf in _leaves(part))


def in_freed_pages(scratch: Path, sought: Words) -> int:
    """Count the words in what a database file has freed and not yet written over: in it and in no fresh copy of it."""
    name = Path(str(connection.settings_dict["NAME"]))
    if connection.vendor != "sqlite" or connection.in_atomic_block or not name.is_file() or not sought.bare:
        return 0
    with tempfile.TemporaryDirectory(dir=scratch) as folder:
        whole, fresh = Path(folder) / "whole", Path(folder) / "fresh"
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            cursor.execute("VACUUM INTO %s", [str(fresh)])
        # The file itself is never opened here: closing it would end the locks that this process holds on it.
        with closing(sqlite3.connect(whole)) as copy:
            connection.connection.backup(copy)
        waiting = name.with_name(f"{name.name}-wal")
        return max(sum(_bare(path, sought.bare) for path in (whole, waiting)) - _bare(fresh, sought.bare), 0)


def _bare(path: Path, pattern: re.Pattern[bytes]) -> int:
    # An empty file cannot be mapped, and the log of a database may be gone.
    with suppress(ValueError, FileNotFoundError):
        return _mapped(path, pattern)
    return 0


def _mapped(path: Path, pattern: re.Pattern[bytes]) -> int:
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as mapped:
        return sum(1 for _found in pattern.finditer(mapped))


def wipe_freed_pages(models: Iterable[type[Model]]) -> None:
    """Have the database let go of what was deleted or replaced: in its file, nothing of it stays."""
    if connection.in_atomic_block:
        return
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("VACUUM")
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            return
        for model in models:
            cursor.execute(f"VACUUM (FULL) {connection.ops.quote_name(model._meta.db_table)}")
