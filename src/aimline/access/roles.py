"""The acts, the roles, and the one table of which role may do which act."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from django.db import models
from django.utils.translation import gettext_lazy as _


class Act(StrEnum):
    """Everything a person may be allowed to do. Reading is an act; so is each kind of writing."""

    VIEW_UNIT = "view_unit"
    EDIT_UNIT = "edit_unit"
    VIEW_PEOPLE = "view_people"
    EDIT_PEOPLE = "edit_people"
    VIEW_STUDENTS = "view_students"
    KEEP_PRIVACY = "keep_privacy"
    GRANT_ROLE = "grant_role"
    SHARE = "share"
    VIEW_MEASURE = "view_measure"
    EDIT_MEASURE = "edit_measure"
    RECORD_POINTS = "record_points"
    ANNOTATE = "annotate"
    VIEW_THEORY = "view_theory"
    EDIT_THEORY = "edit_theory"
    VIEW_CYCLE = "view_cycle"
    PLAN_CYCLE = "plan_cycle"
    RUN_CYCLE = "run_cycle"
    PREDICT = "predict"
    BUILD_INSTRUMENT = "build_instrument"
    COLLECT = "collect"
    VIEW_ANSWERS = "view_answers"
    VIEW_REVIEW = "view_review"
    EDIT_REVIEW = "edit_review"
    ADD_EVIDENCE = "add_evidence"
    IMPORT = "import"
    EXPORT = "export"
    VIEW_SYSTEM = "view_system"
    EDIT_SELF = "edit_self"


class Role(models.TextChoices):
    SYSTEM_ADMIN = "system_admin", _("System administrator")
    STATE_LEAD = "state_lead", _("State lead")
    DISTRICT_LEADER = "district_leader", _("District leader")
    ANALYST = "analyst", _("Analyst")
    PRINCIPAL = "principal", _("Principal")
    COACH = "coach", _("Coach")
    TEACHER = "teacher", _("Teacher")
    FAMILY = "family", _("Student or family member")
    FACILITATOR = "facilitator", _("Outside facilitator")
    GUEST = "guest", _("Read-only guest")


@dataclass(frozen=True, slots=True)
class Rights:
    """What a role may do at the unit of the grant and below it, at that very unit, and to one's own rows."""

    everywhere: frozenset[Act]
    here: frozenset[Act] = frozenset()
    own: frozenset[Act] = frozenset()


_SEE_RESULTS = frozenset({Act.VIEW_UNIT, Act.VIEW_MEASURE, Act.VIEW_THEORY})
_SEE_WORK = _SEE_RESULTS | {Act.VIEW_CYCLE, Act.VIEW_PEOPLE}
_TEST = frozenset({Act.PLAN_CYCLE, Act.PREDICT, Act.ANNOTATE, Act.RECORD_POINTS})
_DESIGN = frozenset({Act.EDIT_THEORY, Act.RUN_CYCLE, Act.SHARE})
_COUNT = frozenset({Act.EDIT_MEASURE, Act.RECORD_POINTS, Act.ANNOTATE, Act.IMPORT, Act.EXPORT})
# Instruments, who is asked, and what they said, added up.
_ASK = frozenset({Act.BUILD_INSTRUMENT, Act.COLLECT, Act.VIEW_ANSWERS})
_HEAR = frozenset({Act.VIEW_ANSWERS})
# What a review has not said to everybody yet, for those who work on it.
_REVIEW = frozenset({Act.VIEW_REVIEW, Act.EDIT_REVIEW, Act.ADD_EVIDENCE})
_LEAD = frozenset({Act.EDIT_UNIT, Act.EDIT_PEOPLE, Act.GRANT_ROLE})
_OWN = frozenset({Act.RUN_CYCLE, Act.SHARE})
# Single students, by name: for those who answer for them. A teacher has the students of their own classes.
_KNOW_STUDENTS = frozenset({Act.VIEW_STUDENTS})
# Those who answer for a place and everything that is done there.
_RUN = _SEE_WORK | _TEST | _DESIGN | _COUNT | _ASK | _REVIEW | _LEAD | _KNOW_STUDENTS

ROLES: dict[Role, Rights] = {
    Role.SYSTEM_ADMIN: Rights(_SEE_WORK | _LEAD | {Act.IMPORT, Act.EXPORT, Act.VIEW_SYSTEM}, own=_OWN),
    Role.STATE_LEAD: Rights(_SEE_WORK, here=_TEST | _DESIGN | _COUNT | _ASK | _REVIEW, own=_OWN),
    # Who answers to families: one student's complete file, and its end.
    Role.DISTRICT_LEADER: Rights(_RUN | {Act.KEEP_PRIVACY}, own=_OWN),
    Role.ANALYST: Rights(_SEE_WORK | _COUNT | _ASK | _REVIEW | _KNOW_STUDENTS | {Act.PREDICT}, own=_OWN),
    Role.PRINCIPAL: Rights(_RUN, own=_OWN),
    Role.COACH: Rights(
        _SEE_WORK | _TEST | _HEAR | {Act.EDIT_THEORY, Act.VIEW_REVIEW, Act.ADD_EVIDENCE}, own=_OWN
    ),
    Role.TEACHER: Rights(_SEE_WORK | _TEST | _HEAR, own=_OWN | _KNOW_STUDENTS),
    Role.FAMILY: Rights(_SEE_RESULTS),
    Role.FACILITATOR: Rights(_SEE_WORK | _HEAR | _REVIEW | {Act.ANNOTATE, Act.PREDICT}, own=_OWN),
    Role.GUEST: Rights(_SEE_RESULTS),
}

VIEW_ACTS = frozenset({Act.VIEW_MEASURE, Act.VIEW_THEORY, Act.VIEW_CYCLE})
# What those of a team may do to what their team works on, whatever their roles: look.
TEAM_ACTS = frozenset({Act.VIEW_REVIEW})


@cache
def roles_with(act: Act) -> tuple[list[Role], list[Role], list[Role]]:
    """Return the roles that grant an act everywhere below, only at the very unit, and to one's own rows."""
    return (
        [role for role, rights in ROLES.items() if act in rights.everywhere],
        [role for role, rights in ROLES.items() if act in rights.here],
        [role for role, rights in ROLES.items() if act in rights.own],
    )
