"""The diagram as a file for paper and slides: one landscape page."""

from __future__ import annotations

from django.http import HttpResponse
from django.utils.text import slugify
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from aimline.core import clock
from aimline.reports.drawing import diagram, files
from aimline.theory.words import long_day
from aimline.web.theory.sketch import sketch
from aimline.web.theory.study import Study

KINDS = {"svg": "image/svg+xml", "png": "image/png", "pdf": "application/pdf"}


def file_of(read: Study, kind: str) -> HttpResponse:
    name = slugify(read.theory.title) or "theory"
    headers = {"Content-Disposition": f'attachment; filename="{name}.{kind}"'}
    return HttpResponse(_content(read, kind), content_type=KINDS[kind], headers=headers)


def _content(read: Study, kind: str) -> bytes:
    drawing = diagram.draw(sketch(read))
    if kind == "svg":
        return files.to_svg(drawing)
    return files.to_png(drawing, _handout(read)) if kind == "png" else files.to_pdf(drawing, _handout(read))


def _handout(read: Study) -> files.Handout:
    said = (read.verdict.size, read.verdict.tested, read.verdict.gap)
    return files.Handout(
        title=read.theory.title,
        place=read.theory.unit.name,
        day=long_day(clock.today()),
        filter=" ".join(part for part in said if part),
        note=_("Small groups of students are hidden."),
        language=get_language() or "en",
    )
