"""The rows of a load that go into the student lake: compared, guarded, counted, kept."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

import polars as pl
from django.utils.translation import gettext as _

from aimline.imports.refusals import Refused
from aimline.imports.report import Code, Report
from aimline.imports.staging import Staged
from aimline.org.models import Unit
from aimline.people.models import Person
from aimline.students import actions, keeping
from aimline.students.keeping import ENDED, GONE, UNCHANGED, Kept
from aimline.students.lake import CHANGED, NEW
from aimline.students.models import Source


def keep(unit: Unit, person: Person, staged: Staged, load_id: UUID, written: list[str]) -> bool:
    """Keep what the parts of a load bring; return whether that was anything."""
    if not staged.parts:
        return False
    source = actions.know_source(unit, person, name=staged.source)
    kept = _compare(source, unit, staged)
    if not any(each.rows.height for each in kept):
        return False
    actions.keep_rows(source, person, kept=kept, load_id=load_id, written=written)
    return True


def preview(unit: Unit, staged: Staged) -> None:
    """Count into the report what keeping the parts would do. Nothing is written."""
    if staged.parts:
        _compare(Source.objects.filter(unit=unit, name=staged.source).first(), unit, staged)


def _compare(source: Source | None, unit: Unit, staged: Staged) -> list[Kept]:
    kept = keeping.compare(source, staged.parts, staged.places.ids(), unit)
    for each in kept:
        _guard(each, staged.max_removals)
    _count(staged.report, kept)
    return kept


def _guard(kept: Kept, most: float) -> None:
    """Refuse a file that would end too many: it is more often half a file than half a district leaving."""
    if not kept.part.whole or kept.part.beside or kept.gone * 100 <= most * kept.active:
        return
    facts = {"gone": kept.gone, "active": kept.active, "entity": kept.part.entity, "most": f"{most:g}"}
    words = _(
        "This file would end %(gone)s of %(active)s %(entity)s, because it does not name them; the most is %(most)s "
        "percent. If the file is whole, load it again with a higher limit (--max-removals)."
    )
    raise Refused(words % facts, code=Code.TOO_MANY_REMOVALS)


def _count(report: Report, kept: Sequence[Kept]) -> None:
    """Count records, not rows: a record is new where all of its rows are, and the same where all of them are."""
    by_file: dict[tuple[str, str], list[Kept]] = {}
    for each in kept:
        by_file.setdefault((each.part.file, each.part.entity), []).append(each)
    for (file, entity), parts in by_file.items():
        tally = report.tally(file, entity)
        tally.deactivated += sum(each.gone for each in parts if each.part.whole and not each.part.beside)
        outcomes = _outcomes(pl.concat([each.statuses for each in parts]))
        tally.created += outcomes.get(NEW, 0)
        tally.updated += outcomes.get(CHANGED, 0)
        tally.unchanged += outcomes.get(UNCHANGED, 0)
        tally.deactivated += outcomes.get(ENDED, 0)


def _outcomes(statuses: pl.DataFrame) -> dict[str, int]:
    said = pl.col("status")
    of_record = (
        statuses.drop_nulls("record")
        .group_by("record")
        .agg(
            outcome=pl.when((said == UNCHANGED).all())
            .then(pl.lit(UNCHANGED))
            .when((said == NEW).all())
            .then(pl.lit(NEW))
            .when((said == ENDED).any() & said.is_in([ENDED, UNCHANGED, GONE]).all())
            .then(pl.lit(ENDED))
            .otherwise(pl.lit(CHANGED))
        )
    )
    return dict(of_record.group_by("outcome").len().iter_rows())
