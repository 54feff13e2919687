"""Asking for growth to be computed."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.db.models import Max
from django.utils.translation import gettext as _

from aimline.access.guard import action
from aimline.access.roles import Act
from aimline.core import jobs
from aimline.core.errors import Invalid
from aimline.core.ids import uuid7
from aimline.core.models import once
from aimline.growth import tasks
from aimline.growth.models import GrowthRun
from aimline.org.models import Unit
from aimline.people.models import Person


@action(Act.EDIT_MEASURE)
def ask_for_run(
    unit: Unit,
    person: Person,
    *,
    assessment: str,
    score_type: str,
    standard: Sequence[str] = (),
    id: UUID | None = None,
) -> GrowthRun:
    """Have growth computed from all scores on an assessment that are held at this place."""
    held = once(GrowthRun, id)
    if held:
        return held
    if not assessment or not score_type:
        raise Invalid(_("Choose an assessment and a kind of score."), fields={"assessment": ""})
    before = GrowthRun.objects.filter(unit=unit, assessment=assessment, score_type=score_type)
    run = GrowthRun.objects.create(
        id=id or uuid7(),
        unit=unit,
        person=person,
        assessment=assessment,
        score_type=score_type,
        standard=list(standard),
        number=(before.aggregate(last=Max("number"))["last"] or 0) + 1,
    )
    job = jobs.ask(tasks.compute_growth, asked_by=person.pk, run=str(run.pk))
    run.job_id = job.pk
    run.save(update_fields=["job_id"])
    return run
