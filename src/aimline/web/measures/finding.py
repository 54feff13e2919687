"""Which series a page is about: those a person may see at and below a place, found and filtered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from django.db.models import Case, CharField, Count, F, IntegerField, Q, QuerySet, Value, When
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from aimline.access.rules import Act, allowed
from aimline.measures.models import ALL, MeasureKind, Series, Signal
from aimline.measures.readings import Known, current
from aimline.org.models import Unit
from aimline.people.models import Person
from aimline.web.parts import Link
from aimline_analytics import Verdict

# Series with the signal they stand at (`stands`), which is worked out and no field of theirs.
Standing = QuerySet[Any]
SIGNALS = {
    "moving": gettext_lazy("With a signal"),
    "steady": gettext_lazy("Steady"),
    "too_few": gettext_lazy("Too few points"),
}
MOST_ELSEWHERE = 60
# The words of the rules for a signal, and the names of the drawn shapes.
SHAPES = {"too_few": "few"}
MOVING = [Signal.BETTER, Signal.WORSE, Signal.CHANGED]
# What a signal is called once the points have come back to where they were.
PASSED = {
    "better": gettext_lazy("Better for a while"),
    "worse": gettext_lazy("Worse for a while"),
    "changed": gettext_lazy("Changed for a while"),
}


def seen(person: Person, place: Unit, *, below: bool = True) -> Standing:
    """The series of all students that are still counted, at a place and, with `below`, under it."""
    here = Q(unit__path__startswith=place.path) if below else Q(unit=place)
    rows = allowed(person, Act.VIEW_MEASURE, Series.objects.for_everyone().for_page())
    return standing(rows.filter(here, measure__ended_on=None).exclude(reading=None))


def standing(rows: Standing) -> Standing:
    """Say how each chart stands today: a signal that came back is news no more, so it counts as steady."""
    over = When(
        reading__signal__in=MOVING, reading__facts__verdict__ended=True, then=Value(Signal.STEADY.value)
    )
    stood: Standing = rows.annotate(stands=Case(over, default=F("reading__signal"), output_field=CharField()))
    return stood


def shape(verdict: Verdict) -> tuple[str, str]:
    """The drawn judgment of a verdict, and a word of its own where the usual one would mislead."""
    if verdict.ended and verdict.signal in PASSED:
        return "steady", str(PASSED[verdict.signal])
    return SHAPES.get(verdict.signal, verdict.signal), ""


def signals_first(rows: Standing) -> Standing:
    """What signals, then what is steady, then what is too short; by name, never by value."""
    rank = Case(
        When(stands__in=MOVING, then=Value(0)),
        When(stands=Signal.STEADY, then=Value(1)),
        default=Value(2),
        output_field=IntegerField(),
    )
    ranked: Standing = rows.annotate(rank=rank).order_by("rank", "measure__name", "unit__name", "id")
    return ranked


@dataclass(frozen=True, slots=True)
class Choice:
    """What the list was asked for; each chip is a link to the same list with one thing changed."""

    words: str = ""
    kind: str = ""
    signal: str = ""
    here: str = ""

    @classmethod
    def of(cls, request: HttpRequest) -> Choice:
        kind, signal = request.GET.get("kind", ""), request.GET.get("signal", "")
        return cls(
            words=request.GET.get("q", "").strip()[:100],
            kind=kind if kind in MeasureKind.values else "",
            signal=signal if signal in SIGNALS else "",
            here="1" if request.GET.get("here") else "",
        )

    @property
    def is_open(self) -> bool:
        return not (self.words or self.kind or self.signal or self.here)

    @property
    def others(self) -> list[tuple[str, str]]:
        """What the search form must carry along."""
        pairs = [("kind", self.kind), ("signal", self.signal), ("here", self.here)]
        return [(name, value) for name, value in pairs if value]

    def apply(self, rows: Standing) -> Standing:
        if self.kind:
            rows = rows.filter(measure__kind=self.kind)
        if self.signal:
            rows = rows.filter(stands__in=MOVING if self.signal == "moving" else [self.signal])
        for word in self.words.split():
            rows = rows.filter(Q(measure__name__icontains=word) | Q(unit__name__icontains=word))
        return rows

    @property
    def everything(self) -> str:
        return reverse("measures:list")

    def href(self, **changed: str) -> str:
        asked = replace(self, **changed)
        pairs = {"q": asked.words, "kind": asked.kind, "signal": asked.signal, "here": asked.here}
        query = urlencode({name: value for name, value in pairs.items() if value})
        return reverse("measures:list") + (f"?{query}" if query else "")


def signal_chips(choice: Choice, rows: Standing) -> list[Link]:
    counts = count_signals(rows)
    moving = sum(counts.get(signal, 0) for signal in MOVING)
    found = {"moving": moving, "steady": counts.get("steady", 0), "too_few": counts.get("too_few", 0)}
    everything = Link(_("All"), choice.href(signal=""), not choice.signal, sum(counts.values()))
    return [
        everything,
        *(
            Link(name, choice.href(signal=key), choice.signal == key, found[key])
            for key, name in SIGNALS.items()
        ),
    ]


def kind_chips(choice: Choice) -> list[Link]:
    every = Link(_("Every kind"), choice.href(kind=""), not choice.kind)
    return [every, *(Link(kind.label, choice.href(kind=kind), choice.kind == kind) for kind in MeasureKind)]


def place_chips(choice: Choice, person: Person, place: Unit) -> list[Link]:
    """Nothing to choose where there is no place below."""
    if (
        not choice.here
        and not allowed(person, Act.VIEW_UNIT, Unit.objects.current()).filter(parent=place).exists()
    ):
        return []
    return [
        Link(_("With places below"), choice.href(here=""), not choice.here),
        Link(_("%(place)s alone") % {"place": place.name}, choice.href(here="1"), bool(choice.here)),
    ]


def count_signals(rows: Standing) -> dict[str, int]:
    return dict(rows.order_by().values_list("stands").annotate(count=Count("pk")))


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """The same measure at another place: a word, never a number to rank by."""

    name: str
    href: str
    signal: str
    up: bool
    word: str = ""


def elsewhere(person: Person, one: Series) -> list[Elsewhere]:
    """The measure at other places, by name."""
    rows = allowed(person, Act.VIEW_MEASURE, Series.objects.for_page())
    others = list(
        rows.filter(measure=one.measure_id, group=one.group, team=None)
        .exclude(unit=one.unit_id)
        .exclude(reading=None)
        .order_by("unit__name")[:MOST_ELSEWHERE]
    )
    found = current(others)
    return [_elsewhere(other, found[other.pk]) for other in others]


def _elsewhere(other: Series, known: Known) -> Elsewhere:
    href, verdict = reverse("measures:show", args=[other.pk]), known.verdict
    kind, word = shape(verdict)
    return Elsewhere(other.unit.name, href, kind, verdict.direction != "down", word)


def family(person: Person, one: Series) -> Sequence[Series]:
    """All students first, then the groups by dimension and name: never by value."""
    rows = allowed(person, Act.VIEW_MEASURE, Series.objects.for_page())
    together = rows.filter(measure=one.measure_id, unit=one.unit_id, team=one.team_id)
    first = Case(When(group=ALL, then=Value(0)), default=Value(1), output_field=IntegerField())
    return list(together.order_by(first, "dimension", "group"))
