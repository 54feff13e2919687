"""One theory read for one person: its cards, what they may do, the sentence on top and the next step."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _

from aimline.access.rules import Act, can, granted_paths
from aimline.theory.models import Theory
from aimline.theory.tree import grow
from aimline.theory.words import long_day
from aimline.web.parts import Link, Next, Reason
from aimline.web.shell import Request
from aimline.web.theory import cards, grounding
from aimline.web.theory.evidence import evidence_for, sees_all
from aimline.web.theory.signals import Sign, Signs, signs_of
from aimline.web.theory.verdicts import Rights, Verdict, next_for, verdict_on


@dataclass(frozen=True, slots=True)
class Study:
    theory: Theory
    cards: cards.Cards
    signs: Signs
    sign: Sign | None
    rights: Rights
    partly: bool
    verdict: Verdict
    next: Next | None


def study(request: Request, theory: Theory) -> Study:
    """Costs the same number of queries for a small theory and a large one; it came from `for_page()`."""
    rights = rights_of(request, theory)
    signs = signs_of(request.person, theory, request.place)
    laid = cards.lay_out(grow(theory), evidence_for(request.person, [theory]), signs)
    return Study(
        theory=theory,
        cards=laid,
        signs=signs,
        sign=signs.of_aim(theory),
        rights=rights,
        partly=rights.sees_tests and not rights.sees_all,
        verdict=verdict_on(theory, laid, rights),
        next=next_for(theory, laid, rights),
    )


def rights_of(request: Request, theory: Theory) -> Rights:
    person = request.person
    return Rights(
        edits=can(person, Act.EDIT_THEORY, theory),
        plans=can(person, Act.PLAN_CYCLE, request.place),
        sees_tests=person.is_operator or bool(granted_paths(person, Act.VIEW_CYCLE)),
        sees_all=sees_all(person, theory),
    )


def eyebrow(theory: Theory) -> list[object]:
    """What this is, in which version, and a way to what changed. A day on which it changed is a version."""
    days = days_changed(theory)
    latest = days[-1] if days else timezone.localtime(theory.created_at).date()
    return [
        _("Theory of improvement"),
        _("version %(n)s, %(day)s") % {"n": len(days) or 1, "day": long_day(latest)},
        format_html('<a href="{}">{}</a>', reverse("theory:changes", args=[theory.pk]), _("what changed")),
    ]


def days_changed(theory: Theory) -> list[date]:
    moments = theory.entries().values_list("at", flat=True)
    return sorted({timezone.localtime(moment).date() for moment in moments})


def thread(theory: Theory, *more: Reason) -> list[Reason]:
    """Why are we doing this? The aim, the theory, and where we stand in it."""
    aim = theory.stated
    address = reverse("theory:show", args=[theory.pk]) if more else ""
    start = [Reason(_("Aim"), aim.what, reverse("theory:aims"))] if aim else []
    return [*start, Reason(_("Theory"), theory.title, address), *more]


def tabs(theory: Theory, current: str) -> list[Link]:
    views = [("show", _("Diagram")), ("listed", _("List")), ("ideas", _("Ideas by evidence"))]
    return [
        Link(label, reverse(f"theory:{name}", args=[theory.pk]), current=name == current)
        for name, label in views
    ]


def watched(study: Study) -> list[tuple[str, Sign]]:
    """The balancing measures, each with its signal."""
    return [(row.measure.name, study.signs.of(row.measure)) for row in study.theory.balancing.all()]


def facts(request: Request, read: Study, current: str) -> dict[str, Any]:
    """What the three views of one theory share."""
    return {
        "study": read,
        "theory": read.theory,
        "ended": long_day(read.theory.ended_on) if read.theory.ended_on else "",
        "eyebrow": eyebrow(read.theory),
        "thread": thread(read.theory),
        "tabs": tabs(read.theory, current),
        "watched": watched(read),
        "grounds": grounding.of_theory(request.person, read.theory),
        "shares": can(request.person, Act.SHARE, read.theory),
    }
