"""The operator: the one who runs an installation from its command line."""

from __future__ import annotations

from aimline.people.models import Person


def operator() -> Person:
    """Return the one who runs this installation from its command line; made on first use."""
    person, made = Person.objects.get_or_create(is_operator=True, defaults={"name": "Operator"})
    if made:
        person.set_unusable_password()
        person.save(update_fields=["password"])
    return person
