"""Is this a sound test? What makes a small test worth trusting, checked and said in words.

A review of 120 published projects looked for four features: iterative cycles, data over time, a small scale, and a
stated theory. Few had all four. They are checked here, with the prediction made first.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from aimline.cycles.models import Cycle, TestScale

# Fewer numbers inside the test days cannot show more than chance on a run chart.
ENOUGH_POINTS = 8
SMALL = {TestScale.STUDENTS, TestScale.ROOM}
ORDER = list(TestScale)


@dataclass(frozen=True, slots=True)
class Check:
    """One feature of a sound test; `note` says what was found."""

    holds: bool
    text: str
    note: str = ""


def checks(cycle: Cycle, earlier: Sequence[Cycle], points: int) -> list[Check]:
    """Check one cycle, given the earlier cycles of its chain and how many numbers stand inside its days."""
    return [
        _predicted_first(cycle),
        _small(cycle, earlier),
        _from_theory(cycle),
        _one_of_several(cycle, earlier),
        _over_time(cycle, points),
    ]


def _predicted_first(cycle: Cycle) -> Check:
    count = len(cycle.predictions.all())
    if not count:
        return Check(False, _("No prediction yet"), _("Say what you expect before anything is counted."))
    if not cycle.is_locked:
        return Check(True, _("Prediction made"), _("It is locked when the test starts."))
    note = ngettext(
        "%(count)s person, before the first number", "%(count)s people, before the first number", count
    )
    return Check(True, _("Prediction made first"), note % {"count": count})


def _small(cycle: Cycle, earlier: Sequence[Cycle]) -> Check:
    size = cycle.get_scale_display()
    if cycle.scale in SMALL:
        return Check(True, _("Small enough to be safe"), _("%(size)s, cheap to undo") % {"size": size})
    grown = any(ORDER.index(TestScale(one.scale)) < ORDER.index(TestScale(cycle.scale)) for one in earlier)
    if grown:
        return Check(True, _("Grown step by step"), _("%(size)s, after a smaller test") % {"size": size})
    return Check(
        False,
        _("Large for a first test"),
        _("%(size)s. One room first costs less if it fails.") % {"size": size},
    )


def _from_theory(cycle: Cycle) -> Check:
    if cycle.idea:
        return Check(True, _("Follows from the theory"), cycle.idea.name)
    return Check(
        False, _("No link to a theory"), _("Say which change idea it tests, so that others can build on it.")
    )


def _one_of_several(cycle: Cycle, earlier: Sequence[Cycle]) -> Check:
    if earlier or cycle.previous_id:
        return Check(
            True, _("One of several tests"), _("Test %(number)s of this idea") % {"number": cycle.number}
        )
    return Check(False, _("A first test"), _("One test is a start. Trust comes from several."))


def _over_time(cycle: Cycle, points: int) -> Check:
    if cycle.series is None:
        return Check(
            False, _("Counted by hand"), _("Without a measure over time, chance can look like a change.")
        )
    note = _("%(count)s of at least %(enough)s numbers") % {"count": points, "enough": ENOUGH_POINTS}
    if points >= ENOUGH_POINTS:
        return Check(True, _("Enough numbers over time"), note)
    return Check(False, _("Too few numbers to be sure"), note)
