"""Writes to a theory of improvement: its aim, drivers, change ideas, links and the measures that watch it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import TypedDict, Unpack
from uuid import UUID

from django.db import transaction
from django.db.models import ProtectedError
from django.utils.translation import gettext as _

from aimline.access.guard import action
from aimline.access.roles import Act
from aimline.access.rules import can
from aimline.core import clock
from aimline.core.errors import Conflict, Invalid, NotFound
from aimline.core.ids import uuid7
from aimline.core.models import once
from aimline.measures.models import Measure, Series
from aimline.org.models import Unit
from aimline.people.models import Person, Team
from aimline.reviews.models import Finding, Recommendation
from aimline.theory import checks, copying, grounds, rows
from aimline.theory.models import (
    Aim,
    BalancingMeasure,
    ChangeIdea,
    Driver,
    DriverLevel,
    Ground,
    GroundStance,
    Link,
    Theory,
)


class AimParts(TypedDict, total=False):
    """What an aim is made of; `series` is the number that shows it."""

    what: str
    for_whom: str
    why: str
    series: Series | None
    baseline: float | None
    goal: float | None
    baseline_on: date | None
    by_when: date | None


class DriverParts(TypedDict, total=False):
    """`serves` holds every driver it is to serve, each with whether the team is less sure of that link."""

    name: str
    measure: Measure | None
    less_sure: bool
    serves: Mapping[Driver, bool]


class IdeaParts(TypedDict, total=False):
    name: str
    description: str
    serves: Mapping[Driver, bool]


@action(Act.EDIT_THEORY)
def start_theory(
    unit: Unit,
    person: Person,
    *,
    title: str,
    team: Team | None = None,
    id: UUID | None = None,
    **aim: Unpack[AimParts],
) -> Theory:
    """Start a theory at a unit, with its aim where that is known."""
    if made := once(Theory, id, unit=unit):
        return made
    checks.team_is_of(unit, team)
    theory = rows.keep(Theory(id=id or uuid7(), unit=unit, team=team, title=title.strip(), made_by=person))
    if aim:
        _state(theory, aim)
    return theory


@action(Act.EDIT_THEORY)
def change_theory(
    theory: Theory, person: Person, *, title: str, team: Team | None = None, version: int | None = None
) -> Theory:
    """Give a theory another title or team."""
    checks.is_open(theory)
    theory.expect_version(version)
    checks.team_is_of(theory.unit, team)
    return rows.change(theory, title=title.strip(), team=team)


@action(Act.EDIT_THEORY)
def end_theory(theory: Theory, person: Person) -> Theory:
    """Stop working on a theory; it stays to be read, and nothing in it changes any more."""
    checks.is_open(theory)
    return theory.change(ended_on=clock.today())


@action(Act.EDIT_THEORY)
def reopen_theory(theory: Theory, person: Person) -> Theory:
    """Take up a theory again."""
    return theory.change(ended_on=None) if theory.ended_on else theory


@action(Act.EDIT_THEORY)
def copy_theory(unit: Unit, person: Person, *, theory: Theory, id: UUID | None = None) -> Theory:
    """Start a theory from one made elsewhere: its words and links. Its numbers stay behind, they are of that place."""
    if made := once(Theory, id, unit=unit):
        return made
    if not can(person, Act.VIEW_THEORY, theory):
        raise NotFound
    copied = rows.keep(Theory(id=id or uuid7(), unit=unit, title=theory.title, made_by=person))
    copying.fill(copied, theory)
    return copied


@action(Act.EDIT_THEORY)
def state_aim(theory: Theory, person: Person, **parts: Unpack[AimParts]) -> Aim:
    """Say what will improve, for whom, from where to where, by when."""
    checks.is_open(theory)
    if theory.stated:
        raise Conflict(_("This theory has an aim already. Change that one: a theory holds a single aim."))
    return _state(theory, parts)


@action(Act.EDIT_THEORY)
def change_aim(aim: Aim, person: Person, *, version: int | None = None, **parts: Unpack[AimParts]) -> Aim:
    """Change parts of an aim. Its aimline on the chart follows."""
    checks.is_open(aim.theory)
    aim.expect_version(version)
    before = rows.course_of(aim)
    for name, value in rows.stripped(parts).items():
        setattr(aim, name, value)
    checks.aim_holds(aim)
    rows.change(aim)
    rows.draw_aimline(aim, before)
    return aim


@action(Act.EDIT_THEORY)
def add_driver(
    theory: Theory,
    person: Person,
    *,
    level: DriverLevel,
    name: str,
    serves: Sequence[Driver] = (),
    id: UUID | None = None,
) -> Driver:
    """Add something that must be true for the aim, or for the primary drivers it serves."""
    if made := once(Driver, id, theory=theory):
        return made
    checks.is_open(theory)
    checks.name_is_free(theory.drivers.filter(level=level), name)
    place = theory.drivers.filter(level=level).count()
    driver = rows.keep(
        Driver(id=id or uuid7(), theory=theory, level=level, name=name.strip(), position=place)
    )
    rows.serve(driver, dict.fromkeys(serves, False))
    return driver


@action(Act.EDIT_THEORY)
def change_driver(
    driver: Driver, person: Person, *, version: int | None = None, **parts: Unpack[DriverParts]
) -> Driver:
    """Give a driver another name or measure, or change what it serves and how sure the team is of that."""
    checks.is_open(driver.theory)
    driver.expect_version(version)
    serves = parts.pop("serves", None)
    if "name" in parts:
        checks.name_is_free(
            driver.theory.drivers.filter(level=driver.level).exclude(pk=driver.pk), parts["name"]
        )
    checks.measure_reaches(driver.theory, parts.get("measure"))
    rows.change(driver, **rows.stripped(parts))
    if serves is not None:
        rows.serve(driver, serves)
    return driver


@action(Act.EDIT_THEORY)
def move_driver(driver: Driver, person: Person, *, by: int) -> Driver:
    """Move a driver among those of its level: -1 is one up, 1 is one down."""
    checks.is_open(driver.theory)
    rows.move(driver, list(driver.theory.drivers.filter(level=driver.level)), by)
    return driver


@action(Act.EDIT_THEORY)
def remove_driver(driver: Driver, person: Person, *, version: int | None = None) -> Theory:
    """Take a driver away with its links, unless a tested idea would then serve nothing."""
    checks.is_open(driver.theory)
    driver.expect_version(version)
    checks.nothing_tested_hangs_on(driver)
    driver.delete()
    return driver.theory


@action(Act.EDIT_THEORY)
def add_idea(
    theory: Theory,
    person: Person,
    *,
    name: str,
    serves: Sequence[Driver] = (),
    description: str = "",
    id: UUID | None = None,
) -> ChangeIdea:
    """Add a change that can be tested."""
    if made := once(ChangeIdea, id, theory=theory):
        return made
    checks.is_open(theory)
    checks.name_is_free(theory.ideas.all(), name)
    idea = ChangeIdea(id=id or uuid7(), theory=theory, name=name.strip(), description=description.strip())
    idea.position = theory.ideas.count()
    rows.keep(idea)
    rows.serve(idea, dict.fromkeys(serves, False))
    return idea


@action(Act.EDIT_THEORY)
def change_idea(
    idea: ChangeIdea, person: Person, *, version: int | None = None, **parts: Unpack[IdeaParts]
) -> ChangeIdea:
    """Give an idea another name or description, or change what it serves."""
    checks.is_open(idea.theory)
    idea.expect_version(version)
    serves = parts.pop("serves", None)
    if "name" in parts:
        checks.name_is_free(idea.theory.ideas.exclude(pk=idea.pk), parts["name"])
    rows.change(idea, **rows.stripped(parts))
    if serves is not None:
        rows.serve(idea, serves)
    return idea


@action(Act.EDIT_THEORY)
def move_idea(idea: ChangeIdea, person: Person, *, by: int) -> ChangeIdea:
    """Move an idea in the list: -1 is one up, 1 is one down."""
    checks.is_open(idea.theory)
    rows.move(idea, list(idea.theory.ideas.all()), by)
    return idea


@action(Act.EDIT_THEORY)
def remove_idea(idea: ChangeIdea, person: Person, *, version: int | None = None) -> Theory:
    """Take an idea away, unless it was tested: what was learned hangs on it."""
    checks.is_open(idea.theory)
    idea.expect_version(version)
    try:
        with transaction.atomic():
            idea.delete()
    except ProtectedError as error:
        raise Conflict(
            _(
                "“%(idea)s” has been tested, so it stays: what was learned hangs on it. Stop testing it instead."
            )
            % {"idea": idea.name},
            code="idea_tested",
        ) from error
    return idea.theory


@action(Act.EDIT_THEORY)
def link(cause: Driver | ChangeIdea, person: Person, *, effect: Driver, less_sure: bool = False) -> Link:
    """Say that a secondary driver or an idea moves a driver, and whether the team is less sure of it."""
    checks.is_open(cause.theory)
    checks.may_serve(cause, effect)
    key = {"driver": cause} if isinstance(cause, Driver) else {"idea": cause}
    made, new = Link.objects.get_or_create(
        theory=cause.theory, effect=effect, **key, defaults={"less_sure": less_sure}
    )
    return made if new or made.less_sure == less_sure else made.change(less_sure=less_sure)


@action(Act.EDIT_THEORY)
def unlink(link: Link, person: Person) -> Theory:
    """Take a link away; what it joined stays."""
    checks.is_open(link.theory)
    link.delete()
    return link.theory


@action(Act.EDIT_THEORY)
def attach_measure(driver: Driver, person: Person, *, measure: Measure | None) -> Driver:
    """Say which number shows whether this driver moves; none takes it away."""
    checks.is_open(driver.theory)
    checks.measure_reaches(driver.theory, measure)
    return driver.change(measure=measure)


@action(Act.EDIT_THEORY)
def add_balancing(theory: Theory, person: Person, *, measure: Measure) -> BalancingMeasure:
    """Watch a number that would show harm elsewhere while the aim improves."""
    checks.is_open(theory)
    checks.measure_reaches(theory, measure)
    aim = theory.stated
    if aim and aim.series and aim.series.measure_id == measure.pk:
        raise Invalid(
            _("“%(measure)s” is what the aim itself is about. Watch another number for harm elsewhere.")
            % {"measure": measure.name},
            fields={"measure": _("Choose another measure.")},
        )
    made, _new = BalancingMeasure.objects.get_or_create(theory=theory, measure=measure)
    return made


@action(Act.EDIT_THEORY)
def remove_balancing(balancing: BalancingMeasure, person: Person) -> Theory:
    """Stop watching a number for harm; the measure itself stays."""
    checks.is_open(balancing.theory)
    balancing.delete()
    return balancing.theory


@action(Act.EDIT_THEORY)
def ground(
    node: Theory | Driver | ChangeIdea,
    person: Person,
    *,
    to: Finding | Recommendation,
    stance: GroundStance = GroundStance.ANSWERS,
    reason: str = "",
) -> Ground:
    """Say what a theory, a driver or an idea means for what a review found. Saying it again changes it."""
    theory = node if isinstance(node, Theory) else node.theory
    checks.is_open(theory)
    if not grounds.may_read(person, to):
        raise NotFound
    checks.may_be_said(to, stance, reason)
    said = {"stance": stance, "reason": reason.strip(), "said_by": person}
    held = grounds.held(node).filter(**grounds.key_of(to)).first()
    if held:
        return held.change(**said)
    return Ground.objects.create(**{"theory": theory, **grounds.key_of(node), **grounds.key_of(to), **said})


@action(Act.EDIT_THEORY)
def unground(ground: Ground, person: Person) -> Theory:
    """Take back what was said about a finding or a recommendation."""
    checks.is_open(ground.theory)
    if not grounds.may_read(person, ground.on):
        raise NotFound
    ground.delete()
    return ground.theory


def _state(theory: Theory, parts: AimParts) -> Aim:
    aim = Aim(theory=theory, **rows.stripped(parts))
    checks.aim_holds(aim)
    rows.keep(aim)
    rows.draw_aimline(aim, None)
    return aim
