"""What surrounds a collection: its reminders, what it is about, the classes that get it. Each form calls one action."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from aimline.access.rules import Act, allowed
from aimline.instruments import reminding
from aimline.instruments.actions import preparing
from aimline.instruments.models import Collection
from aimline.org.models import Unit
from aimline.people.models import Team
from aimline.web.collections import pages
from aimline.web.collections.lines import ClassesForm, RemindersForm, SubjectsForm, of_classes, of_subjects
from aimline.web.shell import Request, bind, form_page, say


def reminders(request: Request, collection_id: UUID) -> HttpResponse:
    """Choose up to two days on which those who have not answered hear of it again."""
    collection = pages.led(request, collection_id)
    form = bind(request, RemindersForm, collection=collection)

    def save(filled: RemindersForm) -> str:
        preparing.choose_reminders(collection, request.person, days=filled.days)
        say(request, _("The reminders are kept.") if filled.days else _("No reminder goes out."))
        return _address(collection)

    return form_page(
        request,
        "collections/reminders.html",
        form,
        save,
        **_about(collection),
        sent=collection.reminders.exclude(sent_on=None),
        has_days=bool(form.fields),
        is_chosen=collection.reminders.filter(sent_on=None).exists(),
        mail=reminding.mail_goes_out(),
    )


def subjects(request: Request, collection_id: UUID) -> HttpResponse:
    """Say what an answer may be about: typed, pasted, or taken from the places and teams here."""
    collection = pages.led(request, collection_id)
    form = bind(request, SubjectsForm, initial={"lines": _offered(request, collection)})

    def save(filled: SubjectsForm) -> str:
        preparing.name_subjects(collection, request.person, subjects=filled.cleaned_data["lines"])
        say(request, _("The list is kept."))
        return _address(collection)

    return form_page(
        request,
        "collections/subjects.html",
        form,
        save,
        **_about(collection),
        has_places=_places(request, collection).exists(),
        has_teams=_teams(request, collection).exists(),
    )


def classes(request: Request, collection_id: UUID) -> HttpResponse:
    """Count the sheets of each class, without those whose family said no."""
    collection = pages.led(request, collection_id)
    held = list(collection.homerooms.all())
    form = bind(request, ClassesForm, initial={"lines": of_classes(held)})

    def save(filled: ClassesForm) -> str:
        preparing.count_classes(collection, request.person, classes=filled.cleaned_data["lines"])
        say(request, _("The classes are kept. The pages to print leave out those who said no."))
        return _address(collection)

    return form_page(request, "collections/classes.html", form, save, **_about(collection))


def _about(collection: Collection) -> dict[str, object]:
    return {
        "collection": collection,
        "eyebrow": [_("Collection"), collection.name],
        "back": _address(collection),
    }


def _offered(request: Request, collection: Collection) -> str:
    """What stands in the box: the list that is kept, or the names of places or teams, where that was asked for."""
    held = of_subjects(collection.subjects.all())
    names: Iterable[str] = ()
    if request.GET.get("from") == "places":
        names = _places(request, collection).values_list("name", flat=True)
    elif request.GET.get("from") == "teams":
        names = _teams(request, collection).values_list("name", flat=True)
    known = {one.name for one in collection.subjects.all()}
    return "\n".join([*filter(None, [held]), *sorted(set(names) - known)])


def _places(request: Request, collection: Collection) -> QuerySet[Unit]:
    unit = collection.unit
    below = Unit.objects.current().under(unit).exclude(pk=unit.pk)
    return allowed(request.person, Act.VIEW_UNIT, below)


def _teams(request: Request, collection: Collection) -> QuerySet[Team]:
    rows = Team.objects.filter(unit__path__startswith=collection.unit.path, ended_on=None)
    return allowed(request.person, Act.VIEW_PEOPLE, rows)


def _address(collection: Collection) -> str:
    return reverse("collections:show", args=[collection.pk])
