"""Demographics and flags as groups of students: each an attribute of a person, in words that can be read."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from aimline.imports.oneroster.sheets import Sheet
from aimline.imports.oneroster.standard import KEY

_RACES = {
    "americanIndianOrAlaskaNative": "American Indian or Alaska Native",
    "asian": "Asian",
    "blackOrAfricanAmerican": "Black or African American",
    "nativeHawaiianOrOtherPacificIslander": "Native Hawaiian or Other Pacific Islander",
    "white": "White",
    "demographicRaceTwoOrMoreRaces": "Two or more races",
}
_HISPANIC = "hispanicOrLatinoEthnicity"
_SEXES = {"male": "Male", "female": "Female", "unspecified": "Unspecified", "other": "Other"}
_YES_NO = {"true": "Yes", "false": "No"}
_FLAGS = {
    "504": "Section 504 plan",
    "ell": "English learner",
    "freelunch": "Free lunch",
    "iep": "Individualized education program",
    "reducedlunch": "Reduced-price lunch",
}


def with_codes(rows: pl.DataFrame) -> pl.DataFrame:
    """Lists of groups, as School Data Sync has them, say the same as a column for each group."""
    for column, flags in (("raceCodes", list(_RACES)), ("ethnicityCodes", [_HISPANIC])):
        if column in rows.columns:
            said = pl.col(column).str.split(",")
            rows = rows.with_columns(
                pl.when(said.list.contains(flag).fill_null(value=False)).then(pl.lit("true")).alias(flag)
                for flag in flags
            )
    return rows


def without_groups(rows: pl.DataFrame) -> pl.DataFrame:
    """Leave of the columns of groups what is neither yes nor no: it becomes no group, and is kept as given."""
    there = [name for name in (*_RACES, _HISPANIC) if name in rows.columns]
    return rows.with_columns(
        pl.when(~pl.col(name).is_in(list(_YES_NO))).then(pl.col(name)).alias(name) for name in there
    )


def attributes(rows: pl.DataFrame) -> pl.DataFrame:
    """One row for each group that a person's demographics name."""
    live = rows.filter(~pl.col("ended"))
    found = [_group(live, flag, "Race", {"true": name}) for flag, name in _RACES.items()]
    found.append(_group(live, _HISPANIC, "Hispanic or Latino", _YES_NO))
    found.append(_group(live, "sex", "Sex", _SEXES, others=True))
    return pl.concat(found)


def _group(
    rows: pl.DataFrame, column: str, name: str, values: Mapping[str, str], *, others: bool = False
) -> pl.DataFrame:
    """The attribute that one column gives those it says something of."""
    said = pl.col(column) if column in rows.columns else pl.lit(None, pl.String)
    given = rows.select(
        person=KEY,
        name=pl.lit(name),
        value=said.replace_strict(values, default=said if others else None, return_dtype=pl.String),
        place="place",
        record="line",
    )
    return given.filter(pl.col("value").is_not_null())


def flags(sheet: Sheet) -> pl.DataFrame:
    """Flags of School Data Sync: a person has one, or has it not."""
    given = sheet.rows["flag"].drop_nulls().unique()
    names = {flag: _FLAGS.get(flag.casefold(), flag) for flag in given}
    named = pl.col("flag").replace_strict(names, default=None, return_dtype=pl.String)
    rows = sheet.rows.select(
        "place", "extra", "ended", person="userSourcedId", name=named, value=pl.lit("Yes"), record="line"
    )
    return rows.filter(pl.col("name").is_not_null())
