"""Looking for anything by its words: only what this person may see is found."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import reduce
from operator import and_, or_
from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from aimline.access.rules import Act, allowed
from aimline.cycles.models import Cycle
from aimline.measures.models import ALL, Series
from aimline.org.models import Unit
from aimline.people.models import Person
from aimline.theory.models import ChangeIdea, Theory
from aimline.web.shell import Request, page

MOST = 10


@dataclass(frozen=True, slots=True)
class Noun:
    """One kind of record that people look for; `say` is what is shown, `place` the smaller words behind it."""

    name: object
    rows: Callable[[], QuerySet[Any]]
    fields: tuple[str, ...]
    act: Act
    page: str
    say: Callable[[Any], str] = str
    place: Callable[[Any], str] = lambda row: row.unit.name


@dataclass(frozen=True, slots=True)
class Hit:
    text: str
    place: str
    href: str


NOUNS = (
    Noun(
        _("Places"),
        lambda: Unit.objects.current().select_related("parent"),
        ("name", "code"),
        Act.VIEW_UNIT,
        "places:show",
        place=lambda unit: unit.parent.name if unit.parent else "",
    ),
    Noun(
        _("Measures"),
        lambda: Series.objects.filter(group=ALL, team=None).select_related("measure", "unit"),
        ("measure__name", "measure__code"),
        Act.VIEW_MEASURE,
        "measures:show",
        say=lambda series: str(series.measure.name),
    ),
    Noun(
        _("Theories of improvement"),
        lambda: Theory.objects.select_related("unit"),
        ("title", "aim__what"),
        Act.VIEW_THEORY,
        "theory:show",
    ),
    Noun(
        _("Change ideas"),
        lambda: ChangeIdea.objects.select_related("theory"),
        ("name", "description"),
        Act.VIEW_THEORY,
        "theory:idea",
        place=lambda idea: str(idea.theory.title),
    ),
    Noun(
        _("Tests"),
        lambda: Cycle.objects.select_related("unit"),
        ("title", "learned"),
        Act.VIEW_CYCLE,
        "cycles:show",
    ),
    Noun(
        _("People"),
        lambda: Person.objects.filter(is_active=True),
        ("name",),
        Act.VIEW_PEOPLE,
        "people:show",
        place=lambda person: "",
    ),
)


@require_GET
def search(request: Request) -> HttpResponse:
    words = request.GET.get("q", "").strip()[:100]
    found = [(noun.name, _hits(request.person, noun, words)) for noun in NOUNS] if words else []
    groups = [(name, hits[:MOST], len(hits) > MOST) for name, hits in found if hits]
    return page(request, "search/show.html", words=words, groups=groups, most=MOST)


def _hits(person: Person, noun: Noun, words: str) -> list[Hit]:
    """Every word has to stand in one of the noun's fields."""
    each = (
        reduce(or_, (Q(**{f"{field}__icontains": word}) for field in noun.fields)) for word in words.split()
    )
    rows = allowed(person, noun.act, noun.rows()).filter(reduce(and_, each)).order_by(noun.fields[0], "pk")
    return [
        Hit(noun.say(row), noun.place(row), reverse(noun.page, args=[row.pk])) for row in rows[: MOST + 1]
    ]
