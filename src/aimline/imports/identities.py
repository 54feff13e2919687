"""Decisions about identities, with all that follows: what they touch is counted again, as after a load."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.db import transaction

from aimline.core.ids import uuid7
from aimline.growth import tasks as growth
from aimline.measures import recounts
from aimline.people.models import Person
from aimline.students import actions, lake
from aimline.students.deciding import Decision
from aimline.students.models import Source
from aimline.students.verdicts import Decided

# Whatever names a student may belong to another one now.
TOUCHED = frozenset({"people", "roles", "attendance", "discipline", "results", "assessments", "growth"})


def decide(person: Person, decisions: Mapping[Source, Sequence[Decision]]) -> None:
    """Keep decisions about ids of some sources, all or none."""
    with lake.writing(), transaction.atomic():
        for source, each in decisions.items():
            actions.decide_identities(source, person, decisions=each, load_id=uuid7())
            _count_again(source, person)


def take_back(person: Person, source: Source, decided: Decided) -> None:
    with lake.writing(), transaction.atomic():
        actions.take_identity_back(source, person, decided=decided, load_id=uuid7())
        _count_again(source, person)


def _count_again(source: Source, person: Person) -> None:
    growth.ask_after_load(source.unit, person, TOUCHED)
    recounts.ask(source.unit, TOUCHED)
