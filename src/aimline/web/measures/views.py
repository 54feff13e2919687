"""What is counted at a place: the list of charts, and one chart with everything that belongs to it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.urls import reverse
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from aimline.access.rules import Act, can, rights_on
from aimline.core.errors import NotFound
from aimline.measures import recounts
from aimline.measures.frames import Line, lines
from aimline.measures.models import Series
from aimline.reports.drawing import chart, figures, words
from aimline.reports.lines import chart_of, sentence_of, why_hidden
from aimline.web.measures import files, finding, story, table
from aimline.web.measures.cards import cards, group_cards, scale_of
from aimline.web.parts import Link
from aimline.web.shell import Request, get_allowed, page, paginate
from aimline_analytics.drawing.parts import Chart

PER_PAGE, MOST_PER_PAGE = 12, 50


@dataclass(frozen=True, slots=True)
class Remark:
    """A note on the chart; `remove` is the address that takes it off."""

    text: str
    day: str
    by: str
    remove: str


@dataclass(frozen=True, slots=True)
class Stretch:
    """A phase in words."""

    name: str
    start: str
    frozen: str
    why: str
    remove: str


@require_GET
def measures(request: Request) -> HttpResponse:
    """Every chart at this place, those with a signal first."""
    choice = finding.Choice.of(request)
    every = finding.seen(request.person, request.place, below=not choice.here)
    rows = finding.signals_first(choice.apply(every))
    may = rights_on(request.person, request.place, [Act.EDIT_MEASURE, Act.IMPORT])
    many = request.GET.get("size") == str(MOST_PER_PAGE)
    shown = paginate(request, rows, MOST_PER_PAGE if many else PER_PAGE)
    return page(
        request,
        "measures/list.html",
        choice=choice,
        cards=cards(lines(shown.object_list), note=lambda line: _place_note(line, request)),
        rows=shown,
        verdict=story.list_verdict(finding.count_signals(every)),
        signal_chips=finding.signal_chips(choice, every),
        kind_chips=finding.kind_chips(choice),
        place_chips=finding.place_chips(choice, request.person, request.place),
        may_define=Act.EDIT_MEASURE in may,
        may_import=Act.IMPORT in may,
    )


@require_GET
def show(request: Request, series_id: UUID) -> HttpResponse:
    """One chart: what it says, for whom, its numbers and its notes."""
    one = get_allowed(request, Act.VIEW_MEASURE, Series.objects.for_page(), series_id)
    groups = lines(finding.family(request.person, one), request.person)
    line = next(each for each in groups if each.series.pk == one.pk)
    may = story.may(request.person, one)
    return page(
        request,
        "measures/show.html",
        line=line,
        series=one,
        title=one.measure.name if one.is_everyone else _group_title(one),
        eyebrow=story.eyebrow(line),
        next=story.next_step(line, groups, may),
        thread=story.thread(request.person, one),
        for_whom=story.for_whom(line, groups),
        groups=group_cards(groups, everyone=_("All students")) if len(groups) > 1 else [],
        scale=scale_of(groups) if len(groups) > 1 and any(each.shown for each in groups) else None,
        elsewhere=finding.elsewhere(request.person, one),
        may=may,
        may_change=may.edit and can(request.person, Act.EDIT_MEASURE, one.measure),
        is_to_come=one.measure.is_counted and not line.shown and recounts.is_to_come(one.measure),
        **_chart_facts(line),
        **_side_facts(line),
    )


def _chart_facts(line: Line) -> dict[str, Any]:
    """The chart, its sentence, its key and the table under it."""
    drawn = chart_of(line)
    return {
        "sentence": sentence_of(line),
        "against": words.aimline_sentence(line.verdict) if line.target else "",
        # Our own drawing; every text in it was escaped when it was drawn.
        "drawing": mark_safe(chart.variants(drawn, chart.EVERY)) if line.shown else "",  # noqa: S308
        "footnotes": story.footnotes(line),
        "rows": table.rows(line),
        "ranged": any(spot.low is not None for spot in line.spots),
        "frozen": any(phase.frozen for phase in line.chart.phases),
        "mean": line.chart.kind == "xmr",
        "marks": _marks(drawn),
        "hidden_why": why_hidden(line.why_hidden, line.minimum) if line.why_hidden else "",
        "files": [Link(kind.name, _file(line, name)) for name, kind in files.KINDS.items()],
    }


def _side_facts(line: Line) -> dict[str, Any]:
    return {"notes": _remarks(line), "stages": _stages(line), "about": story.about(line)}


def _file(line: Line, name: str) -> str:
    kind, _dot, suffix = name.partition(".")
    return reverse("measures:download", args=[line.series.pk, kind, suffix])


@require_GET
def download(request: Request, series_id: UUID, kind: str, suffix: str) -> HttpResponse:
    """The numbers as CSV, or the picture as SVG, PNG or PDF; what is hidden on the page is hidden here."""
    one = get_allowed(request, Act.VIEW_MEASURE, Series.objects.for_page(), series_id)
    maker = files.KINDS.get(f"{kind}.{suffix}")
    if maker is None:
        raise NotFound
    return maker.answer(lines([one], request.person)[0])


def _place_note(line: Line, request: Request) -> str:
    return "" if line.series.unit_id == request.place.pk else line.series.unit.name


def _group_title(one: Series) -> str:
    return _("%(measure)s: %(group)s") % {"measure": one.measure.name, "group": one.group}


def _marks(drawn: Chart) -> list[str]:
    """The kinds of marks on the chart that need a key."""
    found = [point.mark.value for point in drawn.points if point.value is not None]
    return [name for name in ("better", "worse", "changed", "excluded") if name in found]


def _remarks(line: Line) -> list[Remark]:
    return [
        Remark(
            note.text,
            figures.full_day(note.day),
            note.person.name if note.person else "",
            # A note on every chart of the measure is taken off there, not here.
            remove=reverse("measures:remove_note", args=[line.series.pk, note.pk]) if note.series_id else "",
        )
        for note in line.notes
    ]


def _stages(line: Line) -> list[Stretch]:
    return [
        Stretch(
            phase.called,
            figures.full_day(phase.starts_on) if phase.starts_on else _("from the first point"),
            figures.full_day(phase.baseline_until) if phase.baseline_until else "",
            phase.why,
            remove=reverse("measures:remove_phase", args=[line.series.pk, phase.pk])
            if phase.series_id
            else "",
        )
        for phase in line.phases
    ]
