"""Who is meant: the person that a result is of, whichever system the person's row came from.

A result names its student by an id, and may say which: the local one, the state's. It is matched to the person of that
id in its own source; else to the person who has it as an identifier of that name in another source of the same place.
Nothing is kept of this: a result without a student finds one by itself when the roster arrives. Where no rule finds
anybody, a person can decide (`verdicts`).

Ids mean something within one district, or what stands in its stead: the *space* of a source is the nearest district at
or above it, else its own place. What is known at the root is known in all spaces below, and the other way round.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

import narwhals as nw

from aimline.org.models import Unit, UnitKind, chain
from aimline.students import lake, verdicts
from aimline.students.lake import Rows
from aimline.students.models import Source

# Between a space and the id looked for in it; before an id of the source's own, and before one that has no name.
_IN, _OWN, _UNNAMED = "\x1f", "#", "="
# From above a space, and from below it.
_DOWN, _UP = ">", "<"
_ASKED = ["source", "id_kind", "student"]


def matched(results: Rows, people: Rows, *, unsaved: Unit | None = None, at: datetime | None = None) -> Rows:
    """Add `person_source` and `person`: who the student of each row is, as the lake knows people; null for nobody.

    `results` have source, id_kind and student; `people` are rows as `possible_students` gives them. Rows of a source
    that is not there yet have a blank source, and `unsaved` is its place. What people have decided, now or by the
    moment `at`, comes before every rule.
    """
    spaces = _spaces(unsaved)
    # Students are far fewer than results: each is looked for once.
    kind = nw.col("id_kind").fill_null("")
    asked = results.select("source", "student", id_kind=kind).unique()
    tried = nw.concat(_looked_for(asked, spaces), how="vertical")
    found = tried.join(_known(people, spaces), on="sought", how="inner")
    best = found.unique(_ASKED, keep="first", order_by=["rank"]).select(*_ASKED, "person_source", "person")
    if verdicts.held(at):
        best = verdicts.settle(asked.join(best, on=_ASKED, how="left"), at)
    # Nulls never meet in a join, and most files name no kind of id.
    best = best.rename({"id_kind": "asked_as"})
    met = results.with_columns(asked_as=kind)
    return met.join(best, on=["source", "student", "asked_as"], how="left").drop("asked_as")


def possible_students(
    at: datetime | None = None, unit: Unit | None = None, *, include_ended: bool = False
) -> Rows:
    """Return the people who may be meant: all but those known for something else alone, as staff and parents are."""
    roles = lake.scan("roles", at=at, unit=unit, include_ended=include_ended).select(
        "source", "role", id=nw.col("person")
    )
    students = roles.filter(nw.col("role") == "student")
    others = roles.join(students, on=["source", "id"], how="anti").select("source", "id").unique()
    people = lake.scan("people", at=at, unit=unit, include_ended=include_ended).select(
        "source", "id", "identifier", "user_ids"
    )
    return people.join(others, on=["source", "id"], how="anti")


@dataclass(slots=True)
class _Spaces:
    """For each source: the space it looks in, where it looks then, and every space its people are known in."""

    near: dict[str, str] = field(default_factory=dict)
    far: dict[str, str] = field(default_factory=dict)
    known: dict[str, str] = field(default_factory=dict)

    def add(self, source: str, unit: Unit, districts: set[str]) -> None:
        root, *_below = above = chain(unit.path)
        space = next((path for path in reversed(above) if path in districts), unit.path)
        at_root = space == root
        self.near[source] = space
        self.far[source] = root + (_UP if at_root else _DOWN)
        self.known[source] = f"{space},{root}{_DOWN if at_root else _UP}"


def _spaces(unsaved: Unit | None) -> _Spaces:
    districts = set(Unit.objects.filter(kind=UnitKind.DISTRICT).values_list("path", flat=True))
    spaces = _Spaces()
    for source in Source.objects.select_related("unit"):
        spaces.add(source.pk.hex, source.unit, districts)
    if unsaved:
        spaces.add("", unsaved, districts)
    return spaces


def space() -> nw.Expr:
    """Say of rows with a source in which space its ids mean something."""
    return _of_source(_spaces(None).near)


def _of_source(values: dict[str, str]) -> nw.Expr:
    # An installation without any source has no rows either, but the expression is made all the same.
    return nw.col("source").replace_strict(
        list(values) or [""], list(values.values()) or [""], default="", return_dtype=nw.String
    )


def _looked_for(asked: Rows, spaces: _Spaces) -> Iterable[Rows]:
    """Say under which keys each student is looked for, the surest first."""
    student = nw.col("student")
    kind = nw.col("id_kind").fill_null("")
    named = nw.concat_str(nw.lit("{"), kind, nw.lit(":"), student, nw.lit("}")).str.to_lowercase()
    unnamed = nw.concat_str(nw.lit(_UNNAMED), student).str.to_lowercase()
    near, far = _of_source(spaces.near), _of_source(spaces.far)
    keys = [
        (nw.col("source"), nw.concat_str(nw.lit(_OWN), student)),
        *((near, named), (near, unnamed), (far, named), (far, unnamed)),
    ]
    for rank, (space, id) in enumerate(keys):
        yield asked.select(*_ASKED, rank=nw.lit(rank), sought=nw.concat_str(space, nw.lit(_IN), id))


def _known(people: Rows, spaces: _Spaces) -> Rows:
    """Return the keys under which people are known, each once: `sought`, `person_source`, `person`."""
    own = people.select(
        sought=nw.concat_str(nw.col("source"), nw.lit(_IN + _OWN), nw.col("id")),
        person_source=nw.col("source"),
        person=nw.col("id"),
    )
    named = people.filter(nw.col("user_ids").fill_null("") != "")
    named = named.with_columns(entry=nw.col("user_ids").str.split(",")).explode("entry")
    named = named.select("source", "id", entry=nw.col("entry").str.strip_chars().str.to_lowercase())
    unnamed = people.filter(nw.col("identifier").fill_null("") != "")
    entry = nw.concat_str(nw.lit(_UNNAMED), nw.col("identifier")).str.to_lowercase()
    entries = nw.concat([named, unnamed.select("source", "id", entry=entry)], how="vertical")
    spread = entries.with_columns(space=_of_source(spaces.known).str.split(",")).explode("space")
    sought = nw.concat_str(nw.col("space"), nw.lit(_IN), nw.col("entry"))
    keys = spread.select("source", "id", sought=sought, home=_of_source(spaces.near))
    return nw.concat([own, _certain(keys)], how="vertical")


def _certain(keys: Rows) -> Rows:
    """Keep the keys that mean one person: one in a source, and of sources of one space the one that was there first."""
    meant = keys.group_by("sought", "source", "home").agg(
        people=nw.col("id").n_unique(), person=nw.col("id").min()
    )
    meant = meant.filter(nw.col("people") == 1)
    first = meant.group_by("sought").agg(source=nw.col("source").min(), homes=nw.col("home").n_unique())
    kept = meant.join(first.filter(nw.col("homes") == 1), on=["sought", "source"], how="semi")
    return kept.select("sought", nw.col("source").alias("person_source"), "person")
