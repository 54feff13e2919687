"""A package written in one piece, and taken back the same way."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from django.db.models import PROTECT
from django.db.models.fields.reverse_related import ForeignObjectRel
from django.utils.translation import gettext as _

from aimline.core import clock
from aimline.core.errors import Conflict
from aimline.core.models import kind_of
from aimline.frameworks import tying
from aimline.frameworks.freezing import fingerprint, thawed
from aimline.frameworks.models import Criterion, Framework, FrameworkItem, ItemLink, Published
from aimline.frameworks.parts import (
    CRITERION,
    DOCUMENT,
    FRAMEWORK_OF,
    ITEM,
    LINK,
    MODELS,
    RowChange,
    TakenBack,
)
from aimline.frameworks.planning import Plan
from aimline.frameworks.tying import CHUNK, chunks
from aimline.org.models import Unit


def write(unit: Unit, plan: Plan) -> list[RowChange]:
    """Write what was planned; return every row made or altered."""
    _expect(unit, plan)
    if not plan.changes_anything:
        return []
    made = [row for rows in plan.made.values() for row in rows]
    altered = [each for several in plan.altered.values() for each in several]
    retied = _tie(plan)
    for kind in MODELS:
        _insert(MODELS[kind], plan.made.get(kind, []))
        _update(MODELS[kind], [each.row for each in plan.altered.get(kind, [])])
    if plan.version and not plan.altered.get(DOCUMENT):
        # Two loads of one framework at a time find out about each other by its version.
        _update(Framework, [plan.framework])
    fresh = {row.pk for row in made} | {each.row.pk for each in altered}
    tying.keep(row for row in retied if row.pk not in fresh)
    tying.tie_others(unit, _own(plan.made.get(ITEM, [])))
    changes = [RowChange(kind_of(row), row.pk, None, fingerprint(row)) for row in made]
    return changes + [
        RowChange(kind_of(each.row), each.row.pk, each.before, fingerprint(each.row)) for each in altered
    ]


def _expect(unit: Unit, plan: Plan) -> None:
    """Refuse to write over a load of the same framework that came in between."""
    Unit.objects.select_for_update().get(pk=unit.pk)
    framework = plan.framework
    held = Framework.objects.filter(unit=unit, source=framework.source, identifier=framework.identifier)
    if (held.values_list("version", flat=True).first() or 0) != plan.version:
        words = _("Somebody loaded this framework a moment ago. Nothing was changed. Load the file again.")
        raise Conflict(words, code="loaded_meanwhile")


def _own(items: Iterable[Published]) -> dict[str, UUID]:
    return {item.identifier: item.pk for item in items}


def _tie(plan: Plan) -> list[Any]:
    links: Any = plan.rows[LINK].values()
    criteria: Any = plan.rows[CRITERION].values()
    return tying.tie(plan.framework, links, criteria, _own(plan.rows[ITEM].values()))


def _insert(model: type[Published], rows: Sequence[Published]) -> None:
    model._default_manager.bulk_create(rows, batch_size=CHUNK)


def _update(model: type[Published], rows: Sequence[Published]) -> None:
    """Write over rows that are held, in bulk: an upsert is far faster than an update of many columns."""
    for row in rows:
        row.version += 1
        row.changed_at = clock.now()
    names = [field.name for field in model._meta.concrete_fields if field.name not in {"id", "created_at"}]
    model._default_manager.bulk_create(
        rows, batch_size=CHUNK, update_conflicts=True, unique_fields=["id"], update_fields=names
    )


def take_back(unit: Unit, changes: Sequence[RowChange]) -> TakenBack:
    """Put every row back as it was before, unless somebody has changed it since or others use it."""
    removed = restored = kept = 0
    touched: set[UUID] = set()
    # Those below go before those above.
    for kind, model in reversed(MODELS.items()):
        known = {change.id: change for change in changes if change.kind == kind_of(model)}
        rows = _rows(unit, model, list(known))
        ours = [row for row in rows if fingerprint(row) == known[row.pk].after]
        made = [row for row in ours if known[row.pk].before is None]
        altered = [row for row in ours if known[row.pk].before is not None]
        touched |= _frameworks(kind, [row.pk for row in ours])
        _restore(model, altered, known)
        gone = _remove(model, [row.pk for row in made])
        removed, restored = removed + gone, restored + len(altered)
        kept += len(rows) - len(ours) + len(made) - gone
    for framework in Framework.objects.filter(pk__in=touched).select_related("unit"):
        _tie_again(framework)
    return TakenBack(removed, restored, kept)


def _rows(unit: Unit, model: type[Published], ids: Sequence[UUID]) -> list[Published]:
    here: Any = model._default_manager.filter(**{f"{model.UNIT_PATH}__startswith": unit.path})
    return [row for chunk in chunks(ids) for row in here.filter(pk__in=chunk)]


def _frameworks(kind: str, ids: Sequence[UUID]) -> set[UUID]:
    rows: Any = MODELS[kind]._default_manager
    found = (rows.filter(pk__in=chunk).values_list(FRAMEWORK_OF[kind], flat=True) for chunk in chunks(ids))
    return {id for each in found for id in each}


def _restore(model: type[Published], rows: Sequence[Published], known: dict[UUID, RowChange]) -> None:
    for row in rows:
        for name, value in thawed(row, known[row.pk].before or {}).items():
            setattr(row, name, value)
    _update(model, rows)


def _remove(model: type[Published], ids: Sequence[UUID]) -> int:
    """Remove the rows nothing hangs on; return how many went."""
    gone = 0
    for chunk in chunks(ids):
        used = _used(model, chunk)
        free = [id for id in chunk if id not in used]
        rows: Any = model._default_manager.filter(pk__in=free)
        rows.delete()
        gone += len(free)
    return gone


def _used(model: type[Published], ids: Sequence[UUID]) -> set[Any]:
    used: set[Any] = set()
    for relation in model._meta.get_fields(include_hidden=True):
        if isinstance(relation, ForeignObjectRel) and getattr(relation, "on_delete", None) is PROTECT:
            other: Any = relation.related_model
            name = relation.field.name
            used.update(other._default_manager.filter(**{f"{name}__in": ids}).values_list(name, flat=True))
    return used


def _tie_again(framework: Framework) -> None:
    items = _own(FrameworkItem.objects.filter(framework=framework))
    links = ItemLink.objects.filter(framework=framework)
    criteria = Criterion.objects.filter(rubric__framework=framework)
    tying.keep(tying.tie(framework, links, criteria, items))
