"""What a drawn sample can say and what it cannot, in sentences; and its numbers for a report, which names no class."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from aimline.reviews.models import Origin, Review, Sample
from aimline.reviews.sampling import BAND, SCHOOL, SUBJECT, in_strata, off_by

# Fewer lessons are told one by one: a share of them says nothing of the others.
FEWEST_FOR_A_SHARE = 5


def says(n: int, of: int) -> str:
    """How far a share seen in `n` of `of` lessons may be off."""
    facts = {"n": n, "of": of, "points": off_by(n, of)}
    if n >= of:
        return _(
            "All %(of)s lessons of the list: chance plays no part. On another day they may still look different."
        ) % (facts)
    if n < FEWEST_FOR_A_SHARE:
        return (
            ngettext(
                "%(n)s of %(of)s lessons: too few for shares. Say what was seen, and not how common it is.",
                "%(n)s of %(of)s lessons: too few for shares. Say what was seen, and not how common it is.",
                n,
            )
            % facts
        )
    return (
        _(
            "%(n)s of %(of)s lessons: a share seen here may be off by about %(points)s points to either side, "
            "19 times in 20."
        )
        % facts
    )


def figures_of(review: Review) -> dict[str, Any]:
    """The numbers of the sample that stands, and how often was drawn; empty where nothing was drawn."""
    sample = review.samples.filter(set_aside_on=None).first()
    if sample is None:
        return {}
    standing = list(sample.visits.standing().with_observers())
    seen = [visit for visit in standing if any(one.done_on for one in visit.observers.all())]
    by_two = [visit for visit in seen if sum(bool(one.done_on) for one in visit.observers.all()) > 1]
    return {
        "of": len(sample.frame),
        "drawn": len(standing),
        "seen": len(seen),
        "by_two": len(by_two),
        "strata": list(sample.strata),
        "groups": len(in_strata(sample.classes, sample.strata)),
        "origin": sample.origin,
        "replaced": sample.visits.exclude(dropped_on=None).count(),
        "draws": review.samples.count(),
    }


def told(given: dict[str, Any]) -> tuple[str, ...]:
    """How the lessons were chosen, as a report says it."""
    if not given:
        return ()
    said = [_drawn(given), _seen(given)]
    if given["replaced"]:
        said.append(
            ngettext(
                "%(count)s lesson could not be visited and was replaced by the next of its kind.",
                "%(count)s lessons could not be visited and were replaced by the next of their kind.",
                given["replaced"],
            )
            % {"count": given["replaced"]}
        )
    if given["draws"] > 1:
        said.append(
            _("The sample was drawn %(count)s times; the reasons are kept with the review.")
            % {"count": given["draws"]}
        )
    return tuple(said)


def divided_by(strata: list[str]) -> str:
    """What a list was divided by, in words; blank where it was not."""
    names = {SCHOOL: _("school"), BAND: _("grades"), SUBJECT: _("subject")}
    held = [names[kind] for kind in (SCHOOL, BAND, SUBJECT) if kind in strata]
    if len(held) < 2:
        return "".join(held)
    return _("%(first)s and %(last)s") % {"first": ", ".join(held[:-1]), "last": held[-1]}


def _drawn(given: dict[str, Any]) -> str:
    facts = {"drawn": given["drawn"], "of": given["of"], "groups": divided_by(given["strata"])}
    if given["origin"] == Origin.ROSTER:
        said = _("%(drawn)s of the %(of)s classes on the roster were drawn by lot.") % facts
    else:
        said = _("%(drawn)s of the %(of)s classes on a list were drawn by lot.") % facts
    if not given["strata"]:
        return said
    return f"{said} " + _("They were spread in proportion over the list divided by %(groups)s.") % facts


def _seen(given: dict[str, Any]) -> str:
    if not given["seen"]:
        return _("None of them has been visited yet.")
    said = says(given["seen"], given["of"])
    if not given["by_two"]:
        return said
    by_two = ngettext(
        "%(count)s of these was seen by two people.",
        "%(count)s of these were seen by two people.",
        given["by_two"],
    )
    return f"{said} " + by_two % {"count": given["by_two"]}


def only_the_whole(sample: Sample, n: int) -> str:
    """That a part of the list has too few lessons to speak of."""
    groups = len(in_strata(sample.classes, sample.strata))
    if groups < 2:
        return ""
    facts = {"groups": groups, "n": n, "each": max(1, round(n / groups))}
    return (
        _(
            "It speaks for the whole list. Each of its %(groups)s groups has about %(each)s of the lessons, "
            "which is too few to hold one group against another."
        )
        % facts
    )
