"""Every field of an installation has a class, a purpose and a time it is kept for."""

from __future__ import annotations

from django.apps import apps
from django.utils import translation

from aimline.access.roles import Act
from aimline.core import inventory
from aimline.core.inventory import Entry, Privacy
from aimline.students.inventory import everything, who_sees
from aimline.students.tables import TABLES


def _names(entries: list[Entry]) -> list[str]:
    return [f"{entry.place}: {entry.table}.{entry.field}" for entry in entries]


def test_every_field_has_a_class() -> None:
    assert _names([entry for entry in everything() if entry.privacy is None]) == []


def test_every_field_has_a_purpose_and_a_time() -> None:
    assert _names([entry for entry in everything() if not (str(entry.purpose) and str(entry.kept))]) == []


def test_every_table_is_in_the_inventory() -> None:
    held = {entry.table for entry in everything()}
    models = {model._meta.label for model in apps.get_models(include_auto_created=True)}
    assert models | set(TABLES) <= held


def test_every_field_is_spoken_of_once() -> None:
    listed = [
        (f"{room}.{table}", field)
        for room, tables in inventory.declared().items()
        for table, said in tables.items()
        for privacy in Privacy
        for field in said.get(privacy, "").split()
    ]
    assert len(listed) == len(set(listed))


def test_the_inventory_speaks_of_no_field_that_is_gone() -> None:
    there = {
        (model._meta.label, field.name)
        for model in apps.get_models(include_auto_created=True)
        for field in model._meta.fields
    }
    spoken = {
        (f"{room}.{table}", field)
        for room, tables in inventory.declared().items()
        if room != inventory.FILES
        for table, said in tables.items()
        for field in inventory.classes_in(said)
    }
    assert sorted(spoken - there) == []


def test_rights_in_the_inventory_are_acts() -> None:
    assert {entry.seen for entry in everything() if entry.seen} <= set(Act)


def test_nobody_but_the_operator_sees_passwords() -> None:
    (password,) = [entry for entry in inventory.database() if entry.field == "session_data"]
    assert who_sees(password) == "nobody but the one who runs the installation"


def test_the_inventory_speaks_spanish() -> None:
    with translation.override("es"):
        spanish = {str(entry.purpose) for entry in everything()}
    with translation.override("en"):
        english = {str(entry.purpose) for entry in everything()}
    assert spanish.isdisjoint(english)
