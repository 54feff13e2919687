"""The clock. Everything that asks what time it is asks here, so the demo and the tests can stand on a chosen day."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime, time, timedelta

from django.utils import timezone

DAY = timedelta(days=1)

_standing: ContextVar[datetime | None] = ContextVar("standing", default=None)


def now() -> datetime:
    return _standing.get() or timezone.now()


def today() -> date:
    return timezone.localtime(now()).date()


@contextmanager
def standing_on(day: date | datetime) -> Iterator[None]:
    """Let the clock stand on one day (noon, where only a date is given) inside the block."""
    moment = day if isinstance(day, datetime) else datetime.combine(day, time(12))
    token = _standing.set(moment if timezone.is_aware(moment) else timezone.make_aware(moment))
    try:
        yield
    finally:
        _standing.reset(token)
