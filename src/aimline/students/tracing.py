"""Who is meant by a student's id: every name under which any source knows that student, then or now.

A source's ids mean something in that source alone. Two sources speak of one student where they give the same master
id, and where one that knows no people of its own (results of a test, say) names a student by an id the other gives.
Parents who are held for this student alone are found too: without the student, nothing is left to hold them for.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl
from django.conf import settings
from django.utils.translation import gettext as _

from aimline.core.errors import Conflict
from aimline.students import lake, verdicts
from aimline.students.models import Batch, Source
from aimline.students.tables import TABLES, Table
from aimline.students.verdicts import Verdict

# (source, id in it).
Known = tuple[str, str]
# By these a person of a roster may be called elsewhere, in a file or by whoever asks.
_CALLED = ("id", "identifier", "username", "user_ids", "master_id", "email")
_NAMES = (
    ("given_name", "family_name"),
    ("preferred_given_name", "family_name"),
    ("given_name", "preferred_family_name"),
    ("preferred_given_name", "preferred_family_name"),
)
# Shorter ids stand for too many other things to be looked for in text.
SHORTEST = 4
FAMILY_ROLES = ("parent", "guardian", "relative")


@dataclass(frozen=True, slots=True)
class Traced:
    """One student: `ids` are all words by which a file may mean them, `names` given name before family name."""

    asked: str
    # The sources in which that is asked.
    within: frozenset[str] = frozenset()
    students: frozenset[Known] = frozenset()
    guardians: frozenset[Known] = frozenset()
    ids: frozenset[str] = frozenset()
    names: frozenset[str] = frozenset()
    sources: list[Source] = field(default_factory=list)

    @property
    def persons(self) -> frozenset[Known]:
        return self.students | self.guardians

    @property
    def mark(self) -> int:
        """A number that stands for the id in the audit log: who has the id and the key finds it, nobody else."""
        keyed = hmac.new(settings.AUDIT_KEY.encode(), f"student:{self.asked}".encode(), hashlib.sha256)
        return int.from_bytes(keyed.digest()[:6])

    @property
    def telling(self) -> frozenset[str]:
        """The ids long enough to be looked for wherever text is kept; shorter ones stand for too much else there."""
        return frozenset(id for id in self.ids if len(id) >= SHORTEST)

    @property
    def texts(self) -> frozenset[str]:
        """Every text that would give this student away."""
        return self.telling | self.names


def versions(table: Table, batches: Iterable[Batch] | None = None) -> pl.LazyFrame:
    """Return every version of every row of a table, those of loads that were taken back too."""
    found = Batch.objects.filter(table=table.name) if batches is None else batches
    folder = lake.address().folder
    return scan(table, [folder / batch.path for batch in found])


def scan(table: Table, paths: Sequence[Path]) -> pl.LazyFrame:
    """Return the rows of some files of a table, those written before it had all its fields too."""
    if not paths:
        return pl.LazyFrame(schema=table.schema)
    rows = pl.scan_parquet(
        list(paths), schema=table.schema, missing_columns="insert", extra_columns="ignore", glob=False
    )
    return rows.select(*table.schema)


def trace(asked: str, source: str = "") -> Traced:
    """Find a student by the id a source gives, else by another name they are called; nobody may be meant."""
    wanted = sorted({"source", "seq", "agents", *_CALLED, *(part for pair in _NAMES for part in pair)})
    people = versions(TABLES["people"]).select(wanted).collect().sort("seq")
    sources = {one.pk.hex: one for one in Source.objects.select_related("unit")}
    asked_in = [key for key, one in sources.items() if not source or one.name == source]
    students = _meant(asked, people, asked_in)
    _expect_one(students, people, sources)
    students = _merged(students, people, sources)
    guardians = _guardians(students, people)
    rows = _rows_of(people, students | guardians)
    return Traced(
        asked,
        frozenset(asked_in),
        frozenset(students),
        frozenset(guardians),
        frozenset({asked, *(id for _source, id in students | guardians), *_called(rows)}),
        frozenset(_names(rows)),
        [sources[key] for key in sorted({key for key, _id in students}) if key in sources],
    )


def is_about(table: Table, persons: Iterable[Known]) -> pl.Expr:
    """Return the condition that a row of a table is about one of these."""
    by_source: dict[str, list[str]] = {}
    for source, id in sorted(persons):
        by_source.setdefault(source, []).append(id)
    said = [
        (pl.col(in_source) == source) & pl.col(name).is_in(ids)
        for in_source, name in table.names
        for source, ids in by_source.items()
    ]
    return pl.any_horizontal(pl.lit(value=False), *said).fill_null(value=False)


def _meant(asked: str, people: pl.DataFrame, sources: list[str]) -> set[Known]:
    meant = {known for known in _mentioned({asked}) if known[0] in sources}
    if meant:
        return meant
    here = people.filter(pl.col("source").is_in(sources))
    near = here.filter(pl.any_horizontal(pl.col(name).str.contains(asked, literal=True) for name in _CALLED))
    return {(row["source"], row["id"]) for row in near.iter_rows(named=True) if asked in _called_in(row)}


def _mentioned(ids: set[str]) -> set[Known]:
    """Return the persons with one of these ids, in any source, whom any row is about."""
    found: set[Known] = set()
    for table in TABLES.values():
        for source, name in table.names:
            rows = versions(table).select(source, name).filter(pl.col(name).is_in(sorted(ids)))
            found.update(rows.unique().collect().iter_rows())
    return found


def _expect_one(students: set[Known], people: pl.DataFrame, sources: dict[str, Source]) -> None:
    """Refuse an id that several sources give to people of different names."""
    rows = _rows_of(people, students).unique(["source", "id"], keep="last", maintain_order=True)
    called = {
        (str(given).casefold(), str(family).casefold())
        for given, family in rows.select("given_name", "family_name").iter_rows()
        if given and family
    }
    if len(called) > 1:
        names = ", ".join(sorted(sources[key].name for key in rows["source"].unique() if key in sources))
        raise Conflict(
            _("Several sources give this id to different people: %(sources)s. Say which one is meant.")
            % {"sources": names},
            code="several_students",
        )


def _merged(students: set[Known], people: pl.DataFrame, sources: Mapping[str, Source]) -> set[Known]:
    """Add whom other sources know the same student as: of results, those near the place that knows the student.

    What people decided comes before that: an id that means somebody else, or nobody of ours, is not the student's.
    """
    decided = _decided()
    while students:
        near = _near([sources[key] for key, _id in students if key in sources], sources)
        rows = _rows_of(people, students)
        masters = [word for word in rows["master_id"].unique() if word]
        same = people.filter(pl.col("master_id").is_in(masters)).select("source", "id").iter_rows()
        called = {id for _source, id in students} | _called(rows)
        held = set(people.filter(pl.col("id").is_in(sorted(called))).select("source", "id").iter_rows())
        orphans = {known for known in _mentioned(called) - held - set(decided) if known[0] in near}
        found = students | set(same) | orphans | _same(students, decided)
        if found == students:
            break
        students = found
    return students


def _decided() -> dict[Known, Known | None]:
    """Whom each id was decided to mean, where the decision still holds; nobody, for a visitor."""
    return {
        (one.source.hex, one.student): (one.of[0].hex, one.of[1]) if one.of else None
        for one in verdicts.held()
        if one.verdict is not Verdict.DIFFERENT
    }


def _same(students: set[Known], decided: Mapping[Known, Known | None]) -> set[Known]:
    pairs = [(one, other) for one, other in decided.items() if other]
    return {one for one, other in pairs if other in students} | {
        other for one, other in pairs if one in students
    }


def _near(known: Iterable[Source], sources: Mapping[str, Source]) -> set[str]:
    units = [one.unit for one in known]
    return {
        key
        for key, other in sources.items()
        if any(unit.holds(other.unit) or other.unit.holds(unit) for unit in units)
    }


def _guardians(students: set[Known], people: pl.DataFrame) -> set[Known]:
    """Find the family members who are held for these students and for nobody else."""
    roles = versions(TABLES["roles"]).select("source", "person", "role").unique().collect()
    ties = (
        people.select("source", "id", pl.col("agents").fill_null("").str.split(",").alias("agent"))
        .explode("agent")
        .select("source", "id", pl.col("agent").str.strip_chars())
        .filter(pl.col("agent") != "")
    )
    # A tie may be told by either side.
    both = pl.concat([ties, ties.select("source", id="agent", agent="id")]).unique()
    family = set(
        roles.group_by("source", "person")
        .agg(pl.col("role").is_in(FAMILY_ROLES).all())
        .filter("role")
        .select("source", "person")
        .iter_rows()
    )
    tied = {(source, agent) for source, id, agent in both.iter_rows() if (source, id) in students}
    others = {
        (source, agent) for source, id, agent in both.iter_rows() if (source, id) not in students | family
    }
    return (tied & family) - others - students


def _rows_of(people: pl.DataFrame, persons: set[Known]) -> pl.DataFrame:
    return people.filter(is_about(TABLES["people"], persons))


def _called(rows: pl.DataFrame) -> set[str]:
    return {word for row in rows.select(_CALLED).iter_rows(named=True) for word in _called_in(row)}


def _called_in(row: Mapping[str, str | None]) -> set[str]:
    """Every word a row calls its person by; one field holds several, each with whose id it is in front."""
    words = {(row[name] or "").strip() for name in _CALLED if name != "user_ids"}
    listed = re.split(r"[{},]", row["user_ids"] or "")
    return (words | {part.rpartition(":")[2].strip() for part in listed}) - {""}


def _names(rows: pl.DataFrame) -> set[str]:
    return {
        f"{given.strip()} {family.strip()}"
        for pair in _NAMES
        for given, family in rows.select(*pair).iter_rows()
        if given and family
    }
