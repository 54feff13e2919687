"""What the measures of a theory say today, at its place: one signal in words for each."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from aimline.access.rules import Act, allowed
from aimline.measures.models import Measure, Series
from aimline.measures.readings import Known, current
from aimline.people.models import Person
from aimline.theory.models import Theory
from aimline.theory.words import figure

# How `ui` and the drawing name a signal.
KINDS = {"better": "better", "worse": "worse", "changed": "changed", "steady": "steady", "too_few": "few"}


@dataclass(frozen=True, slots=True)
class Sign:
    """`kind` is one of the drawn judgments; `value` the latest number in words, where there is one to show."""

    kind: str
    word: str
    rising: bool = True
    value: str = ""
    series: Series | None = None
    against: str = ""

    @property
    def told(self) -> str:
        """The signal and where the number stands, as the aim shows it."""
        return _("%(signal)s, %(value)s now") % {"signal": self.word, "value": self.value} if self.value else self.word


    @property
    def stands(self) -> str:
        """Where the number stands against its aimline."""
        return {
            "ahead": _("Ahead of the aimline"),
            "behind": _("Behind the aimline"),
            "on": _("Around the aimline"),
        }.get(self.against, "")


@dataclass(frozen=True, slots=True)
class Signs:
    by_series: dict[UUID, Sign]
    by_measure: dict[UUID, Sign]

    def of_aim(self, theory: Theory) -> Sign | None:
        aim = theory.stated
        return self.by_series.get(aim.series_id) if aim and aim.series_id else None

    def of(self, measure: Measure | None) -> Sign:
        if measure is None:
            return Sign("few", _("Not measured"))
        return self.by_measure.get(measure.pk) or Sign("few", _("No numbers here yet"))


def signs_of(person: Person, theory: Theory) -> Signs:
    """Read the series of the aim, and at the theory's place those of its drivers and balancing measures."""
    measures = [driver.measure_id for driver in theory.drivers.all() if driver.measure_id]
    measures += [balancing.measure_id for balancing in theory.balancing.all()]
    here = Series.objects.for_everyone().filter(measure__in=measures, unit=theory.unit_id, team=None)
    by_series = read(person, [theory])
    found = _signs(allowed(person, Act.VIEW_MEASURE, _light(here)))
    return Signs(by_series, {sign.series.measure_id: sign for sign in found.values() if sign.series})


def read(person: Person, theories: Iterable[Theory]) -> dict[UUID, Sign]:
    """Return the sign of each aim's series, by series."""
    ids = [theory.stated.series_id for theory in theories if theory.stated and theory.stated.series_id]
    return _signs(allowed(person, Act.VIEW_MEASURE, _light(Series.objects.filter(pk__in=ids))))


def _light(rows: QuerySet[Series]) -> QuerySet[Series]:
    return rows.select_related("measure", "unit", "reading")


def _signs(rows: QuerySet[Series]) -> dict[UUID, Sign]:
    series = {one.pk: one for one in rows}
    return {id: _sign(series[id], known) for id, known in current(series.values()).items()}


def _sign(series: Series, known: Known) -> Sign:
    verdict = known.verdict
    value = "" if verdict.latest is None else figure(verdict.latest, series)
    return Sign(
        kind=KINDS[verdict.signal],
        word=_words(verdict.signal),
        rising=verdict.direction != "down",
        value=value,
        series=series,
        against=verdict.against_aimline if verdict.against_aimline != "none" else "",
    )


def _words(signal: str) -> str:
    return {
        "better": _("Better"),
        "worse": _("Worse"),
        "changed": _("Changed"),
        "steady": _("Steady"),
        "too_few": _("Too few points"),
    }[signal]
