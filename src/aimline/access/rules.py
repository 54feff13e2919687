"""The one permission rule: which rows may this person do this act to?

"May I do it to this row?" is the same filter applied to one row, so a list and a check cannot disagree.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import reduce
from operator import or_
from typing import Any, TypeVar, cast

from django.db.models import Case, IntegerField, Max, Model, Q, QuerySet, When

from aimline.access.models import Grant, Share
from aimline.access.roles import ROLES, TEAM_ACTS, VIEW_ACTS, Act, Role, roles_with
from aimline.core.models import Record, kind_of
from aimline.org.models import Unit, chain
from aimline.people.models import Person

__all__ = ["Act", "allowed", "can", "granted_paths", "rights_at", "rights_on"]

# A queryset of any kind; what comes back has the same methods.
Rows = TypeVar("Rows", bound=QuerySet[Any])
NOTHING = Q(pk__in=[])
INTEGER = IntegerField()


def allowed(person: Person, act: Act, rows: Rows) -> Rows:
    """Keep the rows this person may do this act to: by a role at its unit or above, as owner, in its team, by share."""
    if not person.is_active:
        return rows.none()
    if person.is_operator:
        return rows
    model = rows.model
    if not issubclass(model, Record):
        raise TypeError(f"{kind_of(model)} has no place in the unit tree, so no rule can speak of it.")
    kept = rows.filter(_condition(person, act, model))
    # A person with two posts is met twice on the way to the unit tree.
    return kept.distinct() if "posts__" in model.UNIT_PATH else kept


def can(person: Person, act: Act, row: Model) -> bool:
    """Say whether this person may do this act to this row."""
    return allowed(person, act, type(row)._default_manager.filter(pk=row.pk)).exists()


def rights_on(person: Person, row: Model, acts: Iterable[Act]) -> frozenset[Act]:
    """Return those of the acts that `can` allows for this row, in one query: for a page that shows many buttons."""
    asked = list(acts)
    if not person.is_active:
        return frozenset()
    if person.is_operator:
        return frozenset(asked)
    model = cast(type[Record], type(row))
    held = {
        act.value: Max(Case(When(_condition(person, act, model), then=1), default=0, output_field=INTEGER))
        for act in asked
    }
    found = model._default_manager.filter(pk=row.pk).aggregate(**held)
    return frozenset(act for act in asked if found[act.value])


def granted_paths(person: Person, act: Act) -> list[str]:
    """Return the paths at and below which a person may do an act."""
    everywhere = roles_with(act)[0]
    return [root for role, root in _held(person) if role in everywhere]


def rights_at(person: Person, unit: Unit) -> frozenset[Act]:
    """Return every act a person may do at a unit and everywhere below it."""
    if person.is_operator:
        return frozenset(Act)
    held = (ROLES[Role(role)].everywhere for role, root in _held(person) if unit.path.startswith(root))
    return frozenset().union(*held)


def _condition(person: Person, act: Act, model: type[Record]) -> Q:
    ways = (_by_role, _by_share, _by_team, _by_self)
    return reduce(or_, (way(person, act, model) for way in ways), NOTHING)


def _by_role(person: Person, act: Act, model: type[Record]) -> Q:
    path = model.UNIT_PATH
    everywhere, here, own = roles_with(act)
    grants = _held(person)
    below = [Q(**{f"{path}__startswith": root}) for role, root in grants if role in everywhere]
    very = [Q(**{path: root}) for role, root in grants if role in here]
    if act is Act.VIEW_UNIT and model.FOR_ALL_BELOW:
        below += [Q(**{f"{path}__in": chain(root)}) for role, root in grants if role in everywhere]
    mine = [Q(**{f"{path}__startswith": root}) for role, root in grants if role in own] if model.OWNER else []
    owned = reduce(or_, mine, NOTHING) & Q(**{str(model.OWNER): person.pk}) if mine else NOTHING
    return reduce(or_, [*below, *very, owned], NOTHING)


def _by_share(person: Person, act: Act, model: type[Record]) -> Q:
    if act not in VIEW_ACTS:
        return NOTHING
    # A share with a unit reaches those who hold a role at that unit or at one below it.
    reached = {prefix for root in granted_paths(person, act) for prefix in chain(root)}
    shares = Share.objects.current().filter(unit__path__in=reached)
    condition = Q(pk__in=shares.filter(record_kind=kind_of(model)).values("record_id"))
    if model.PART_OF:
        whole = cast(type[Record], model._meta.get_field(model.PART_OF).related_model)
        shown = shares.filter(record_kind=kind_of(whole))
        condition |= Q(**{f"{model.PART_OF}__in": shown.values("record_id")})
    return condition


def _by_team(person: Person, act: Act, model: type[Record]) -> Q:
    """Who works on it in a team may look at it, as long as they hold a role at all."""
    if act not in TEAM_ACTS or model.TEAM is None or not _held(person):
        return NOTHING
    # By their keys: a join would meet somebody with two tasks in the team twice.
    return Q(pk__in=model._default_manager.filter(**{model.TEAM: person.pk}).order_by().values("pk"))


def _by_self(person: Person, act: Act, model: type[Record]) -> Q:
    """Everyone may change their own entry and what hangs on it alone, whatever their roles."""
    if act is not Act.EDIT_SELF:
        return NOTHING
    if model is Person:
        return Q(pk=person.pk)
    return Q(**{model.OWNER: person.pk}) if model.OWNER else NOTHING


def _held(person: Person) -> list[tuple[str, str]]:
    """Return the (role, unit path) pairs a person holds today, read once for each person object."""
    held: list[tuple[str, str]] | None = person.__dict__.get("_held_grants")
    if held is None:
        held = list(Grant.objects.current().filter(person=person).values_list("role", "unit__path"))
        person.__dict__["_held_grants"] = held
    return held
