"""How we hold focus: the aims of a place and of the places above it, each against its aimline."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from aimline.access.rules import Act, allowed, can
from aimline.measures.frames import Line, lines
from aimline.measures.models import ALL, Series
from aimline.org.models import Unit
from aimline.people.models import Person
from aimline.reports.drawing import multiples
from aimline.reports.lines import panel_of, unit_of, why_hidden
from aimline.theory.models import Theory
from aimline.theory.sharing import reaching
from aimline.web.measures.finding import shape
from aimline.web.shell import Request
from aimline.web.theory.verdicts import Verdict

# More aims at one place than this, and none of them is held.
MOST_AIMS = 3


@dataclass(frozen=True, slots=True)
class Panel:
    """One aim: its sentence, its small chart or the reason there is none, and where it stands against its aimline."""

    theory: Theory
    drivers: int
    ideas: int
    drawing: SafeString | None = None
    why_none: str = ""
    signal: str = ""
    said: str = ""
    rising: bool = True
    against: str = ""
    word: str = ""
    # Where the chart was counted, when that is not the place of the aim.
    at: str = ""


def facts(request: Request) -> dict[str, Any]:
    seen = allowed(request.person, Act.VIEW_THEORY, Theory.objects.for_list().current())
    place = request.place
    theories = list(reaching(place, seen).order_by("-unit__path", "title", "id"))
    drawn = _lines(request.person, theories, place)
    panels = [_panel(theory, drawn) for theory in theories]
    here = [panel for panel in panels if panel.theory.unit_id == place.pk]
    return {
        "here": here,
        "above": [panel for panel in panels if panel.theory.unit_id != place.pk],
        "verdict": _verdict(here),
        "too_many": len(here) > MOST_AIMS,
        "most": MOST_AIMS,
        "below": seen.filter(unit__path__startswith=place.path).exclude(unit=place).count(),
        "starts": can(request.person, Act.EDIT_THEORY, place),
    }


def _lines(person: Person, theories: Iterable[Theory], place: Unit) -> dict[UUID, Line]:
    """The chart of each aim, by theory; where that is not theirs to see, the same measure at their own place."""
    followed = {
        theory.pk: theory.stated.series for theory in theories if theory.stated and theory.stated.series
    }
    ids = [one.pk for one in followed.values()]
    own = Q(measure__in=[one.measure_id for one in followed.values()], unit=place, team=None, group=ALL)
    rows = Series.objects.filter(Q(pk__in=ids) | own).select_related("measure", "unit", "team")
    seen = lines(allowed(person, Act.VIEW_MEASURE, rows))
    by_id = {line.series.pk: line for line in seen}
    here = {line.series.measure_id: line for line in seen if line.series.unit_id == place.pk}
    found = {pk: by_id.get(one.pk) or here.get(one.measure_id) for pk, one in followed.items()}
    return {pk: line for pk, line in found.items() if line}


def _panel(theory: Theory, drawn: dict[UUID, Line]) -> Panel:
    drivers, ideas = len(theory.drivers.all()), len(theory.ideas.all())
    line = drawn.get(theory.pk)
    if line is None:
        return Panel(theory, drivers, ideas, why_none=_why_none(theory))
    if not line.shown:
        why = why_hidden(line.why_hidden, line.minimum) if line.why_hidden else _("No numbers yet.")
        return Panel(theory, drivers, ideas, why_none=why)
    verdict = line.verdict
    kind, said = shape(verdict)
    return Panel(
        theory,
        drivers,
        ideas,
        drawing=_drawn(theory, line),
        signal=kind,
        said=said,
        rising=verdict.direction != "down",
        against="" if verdict.against_aimline == "none" else verdict.against_aimline,
        word=_against(verdict.against_aimline),
        at="" if line.series.unit_id == theory.unit_id else line.series.unit.name,
    )


def _drawn(theory: Theory, line: Line) -> SafeString:
    unit = unit_of(line.series.measure)
    panel = panel_of(line, title=theory.stated.what if theory.stated else theory.title)
    # Our own drawing; every text in it was escaped when it was drawn.
    return mark_safe(multiples.draw(panel, multiples.share_scale([panel], unit)))  # noqa: S308


def _why_none(theory: Theory) -> str:
    if theory.stated is None:
        return _("No aim is stated yet, so nothing can be measured.")
    if theory.stated.series_id is None:
        return _("No number is chosen yet that shows this aim.")
    return _("Its chart is not yours to see.")


def _against(against: str) -> str:
    return {
        "ahead": _("Ahead of the aimline"),
        "behind": _("Behind the aimline"),
        "on": _("Around the aimline"),
    }.get(against, _("Too early to compare with the aimline"))


def _verdict(panels: list[Panel]) -> Verdict | None:
    if not panels:
        return None
    count = len(panels)
    size = ngettext("One aim is set here.", "%(n)s aims are set here.", count) % {"n": count}
    behind = [panel for panel in panels if panel.against == "behind"]
    if behind:
        told = ngettext(
            "“%(aim)s” lies behind its aimline.",
            "“%(aim)s” and %(more)s more lie behind their aimlines.",
            len(behind),
        ) % {"aim": _name(behind[0]), "more": len(behind) - 1}
        return Verdict(size, told)
    ahead = [panel for panel in panels if panel.against in ("ahead", "on")]
    if ahead:
        told = ngettext(
            "“%(aim)s” keeps to its aimline.",
            "“%(aim)s” and %(more)s more keep to their aimlines.",
            len(ahead),
        ) % {"aim": _name(ahead[0]), "more": len(ahead) - 1}
        return Verdict(size, told)
    return Verdict(size, _("It is too early to say whether they hold."))


def _name(panel: Panel) -> str:
    return panel.theory.stated.what if panel.theory.stated else panel.theory.title
