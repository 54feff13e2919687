"""From the records of a file to the rows of the lake: one small reader for each kind of record."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace

import polars as pl

from aimline.imports.oneroster import groups
from aimline.imports.oneroster.fields import FIELDS, PLACED_BY, RESULT_FLAGS, SPOKEN_FOR, UNKEPT
from aimline.imports.oneroster.references import Known, placed_by
from aimline.imports.oneroster.sheets import Sheet, as_json
from aimline.imports.oneroster.standard import KEY
from aimline.students.keeping import Part
from aimline.students.tables import TABLES

_DISTRICTS = ("district", "local", "state", "national")


@dataclass(frozen=True, slots=True)
class Read:
    """A file that was checked: its parts for the lake, and its records as others may refer to them."""

    parts: list[Part]
    records: pl.DataFrame


def to_rows(sheet: Sheet, known: Known, places: Mapping[str, str] | None = None) -> Read:
    """Turn the records of a file into rows. `places`, for organisations, has the code of each one's unit."""
    sheet.rows = _placed(sheet, known, places)
    parts = _READERS.get(sheet.entity.of, _plain)(sheet, known)
    typed = sheet.entity.of == "orgs" and "type" in sheet.rows.columns
    kind = pl.col("type") if typed else pl.lit(None, pl.String)
    live = sheet.rows.filter(~pl.col("ended"))
    return Read(parts, live.select(pl.col(KEY).alias("id"), "place", kind.alias("type")))


def _placed(sheet: Sheet, known: Known, places: Mapping[str, str] | None) -> pl.DataFrame:
    """Say of each row at which unit it belongs: the first of its records that says so."""
    if places is not None:
        place = pl.col(KEY).replace_strict(places, default=None, return_dtype=pl.String)
        return sheet.rows.with_columns(place=place)
    rows = sheet.rows.with_columns(place=pl.lit(None, pl.String))
    for name in PLACED_BY.get(sheet.entity.of, ()):
        if name in rows.columns and rows["place"].null_count():
            found = known.records(sheet.entity.columns[name].refers)
            place = pl.col(name).replace_strict(
                found["id"], found["place"], default=None, return_dtype=pl.String
            )
            rows = rows.with_columns(place=pl.col("place").fill_null(place))
    return rows


def _plain(sheet: Sheet, _known: Known) -> list[Part]:
    return [_part(sheet)]


def _part(sheet: Sheet, rows: pl.DataFrame | None = None) -> Part:
    """The rows of a file as its own table has them, one for each record."""
    name, words = FIELDS[sheet.entity.of]
    table, rows = TABLES[name], sheet.rows if rows is None else rows
    fields = dict(_field(word) for word in words.split())
    columns = [_first(rows, names).cast(table.schema[field]).alias(field) for field, names in fields.items()]
    frame = rows.select(
        *columns,
        "place",
        "ended",
        _beyond(sheet, rows, fields).alias("extra"),
        pl.col("line").alias("record"),
    )
    entity, spared = sheet.entity, _spared(sheet, next(iter(fields)))
    return Part(name, entity.name, frame, sheet.file, entity.of, whole=sheet.is_whole, spared=spared)


def _field(word: str) -> tuple[str, list[str]]:
    field, equals, names = word.partition("=")
    return field, (names if equals else field).split("|")


def _first(rows: pl.DataFrame, names: Iterable[str]) -> pl.Expr:
    there = [pl.col(name) for name in names if name in rows.columns]
    return pl.coalesce(there) if len(there) > 1 else there[0] if there else pl.lit(None)


def _beyond(sheet: Sheet, rows: pl.DataFrame, fields: Mapping[str, list[str]]) -> pl.Expr:
    """What is outside the standard, joined with what is in it and has no field in the lake."""
    taken = {KEY, "line", "extra", "ended", "place", *UNKEPT, *SPOKEN_FOR.get(sheet.entity.of, ())}
    taken |= {name for names in fields.values() for name in names}
    others = {sheet.header(name): name for name in rows.columns if name not in taken}
    others = {header: name for header, name in others.items() if rows[name].null_count() < rows.height}
    if not others:
        return pl.col("extra")
    more = as_json(others)
    both = pl.concat_str(pl.col("extra").str.head(-1), pl.lit(", "), more.str.slice(1))
    return pl.when(more == "").then("extra").when(pl.col("extra") == "").then(more).otherwise(both)


def _spared(sheet: Sheet, field: str) -> pl.DataFrame | None:
    spared = [ids for ids in sheet.spared if len(ids)]
    return pl.concat(spared).unique().to_frame(field) if spared else None


def _users(sheet: Sheet, known: Known) -> list[Part]:
    """People; where the file says what they are and where, as in 1.1, also their roles."""
    if not {"orgSourcedIds", "role"} & set(sheet.rows.columns):
        return [_part(sheet)]
    missing = [name for name in ("orgSourcedIds", "role") if name not in sheet.rows.columns]
    rows = sheet.rows.with_columns(pl.lit(None, pl.String).alias(name) for name in missing)
    roles = _roles_of(rows, known)
    sheet.rows = placed_by(rows, KEY, roles.select(pl.col("person").alias("id"), "place"))
    person = rows.select(pl.col(KEY).alias("person"), pl.col("line").alias("record"))
    people = _part(sheet)
    return [people, _beside(people, "roles", roles, sheet, named=person)]


def _roles_of(rows: pl.DataFrame, known: Known) -> pl.DataFrame:
    """One role for each org a user is named with; the first is the primary one."""
    live = rows.filter(~pl.col("ended") & pl.col("role").is_not_null())
    grade = pl.col("grades") if "grades" in rows.columns else pl.lit(None, pl.String)
    each = live.select(KEY, "line", "role", grade.alias("grade"), org=pl.col("orgSourcedIds").str.split(","))
    each = each.explode("org")
    each = each.with_columns(first=pl.int_range(pl.len()).over("line") == 0)
    # A list may name an org twice.
    each = each.unique([KEY, "org"], keep="first", maintain_order=True)
    orgs = known.records("orgs")
    each = each.join(orgs, left_on="org", right_on="id", how="left", maintain_order="left")
    return each.select(
        id=pl.concat_str([KEY, pl.col("org").fill_null(""), "role"], separator="|"),
        person=KEY,
        org="org",
        role=_role_word(),
        type=pl.when("first").then(pl.lit("primary")).otherwise(pl.lit("secondary")),
        grade=pl.when(pl.col("role") == "student").then("grade"),
        place="place",
        record="line",
    )


def _role_word() -> pl.Expr:
    """1.1 has one word for administrators; 1.2 says of what."""
    role, kind = pl.col("role"), pl.col("type")
    of_district = pl.when(kind.is_in(_DISTRICTS)).then(pl.lit("districtAdministrator"))
    word = of_district.when(kind.is_in(("school", "department"))).then(pl.lit("siteAdministrator"))
    return pl.when(role == "administrator").then(word.otherwise(role)).otherwise(role)


def _beside(base: Part, table: str, rows: pl.DataFrame, sheet: Sheet, named: pl.DataFrame) -> Part:
    """Further rows of the records of a part; what a record no longer says ends with it."""
    return replace(
        base,
        table=table,
        rows=rows,
        within=("person",),
        named=named,
        beside=True,
        spared=_spared(sheet, "person"),
    )


def _demographics(sheet: Sheet, _known: Known) -> list[Part]:
    """What is known of a person's birth, and the groups the person belongs to, each as an attribute."""
    coded = groups.with_codes(sheet.rows)
    base = _part(sheet, groups.without_groups(sheet.rows))
    person = sheet.rows.select(pl.col(KEY).alias("person"), pl.col("line").alias("record"))
    return [base, _beside(base, "attributes", groups.attributes(coded), sheet, named=person)]


def _user_flags(sheet: Sheet, _known: Known) -> list[Part]:
    entity, rows = sheet.entity, groups.flags(sheet)
    return [Part("attributes", entity.name, rows, sheet.file, entity.of, whole=sheet.is_whole)]


def _results(sheet: Sheet, _known: Known) -> list[Part]:
    there = [flag for flag in RESULT_FLAGS if flag in sheet.rows.columns]
    if not there:
        return [_part(sheet)]
    said = [pl.when(pl.col(flag) == "true").then(pl.lit(flag)) for flag in there]
    flags = pl.concat_str(said, separator=",", ignore_nulls=True)
    part, said_so = _part(sheet), sheet.rows.select(flags=pl.when(flags != "").then(flags))
    return [replace(part, rows=pl.concat([part.rows, said_so], how="horizontal"))]


def _links(sheet: Sheet, _known: Known) -> list[Part]:
    part = _part(sheet)
    return [replace(part, rows=part.rows.with_columns(type=pl.lit(sheet.entity.of)))]


def _sections(sheet: Sheet, known: Known) -> list[Part]:
    """Classes; in version 1 of School Data Sync they bring their courses and terms with them."""
    base = _part(sheet)
    if sheet.entity.name != "Section":
        return [base]
    live = sheet.rows.filter(~pl.col("ended"))
    courses = _carried(
        live, "courseSourcedId", "org=schoolSourcedId title=courseTitle code=courseCode subjects"
    )
    terms = _carried(live, "termSourcedIds", "title=termTitle begin=termStart end=termEnd")
    return [
        base,
        replace(base, table="courses", rows=courses, beside=True, spared=None),
        replace(base, table="sessions", rows=terms.drop("place"), beside=True, spared=None),
    ]


def _carried(rows: pl.DataFrame, key: str, words: str) -> pl.DataFrame:
    """Records that rows of another kind carry with them: each once."""
    if key not in rows.columns:
        return pl.DataFrame(schema={"id": pl.String, "place": pl.String, "record": pl.Int64})
    fields = dict(_field(word) for word in words.split())
    named = rows.filter(pl.col(key).is_not_null()).unique(key, keep="first", maintain_order=True)
    columns = [_first(named, names).alias(field) for field, names in fields.items()]
    return named.select(*columns, "place", id=key, record="line")


_READERS: dict[str, Callable[[Sheet, Known], list[Part]]] = {
    "users": _users,
    "demographics": _demographics,
    "userFlags": _user_flags,
    "results": _results,
    "classes": _sections,
    "lineItemScoreScales": _links,
    "resultScoreScales": _links,
    "lineItemLearningObjectiveIds": _links,
    "resultLearningObjectiveIds": _links,
}
