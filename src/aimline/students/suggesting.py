"""Who may be meant by an id that no rule finds a student for, best first, and why. Nothing of it applies by itself."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any
from unicodedata import combining, normalize
from uuid import UUID

import narwhals as nw

from aimline.org.models import Unit
from aimline.people.models import Person
from aimline.students import identities, lake, sight
from aimline.students.reviewing import Waiting
from aimline.students.rosters import NAMES, STUDENT

MOST = 4
# With so much for one student, those who are merely close are not shown.
_STRONG = 8
# Shorter ids are one digit away from half the school.
_SHORTEST = 4


class Why(StrEnum):
    SAME_ID = "same_id"
    WRITTEN = "written"
    BORN = "born"
    NAMED = "named"
    SWAPPED = "swapped"
    DIGIT = "digit"
    # These alone suggest nobody.
    GRADE = "grade"
    SCHOOL = "school"
    # And these speak against it.
    OTHER_NAME = "other_name"
    TAKEN = "taken"


_WEIGHTS = {
    Why.SAME_ID: 10,
    Why.WRITTEN: 9,
    Why.BORN: 8,
    Why.NAMED: 5,
    Why.SWAPPED: 4,
    Why.DIGIT: 3,
    Why.GRADE: 1,
    Why.SCHOOL: 1,
    Why.OTHER_NAME: -6,
    Why.TAKEN: -5,
}


@dataclass(frozen=True, slots=True)
class Candidate:
    """A student of a roster, as far as it takes to know one."""

    source: UUID
    id: str
    name: str
    grade: str
    unit: str


@dataclass(frozen=True, slots=True)
class Suggestion:
    student: Candidate
    why: tuple[Why, ...]

    @property
    def weight(self) -> int:
        return sum(_WEIGHTS[why] for why in self.why)


@dataclass(frozen=True, slots=True)
class Said:
    """What a sender gave beside an id, where it looks like a name or a birth date."""

    name: str = ""
    born: str = ""


@dataclass(slots=True)
class _Roster:
    """Students one sees in a district, by the row they stand in, under each of their ids and names."""

    rows: list[dict[str, Any]]
    ids: dict[str, list[tuple[int, str]]] = field(default_factory=dict)
    names: dict[str, list[int]] = field(default_factory=dict)


def suggest(
    shown: Sequence[Waiting], person: Person, districts: Mapping[UUID, Unit]
) -> list[list[Suggestion]]:
    """Return for each id those who may be meant; `districts` says where the students of each source are."""
    seen, rosters = sight.sight_of(person), dict[UUID, _Roster]()
    for one in shown:
        district = districts[one.source]
        if district.pk not in rosters:
            rosters[district.pk] = _roster(seen, district)
    found = [_found(one, rosters[districts[one.source].pk]) for one in shown]
    taken = _taken(shown, found)
    weighed = [[_against(each, one, taken) for each in many] for one, many in zip(shown, found, strict=True)]
    return [_best(many) for many in weighed]


def _best(many: Sequence[Suggestion]) -> list[Suggestion]:
    """The few that stand out: of many for whom the same little speaks, none is more likely than the next."""
    ordered = sorted((each for each in many if each.weight > 0), key=_order)
    ordered = [each for each in ordered if each.weight >= _STRONG] or ordered
    if len(ordered) <= MOST:
        return ordered
    return [each for each in ordered[:MOST] if each.weight > ordered[MOST].weight]


def look_up(id: str, person: Person, district: Unit) -> list[Candidate]:
    """Return the students one sees in a district who go by this id, as it is written there."""
    roster = _roster(sight.sight_of(person), district)
    numbers = {number for number, held in roster.ids.get(plain_id(id), ()) if held == id.strip().lower()}
    return [_candidate(roster.rows[number]) for number in sorted(numbers)]


def known(person: Person, place: Unit, ids: Sequence[str]) -> dict[tuple[UUID, str], Candidate]:
    """Return the students of these ids whom one sees at a place, also under the ids that stand for them."""
    wanted = sorted({id for id in ids if id})
    if not wanted:
        return {}
    columns = (*STUDENT, *NAMES, "grade", "unit")
    rows = sight.seen(sight.sight_of(person), place).filter(nw.col("student").is_in(wanted)).select(*columns)
    found = [_candidate(row) for row in lake.collect(rows).iter_rows(named=True)]
    return {(one.source, one.id): one for one in found}


def _order(one: Suggestion) -> tuple[int, str, str]:
    return -one.weight, one.student.name, one.student.id


def said(extra: str) -> Said:
    """Read a name and a birth date out of what the sender gave beside."""
    try:
        given = json.loads(extra or "{}")
    except json.JSONDecodeError:
        return Said()
    if not isinstance(given, dict):
        return Said()
    plain = {
        re.sub(r"[^a-z]", "", key.lower()).removeprefix("student"): str(value or "")
        for key, value in given.items()
    }
    whole = plain.get("name") or plain.get("fullname") or ""
    if "," in whole:
        whole = " ".join(reversed([part.strip() for part in whole.split(",", 1)]))
    parts = (
        _first(plain, "firstname", "givenname", "first"),
        _first(plain, "lastname", "familyname", "surname", "last"),
    )
    name = " ".join(parts) if all(parts) else whole
    return Said(name, _first(plain, "birthdate", "dateofbirth", "dob", "birthday")[:10])


def _first(given: Mapping[str, str], *names: str) -> str:
    return next((given[name] for name in names if given.get(name)), "")


def plain_id(id: str) -> str:
    """An id without what people leave out: capitals, punctuation and zeros in front."""
    return re.sub(r"[\W_]", "", id.lower()).lstrip("0")


def plain_name(name: str) -> str:
    spelled = "".join(letter for letter in normalize("NFKD", name.lower()) if not combining(letter))
    return " ".join(re.sub(r"[^\w\s]|_", "", spelled.replace("-", " ")).split())


def near_ids(id: str) -> Iterator[tuple[str, Why]]:
    """Yield each id that differs in one digit, or by two neighbours swapped."""
    if len(id) < _SHORTEST:
        return
    for place, letter in enumerate(id):
        head, tail = id[:place], id[place + 1 :]
        if letter.isdigit():
            yield from ((head + digit + tail, Why.DIGIT) for digit in "0123456789" if digit != letter)
        if tail and tail[0] != letter:
            yield head + tail[0] + letter + tail[1:], Why.SWAPPED


def _roster(seen: sight.Sight, district: Unit) -> _Roster:
    born = lake.scan("people").select("source", "user_ids", "birth_date", student=nw.col("id"))
    rows = (
        sight.seen(seen, district)
        .select(*STUDENT, *NAMES, "grade", "unit")
        .join(born, on=STUDENT, how="left")
    )
    roster = _Roster(list(lake.collect(rows).iter_rows(named=True)))
    for number, row in enumerate(roster.rows):
        for id in _ids(row):
            roster.ids.setdefault(plain_id(id), []).append((number, id.lower()))
        for name in _names(row):
            roster.names.setdefault(name, []).append(number)
    return roster


def _ids(row: Mapping[str, Any]) -> set[str]:
    listed = re.split(r"[{},]", row["user_ids"] or "")
    ids = {row["student"], row["identifier"] or "", *(part.rpartition(":")[2].strip() for part in listed)}
    return ids - {""}


def _names(row: Mapping[str, Any]) -> set[str]:
    given = (row["given_name"], row["preferred_given_name"])
    family = (row["family_name"], row["preferred_family_name"])
    return {plain_name(f"{one} {other}") for one in given for other in family if one and other}


def _found(one: Waiting, roster: _Roster) -> list[Suggestion]:
    """Those for whom anything speaks, with all that does."""
    why: dict[int, set[Why]] = {}
    asked, given = plain_id(one.student), said(one.extra)
    for number, id in roster.ids.get(asked, ()):
        why.setdefault(number, set()).add(Why.SAME_ID if id == one.student.lower() else Why.WRITTEN)
    for near, reason in near_ids(asked):
        for number, _id in roster.ids.get(near, ()):
            why.setdefault(number, set()).add(reason)
    for number in roster.names.get(plain_name(given.name), ()) if given.name else ():
        if named := _by_name(one, given, roster.rows[number]):
            why.setdefault(number, set()).add(named)
    return [_suggestion(one, given, roster.rows[number], reasons) for number, reasons in why.items()]


def _by_name(one: Waiting, given: Said, row: Mapping[str, Any]) -> Why | None:
    if given.born and _day(row["birth_date"]) == given.born:
        return Why.BORN
    return Why.NAMED if _same_grade(one, row) else None


def _suggestion(one: Waiting, given: Said, row: Mapping[str, Any], reasons: set[Why]) -> Suggestion:
    if Why.SAME_ID in reasons:
        reasons -= {Why.WRITTEN}
    if _same_grade(one, row) and Why.NAMED not in reasons:
        reasons.add(Why.GRADE)
    if one.unit and one.unit == row["unit"]:
        reasons.add(Why.SCHOOL)
    if given.name and plain_name(given.name) not in _names(row):
        reasons.add(Why.OTHER_NAME)
    return Suggestion(_candidate(row), tuple(sorted(reasons, key=list(Why).index)))


def _candidate(row: Mapping[str, Any]) -> Candidate:
    given = row["preferred_given_name"] or row["given_name"]
    family = row["preferred_family_name"] or row["family_name"]
    name = " ".join(part for part in (given, family) if part)
    return Candidate(UUID(row["source"]), row["student"], name, row["grade"] or "", row["unit"])


def _same_grade(one: Waiting, row: Mapping[str, Any]) -> bool:
    return bool(one.grade) and plain_id(one.grade) == plain_id(row["grade"] or "")


def _day(value: date | None) -> str:
    return value.isoformat() if value else ""


# A source, and a person as another source names them.
_Taken = set[tuple[str, str, str]]


def _taken(shown: Sequence[Waiting], found: Sequence[Sequence[Suggestion]]) -> _Taken:
    """Say for each source whom of those suggested its results name already, under another id."""
    persons = sorted({each.student.id for many in found for each in many})
    results = [one.source.hex for one in shown if "assessments" in one.rows]
    if not persons or not results:
        return set()
    asked = lake.scan("assessments").filter(nw.col("source").is_in(sorted(set(results))))
    asked = asked.filter(~nw.col("student").is_null()).select("source", "id_kind", "student").unique()
    with lake.computed(asked) as ids, lake.computed(identities.possible_students()) as people:
        met = identities.matched(ids, people).filter(nw.col("person").is_in(persons))
        named = lake.collect(met.select("source", "person_source", "person").unique())
    return set(named.iter_rows())


def _against(each: Suggestion, one: Waiting, taken: _Taken) -> Suggestion:
    if (one.source.hex, each.student.source.hex, each.student.id) not in taken:
        return each
    return Suggestion(each.student, (*each.why, Why.TAKEN))
