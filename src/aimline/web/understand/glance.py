"""Where a place stands: its charts in one table, its aims, and the places below it in words."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from aimline.access.rules import Act, allowed
from aimline.measures.frames import Line, lines
from aimline.measures.models import Scale, Series
from aimline.measures.readings import Known, current
from aimline.org.models import Unit
from aimline.people.models import Person, Team
from aimline.reports.drawing import figures, multiples, words
from aimline.reports.lines import panel_of, unit_of, why_hidden, written
from aimline.theory.models import Aim
from aimline.web.measures import finding
from aimline.web.measures.cards import Card, card
from aimline.web.measures.finding import shape
from aimline_analytics.drawing.parts import Unit as Number

MOST_CHARTS, MOST_AIMS, SPARK = 40, 8, 18
COUNT = Number(share=False)
ASSURANCE = {"pass": "pass", "fail": "fail", "hit_or_miss": "unsure"}


@dataclass(frozen=True, slots=True)
class Row:
    """One measure at a glance. Hidden ones keep their place and say why."""

    title: str
    href: str
    signal: str
    word: str
    up: bool
    assurance: str
    against: str
    spark: SafeString
    latest: str
    goal: str
    gap: str
    owner: str
    hidden: str


@dataclass(frozen=True, slots=True)
class Below:
    """A place under this one: how many of its charts say what, in words."""

    name: str
    kind: str
    href: str
    told: str


def own_lines(person: Person, place: Unit) -> list[Line]:
    """The charts of this very place, those with a signal first, then by name."""
    rows = finding.signals_first(finding.seen(person, place, below=False).filter(team=None))
    return lines(rows.select_related("measure__owner")[:MOST_CHARTS])


def glance(found: Sequence[Line], gaps: Mapping[UUID, str]) -> list[Row]:
    return [_row(line, gaps.get(line.series.measure_id, "")) for line in found]


def _row(line: Line, gap: str) -> Row:
    measure, verdict, why = line.series.measure, line.verdict, line.why_hidden
    kind, word = shape(verdict)
    panel = panel_of(line)
    spark = (
        multiples.spark(replace(panel, points=panel.points[-SPARK:]), unit_of(measure)) if line.shown else ""
    )
    return Row(
        title=measure.name,
        href=reverse("measures:show", args=[line.series.pk]),
        signal="" if why else kind,
        word=word,
        up=verdict.direction != "down",
        assurance=ASSURANCE.get(verdict.assurance or "", ""),
        against=words.aimline_sentence(verdict) if line.target else "",
        # Our own drawing; it holds no words.
        spark=mark_safe(spark),  # noqa: S308
        latest=written(line.latest.value, measure) if line.latest else "",
        goal=written(line.target.value, measure) if line.target else "",
        gap=gap,
        owner=measure.owner.name if measure.owner else "",
        hidden=why_hidden(why, line.minimum) if why else "",
    )


def widest_gaps(person: Person, place: Unit, found: Sequence[Line]) -> dict[UUID, str]:
    """For each measure the largest distance between two shown groups of one kind, in their latest common period."""
    measures = [line.series.measure_id for line in found]
    rows = allowed(person, Act.VIEW_MEASURE, Series.objects.for_page()).filter(
        unit=place, team=None, measure__in=measures
    )
    groups = list(rows.exclude(group="All"))
    known = current(groups)
    kinds: dict[tuple[UUID, str], list[Series]] = defaultdict(list)
    for one in groups:
        kinds[one.measure_id, one.dimension].append(one)
    widest: dict[UUID, tuple[float, str]] = {}
    for (measure, _kind), members in kinds.items():
        gap = _gap(members, known)
        if gap and gap[0] > widest.get(measure, (0.0, ""))[0]:
            widest[measure] = gap
    return {measure: told for measure, (_size, told) in widest.items()}


def _gap(members: Sequence[Series], known: Mapping[UUID, Known]) -> tuple[float, str] | None:
    seen = [(one, known[one.pk]) for one in members if known[one.pk].verdict.latest is not None]
    days = [found.latest_on for _one, found in seen if found.latest_on]
    last = max(days, default=None)
    values = [(found.verdict.latest or 0.0, one) for one, found in seen if found.latest_on == last]
    if len(values) < 2:
        return None
    values.sort(key=lambda pair: pair[0])
    size = values[-1][0] - values[0][0]
    return size, _told_gap(size, values[-1][1])


def _told_gap(size: float, one: Series) -> str:
    if one.measure.scale != Scale.PERCENT:
        return figures.number(size, unit_of(one.measure))
    points = round(size)
    told = ngettext("%(count)s point", "%(count)s points", points)
    return told % {"count": figures.number(points, COUNT)}


def aims(person: Person, place: Unit) -> list[Card]:
    """What this place means to reach, each with its chart where one is followed."""
    rows = allowed(person, Act.VIEW_THEORY, Aim.objects.filter(theory__unit=place, theory__ended_on=None))
    held = list(rows.order_by("theory__title")[:MOST_AIMS])
    ids = [aim.series_id for aim in held if aim.series_id]
    drawn = {
        line.series.pk: line
        for line in lines(allowed(person, Act.VIEW_MEASURE, Series.objects.for_page()).filter(pk__in=ids))
    }
    return [_aim(aim, drawn.get(aim.series_id) if aim.series_id else None) for aim in held]


def _aim(aim: Aim, line: Line | None) -> Card:
    href = reverse("theory:show", args=[aim.theory_id])
    if line is None:
        return Card(aim.what, href, "few", True, "", SafeString(""))
    goal = ""
    if line.target:
        facts = {
            "value": written(line.target.value, line.series.measure),
            "day": figures.full_day(line.target.due_on),
        }
        goal = _("%(value)s by %(day)s") % facts
    return replace(card(line, title=aim.what, note=goal), href=href)


def below(person: Person, place: Unit) -> list[Below]:
    """The places directly under this one, by name; what their charts say, never a rank."""
    children = list(
        allowed(person, Act.VIEW_UNIT, Unit.objects.current().filter(parent=place)).order_by("name")
    )
    counts: dict[UUID, Counter[str]] = defaultdict(Counter)
    paths = {child.path: child.pk for child in children}
    depth = place.path.count("/") + 1
    rows = finding.seen(person, place).order_by().values_list("unit__path", "stands")
    for path, signal in rows:
        top = "/".join(path.split("/")[:depth]) + "/"
        if top in paths:
            counts[paths[top]][signal] += 1
    return [_below(child, counts[child.pk]) for child in children]


def _below(child: Unit, counts: Mapping[str, int]) -> Below:
    return Below(child.name, child.get_kind_display(), reverse("places:show", args=[child.pk]), told(counts))


def told(counts: Mapping[str, int]) -> str:
    """How many charts say what: "1 worse, 2 better, 9 steady"."""
    names = {
        "worse": ngettext("%(n)s worse", "%(n)s worse", counts.get("worse", 0)),
        "better": ngettext("%(n)s better", "%(n)s better", counts.get("better", 0)),
        "changed": ngettext("%(n)s changed", "%(n)s changed", counts.get("changed", 0)),
        "steady": ngettext("%(n)s steady", "%(n)s steady", counts.get("steady", 0)),
        "too_few": ngettext("%(n)s too short to judge", "%(n)s too short to judge", counts.get("too_few", 0)),
    }
    said = [
        name % {"n": figures.number(counts[key], COUNT)} for key, name in names.items() if counts.get(key)
    ]
    return ", ".join(said) or _("nothing counted yet")


def teams(person: Person, place: Unit) -> QuerySet[Team]:
    rows = allowed(person, Act.VIEW_PEOPLE, Team.objects.filter(unit=place, ended_on=None))
    return rows.order_by("name")
