"""What happened since last Friday, read from the audit log, as far as the reader may see the records it speaks of."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Model, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from aimline.access.rules import Act, allowed
from aimline.core import audit, clock
from aimline.core.models import AuditEntry
from aimline.cycles.models import Cycle, Result
from aimline.measures.models import Annotation, Series
from aimline.org.models import Unit
from aimline.people.models import Person
from aimline.theory.models import Theory
from aimline.web.cycles.next_step import address
from aimline.web.parts import Moment

FRIDAY = 4
MOST = 8


@dataclass(frozen=True, slots=True)
class Told:
    """How one kind of act is told; `told_of` finds the record to name and to link."""

    sentence: Promise
    model: type[Model]
    act: Act
    told_of: Callable[[Any], tuple[str, str]]


def _cycle(cycle: Cycle) -> tuple[str, str]:
    return cycle.title, address(cycle)


def _result(row: Result) -> tuple[str, str]:
    return _cycle(row.cycle)


def _note(row: Annotation) -> tuple[str, str]:
    return row.text, reverse("measures:show", args=[row.series_id]) if row.series_id else ""


def _theory(row: Theory) -> tuple[str, str]:
    return row.title, reverse("theory:show", args=[row.pk])


ACTS: dict[str, Told] = {
    "plan": Told(_("%(who)s planned a test: %(what)s"), Cycle, Act.VIEW_CYCLE, _cycle),
    "clone": Told(_("%(who)s took over a test: %(what)s"), Cycle, Act.VIEW_CYCLE, _cycle),
    "start": Told(_("%(who)s started a test: %(what)s"), Cycle, Act.VIEW_CYCLE, _cycle),
    "record_result": Told(_("%(who)s recorded a result: %(what)s"), Result, Act.VIEW_CYCLE, _result),
    "record_study": Told(_("%(who)s wrote down what was learned: %(what)s"), Cycle, Act.VIEW_CYCLE, _cycle),
    "decide": Told(_("%(who)s decided: %(what)s"), Cycle, Act.VIEW_CYCLE, _cycle),
    "annotate": Told(_("%(who)s noted on a chart: %(what)s"), Annotation, Act.VIEW_MEASURE, _note),
    "start_theory": Told(_("%(who)s started a theory: %(what)s"), Theory, Act.VIEW_THEORY, _theory),
    "copy_theory": Told(_("%(who)s took over a theory: %(what)s"), Theory, Act.VIEW_THEORY, _theory),
}
# What has to come along so that naming a record asks nothing more.
JOINED: dict[type[Model], tuple[str, ...]] = {Result: ("cycle",)}


def last_friday() -> datetime:
    today = clock.today()
    back = (today.weekday() - FRIDAY) % 7 or 7
    return timezone.make_aware(datetime.combine(today - timedelta(days=back), time.min))


def moments(person: Person, place: Unit) -> list[Moment]:
    """The latest acts at this place and below, newest first."""
    entries = audit.since(last_friday(), ACTS)
    seen = _seen(entries, person, place)
    told = _once([(entry, seen[entry.record_id]) for entry in entries if entry.record_id in seen])[:MOST]
    told.sort(key=lambda pair: pair[0].at, reverse=True)
    names = dict(_names(person, {entry.actor_id for entry, _row in told if entry.actor_id}))
    return [_moment(entry, row, names) for entry, row in told]


def _once(told: list[tuple[AuditEntry, Model]]) -> list[tuple[AuditEntry, Model]]:
    """The same words of one person on ten charts are one piece of news."""
    kept: dict[object, tuple[AuditEntry, Model]] = {}
    for entry, row in told:
        what = ACTS[entry.act].told_of(row)[0]
        kept.setdefault((entry.actor_id, entry.act, what), (entry, row))
    return list(kept.values())


def _seen(entries: list[AuditEntry], person: Person, place: Unit) -> dict[UUID | None, Model]:
    ids: dict[type[Model], set[UUID]] = defaultdict(set)
    acts: dict[type[Model], Act] = {}
    for entry in entries:
        told = ACTS[entry.act]
        if entry.record_kind == told.model._meta.label and entry.record_id:
            ids[told.model].add(entry.record_id)
            acts[told.model] = told.act
    found: dict[UUID | None, Model] = {}
    for model, wanted in ids.items():
        rows = model._default_manager.filter(pk__in=wanted).select_related(*JOINED.get(model, ()))
        found |= {row.pk: row for row in _ours(rows, person, acts[model], place)}
    return found


def _ours(rows: QuerySet[Model], person: Person, act: Act, place: Unit) -> QuerySet[Model]:
    """Those of this place and below that the person may see; a note belongs where its chart is counted."""
    if rows.model is Annotation:
        return rows.filter(
            series__in=allowed(person, act, Series.objects.filter(unit__path__startswith=place.path))
        )
    here = {f"{rows.model.UNIT_PATH}__startswith": place.path}  # type: ignore[attr-defined]
    return allowed(person, act, rows.filter(**here))


def _names(person: Person, ids: set[UUID]) -> list[tuple[UUID, str]]:
    return list(allowed(person, Act.VIEW_PEOPLE, Person.objects.filter(pk__in=ids)).values_list("pk", "name"))


def _moment(entry: AuditEntry, row: Model, names: dict[UUID, str]) -> Moment:
    told = ACTS[entry.act]
    what, href = told.told_of(row)
    who = names.get(entry.actor_id) if entry.actor_id else None
    text = str(told.sentence) % {"who": who or _("Someone"), "what": what}
    at = timezone.localtime(entry.at)
    return Moment(text, capfirst(date_format(at, "l, H:i")), "done", href)
