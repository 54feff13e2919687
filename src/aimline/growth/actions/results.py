"""What was found is kept, and teams are invited to tell what they do."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.utils.translation import gettext as _

from aimline.access.guard import action
from aimline.access.roles import Act
from aimline.core import clock
from aimline.core.errors import Invalid
from aimline.core.ids import uuid7
from aimline.core.models import once
from aimline.growth.models import GrowthRun, GrowthSummary, Invitation, Participation, TeamResult
from aimline.org.models import Unit
from aimline.people.models import Person

_CHUNK = 1000


@action(Act.EDIT_MEASURE)
def keep_results(
    run: GrowthRun,
    person: Person,
    *,
    summaries: Sequence[GrowthSummary],
    teams: Sequence[TeamResult],
    years: Sequence[int],
    students: int,
    last_batch: int,
) -> GrowthRun:
    """Keep what a run found, whole; a run that was repeated keeps what it found last."""
    run.summaries.all().delete()
    run.teams.all().delete()
    GrowthSummary.objects.bulk_create(summaries, batch_size=_CHUNK)
    TeamResult.objects.bulk_create(teams, batch_size=_CHUNK)
    return run.change(years=list(years), students=students, last_batch=last_batch, finished_at=clock.now())


@action(Act.IMPORT)
def keep_participation(unit: Unit, person: Person, *, assessment: str, rows: Sequence[Participation]) -> Unit:
    """Keep who was tested on an assessment at a place, in place of what was said of it before."""
    Participation.objects.filter(unit__path__startswith=unit.path, assessment=assessment).delete()
    Participation.objects.bulk_create(rows, batch_size=_CHUNK)
    return unit


@action(Act.ANNOTATE)
def invite(
    unit: Unit, person: Person, *, team: TeamResult, note: str = "", id: UUID | None = None
) -> Invitation:
    """Invite a team to a practice interview."""
    held = once(Invitation, id)
    if held:
        return held
    if team.unit_id != unit.pk:
        raise Invalid(_("This team is at another school."))
    return Invitation.objects.create(id=id or uuid7(), unit=unit, team=team, person=person, note=note)
