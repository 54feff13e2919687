"""The codebook in rows: what both marked, what only one did, how far beyond chance, and what that means."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from aimline.reports.drawing import figures
from aimline.reviews.listening import Open
from aimline.reviews.models import Code, Definition
from aimline.reviews.reading_alike import Alike, Reads, from_counts
from aimline.web.reviews.words import count
from aimline_analytics.drawing.parts import Unit as Number

_KAPPA = Number(share=False, decimals=2, lowest=None)
_SHARE = Number()
# What a code reads as: words, the kind of tag and its icon.
SAID = {
    Reads.ALIKE: (gettext_lazy("Alike"), "pine", "check"),
    Reads.TALK: (gettext_lazy("Talk first"), "sun", "info"),
    Reads.FEW: (gettext_lazy("Too few to say"), "", "clock"),
}


@dataclass(frozen=True, slots=True)
class Row:
    code: Code
    alike: Alike
    waits: int = 0

    @property
    def definition(self) -> Definition:
        return next(iter(self.code.definitions.all()))

    @property
    def kappa(self) -> str:
        found = self.alike.beyond_chance
        return "" if found is None else two(found)

    @property
    def range(self) -> str:
        """From where to where it may be, in ninety-five of a hundred cases."""
        interval = self.alike.interval
        if interval is None:
            return ""
        return _("%(low)s to %(high)s") % {"low": two(interval.low), "high": two(interval.high)}

    @property
    def same(self) -> str:
        return "" if self.alike.same is None else figures.figure(self.alike.same, _SHARE)

    @property
    def says(self) -> object:
        return _("Read again") if self.waits else SAID[self.alike.reads][0]

    @property
    def tint(self) -> str:
        return "" if self.waits else SAID[self.alike.reads][1]

    @property
    def icon(self) -> str:
        return "repeat" if self.waits else SAID[self.alike.reads][2]

    @property
    def is_talked_about(self) -> bool:
        return not self.waits and self.alike.reads is Reads.TALK

    @property
    def is_alike(self) -> bool:
        return not self.waits and self.alike.reads is Reads.ALIKE


def two(value: float) -> str:
    return figures.number(value, _KAPPA)


def rows(seen: Open, codes: Sequence[Code]) -> list[Row]:
    return [Row(code, seen.of(code), seen.waits(code)) for code in codes]


def talked_about(found: Sequence[Row]) -> Row | None:
    """The code on which the two differ most."""
    waiting = [row for row in found if row.is_talked_about]
    return max(waiting, key=lambda row: row.alike.only_one, default=None)


def differ(row: Row, seen: Open) -> str:
    """How often each of the two used it alone."""
    first, second = (person.first_name for person in seen.coders)
    facts = {"a": count(row.alike.only_a), "b": count(row.alike.only_b), "first": first, "second": second}
    return _("%(a)s by %(first)s only, %(b)s by %(second)s only") % facts


def before(definition: Definition) -> str:
    """How alike a code was read under an earlier definition."""
    told = from_counts(definition.counts)
    if not told.uses:
        return _("Not used under it.")
    facts = {"both": count(told.both), "one": count(told.only_one)}
    said = ngettext(
        "%(both)s excerpt by both, %(one)s by only one",
        "%(both)s excerpts by both, %(one)s by only one",
        told.both,
    )
    found = told.beyond_chance
    if found is None:
        return said % facts
    return _("%(said)s; %(kappa)s beyond chance.") % {"said": said % facts, "kappa": two(found)}
