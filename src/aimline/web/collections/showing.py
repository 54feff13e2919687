"""Results as they are read: the verdict first, how many answered, what it comes to, and since last time."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from aimline.instruments.form import Form
from aimline.instruments.models import Collection
from aimline.instruments.results import Results, Why, reliabilities, results
from aimline.instruments.turnout import Turnout
from aimline.reports.drawing import figures, words
from aimline.web.collections import fits, telling
from aimline.web.collections.before import Before, before
from aimline.web.collections.fits import Fit
from aimline.web.collections.scores import Row, row
from aimline.web.collections.spread import Panel, Spread, panels, spread

# Fewer than this share of those asked, and the rest may well see it differently.
ENOUGH = 70


@dataclass(frozen=True, slots=True)
class Texts:
    ask: str
    language: str
    texts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Shown:
    """Everything on the page of results. Hidden results have `why` in words, and nothing else."""

    verdict: words.Sentence
    turnout: str
    caution: str
    answered: int = 0
    asked: int = 0
    why: str = ""
    rows: list[Row] = field(default_factory=list)
    fits: list[Fit] = field(default_factory=list)
    few: str = ""
    before: str = ""
    before_href: str = ""
    spreads: list[Spread] = field(default_factory=list)
    in_bands: bool = False
    panels: list[Panel] = field(default_factory=list)
    texts: list[Texts] = field(default_factory=list)


def shown(collection: Collection, *, with_texts: bool) -> Shown:
    told = results(collection)
    if told.why_hidden:
        return _hidden(told, told.why_hidden)
    form, past = collection.edition.form, before(collection)
    found = reliabilities(collection, told)
    rows = [
        row(
            form,
            score,
            past.scores.get(score.construct.key) if past else None,
            hangs=fits.said(found.get(score.construct.key)),
        )
        for score in told.scores
    ]
    came = told.turnout
    return Shown(
        verdict=_verdict(came, rows, past),
        turnout=telling.how_many(came),
        caution=_caution(collection, came),
        answered=0 if came.is_band or came.by is not None else came.answered,
        asked=came.asked or 0,
        rows=rows,
        fits=fits.table(told.scores, found),
        few=fits.few(found.values()),
        before=_since(past),
        before_href=reverse("collections:results", args=[past.collection.pk]) if past else "",
        spreads=[spread(found) for found in told.distributions],
        in_bands=any(not share.is_exact for found in told.distributions for share in found.shares),
        panels=_panels(form, told),
        texts=[Texts(str(item.ask), item.ask.language, said) for item, said in told.texts]
        if with_texts
        else [],
    )


def _panels(form: Form, told: Results) -> list[Panel]:
    return [panel for dimension in told.dimensions for panel in panels(form, dimension)]


def _hidden(told: Results, why: Why) -> Shown:
    least = telling.count(told.minimum)
    if why is Why.OPEN:
        came = telling.how_many(told.turnout)
        verdict = words.marked(_("[Nobody sees results while it runs]. %(came)s."), {"came": came})
        return Shown(verdict, came, "", why=_("Each new answer would be the difference to the last look."))
    if why is Why.FEW:
        verdict = words.marked(_("[Fewer than %(least)s answered], so nothing is shown."), {"least": least})
        few = _("Fewer than %(least)s are in") % {"least": least}
        return Shown(verdict, few, "", why=_("Among so few, everyone could guess who said what."))
    verdict = words.marked(_("[Fewer than half of the staff answered], so nothing is shown."), {})
    half = _("The few would be taken for all, and those who did not answer could be guessed at.")
    return Shown(verdict, _("Fewer than half are in"), "", why=half)


def _verdict(came: Turnout, rows: list[Row], past: Before | None) -> words.Sentence:
    moved = [one for one in rows if one.moved]
    if moved:
        first = moved[0]
        facts = {"what": first.name, "then": first.past, "now": first.value}
        return words.marked(_moved(len(moved)), {**facts, "more": telling.count(len(moved) - 1)})
    if past and any(one.past for one in rows):
        day = figures.full_day(past.collection.closed_on or past.collection.closes_on)
        return words.marked(
            _("[Nothing differs by more than chance] from the time before, %(day)s."), {"day": day}
        )
    return _first_time(came, rows)


def _moved(scores: int) -> str:
    if scores == 1:
        return _("%(what)s: %(then)s the time before, [%(now)s now, more than chance].")
    return ngettext(
        "%(what)s: %(then)s the time before, [%(now)s now, more than chance]. "
        "%(more)s more differs by more than chance.",
        "%(what)s: %(then)s the time before, [%(now)s now, more than chance]. "
        "%(more)s more differ by more than chance.",
        scores - 1,
    )


def _first_time(came: Turnout, rows: list[Row]) -> words.Sentence:
    facts = {"count": telling.count(came.answered)}
    first = next((one for one in rows if one.value), None)
    if first is None:
        told = ngettext("[%(count)s answer is in].", "[%(count)s answers are in].", came.answered)
        return words.marked(told, facts)
    told = ngettext(
        "%(what)s: [%(value)s]. %(count)s answer.",
        "%(what)s: [%(value)s]. %(count)s answers.",
        came.answered,
    )
    return words.marked(told, {**facts, "what": first.name, "value": first.value})


def _caution(collection: Collection, came: Turnout) -> str:
    """For whom the answers speak."""
    if collection.edition.instrument.is_repeated:
        return ""
    if came.percent is None:
        return _("How many were asked is not known, so it is not known for whom these answers speak.")
    if came.asked and came.answered > came.asked:
        return _("More people answered than were expected: the link went further, or the number was too low.")
    if came.percent < ENOUGH:
        return _("Those who did not answer may see it differently.")
    return ""


def _since(past: Before | None) -> str:
    if past is None:
        return _("It is the first time that this was asked here, so there is nothing to hold it against.")
    facts = {
        "name": past.collection.name,
        "day": figures.full_day(past.collection.closed_on or past.collection.closes_on),
    }
    if past.told.why_hidden:
        return _("The time before, %(name)s, closed on %(day)s, is hidden to protect people.") % facts
    if not past.scores:
        return (
            _("The time before, %(name)s, closed on %(day)s, asked in other words: no figure is comparable.")
            % facts
        )
    return (
        _(
            "The open ring is the time before: %(name)s, closed on %(day)s. Other people may have answered then."
        )
        % facts
    )
