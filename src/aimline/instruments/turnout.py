"""How many answered a collection, and of how many; for who asks, who may not count single answers while it runs."""

from __future__ import annotations

from dataclasses import dataclass

from aimline.instruments.models import Collection, Promise

BAND = 20


@dataclass(frozen=True, slots=True)
class Turnout:
    """How many answered, of how many; while it is open, as a band, so that nobody can count one answer.

    Where one person hands in several, `answered` counts what came in, and `by` the people it came from.
    """

    answered: int
    asked: int | None
    low: int
    high: int
    is_band: bool
    by: int | None = None

    @property
    def percent(self) -> float | None:
        answered = self.answered if self.by is None else self.by
        return min(100.0, 100 * answered / self.asked) if self.asked else None


def turnout(collection: Collection) -> Turnout:
    finished = collection.responses.finished()
    answered = finished.count()
    is_named, by = collection.promise == Promise.NAMED, None
    asked = collection.invitations.count() or collection.expected
    if collection.edition.instrument.is_repeated:
        # People who were asked and forms that came in are not the same, unless names tell who sent which.
        by = finished.exclude(person=None).values("person").distinct().count() if is_named else None
        asked = asked if is_named else None
    if is_named or collection.is_over:
        return Turnout(answered, asked, answered, answered, is_band=False, by=by)
    low = answered // BAND * BAND
    return Turnout(low, asked, low, low + BAND - 1, is_band=True)
