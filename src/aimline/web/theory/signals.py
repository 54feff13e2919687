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
from aimline.org.models import Unit
from aimline.people.models import Person
from aimline.reports.lines import written
from aimline.theory.models import Theory
from aimline.web.measures.finding import shape


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
    def at(self) -> str:
        """Where the number was counted, in words."""
        return self.series.unit.name if self.series else ""

    @property
    def told(self) -> str:
        """The signal and where the number stands, as the aim shows it."""
        return (
            _("%(signal)s, %(value)s now") % {"signal": self.word, "value": self.value}
            if self.value
            else self.word
        )

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
        if aim is None or aim.series is None:
            return None
        return self.by_series.get(aim.series.pk) or self.by_measure.get(aim.series.measure_id)

    def of(self, measure: Measure | None) -> Sign:
        if measure is None:
            return Sign("few", _("Not measured"))
        return self.by_measure.get(measure.pk) or Sign("few", _("No numbers here yet"))


def signs_of(person: Person, theory: Theory, place: Unit) -> Signs:
    """Read the series of the aim, and those of its drivers and balancing measures at the theory's place.

    To whom a theory is shown, and who may not see its place's numbers, it speaks of the place where they stand.
    """
    measures = [driver.measure_id for driver in theory.drivers.all() if driver.measure_id]
    measures += [balancing.measure_id for balancing in theory.balancing.all()]
    if theory.stated and theory.stated.series:
        measures.append(theory.stated.series.measure_id)
    rows = Series.objects.for_everyone().filter(
        measure__in=measures, unit__in=[theory.unit_id, place.pk], team=None
    )
    by_series = read(person, [theory])
    found = [sign for sign in _signs(allowed(person, Act.VIEW_MEASURE, _light(rows))).values() if sign.series]
    found.sort(key=lambda sign: bool(sign.series and sign.series.unit_id == theory.unit_id))
    return Signs(by_series, {sign.series.measure_id: sign for sign in found if sign.series})


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
    value = written(verdict.latest, series.measure)
    kind, word = shape(verdict)
    return Sign(
        kind=kind,
        word=word or _words(verdict.signal),
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
