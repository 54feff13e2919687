"""Where a review stands, in one sentence, and the one thing to do next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from aimline.core import clock
from aimline.org.schooldays import school_days
from aimline.reports.drawing import figures, words
from aimline.reviews.models import FindingKind, Review, Step
from aimline.reviews.weighing import Weight
from aimline.web.parts import Next
from aimline.web.reviews.cards import Judged, Tally
from aimline.web.reviews.rows import address, step_names
from aimline.web.reviews.words import count


@dataclass(frozen=True, slots=True)
class Said:
    """A sentence that counts, and one with the point marked."""

    lead: str
    point: words.Sentence


def _marked(text: str, **facts: object) -> words.Sentence:
    return words.marked(text, {name: str(value) for name, value in facts.items()})


def of_board(found: Sequence[Judged], held: Tally, recommended: int) -> Said:
    if not found:
        return Said("", _without_findings(held))
    lead = ngettext("One finding so far.", "%(count)s findings so far.", len(found))
    return Said(lead % {"count": count(len(found))}, _weakest(found) or _standing(found, recommended))


def _without_findings(held: Tally) -> words.Sentence:
    if not held.pieces:
        return _marked(_("[Nothing is on the board yet]. Write down what you see, hear and count."))
    said = ngettext(
        "[One piece of evidence, and no finding yet].",
        "[%(count)s pieces of evidence, and no finding yet].",
        held.pieces,
    )
    return _marked(said, count=count(held.pieces))


def _weakest(found: Sequence[Judged]) -> words.Sentence | None:
    bare = sum(one.weighed.weight is Weight.NONE for one in found)
    thin = sum(one.weighed.weight is Weight.THIN for one in found)
    unasked = sum("opposite" in one.lacks for one in found)
    if thin:
        said = ngettext(
            "[One rests on a single kind of evidence] and cannot go in the report yet.",
            "[%(count)s rest on a single kind of evidence] and cannot go in the report yet.",
            thin,
        )
        return _marked(said, count=count(thin))
    if bare:
        said = ngettext("[One has no evidence yet].", "[%(count)s have no evidence yet].", bare)
        return _marked(said, count=count(bare))
    if unasked:
        said = ngettext(
            "[For one of them nobody has looked for the opposite yet].",
            "[For %(count)s of them nobody has looked for the opposite yet].",
            unasked,
        )
        return _marked(said, count=count(unasked))
    return None


def _standing(found: Sequence[Judged], recommended: int) -> words.Sentence:
    ready = sum(not one.finding.is_final for one in found)
    if ready:
        said = ngettext("[One is ready to be made final].", "[%(count)s are ready to be made final].", ready)
        return _marked(said, count=count(ready))
    if not any(one.finding.kind == FindingKind.KEEP for one in found):
        return _marked(_("All are final, but [no strength to keep is named yet]."))
    if not recommended:
        return _marked(_("[All are final]. Say what follows from them."))
    said = ngettext(
        "[All are final], with one recommendation.",
        "[All are final], with %(count)s recommendations.",
        recommended,
    )
    return _marked(said, count=count(recommended))


def next_on_board(review: Review, found: Sequence[Judged], held: Tally, recommended: int) -> Next | None:
    """The first thing that keeps the review from its report."""
    if not held.pieces:
        why = _("One thing you saw, in one sentence, with where and when.")
        return Next(why, _("Add the first piece"), address("add_evidence", review))
    if not found:
        why = _("Lay the evidence side by side. What do several pieces say together?")
        return Next(why, _("Write a finding"), address("write_finding", review))
    return _next_finding(found) or _next_advice(review, found, recommended)


def _next_finding(found: Sequence[Judged]) -> Next | None:
    steps = (
        ("second_kind", _("“%(finding)s” rests on one kind of evidence alone."), _("Find a second kind")),
        ("evidence", _("“%(finding)s” has no evidence yet."), _("Link what it rests on")),
        ("opposite", _("What would show that “%(finding)s” is wrong?"), _("Look for the opposite")),
    )
    for lack, why, label in steps:
        if one := next((one for one in found if lack in one.lacks), None):
            return Next(why % {"finding": one.finding.text}, label, address("finding", one.finding))
    if one := next((one for one in found if not one.finding.is_final), None):
        why = _("“%(finding)s” has what it needs.") % {"finding": one.finding.text}
        return Next(why, _("Make it final"), address("finding", one.finding))
    return None


def _next_advice(review: Review, found: Sequence[Judged], recommended: int) -> Next | None:
    if not any(one.finding.kind == FindingKind.KEEP for one in found):
        why = _("What works here, and must not be lost in the next change?")
        return Next(why, _("Write a strength to keep"), address("write_finding", review))
    if not recommended:
        why = _("First what to keep, then the few things to do.")
        return Next(why, _("Write a recommendation"), address("recommend", review))
    return None


def of_scope(review: Review, steps: Sequence[Step]) -> words.Sentence:
    today = clock.today()
    if review.ended_on:
        return _marked(_("[Closed on %(day)s]. What it found stays to be read."), day=_day(review.ended_on))
    if today < review.starts_on:
        return _marked(_("[It starts on %(day)s]."), day=_day(review.starts_on))
    if today > review.ends_on:
        return _marked(_("[It was to end on %(day)s] and is still open."), day=_day(review.ends_on))
    now = current_step(steps)
    if now is None:
        return _marked(_("[Every step is done]."))
    days = school_days(review.unit)
    facts = {
        "day": count(days.between(review.starts_on, today)),
        "days": count(days.between(review.starts_on, review.ends_on)),
        "step": step_names(review).get(now.key, now.name),
    }
    if days.between(review.starts_on, review.ends_on) == 0:
        return _marked(_("Now: [%(step)s]."), **facts)
    return _marked(_("Day %(day)s of %(days)s. Now: [%(step)s]."), **facts)


def current_step(steps: Sequence[Step]) -> Step | None:
    return next((step for step in steps if step.done_on is None), None)


def next_on_scope(review: Review, *, asked: bool, missing: int) -> Next | None:
    if review.ended_on:
        return None
    if not asked:
        why = _("Nobody has been asked yet. People need some days to answer.")
        return Next(why, _("See what this review asks"), "#asks")
    if missing:
        why = ngettext(
            "One document should be here by now.", "%(count)s documents should be here by now.", missing
        )
        return Next(why % {"count": count(missing)}, _("See the documents"), "#documents")
    why = _("Put what you see, hear and count on the board.")
    return Next(why, _("Open the board"), reverse("reviews:board", args=[review.pk]))


def _day(day: date) -> str:
    return figures.full_day(day)
