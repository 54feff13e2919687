"""How decisions about identities become rows of the lake, and which of them are refused."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

import narwhals as nw
import polars as pl
from django.utils.translation import gettext as _

from aimline.access.roles import Act
from aimline.access.rules import can
from aimline.core.errors import Conflict, Invalid, NotAllowed
from aimline.people.models import Person
from aimline.students import keeping, lake, sight, verdicts
from aimline.students.keeping import Kept, Part
from aimline.students.models import Source
from aimline.students.tables import JOINT
from aimline.students.verdicts import TABLE, Decided, Verdict

Known = tuple[UUID, str]


@dataclass(frozen=True, slots=True)
class Decision:
    """Whom an id of a source means: `of` is a person of a roster; nobody where the verdict is "unknown"."""

    id_kind: str
    student: str
    verdict: Verdict
    of: Known | None = None

    @property
    def key(self) -> str:
        """An id means one person at most; that two people are two can be said of many."""
        pair = [self.of[0].hex, self.of[1]] if self.verdict is Verdict.DIFFERENT and self.of else []
        return JOINT.join([self.id_kind, self.student, *pair])


def check(source: Source, person: Person, decisions: Sequence[Decision]) -> None:
    """Refuse what this person may not see, what contradicts a decision that holds, and what would go in a circle."""
    check_sight(source, person)
    _check_persons(source, person, [decision.of for decision in decisions if decision.of])
    held = {one.key: one for one in verdicts.held() if one.source == source.pk}
    for decision in decisions:
        _check_held(decision, held.get(decision.key))
        if decision.verdict is Verdict.SAME and decision.of and not decision.id_kind:
            _check_circle((source.pk, decision.student), decision.of)


def check_sight(source: Source, person: Person) -> None:
    if not can(person, Act.VIEW_STUDENTS, source):
        raise NotAllowed(act=str(Act.VIEW_STUDENTS))


def _check_persons(source: Source, person: Person, wanted: Sequence[Known]) -> None:
    """An id can mean students of the source's own district whom one sees, and nobody else."""
    if not wanted:
        return
    around = sight.seen(sight.sight_of(person), sight.district(source.unit))
    asked = around.filter(nw.col("student").is_in(sorted({id for _source, id in wanted})))
    seen = {(UUID(of), id) for of, id in lake.collect(asked.select("source", "student")).iter_rows()}
    if missing := [id for of, id in wanted if verdicts.meant_by(of, id) not in seen]:
        raise Invalid(
            _(
                "No student whom you see here has the id %(id)s. Choose from the suggestions, or type another id."
            )
            % {"id": missing[0]}
        )


def _check_held(decision: Decision, held: Decided | None) -> None:
    if held is None:
        return
    if (held.verdict, held.of) != (decision.verdict, decision.of):
        raise Conflict(
            _("Somebody has decided about %(id)s meanwhile. Take that back first, if it is wrong.")
            % {"id": decision.student}
        )


def _check_circle(one: Known, other: Known) -> None:
    if verdicts.meant_by(*other) == one or one == other:
        raise Invalid(_("%(id)s would mean itself.") % {"id": one[1]})


def part(decisions: Sequence[Decision], person: Person) -> Part:
    rows = [
        {
            "key": decision.key,
            "id_kind": decision.id_kind or None,
            "student": decision.student,
            "person_source": decision.of[0].hex if decision.of else None,
            "person": decision.of[1] if decision.of else None,
            "verdict": str(decision.verdict),
            "decided_by": person.pk.hex,
        }
        for decision in decisions
    ]
    return _part(pl.DataFrame(rows, schema=dict.fromkeys(rows[0], pl.String)))


def part_ending(decided: Decided) -> Part:
    rows = {"key": [decided.key], "id_kind": [decided.id_kind or None], "student": [decided.student]}
    return _part(
        pl.DataFrame(rows, schema=dict.fromkeys(rows, pl.String)).with_columns(ended=pl.lit(value=True))
    )


def _part(rows: pl.DataFrame) -> Part:
    return Part(TABLE, "decision", rows.with_row_index("record"), "", TABLE)


def compare(source: Source, part: Part) -> list[Kept]:
    return keeping.compare(source, [part], {}, source.unit)
