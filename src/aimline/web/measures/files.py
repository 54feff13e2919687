"""What can be taken home of a chart: its numbers, or its picture."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.http import HttpResponse
from django.utils.functional import Promise
from django.utils.text import slugify
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from aimline.core import clock
from aimline.core.errors import NotFound
from aimline.measures.frames import Line
from aimline.reports.drawing import chart, figures, files
from aimline.reports.lines import chart_of, sentence_of, title_of
from aimline.web.measures import table


@dataclass(frozen=True, slots=True)
class Kind:
    name: Promise | str
    content_type: str
    make: Callable[[Line], bytes]
    suffix: str

    def answer(self, line: Line) -> HttpResponse:
        response = HttpResponse(self.make(line), content_type=self.content_type)
        name = slugify(title_of(line.series)) or "chart"
        response.headers["Content-Disposition"] = f'attachment; filename="{name}.{self.suffix}"'
        return response


def _csv(line: Line) -> bytes:
    return table.as_csv(line).encode()


def _svg(line: Line) -> bytes:
    return files.to_svg(_drawn(line))


def _png(line: Line) -> bytes:
    return files.to_png(_drawn(line), _handout(line))


def _pdf(line: Line) -> bytes:
    return files.to_pdf(_drawn(line), _handout(line))


def _drawn(line: Line) -> str:
    if not line.shown:
        raise NotFound
    return chart.draw(chart_of(line))


def _handout(line: Line) -> files.Handout:
    return files.Handout(
        title=str(sentence_of(line)),
        place=line.series.unit.name,
        day=figures.full_day(clock.today()),
        filter="" if line.series.is_everyone else line.series.group,
        note=_("Groups under %(count)s students are hidden.") % {"count": line.minimum},
        language=get_language() or "en",
    )


KINDS = {
    "numbers.csv": Kind(gettext_lazy("Numbers (CSV)"), "text/csv; charset=utf-8", _csv, "csv"),
    "chart.svg": Kind(gettext_lazy("Chart (SVG)"), "image/svg+xml", _svg, "svg"),
    "chart.png": Kind(gettext_lazy("Chart (PNG)"), "image/png", _png, "png"),
    "chart.pdf": Kind(gettext_lazy("Chart (PDF)"), "application/pdf", _pdf, "pdf"),
}
