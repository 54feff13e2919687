"""Background jobs by names that people know."""

from __future__ import annotations

from django import template
from django.utils.translation import gettext_lazy as _

register = template.Library()

NAMES = {
    "aimline.imports.tasks.load_upload": _("Load a file"),
    "aimline.imports.tasks.clear_uploads": _("Clear away old uploads"),
    "aimline.measures.recounts.recount_measures": _("Count measures of student data again"),
    "aimline.measures.tasks.read_measures": _("Judge the charts of a measure again"),
    "aimline.measures.tasks.read_places": _("Judge the charts of a place again"),
    "aimline.measures.tasks.release_measures": _("Check what may be shown of a measure"),
    "aimline.measures.tasks.read_stale": _("Judge charts by the newest rules"),
}


@register.filter
def job_name(task: str) -> str:
    return str(NAMES.get(task, task))
