"""What has been tried: ideas with all their tests one may see, and what they add up to, honestly."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from aimline.access.rules import Act, allowed
from aimline.cycles.models import Cycle, CycleQuerySet, Decision
from aimline.org.models import Unit
from aimline.people.models import Person
from aimline.web.cycles.lists import Row, rows

# Fewer scored tests than this in fewer places are a promise, not knowledge.
ENOUGH_TESTS, ENOUGH_PLACES = 3, 2


@dataclass(frozen=True, slots=True)
class Tried:
    """One idea and its tests, oldest first."""

    name: str
    href: str
    rows: list[Row]

    @property
    def scored(self) -> list[bool]:
        return [row.came_true for row in self.rows if row.came_true is not None]

    @property
    def places(self) -> list[str]:
        return sorted({row.cycle.unit.name for row in self.rows})

    @property
    def reach(self) -> int:
        return max((row.reach for row in self.rows if not row.is_stopped), default=0)

    @property
    def is_stopped(self) -> bool:
        return all(row.is_stopped for row in self.rows)

    @property
    def adopted(self) -> int:
        return sum(row.cycle.decision == Decision.ADOPT for row in self.rows)

    @property
    def is_known(self) -> bool:
        """Tested often enough, in enough places, to speak of more than a promise."""
        return len(self.scored) >= ENOUGH_TESTS and len(self.places) >= ENOUGH_PLACES

    @property
    def how_often(self) -> str:
        return ngettext("%(tests)s test", "%(tests)s tests", len(self.rows)) % {"tests": len(self.rows)}

    @property
    def came_true(self) -> str:
        if not self.scored:
            return _("No result to score yet")
        counts = {"true": sum(self.scored), "all": len(self.scored)}
        return _("%(true)s of %(all)s came as predicted") % counts

    @property
    def caution(self) -> str:
        if self.is_stopped:
            return _("Stopped. Read why before you try it.")
        if not self.is_known:
            return _("Too few tests to know. Test it small at your place.")
        return _("Tested in several places. It may still differ at yours: predict, then test.")


def tried(cycles: Sequence[Cycle], person: Person, place: Unit) -> list[Tried]:
    """Group tests by idea, or by ramp where no idea is linked; the widest spread first."""
    grouped: dict[UUID, list[Row]] = defaultdict(list)
    for row in rows(cycles, person, place):
        grouped[row.cycle.idea_id or row.cycle.ramp].append(row)
    found = [_tried(group) for group in grouped.values()]
    return sorted(found, key=lambda one: (one.is_stopped, -one.adopted, -one.reach, one.name))


def done_at(person: Person, place: Unit) -> CycleQuerySet:
    """The decided tests at this place and below."""
    seen: CycleQuerySet = allowed(person, Act.VIEW_CYCLE, Cycle.objects.exclude(decision=""))
    return seen.filter(unit__path__startswith=place.path).order_by("starts_on", "id")


def shared_with(person: Person, mine: Iterable[str]) -> CycleQuerySet:
    """Tests of other places that this person sees only because they were shared."""
    seen: CycleQuerySet = allowed(person, Act.VIEW_CYCLE, Cycle.objects.all())
    for root in mine:
        seen = seen.exclude(unit__path__startswith=root)
    return seen.order_by("-starts_on", "id")


def _tried(group: list[Row]) -> Tried:
    first = group[0].cycle
    name = first.idea.name if first.idea else first.title
    return Tried(name, reverse("cycles:ramp", kwargs={"cycle_id": group[-1].cycle.pk}), group)
