"""What a review may choose from: people, measures and collections of its place and of those below it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet
from django.utils.translation import gettext as _

from aimline.access.rules import Act, allowed
from aimline.core import clock
from aimline.instruments import library
from aimline.instruments.library import Offered
from aimline.instruments.models import AnsweredBy, Collection, Edition, Instrument
from aimline.measures.models import Series
from aimline.org.models import Unit
from aimline.people.models import Person, Post
from aimline.reports.drawing import figures
from aimline.reviews.models import Review, ReviewCollection, Source
from aimline.reviews.templates import Template

Groups = list[tuple[str, list[tuple[str, str]]]]


def people_at(person: Person, place: Unit) -> QuerySet[Person]:
    """Those with a post at the place, below it, or above it."""
    near = Q(unit__path__startswith=place.path) | Q(unit__path__in=place.paths_above())
    here = Post.objects.current().filter(near).select_related("unit")
    found = allowed(person, Act.VIEW_PEOPLE, Person.objects.filter(is_active=True, posts__in=here))
    return found.distinct().order_by("name").prefetch_related(Prefetch("posts", here, to_attr="posts_here"))


def people_groups(found: Iterable[Person]) -> Groups:
    return _grouped((one.posts_here[0].unit.name, str(one.pk), one.name) for one in found)  # type: ignore[attr-defined]


def series_at(person: Person, place: Unit) -> QuerySet[Series]:
    """Every line of the place itself, and the lines of all students below it."""
    rows = allowed(person, Act.VIEW_MEASURE, Series.objects.for_page())
    below = Q(unit__path__startswith=place.path, group="All", team=None)
    return rows.filter(Q(unit=place) | below, measure__ended_on=None).order_by(
        "unit__path", "measure__name", "group"
    )


def series_groups(found: Iterable[Series]) -> Groups:
    return _grouped((one.unit.name, str(one.pk), _line(one)) for one in found)


def _line(one: Series) -> str:
    if one.is_everyone:
        return one.measure.name
    return _("%(measure)s, %(group)s") % {"measure": one.measure.name, "group": one.group}


def collections_at(person: Person, place: Unit) -> QuerySet[Collection]:
    rows = Collection.objects.select_related("unit", "edition__instrument")
    return allowed(person, Act.VIEW_ANSWERS, rows).filter(unit__path__startswith=place.path)


def free_collections(person: Person, review: Review) -> QuerySet[Collection]:
    """Those that belong to no review yet."""
    free = ~Exists(ReviewCollection.objects.filter(collection=OuterRef("pk")))
    return collections_at(person, review.unit).filter(free).order_by("-closes_on", "name")


def collection_groups(found: Iterable[Collection]) -> Groups:
    return _grouped((one.unit.name, str(one.pk), _collection(one)) for one in found)


def _collection(one: Collection) -> str:
    return _("%(name)s, %(day)s") % {"name": one.name, "day": figures.full_day(one.opens_on)}


def figure_groups(found: Iterable[Collection]) -> Groups:
    """The figures of closed collections, each under the collection it comes from."""
    return _grouped(
        (
            _("%(name)s, %(place)s") % {"name": one.name, "place": one.unit.name},
            f"{one.pk}:{kept.key}",
            str(kept.name),
        )
        for one in found
        for kept in one.edition.form.constructs
    )


def source_of(collection: Collection) -> Source:
    """What observers write down is seen in classrooms; everything else people say."""
    seen = collection.edition.instrument.answered_by == AnsweredBy.OBSERVER
    return Source.CLASSROOMS if seen else Source.VOICES


@dataclass(frozen=True, slots=True)
class Asked:
    """One instrument that this kind of review asks: where it is in use, and what is collected with it here."""

    offered: Offered
    why: object
    instrument: Instrument | None
    collections: tuple[Collection, ...]


def asked(person: Person, review: Review, kind: Template, attached: Iterable[Collection]) -> list[Asked]:
    held: dict[UUID, list[Collection]] = defaultdict(list)
    for collection in attached:
        held[collection.edition.instrument_id].append(collection)
    in_use = list(instruments_at(person, review.unit))
    return list(_asked(kind, in_use, held))


def _asked(kind: Template, in_use: list[Instrument], held: dict[UUID, list[Collection]]) -> Iterator[Asked]:
    for asking in kind.asks:
        offered = library.find(asking.key)
        if offered is None:
            continue
        here = [one for one in in_use if one.library_key == asking.key]
        collections = tuple(found for one in here for found in held.get(one.pk, ()))
        yield Asked(offered, asking.why, here[0] if here else None, collections)


def instruments_at(person: Person, place: Unit) -> QuerySet[Instrument]:
    published = Edition.objects.published().values("instrument")
    rows = Instrument.objects.filter(unit__path__in=place.paths_above(), ended_on=None, pk__in=published)
    return allowed(person, Act.VIEW_UNIT, rows).order_by("-unit__path", "name")


def overdue(review: Review) -> int:
    return review.documentrequests.filter(came_on=None, due_on__lt=clock.today()).count()


def _grouped(found: Iterable[tuple[str, str, str]]) -> Groups:
    groups: dict[str, list[tuple[str, str]]] = {}
    for name, value, label in found:
        groups.setdefault(name, []).append((value, label))
    return list(groups.items())
