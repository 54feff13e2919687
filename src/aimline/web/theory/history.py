"""What changed in a theory, in words, from the audit log. The log keeps ids alone; names are those of today."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from aimline.access.rules import Act, allowed
from aimline.core.models import AuditEntry
from aimline.people.models import Person
from aimline.theory.models import ChangeIdea, Driver, Theory
from aimline.theory.words import figure, long_day

# With the node's name where it is still there; without, where it is gone.
NAMED: dict[str, Promise] = {
    "add_driver": gettext_lazy("%(who)s added the driver “%(what)s”."),
    "change_driver": gettext_lazy("%(who)s changed the driver “%(what)s” or what it serves."),
    "move_driver": gettext_lazy("%(who)s moved the driver “%(what)s”."),
    "attach_measure": gettext_lazy("%(who)s said which number shows whether “%(what)s” moves."),
    "add_idea": gettext_lazy("%(who)s added the idea “%(what)s”."),
    "change_idea": gettext_lazy("%(who)s changed the idea “%(what)s” or what it serves."),
    "move_idea": gettext_lazy("%(who)s moved the idea “%(what)s”."),
    "link": gettext_lazy("%(who)s linked “%(what)s” to “%(effect)s”."),
}
PLAIN: dict[str, Promise] = {
    "start_theory": gettext_lazy("%(who)s started this theory."),
    "copy_theory": gettext_lazy("%(who)s started this theory as a copy of another one."),
    "change_theory": gettext_lazy("%(who)s changed its title or its team."),
    "end_theory": gettext_lazy("%(who)s ended the work on it."),
    "reopen_theory": gettext_lazy("%(who)s took it up again."),
    "state_aim": gettext_lazy("%(who)s stated the aim."),
    "change_aim": gettext_lazy("%(who)s changed the aim."),
    "add_driver": gettext_lazy("%(who)s added a driver that was removed later."),
    "change_driver": gettext_lazy("%(who)s changed a driver that was removed later."),
    "remove_driver": gettext_lazy("%(who)s removed a driver."),
    "add_idea": gettext_lazy("%(who)s added an idea that was removed later."),
    "change_idea": gettext_lazy("%(who)s changed an idea that was removed later."),
    "remove_idea": gettext_lazy("%(who)s removed an idea."),
    "link": gettext_lazy("%(who)s made a link that was removed later."),
    "unlink": gettext_lazy("%(who)s took a link away."),
    "add_balancing": gettext_lazy("%(who)s added a measure that would show harm elsewhere."),
    "remove_balancing": gettext_lazy("%(who)s stopped watching a measure for harm."),
    "ground": gettext_lazy("%(who)s said what it means for something a review found."),
    "unground": gettext_lazy("%(who)s took back what was said of something a review found."),
    "share": gettext_lazy("%(who)s shared it with another place."),
    "unshare": gettext_lazy("%(who)s stopped sharing it."),
}


@dataclass(frozen=True, slots=True)
class Version:
    """A day on which something changed."""

    number: int
    day: date
    changes: tuple[str, ...]

    @property
    def said(self) -> str:
        return long_day(self.day)


def versions(person: Person, theory: Theory) -> list[Version]:
    """Newest first; of changes that read the same on one day, one is told."""
    entries = list(theory.entries())
    who = _names(person, entries)
    nodes: list[Driver | ChangeIdea] = [*theory.drivers.all(), *theory.ideas.all()]
    what = {str(row.pk): row.name for row in nodes}
    by_day: dict[date, list[str]] = {}
    for entry in entries:
        told = _told(entry, who, what, theory)
        by_day.setdefault(timezone.localtime(entry.at).date(), []).extend([told] if told else [])
    found = [
        Version(number, day, tuple(dict.fromkeys(changes)))
        for number, (day, changes) in enumerate(by_day.items(), start=1)
    ]
    return found[::-1]


def _names(person: Person, entries: Iterable[AuditEntry]) -> dict[object, str]:
    actors = {entry.actor_id for entry in entries if entry.actor_id}
    known = allowed(person, Act.VIEW_PEOPLE, Person.objects.filter(pk__in=actors))
    return {person.pk: person.name, **dict(known.values_list("pk", "name"))}


def _told(entry: AuditEntry, who: Mapping[object, str], what: Mapping[str, str], theory: Theory) -> str:
    facts = {"who": who.get(entry.actor_id, _("Someone"))}
    goal = entry.facts.get("goal")
    if entry.act in ("state_aim", "change_aim") and isinstance(goal, int | float):
        series = theory.stated.series if theory.stated else None
        facts["goal"] = figure(goal, series)
        return _("%(who)s set the goal of the aim to %(goal)s.") % facts
    # A link's own id says nothing; its two ends do.
    name = what.get(str(entry.facts.get("on")) if entry.act == "link" else str(entry.record_id))
    effect = what.get(str(entry.facts.get("effect")), "")
    if name and entry.act in NAMED and (effect or entry.act != "link"):
        return str(NAMED[entry.act]) % {**facts, "what": name, "effect": effect}
    return str(PLAIN[entry.act]) % facts if entry.act in PLAIN else ""
