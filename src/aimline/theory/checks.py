"""What a theory refuses, in words."""

from __future__ import annotations

from django.db import DEFAULT_DB_ALIAS
from django.db.models import Model, ProtectedError, QuerySet
from django.db.models.deletion import Collector
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from aimline.core.errors import Conflict, Invalid
from aimline.measures.models import Better, Measure
from aimline.org.models import Unit
from aimline.people.models import Team
from aimline.reviews.models import Finding, FindingKind, Recommendation
from aimline.theory.models import TO_A_STRENGTH, Aim, ChangeIdea, Driver, GroundStance, Link, Theory
from aimline.theory.words import figure, long_day


def is_open(theory: Theory) -> None:
    if theory.ended_on:
        raise Conflict(
            _("Work on this theory ended on %(day)s. Take it up again before you change it.")
            % {"day": long_day(theory.ended_on)},
            code="theory_ended",
        )


def team_is_of(unit: Unit, team: Team | None) -> None:
    if team and team.unit_id != unit.pk:
        raise Invalid(
            _("%(team)s works at another place. Choose a team of %(unit)s.")
            % {"team": team.name, "unit": unit.name},
            fields={"team": _("Choose a team of %(unit)s.") % {"unit": unit.name}},
        )


def name_is_free(rows: QuerySet[Driver] | QuerySet[ChangeIdea], name: str) -> None:
    words = name.strip()
    if not words:
        reason = _("Write its name in a few words.")
        raise Invalid(reason, fields={"name": reason})
    if rows.filter(name__iexact=words).exists():
        reason = _("“%(name)s” is already there. Use other words, or change that one.") % {"name": words}
        raise Invalid(reason, code="name_taken", fields={"name": reason})


def may_serve(cause: Driver | ChangeIdea, effect: Driver) -> None:
    if cause.theory_id != effect.theory_id:
        raise Invalid(_("“%(driver)s” belongs to another theory.") % {"driver": effect.name})
    if isinstance(cause, ChangeIdea):
        return
    if cause.is_primary:
        raise Invalid(
            _("“%(driver)s” is a primary driver: it serves the aim itself.") % {"driver": cause.name}
        )
    if not effect.is_primary:
        raise Invalid(
            _("A secondary driver serves primary drivers, and “%(driver)s” is a secondary one.")
            % {"driver": effect.name}
        )


def measure_reaches(theory: Theory, measure: Measure | None) -> None:
    """A measure has series at its own unit and below; a theory elsewhere has no use for it."""
    if measure and not measure.unit.holds(theory.unit):
        raise Invalid(
            _("“%(measure)s” is not counted at %(unit)s.")
            % {"measure": measure.name, "unit": theory.unit.name},
            fields={"measure": _("Choose a measure that is counted here.")},
        )


def nothing_tested_hangs_on(driver: Driver) -> None:
    tested = [idea for idea in hanging_on(driver)[1] if is_held(idea)]
    if not tested:
        return
    names = ", ".join(f"“{idea.name}”" for idea in tested)
    raise Conflict(
        ngettext(
            "%(ideas)s has been tested and serves nothing but “%(driver)s”. "
            "Let it serve another driver first, then remove this one.",
            "%(ideas)s have been tested and serve nothing but “%(driver)s”. "
            "Let them serve another driver first, then remove this one.",
            len(tested),
        )
        % {"ideas": names, "driver": driver.name},
        code="tested_ideas_hang_here",
    )


def hanging_on(driver: Driver) -> tuple[list[Driver], list[ChangeIdea]]:
    """What serves this driver and nothing else, directly or through a driver that would fall with it."""
    links = list(Link.objects.filter(theory=driver.theory_id).select_related("driver", "idea"))
    gone = {driver.pk}
    # Once for the drivers below it, once more for the ideas below those.
    for _round in range(2):
        causes = {link.cause_id for link in links if link.effect_id in gone}
        gone |= causes - {link.cause_id for link in links if link.effect_id not in gone}
    drivers = {link.driver for link in links if link.driver and link.driver_id in gone}
    ideas = {link.idea for link in links if link.idea and link.idea_id in gone}
    return sorted(drivers, key=lambda row: row.position), sorted(ideas, key=lambda row: row.position)


def may_be_said(found: Finding | Recommendation, stance: GroundStance, reason: str) -> None:
    """A strength is kept or not, everything else is answered; who would drop a strength says why."""
    is_strength = isinstance(found, Finding) and found.kind == FindingKind.KEEP
    if is_strength and stance not in TO_A_STRENGTH:
        raise Invalid(
            _("This is a strength to keep. Say whether it is left alone, built on, or would be dropped.")
        )
    if not is_strength and stance in TO_A_STRENGTH:
        raise Invalid(_("This is no strength. Say that it is answered."))
    if isinstance(found, Finding) and not found.is_final:
        raise Conflict(_("This finding is not final yet, so nothing can stand on it."))
    if stance == GroundStance.DROPS and not reason.strip():
        why = _("Say why, and what becomes of what it did: a strength should not go without a reason.")
        raise Invalid(why, fields={"reason": why})


def is_held(row: Model) -> bool:
    """Whether a room above points at this row and protects it. Asked of the database, because it knows them all."""
    try:
        Collector(using=DEFAULT_DB_ALIAS, origin=row).collect([row])
    except ProtectedError:
        return True
    return False


def aim_holds(aim: Aim) -> None:
    """Refuse an aim whose parts contradict one another; parts may still be missing."""
    _series_is_ours(aim)
    _goal_is_better(aim)
    _dates_run_forward(aim)


def _series_is_ours(aim: Aim) -> None:
    if aim.series and not aim.theory.unit.holds(aim.series.unit):
        reason = _("This number is counted at %(place)s, not at %(unit)s or below it.") % {
            "place": aim.series.unit.name,
            "unit": aim.theory.unit.name,
        }
        raise Invalid(reason, fields={"series": reason})


def _goal_is_better(aim: Aim) -> None:
    if aim.baseline is None or aim.goal is None:
        return
    facts = {
        "start": figure(aim.baseline, aim.series),
        "goal": figure(aim.goal, aim.series),
        "measure": aim.series.measure.name if aim.series else "",
    }
    better = aim.series.measure.better if aim.series else ""
    if aim.goal == aim.baseline:
        _refuse_goal(_("The goal of %(goal)s is where you start. Say how much better it will be.") % facts)
    if better == Better.UP and aim.goal < aim.baseline:
        _refuse_goal(_("For “%(measure)s” higher is better, but %(goal)s is lower than %(start)s.") % facts)
    if better == Better.DOWN and aim.goal > aim.baseline:
        _refuse_goal(_("For “%(measure)s” lower is better, but %(goal)s is higher than %(start)s.") % facts)


def _refuse_goal(reason: str) -> None:
    raise Invalid(reason, fields={"goal": reason})


def _dates_run_forward(aim: Aim) -> None:
    if aim.baseline_on and aim.by_when and aim.by_when <= aim.baseline_on:
        reason = _("The baseline is of %(start)s, so the goal cannot be due on %(due)s.") % {
            "start": long_day(aim.baseline_on),
            "due": long_day(aim.by_when),
        }
        raise Invalid(reason, fields={"by_when": reason})
