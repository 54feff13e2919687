"""What a record may refer to: the records of its own package, and those that are held."""

from __future__ import annotations

from dataclasses import dataclass, field

import polars as pl
from django.utils.translation import gettext as _

from aimline.imports.oneroster.fields import FIELDS
from aimline.imports.oneroster.findings import Findings
from aimline.imports.oneroster.sheets import Sheet
from aimline.imports.oneroster.standard import KEY, Column, Kind
from aimline.imports.report import Code
from aimline.students import lake
from aimline.students.models import Source

_SCHEMA = {"id": pl.String, "place": pl.String, "type": pl.String}


@dataclass(slots=True)
class _Given:
    """What the files of one noun bring: records by id, those that end, and those named but not usable."""

    records: pl.DataFrame
    ended: pl.Series
    spared: pl.Series
    whole: bool


@dataclass(slots=True)
class Known:
    """The records that may be referred to, by noun: id, place, and for organisations their type."""

    source: Source | None
    # The code of each unit by its id, as rows that are held name it.
    units: dict[str, str]
    _given: dict[str, _Given] = field(default_factory=dict)
    _held: dict[str, pl.DataFrame] = field(default_factory=dict)

    def give(self, sheet: Sheet, records: pl.DataFrame) -> None:
        """Take in the records of a file: `id`, `place` and `type` of those that do not end."""
        noun, nothing = sheet.entity.of, pl.Series([], dtype=pl.String)
        ended = sheet.rows.filter(pl.col("ended"))[KEY]
        spared = pl.concat([nothing, *sheet.spared])
        given = _Given(records.select(*_SCHEMA), ended, spared, sheet.is_whole)
        if before := self._given.get(noun):
            given = _Given(
                pl.concat([before.records, given.records]),
                pl.concat([before.ended, ended]),
                pl.concat([before.spared, spared]),
                before.whole and given.whole,
            )
        self._given[noun] = given

    def ids(self, noun: str) -> pl.Series:
        return self.records(noun)["id"]

    def given_ids(self, noun: str) -> pl.Series | None:
        """The ids that files read before have for this noun."""
        given = self._given.get(noun)
        return given.records["id"] if given else None

    def records(self, noun: str) -> pl.DataFrame:
        given = self._given.get(noun)
        if given is None:
            return self.held(noun)
        if given.whole and not len(given.spared):
            return given.records
        held = self.held(noun)
        if given.whole:
            held = held.filter(pl.col("id").is_in(given.spared.implode()))
        held = held.filter(~pl.col("id").is_in(given.ended.implode()))
        return pl.concat([given.records, held.join(given.records, on="id", how="anti")])

    def held(self, noun: str) -> pl.DataFrame:
        """The records of a noun that are held and have not ended."""
        if noun not in self._held:
            self._held[noun] = self._look(noun)
        return self._held[noun]

    def _look(self, noun: str) -> pl.DataFrame:
        if self.source is None:
            return pl.DataFrame(schema=_SCHEMA)
        table, kind = FIELDS[noun][0], pl.lit(None, pl.String)
        columns = ["id", "unit", "ended"]
        if noun == "orgs":
            columns, kind = [*columns, "type"], pl.col("type")
        rows = lake.held(table, self.source.pk).read(columns).filter(~pl.col("ended"))
        place = pl.col("unit").replace_strict(self.units, default=None, return_dtype=pl.String)
        return rows.select("id", place.alias("place"), kind.alias("type"))

    def every_id(self, noun: str) -> pl.Series:
        """The ids of all records of a noun that were ever held, ended ones too."""
        if self.source is None or noun not in FIELDS:
            return pl.Series([], dtype=pl.String)
        table, words = FIELDS[noun]
        key = words.partition("=")[0]
        return lake.held(table, self.source.pk).read([key])[key]

    def place(self, noun: str, places: pl.DataFrame) -> None:
        """Say where records of a noun lie that do not say so themselves: `id`, `place`."""
        if given := self._given.get(noun):
            given.records = placed_by(given.records, "id", places)


def placed_by(rows: pl.DataFrame, key: str, places: pl.DataFrame) -> pl.DataFrame:
    """Give rows that have no place the first one that `places` (`id`, `place`) has for them."""
    first = places.filter(pl.col("place").is_not_null()).unique("id", keep="first", maintain_order=True)
    place = pl.col(key).replace_strict(first["id"], first["place"], default=None, return_dtype=pl.String)
    return rows.with_columns(place=pl.col("place").fill_null(place))


def settle_needed(sheet: Sheet, known: Known, findings: Findings) -> None:
    """Reject the records that mean nothing without what they refer to."""
    bad = [pl.Series([], dtype=pl.Int64)]
    for column in _referring(sheet, needed=True):
        rows = _dangling(sheet, column, known.ids(column.refers))
        words = _("No record of %(noun)s has this id, in the package or among what is held. Send it too.")
        _add(sheet, column, rows, words % {"noun": column.refers}, findings, warns=False)
        bad.append(rows["line"])
    sheet.reject(pl.concat(bad))


def note_dangling(sheet: Sheet, known: Known, findings: Findings) -> None:
    """Name the references that do not resolve yet; they are kept as given."""
    for column in _referring(sheet, needed=False):
        rows = _dangling(sheet, column, known.ids(column.refers))
        words = _(
            "No record of %(noun)s has this id. The reference was kept, and holds once that record is sent."
        )
        _add(sheet, column, rows, words % {"noun": column.refers}, findings, warns=True)


def _referring(sheet: Sheet, *, needed: bool) -> list[Column]:
    columns = (sheet.entity.columns[name] for name in sheet.rows.columns if name in sheet.entity.columns)
    return [column for column in columns if column.refers and column.needed is needed]


def _dangling(sheet: Sheet, column: Column, known: pl.Series) -> pl.DataFrame:
    rows = sheet.rows.filter(~pl.col("ended") & pl.col(column.name).is_not_null())
    rows = rows.select("line", value=pl.col(column.name))
    if column.kind is Kind.LIST:
        rows = rows.with_columns(pl.col("value").str.split(",")).explode("value")
    # Of a million enrollments there are few different classes.
    given = rows["value"].unique()
    strange = given.filter(~given.is_in(known.implode()))
    return rows.filter(pl.col("value").is_in(strange.implode())) if len(strange) else rows.clear()


def _add(
    sheet: Sheet, column: Column, rows: pl.DataFrame, words: str, findings: Findings, *, warns: bool
) -> None:
    header, code = sheet.header(column.name), Code.UNRESOLVED_REFERENCE
    findings.add(rows, file=sheet.file, column=header, code=code, words=words, warns=warns)
