"""How much a finding rests on, in words and marks: what the kinds of evidence are called, and what is missing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from aimline.reports.drawing import figures
from aimline.reviews.models import Finding
from aimline.reviews.weighing import COUNTED, HEARD, SEEN, WRITTEN, Weighed, Weight, in_the_way
from aimline_analytics.drawing.parts import Unit as Number

COUNT = Number(share=False)
WEIGHTS = {
    Weight.NONE: gettext_lazy("No evidence yet"),
    Weight.THIN: gettext_lazy("Thin"),
    Weight.GOOD: gettext_lazy("Good"),
    Weight.STRONG: gettext_lazy("Strong"),
}
NEEDS = {
    "evidence": gettext_lazy("Evidence. Link what it rests on, of at least two kinds."),
    "second_kind": gettext_lazy(
        "A second kind of evidence. One kind alone may show how you looked, not what there is."
    ),
    "opposite": gettext_lazy(
        "A look for the opposite. Write down where you looked, and what you found there."
    ),
}


@dataclass(frozen=True, slots=True)
class Mark:
    """One kind of evidence under a finding: `shape` is drawn filled where there is some, hollow where not."""

    shape: str
    label: str
    is_there: bool


def count(number: int) -> str:
    return figures.number(number, COUNT)


def marks(weighed: Weighed) -> Iterator[Mark]:
    """Square classrooms, circle data, triangle voices; what is written stands beside them, without a shape."""
    seen, counted, heard, written = (
        weighed.supports.get(kind, 0) for kind in (SEEN, COUNTED, HEARD, WRITTEN)
    )
    some = {"classrooms": seen, "data": counted, "voices": heard}
    named = {
        "classrooms": _("Classrooms %(count)s"),
        "data": _("Data %(count)s"),
        "voices": _("Voices %(count)s"),
    }
    none = {"classrooms": _("No classrooms"), "data": _("No data"), "voices": _("No voices")}
    for shape, number in some.items():
        label = named[shape] % {"count": count(number)} if number else none[shape]
        yield Mark(shape, label, bool(number))
    if written:
        yield Mark("", _("Written %(count)s") % {"count": count(written)}, True)


def notes(finding: Finding, weighed: Weighed) -> Iterator[str]:
    """What its evidence adds up to, in whole sentences."""
    yield (
        _("Nothing is linked yet."),
        _("Only one kind of evidence. Not in the report yet."),
        _("Two kinds of evidence agree."),
        _("Three kinds of evidence agree."),
        _("All four kinds of evidence agree."),
    )[sum(1 for number in weighed.supports.values() if number)]
    if weighed.against:
        said = ngettext("One piece speaks against it.", "%(count)s pieces speak against it.", weighed.against)
        yield said % {"count": count(weighed.against)}
    if finding.final_on:
        yield _("Final since %(day)s.") % {"day": figures.full_day(finding.final_on)}
    elif weighed.weight in (Weight.GOOD, Weight.STRONG):
        yield (
            _("Ready.") if not in_the_way(finding, weighed) else _("Nobody has looked for the opposite yet.")
        )


def needs(finding: Finding, weighed: Weighed) -> list[str]:
    return [str(NEEDS[one]) for one in in_the_way(finding, weighed)]
