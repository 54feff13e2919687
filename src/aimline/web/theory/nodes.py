"""One idea or driver by itself, and the ideas of a theory by how much evidence they have."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from aimline.cycles.models import Cycle, Stage
from aimline.theory.models import ChangeIdea, Driver
from aimline.theory.words import long_day
from aimline.web.parts import Moment, Reason
from aimline.web.theory.cards import Card, served_by
from aimline.web.theory.study import Study, thread
from aimline.web.theory.verdicts import plan_address


def by_evidence(read: Study) -> list[Card]:
    """Most evidence first; what was stopped comes last."""
    return sorted(
        read.cards.ideas,
        key=lambda card: (
            (-card.evidence.standing, -card.evidence.reach, card.row.name) if card.evidence else ()
        ),
    )


def idea_facts(read: Study, idea: ChangeIdea) -> dict[str, Any]:
    card = _card(read, idea)
    evidence = card.evidence
    return {
        "theory": read.theory,
        "card": card,
        "rights": read.rights,
        "thread": thread(read.theory, *_drivers_of(read, idea), Reason(_("Idea"), idea.name)),
        "moments": [_moment(cycle) for cycle in reversed(evidence.cycles)] if evidence else [],
        "plan": plan_address(idea) if read.rights.plans else "",
    }


def driver_facts(read: Study, driver: Driver) -> dict[str, Any]:
    card = _card(read, driver)
    return {
        "theory": read.theory,
        "card": card,
        "rights": read.rights,
        "thread": thread(read.theory, *_drivers_of(read, driver), Reason(_("Driver"), driver.name)),
        "below": served_by(read.theory, read.cards).get(driver.pk, []),
        "sign": read.signs.of(driver.measure),
    }


def _card(read: Study, row: Driver | ChangeIdea) -> Card:
    return next(card for card in read.cards.walk() if card.row.pk == row.pk)


def _drivers_of(read: Study, row: Driver | ChangeIdea) -> list[Reason]:
    """The way up to the primary driver under which this node stands."""
    above: list[Reason] = []
    for card in read.cards.walk():
        if not card.is_idea and card.row.pk != row.pk and any(each.row.pk == row.pk for each in card.walk()):
            above.append(Reason(_("Driver"), card.row.name, card.href))
    return above


def _moment(cycle: Cycle) -> Moment:
    said = {"test": cycle.title, "size": cycle.get_scale_display(), "place": cycle.unit.name}
    text = _("%(test)s. %(size)s, %(place)s") % said
    when = _("%(first)s to %(last)s") % {"first": long_day(cycle.starts_on), "last": long_day(cycle.ends_on)}
    decided = cycle.get_decision_display() if cycle.decision else cycle.get_stage_display()
    state = "done" if cycle.stage == Stage.DONE else "next" if cycle.stage == Stage.PLAN else "now"
    address = reverse("cycles:show", args=[cycle.pk])
    return Moment(text, _("%(when)s. %(decided)s") % {"when": when, "decided": decided}, state, address)  # type: ignore[arg-type]
