"""The one sentence at the head of a theory, and the one thing to do next."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from aimline.theory.models import ChangeIdea, Theory
from aimline.web.parts import Next
from aimline.web.theory.cards import Card, Cards, served_by
from aimline.web.theory.evidence import Evidence, Standing

# More primary drivers than this, and a theory is no longer about a few things that matter most.
MOST_DRIVERS = 5


@dataclass(frozen=True, slots=True)
class Verdict:
    """How much there is, what was tested (the marked point), and what nothing supports yet."""

    size: str
    tested: str
    gap: str = ""


@dataclass(frozen=True, slots=True)
class Rights:
    edits: bool
    plans: bool
    sees_tests: bool
    sees_all: bool


def verdict_on(theory: Theory, cards: Cards, rights: Rights) -> Verdict:
    size = _size(len(cards.primary), len(cards.ideas))
    if not rights.sees_tests:
        return Verdict(size, "")
    if not cards.ideas:
        return Verdict(size, _("There is nothing to test yet."))
    found = [card.evidence for card in cards.ideas if card.evidence]
    if rights.sees_all:
        return Verdict(size, _tested(found), _gap(theory, cards))
    # What one does not see may have been tested all the same.
    return Verdict(size, _tested(found) if any(each.is_tested for each in found) else "")


def _size(drivers: int, ideas: int) -> str:
    if drivers == 1:
        return ngettext(
            "One primary driver, %(ideas)s idea.", "One primary driver, %(ideas)s ideas.", ideas
        ) % {"ideas": ideas}
    return ngettext(
        "%(drivers)s primary drivers, %(ideas)s idea.", "%(drivers)s primary drivers, %(ideas)s ideas.", ideas
    ) % {"drivers": drivers, "ideas": ideas}


def _tested(found: Sequence[Evidence]) -> str:
    tested = sum(each.is_tested for each in found)
    ready = sum(each.standing is Standing.READY for each in found)
    facts = {"n": tested, "ready": ready}
    if not tested:
        return _("None has been tested yet.")
    if not ready:
        return (
            ngettext(
                "One has been tested; none is ready to spread yet.",
                "%(n)s have been tested; none is ready to spread yet.",
                tested,
            )
            % facts
        )
    if tested == ready == 1:
        return _("One has been tested, and it is ready to spread.")
    return (
        ngettext(
            "%(n)s have been tested; one is ready to spread.",
            "%(n)s have been tested; %(ready)s are ready to spread.",
            ready,
        )
        % facts
    )


def untested(theory: Theory, cards: Cards) -> list[Card]:
    """The primary drivers that no tested idea serves, directly or on the way."""
    served = served_by(theory, cards)
    return [card for card in cards.primary if not _has_test(card.row.pk, served)]


def _has_test(driver: UUID, served: Mapping[UUID, Sequence[Card]]) -> bool:
    return any(card.is_tested or _has_test(card.row.pk, served) for card in served.get(driver, ()))


def _gap(theory: Theory, cards: Cards) -> str:
    without = untested(theory, cards)
    if not without:
        return ""
    first = without[0].row.name
    if len(without) == 1:
        return _("“%(driver)s” has no test yet, so nothing supports it.") % {"driver": first}
    return ngettext(
        "“%(driver)s” and %(more)s more driver have no test yet, so nothing supports them.",
        "“%(driver)s” and %(more)s more drivers have no test yet, so nothing supports them.",
        len(without) - 1,
    ) % {"driver": first, "more": len(without) - 1}


def next_for(theory: Theory, cards: Cards, rights: Rights) -> Next | None:
    """The single most useful act this person can do here."""
    if theory.ended_on:
        return None
    steps = [*(_to_state(theory, cards) if rights.edits else []), *_to_test(theory, cards, rights)]
    if steps:
        return steps[0]
    if not rights.sees_all:
        return None
    return Next(_("Every driver has a test behind it. Nothing needs doing here today."))


def _to_state(theory: Theory, cards: Cards) -> list[Next]:
    aim, edit = reverse("theory:aim", args=[theory.pk]), reverse("theory:edit", args=[theory.pk])
    steps: list[Next] = []
    if theory.stated is None:
        steps.append(
            Next(_("Say what will improve, for whom, how much and by when."), _("State the aim"), aim)
        )
    elif not theory.stated.is_measured:
        why = _("Say from where to where, by when, and which number shows it.")
        steps.append(Next(why, _("Finish the aim"), aim))
    if not cards.primary:
        why = _("Name the two to five things that must be true to reach the aim.")
        steps.append(Next(why, _("Add drivers"), edit))
    if len(cards.primary) > MOST_DRIVERS:
        why = _(
            "%(n)s primary drivers are more than anyone can hold in mind. Choose the few that matter most."
        )
        steps.append(Next(why % {"n": len(cards.primary)}, _("Choose drivers"), edit))
    if cards.loose:
        why = _("“%(name)s” serves no driver. Say what it serves, or remove it.")
        steps.append(Next(why % {"name": cards.loose[0].row.name}, _("Link it"), edit))
    return steps


def _to_test(theory: Theory, cards: Cards, rights: Rights) -> list[Next]:
    if not rights.sees_tests:
        return []
    served = served_by(theory, cards)
    steps: list[Next] = []
    for card in untested(theory, cards):
        idea = _first_idea(card.row.pk, served)
        facts = {"driver": card.row.name}
        if idea and rights.plans:
            why = _("Pick one idea under “%(driver)s” and test it with one class.") % facts
            steps.append(Next(why, _("Plan a test"), plan_address(idea)))
        if not idea and rights.edits:
            why = _("“%(driver)s” has no idea yet. Add one thing to try.") % facts
            steps.append(Next(why, _("Add an idea"), reverse("theory:edit", args=[theory.pk])))
    return steps


def _first_idea(driver: UUID, served: Mapping[UUID, Sequence[Card]]) -> ChangeIdea | None:
    for card in served.get(driver, ()):
        found = card.row if isinstance(card.row, ChangeIdea) else _first_idea(card.row.pk, served)
        if found:
            return found
    return None


def plan_address(idea: ChangeIdea) -> str:
    return f"{reverse('cycles:guided')}?idea={idea.pk}"
