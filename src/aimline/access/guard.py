"""The guard on every write: may this person do it here, in one transaction, with an entry in the audit log."""

from __future__ import annotations

import functools
from collections.abc import Callable
from datetime import date
from typing import Concatenate, ParamSpec, TypeVar, cast

from django.db import models, transaction

from aimline.access.roles import Act
from aimline.access.rules import can
from aimline.core import audit
from aimline.core.errors import NotAllowed
from aimline.people.models import Person

S = TypeVar("S", bound=models.Model)
P = ParamSpec("P")
R = TypeVar("R")


def action(
    act: Act,
) -> Callable[[Callable[Concatenate[S, Person, P], R]], Callable[Concatenate[S, Person, P], R]]:
    """Guard a write `verb(subject, person, *, facts)`: check, transaction, audit entry.

    The subject is the row acted on; for something new, the row it is made under. The entry names the row that comes
    back, where one does, and keeps only the facts that are ids, numbers, dates and choices, never text.
    """

    def guard(function: Callable[Concatenate[S, Person, P], R]) -> Callable[Concatenate[S, Person, P], R]:
        @functools.wraps(function)
        def guarded(subject: S, person: Person, *args: P.args, **kwargs: P.kwargs) -> R:
            with transaction.atomic():
                if not can(person, act, subject):
                    raise NotAllowed(act=str(act))
                result = function(subject, person, *args, **kwargs)
                row = result if isinstance(result, models.Model) else subject
                audit.append(function.__name__, row, actor_id=person.pk, facts=_facts(subject, kwargs))
            return result

        # The shape tests, and the reference, read here which right a write needs.
        guarded.__dict__["act"] = act
        return cast(Callable[Concatenate[S, Person, P], R], guarded)

    return guard


def _facts(subject: models.Model, given: dict[str, object]) -> dict[str, object]:
    facts: dict[str, object] = {"on": str(subject.pk)}
    for name, value in given.items():
        if isinstance(value, models.Model):
            facts[name] = str(value.pk)
        elif value is None or isinstance(value, bool | int | float | date | models.Choices):
            facts[name] = value
    return facts
