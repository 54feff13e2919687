"""How good is our judgment? Stated confidence beside what happened, over all scored predictions one may see."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from aimline.access.rules import Act, allowed
from aimline.cycles.models import Prediction
from aimline.org.models import Unit
from aimline.people.models import Person
from aimline_analytics.predictions import calibration
from aimline_analytics.results import Calibration, CalibrationRow

# With fewer predictions nothing is said; with fewer at one confidence nothing is said of that confidence.
ENOUGH = 10
ENOUGH_AT_ONE = 5
# Around 10, 30, 50, 70 and 90 percent.
EDGES = (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)


@dataclass(frozen=True, slots=True)
class Judgment:
    """Who predicted, in how many tests, and how it went."""

    who: str
    tests: int
    calibration: Calibration

    @property
    def is_enough(self) -> bool:
        return self.calibration.n >= ENOUGH and self.telling is not None

    @property
    def telling(self) -> CalibrationRow | None:
        """The highest confidence that was stated often enough to speak of."""
        often = [row for row in self.calibration.rows if row.n >= ENOUGH_AT_ONE]
        return often[-1] if often else None

    @property
    def said(self) -> str:
        """What happens when these people say how sure they are, or how far they are from knowing it."""
        row = self.telling
        if not self.calibration.n:
            return _(
                "No scored prediction of %(who)s can be seen here yet. "
                "From %(enough)s on, this shows how often we are right."
            ) % {"who": self.who, "enough": ENOUGH}
        if row is None or not self.is_enough:
            return ngettext(
                "%(who)s has %(count)s scored prediction. From %(enough)s on, this shows how often we are right.",
                "%(who)s has %(count)s scored predictions. From %(enough)s on, this shows how often we are right.",
                self.calibration.n,
            ) % {"who": self.who, "count": self.calibration.n, "enough": ENOUGH}
        return _("When %(who)s says about %(stated)s%% sure, it happens %(happened)s%% of the time.") % {
            "who": self.who,
            "stated": round(100 * row.forecast),
            "happened": round(100 * row.observed),
        }

    @property
    def verdict(self) -> str:
        """One plain sentence; too sure or not sure enough only where chance does not explain it."""
        row = self.telling
        if row is None or not self.is_enough:
            return ""
        if row.observed_high < row.forecast:
            return _("We are too sure of ourselves.")
        if row.observed_low > row.forecast:
            return _("We may be surer than we say.")
        return _("That fits what we say, as far as so few tests can tell.")

    @property
    def caveat(self) -> str:
        """How wide the range still is, and what the score is."""
        row = self.telling
        if row is None or not self.is_enough or self.calibration.brier is None:
            return ""
        return _(
            "It could be %(low)s to %(high)s%%. %(count)s predictions in %(tests)s tests. "
            "Score %(score)s: 0 is perfect, always saying 50%% gives 0.25."
        ) % {
            "low": round(100 * row.observed_low),
            "high": round(100 * row.observed_high),
            "count": self.calibration.n,
            "tests": self.tests,
            "score": f"{self.calibration.brier:.2f}",
        }


def judgment_at(unit: Unit, person: Person) -> Judgment:
    """How the people at this place and below judge, from the tests this person may see."""
    here = Prediction.objects.filter(cycle__unit__path__startswith=unit.path)
    return judge(allowed(person, Act.VIEW_CYCLE, here), unit.short_name or unit.name)


def judgment_of(person: Person) -> Judgment:
    """How this person judges."""
    return judge(Prediction.objects.filter(person=person), person.first_name)


def judge(predictions: QuerySet[Prediction], who: str) -> Judgment:
    scored = list(predictions.exclude(came_true=None).values_list("percent", "came_true", "cycle"))
    chances = [percent / 100 for percent, _true, _cycle in scored]
    outcomes = [true for _percent, true, _cycle in scored]
    return Judgment(
        who, len({cycle for *_rest, cycle in scored}), calibration(chances, outcomes, bins=list(EDGES))
    )
