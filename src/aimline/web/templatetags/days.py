"""Dates as the reader's language writes them: `{{ day|full_day }}` and `{{ day|short_day }}`; `{% today as day %}`."""

from __future__ import annotations

from datetime import date, datetime

from django import template
from django.utils import timezone

from aimline.core import clock
from aimline.reports.drawing import figures

register = template.Library()


@register.simple_tag
def today() -> date:
    return clock.today()


@register.filter
def full_day(day: date | None) -> str:
    return figures.full_day(_local(day)) if day else ""


@register.filter
def moment(at: datetime | None) -> str:
    """The day and the hour: "22 November 2026, 15:40"."""
    return f"{figures.full_day(_local(at))}, {timezone.localtime(at):%H:%M}" if at else ""


@register.filter
def short_day(day: date | None) -> str:
    return figures.day_month(_local(day)) if day else ""


def _local(day: date) -> date:
    return timezone.localtime(day).date() if isinstance(day, datetime) else day
