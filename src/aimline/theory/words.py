"""An aim in words. Sentences are whole, so that every language can order them its own way."""

from __future__ import annotations

from datetime import date

from babel import Locale, UnknownLocaleError
from babel.dates import format_date
from django.utils.formats import number_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from aimline.measures.models import Scale, Series


def figure(value: float, series: Series | None) -> str:
    """A value as people say it, in the unit of its measure."""
    number = number_format(round(value, 2), use_l10n=True).removesuffix(".0").removesuffix(",0")
    if series is not None and series.measure.scale == Scale.PERCENT:
        return _("%(number)s%%") % {"number": number}
    return number


def long_day(day: date) -> str:
    language = get_language() or "en"
    try:
        here = Locale.parse(language, sep="-")
    except (UnknownLocaleError, ValueError):
        here = Locale("en")
    return format_date(day, "d MMMM y" if here.language == "en" else "long", locale=here)


def aim_sentence(
    *,
    what: str,
    whom: str,
    series: Series | None = None,
    baseline: float | None = None,
    goal: float | None = None,
    by_when: date | None = None,
) -> str:
    dated = by_when is not None
    if goal is None:
        pattern = _without_goal(dated)
    elif baseline is None:
        pattern = _without_baseline(dated)
    else:
        pattern = _falling(dated) if goal < baseline else _rising(dated)
    return pattern % {
        "what": what,
        "whom": whom,
        "start": "" if baseline is None else figure(baseline, series),
        "goal": "" if goal is None else figure(goal, series),
        "day": long_day(by_when) if by_when else "",
    }


def _rising(dated: bool) -> str:
    if dated:
        return _("%(what)s will rise from %(start)s to %(goal)s by %(day)s, for %(whom)s.")
    return _("%(what)s will rise from %(start)s to %(goal)s, for %(whom)s. By when is not said yet.")


def _falling(dated: bool) -> str:
    if dated:
        return _("%(what)s will fall from %(start)s to %(goal)s by %(day)s, for %(whom)s.")
    return _("%(what)s will fall from %(start)s to %(goal)s, for %(whom)s. By when is not said yet.")


def _without_baseline(dated: bool) -> str:
    if dated:
        return _("%(what)s will reach %(goal)s by %(day)s, for %(whom)s.")
    return _("%(what)s will reach %(goal)s, for %(whom)s. By when is not said yet.")


def _without_goal(dated: bool) -> str:
    if dated:
        return _("%(what)s will improve by %(day)s, for %(whom)s. How much is not said yet.")
    return _("%(what)s will improve, for %(whom)s. How much and by when is not said yet.")
