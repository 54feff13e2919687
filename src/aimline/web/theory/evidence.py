"""What tests say of each idea: how far it has come, and in which words. Only tests this person may see count."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import IntEnum
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from aimline.access.rules import Act, allowed, rights_at
from aimline.cycles.models import Cycle, Decision, Stage, TestScale
from aimline.cycles.showing import Shown, shown_results
from aimline.people.models import Person
from aimline.theory.models import Theory
from aimline.theory.words import long_day
from aimline.web.cycles.words import say_range, say_result


class Standing(IntEnum):
    """Where an idea stands; a higher one rests on more evidence."""

    STOPPED = 0
    UNTESTED = 1
    PLANNED = 2
    TESTING = 3
    BETWEEN = 4
    ADOPTED = 5
    READY = 6


REACH = {
    TestScale.STUDENTS: 1,
    TestScale.ROOM: 1,
    TestScale.ROOMS: 2,
    TestScale.SCHOOL: 3,
    TestScale.SCHOOLS: 4,
}
# An idea adopted at this reach or beyond is ready to spread.
SPREADS_FROM = REACH[TestScale.SCHOOL]


@dataclass(frozen=True, slots=True)
class Evidence:
    """`reach` is 0 to 4: none, one room, several rooms, a school, several schools."""

    standing: Standing
    words: str
    result: str = ""
    reach: int = 0
    tests: int = 0
    cycles: tuple[Cycle, ...] = ()

    @property
    def is_tested(self) -> bool:
        return self.tests > 0

    @property
    def is_stopped(self) -> bool:
        return self.standing is Standing.STOPPED


def evidence_for(person: Person, theories: Iterable[Theory]) -> dict[UUID, Evidence]:
    """Weigh every idea of these theories, in a bounded number of queries."""
    listed = list(theories)
    rows = Cycle.objects.filter(idea__theory__in=listed).for_list().order_by("starts_on", "created_at")
    cycles = list(allowed(person, Act.VIEW_CYCLE, rows))
    shown = shown_results(person, cycles)
    by_idea: dict[UUID, list[Cycle]] = {}
    for cycle in cycles:
        if cycle.idea_id:
            by_idea.setdefault(cycle.idea_id, []).append(cycle)
    return {
        idea.pk: weigh(by_idea.get(idea.pk, []), shown, sees_all=sees_all(person, theory))
        for theory in listed
        for idea in theory.ideas.all()
    }


def sees_all(person: Person, theory: Theory) -> bool:
    """Whether no test of this theory is kept from this person by where they work."""
    return Act.VIEW_CYCLE in rights_at(person, theory.unit)


def weigh(cycles: Sequence[Cycle], shown: dict[UUID, Shown], *, sees_all: bool = True) -> Evidence:
    begun = [cycle for cycle in cycles if cycle.is_locked]
    if not begun:
        return _not_begun(cycles, sees_all=sees_all)
    standing = _standing(begun)
    reach = _reach(begun)
    return Evidence(
        standing=standing,
        words=_changed(begun, cycles) if standing is Standing.BETWEEN else _words(standing, begun, reach),
        result=_result(begun, shown),
        reach=reach,
        tests=len(begun),
        cycles=tuple(cycles),
    )


def _not_begun(cycles: Sequence[Cycle], *, sees_all: bool) -> Evidence:
    if not cycles:
        return Evidence(Standing.UNTESTED, _("Not tested") if sees_all else _("No test that you may see"))
    day = long_day(cycles[0].starts_on)
    return Evidence(Standing.PLANNED, _("A test is planned for %(day)s") % {"day": day}, cycles=tuple(cycles))


def _standing(begun: Sequence[Cycle]) -> Standing:
    if any(cycle.stage != Stage.DONE for cycle in begun):
        return Standing.TESTING
    last = _last(begun)
    if last.decision == Decision.ABANDON:
        return Standing.STOPPED
    if last.decision == Decision.ADOPT:
        return Standing.READY if _reach(begun) >= SPREADS_FROM else Standing.ADOPTED
    return Standing.BETWEEN


def _last(begun: Sequence[Cycle]) -> Cycle:
    return max(begun, key=lambda cycle: (cycle.decided_at or cycle.created_at, cycle.number))


def _reach(begun: Sequence[Cycle]) -> int:
    reach = max(REACH[TestScale(cycle.scale)] for cycle in begun)
    schools = {cycle.unit_id for cycle in begun if cycle.scale == TestScale.SCHOOL}
    return REACH[TestScale.SCHOOLS] if len(schools) > 1 else reach


def _words(standing: Standing, begun: Sequence[Cycle], reach: int) -> str:
    tests = len(begun)
    facts = {"n": tests}
    if standing is Standing.TESTING:
        running = [cycle for cycle in begun if cycle.stage != Stage.DONE]
        return _testing(max(running, key=lambda cycle: (REACH[TestScale(cycle.scale)], cycle.number)))
    if standing is Standing.STOPPED:
        return ngettext("Stopped after one test", "Stopped after %(n)s tests", tests) % facts
    if standing is Standing.READY:
        return (
            ngettext("Ready to spread, after one test", "Ready to spread, after %(n)s tests", tests) % facts
        )
    return _adopted(reach, tests)


def _changed(begun: Sequence[Cycle], cycles: Sequence[Cycle]) -> str:
    tests = len(begun)
    facts = {"n": tests}
    if any(cycle.stage == Stage.PLAN for cycle in cycles):
        return (
            ngettext(
                "Changed after one test; the next is planned",
                "Changed after %(n)s tests; the next is planned",
                tests,
            )
            % facts
        )
    return (
        ngettext(
            "Changed after one test; the next is not planned",
            "Changed after %(n)s tests; the next is not planned",
            tests,
        )
        % facts
    )


def _testing(cycle: Cycle) -> str:
    patterns = {
        TestScale.STUDENTS: _("Testing with a few students, cycle %(n)s"),
        TestScale.ROOM: _("Testing in one room, cycle %(n)s"),
        TestScale.ROOMS: _("Testing in several rooms, cycle %(n)s"),
        TestScale.SCHOOL: _("Testing in a whole school, cycle %(n)s"),
        TestScale.SCHOOLS: _("Testing in several schools, cycle %(n)s"),
    }
    return patterns[TestScale(cycle.scale)] % {"n": cycle.number}


def _adopted(reach: int, tests: int) -> str:
    facts = {"n": tests}
    if reach >= REACH[TestScale.ROOMS]:
        return (
            ngettext(
                "Adopted in several rooms, after one test",
                "Adopted in several rooms, after %(n)s tests",
                tests,
            )
            % facts
        )
    return (
        ngettext("Adopted in one room, after one test", "Adopted in one room, after %(n)s tests", tests)
        % facts
    )


def _result(begun: Sequence[Cycle], shown: dict[UUID, Shown]) -> str:
    """The newest result with a number, as far as this person may see it."""
    for cycle in reversed(begun):
        seen = shown[cycle.pk]
        if seen.is_hidden:
            return _("The last result is hidden, because it speaks of few students.")
        result = seen.result
        if result is None or result.value is None:
            continue
        facts = {"value": say_result(cycle, seen)}
        if result.low is None or result.high is None:
            return _("Last result %(value)s") % facts
        facts["range"] = say_range(cycle, result.low, result.high)
        return _("Last result %(value)s, could be %(range)s") % facts
    return ""
