"""What is said of ids nobody is known by, of those who may be meant, and of what was decided."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, ngettext_lazy

from aimline.access.rules import Act, allowed
from aimline.org.models import Unit
from aimline.people.models import Person
from aimline.students import verdicts
from aimline.students.codes import code_of
from aimline.students.doubles import Alike, Pair
from aimline.students.models import Source
from aimline.students.reviewing import Waiting
from aimline.students.suggesting import Candidate, Suggestion, Why, said
from aimline.students.tables import JOINT
from aimline.students.verdicts import Decided, Verdict

WHY = {
    Why.SAME_ID: gettext_lazy("Has this very id."),
    Why.WRITTEN: gettext_lazy("The ids differ in zeros in front, punctuation or capitals alone."),
    Why.BORN: gettext_lazy("Same name and same birth date."),
    Why.NAMED: gettext_lazy("Same name and same grade."),
    Why.SWAPPED: gettext_lazy("Two neighbors in the id are swapped."),
    Why.DIGIT: gettext_lazy("One digit differs."),
    Why.GRADE: gettext_lazy("Same grade."),
    Why.SCHOOL: gettext_lazy("Same school."),
    Why.OTHER_NAME: gettext_lazy("But the file gives another name."),
    Why.TAKEN: gettext_lazy("But this source has results of this student under another id."),
}
ALIKE = {
    Alike.IDENTIFIER: gettext_lazy("Both have the same identifier."),
    Alike.BORN: gettext_lazy("Both have the same name and birth date."),
}
_ROWS = {
    "assessments": ngettext_lazy("%(count)s test result", "%(count)s test results", "count"),
    "attendance": ngettext_lazy("%(count)s attendance record", "%(count)s attendance records", "count"),
    "results": ngettext_lazy("%(count)s mark", "%(count)s marks", "count"),
    "discipline": ngettext_lazy("%(count)s incident", "%(count)s incidents", "count"),
}
_KINDS = {"local": gettext_lazy("the district's number"), "state": gettext_lazy("the state's number")}


@dataclass(frozen=True, slots=True)
class Book:
    """Names of places and sources."""

    sources: Mapping[UUID, Source]
    places: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, sources: Mapping[UUID, Source]) -> Book:
        return cls(sources, {id.hex: name for id, name in Unit.objects.values_list("pk", "name")})

    def source(self, id: UUID) -> str:
        return self.sources[id].name if id in self.sources else ""


def waiting_code(one: Waiting) -> str:
    return code_of(JOINT.join(one.id))


def person_code(source: UUID, id: str) -> str:
    return code_of(JOINT.join([source.hex, id]))


def pair_code(pair: Pair) -> str:
    parts = [pair.first.source.hex, pair.first.id, pair.other.source.hex, pair.other.id]
    return code_of(JOINT.join(parts))


def facts(one: Waiting, book: Book) -> list[tuple[str, str]]:
    """What the file says of an id."""
    given = said(one.extra)
    told = [
        (_("Source"), _source(one, book)),
        (_("Name in the file"), given.name),
        (
            _("Rows"),
            ", ".join(str(_ROWS[table] % {"count": count}) for table, count in sorted(one.rows.items())),
        ),
        (_("Tests"), ", ".join(one.tests)),
        (_("Days"), _days(one)),
        (_("Place"), _place(one, book)),
    ]
    return [(name, value) for name, value in told if value]


def _source(one: Waiting, book: Book) -> str:
    told = {"source": book.source(one.source), "kind": _KINDS.get(one.id_kind, one.id_kind)}
    return _("%(source)s, as %(kind)s") % told if one.id_kind else book.source(one.source)


def _place(one: Waiting, book: Book) -> str:
    place = book.places.get(one.unit, "")
    return _("Grade %(grade)s, %(place)s") % {"grade": one.grade, "place": place} if one.grade else place


def _days(one: Waiting) -> str:
    if one.first is None or one.last is None:
        return ""
    first, last = date_format(one.first, "DATE_FORMAT"), date_format(one.last, "DATE_FORMAT")
    return first if first == last else _("%(first)s to %(last)s") % {"first": first, "last": last}


def who(student: Candidate) -> str:
    return student.name or student.id


def where(student: Candidate, book: Book) -> str:
    """A student's grade, place and id."""
    place, source = book.places.get(student.unit, ""), book.source(student.source)
    told = {"grade": student.grade, "place": place, "id": student.id, "source": source}
    if student.grade and source:
        return _("Grade %(grade)s, %(place)s, %(id)s in %(source)s.") % told
    if student.grade:
        return _("Grade %(grade)s, %(place)s, %(id)s.") % told
    return _("%(place)s, %(id)s in %(source)s.") % told if source else _("%(place)s, %(id)s.") % told


def reasons(suggestion: Suggestion, book: Book) -> str:
    sentences = [where(suggestion.student, book), *(str(WHY[why]) for why in suggestion.why)]
    return " ".join(sentences)


@dataclass(frozen=True, slots=True)
class PairTold:
    one: str
    other: str
    alike: str


def pair_told(pair: Pair, book: Book) -> PairTold:
    first, other = (f"{who(one)}: {where(one, book)}" for one in (pair.first, pair.other))
    return PairTold(first, other, " ".join(str(ALIKE[way]) for way in pair.alike))


@dataclass(frozen=True, slots=True)
class DecidedLine:
    title: str
    note: str
    source: UUID
    code: str


def decided_code(one: Decided) -> str:
    return code_of(one.key)


def decided_lines(
    shown: Sequence[Decided], known: Mapping[tuple[UUID, str], Candidate], book: Book, reader: Person
) -> list[DecidedLine]:
    """What was decided, by whom and when."""
    deciders = Person.objects.filter(pk__in={one.decided_by for one in shown if one.decided_by})
    names = {person.pk.hex: person.name for person in allowed(reader, Act.VIEW_PEOPLE, deciders)}
    moments = verdicts.moments(shown)
    lines = []
    for one in shown:
        told = {
            "source": book.source(one.source),
            "day": date_format(moments[one.seq], "DATE_FORMAT"),
            "name": names.get(one.decided_by, ""),
        }
        said_by = (
            _("Source %(source)s. %(name)s decided it on %(day)s.")
            if told["name"]
            else _("Source %(source)s. Decided on %(day)s.")
        )
        lines.append(DecidedLine(_title(one, known), said_by % told, one.source, decided_code(one)))
    return lines


def _title(one: Decided, known: Mapping[tuple[UUID, str], Candidate]) -> str:
    if one.of is None:
        return _("%(id)s is nobody of ours") % {"id": one.student}
    student = known.get(one.of)
    told = {"id": one.student, "name": who(student) if student else one.of[1]}
    if one.verdict is Verdict.DIFFERENT:
        return _("%(id)s and %(name)s are two students") % told
    return _("%(id)s is %(name)s") % told


def saved(number: int) -> str:
    words = ngettext(
        "%(number)s decision is kept. Figures are being counted again.",
        "%(number)s decisions are kept. Figures are being counted again.",
        number,
    )
    return words % {"number": number}
