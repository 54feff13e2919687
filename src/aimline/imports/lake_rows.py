"""The rows of a load that go into the student lake: compared, guarded, counted, kept."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from uuid import UUID

import polars as pl

from aimline.imports.refusals import TooManyRemovals
from aimline.imports.report import Report
from aimline.imports.staging import Staged
from aimline.org.models import Unit
from aimline.people.models import Person
from aimline.students import actions, keeping
from aimline.students.keeping import ENDED, UNCHANGED, Kept
from aimline.students.lake import CHANGED, NEW
from aimline.students.models import Source


def keep(unit: Unit, person: Person, staged: Staged, load_id: UUID) -> bool:
    """Keep what the parts of a load bring; return whether that was anything."""
    if not staged.parts:
        return False
    source = actions.know_source(unit, person, name=staged.source)
    kept = _compare(source, unit, staged)
    if not any(each.rows.height for each in kept):
        return False
    actions.keep_rows(source, person, kept=kept, load_id=load_id)
    return True


def preview(unit: Unit, staged: Staged) -> None:
    """Count into the report what keeping the parts would do. Nothing is written."""
    if staged.parts:
        _compare(Source.objects.filter(unit=unit, name=staged.source).first(), unit, staged)


def _compare(source: Source | None, unit: Unit, staged: Staged) -> list[Kept]:
    kept = keeping.compare(source, staged.parts, staged.places.ids(), unit)
    _guard(kept, staged.max_removals)
    _count(staged.report, kept)
    return kept


def _guard(kept: Sequence[Kept], most: float) -> None:
    """Refuse a file that would end too many; of several kinds of records, say of which it would end most."""
    bulk = [each for each in kept if each.part.whole and not each.part.beside and each.gone]
    worst = max(bulk, key=lambda each: each.gone / each.active, default=None)
    if worst is None or worst.gone * 100 <= most * worst.active:
        return
    raise TooManyRemovals(gone=worst.gone, active=worst.active, entity=worst.part.entity, most=most)


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
    """How many records are what: ended where all of their rows have, or stand as they did."""
    counted, status = statuses.drop_nulls("record"), pl.col("status")
    if counted["record"].n_unique() == counted.height:
        of_record = counted.select(least=status, most=status)
    else:
        of_record = counted.group_by("record").agg(least=status.min(), most=status.max())
    outcomes: Counter[str] = Counter()
    for least, most, count in of_record.group_by("least", "most").len().iter_rows():
        same = most in {UNCHANGED, ENDED} or least == most == NEW
        outcomes[most if same else CHANGED] += count
    return outcomes
