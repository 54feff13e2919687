"""The page of two ends of a year: each row of the rubric then and now, and how alike those who rated it were."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.http import HttpResponse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET

from aimline.access.rules import Act, can
from aimline.core.errors import NotFound
from aimline.reports.drawing import figures
from aimline.reviews.comparing import Change, Eyes, Rated, Row, alike, compare, eyes
from aimline.reviews.models import Review
from aimline.web.reviews import rows as review_rows
from aimline.web.shell import Request, get_allowed, page
from aimline_analytics.drawing import parts

LEVEL = parts.Unit(share=False, decimals=1, lowest=None)
_WIDTH, _EDGE = 160, 10
_THEN, _NOW = 9, 23


@dataclass(frozen=True, slots=True)
class Told:
    name: str
    note: str
    then: str
    now: str
    alike: str
    signal: str
    word: str
    up: bool
    drawing: SafeString | str


@require_GET
def compared(request: Request, review_id: UUID) -> HttpResponse:
    review = get_allowed(
        request, Act.VIEW_REVIEW, Review.objects.select_related("unit", "earlier__unit"), review_id
    )
    if review.earlier is None or not can(request.person, Act.VIEW_REVIEW, review.earlier):
        raise NotFound
    sections = compare(review, review.earlier)
    found = [row for section in sections for row in section.rows]
    return page(
        request,
        "reports/compare.html",
        review=review,
        earlier=review.earlier,
        eyebrow=review_rows.eyebrow(review, *([review.get_moment_display()] if review.moment else [])),
        tabs=review_rows.tabs(
            review,
            "compare",
            review.evidences.count(),
            leads=can(request.person, Act.EDIT_REVIEW, review),
        ),
        verdict=_verdict(found),
        notes=[*_eyes(eyes(review, review.earlier)), *_agreement(found), *_once(found)],
        moved=[_row(row) for row in found if row.change is Change.MOVED],
        sections=[(section.name, [_row(row) for row in section.rows]) for section in sections],
    )


def _verdict(found: Sequence[Row]) -> list[str]:
    """How many rows moved further than reviewers differ, and how many did not; of rows that both ends rated."""
    both = [row for row in found if row.change in (Change.MOVED, Change.WITHIN, Change.SAME)]
    if not both:
        return []
    moved = [row for row in both if row.change is Change.MOVED]
    up = sum(row.size > 0 for row in moved)
    facts = {"moved": len(moved), "rows": len(both), "up": up, "down": len(moved) - up}
    if not moved:
        return [_("No row of %(rows)s moved further than the reviewers differ") % facts, _within(both)]
    said = ngettext(
        "%(moved)s of %(rows)s rows moved further than the reviewers differ",
        "%(moved)s of %(rows)s rows moved further than the reviewers differ",
        len(moved),
    )
    ways = _("%(up)s up, %(down)s down.") % facts
    return [said % facts, f"{ways} {_within(both)}".strip()]


def _within(both: Sequence[Row]) -> str:
    count = sum(row.change is Change.WITHIN for row in both)
    if not count:
        return ""
    said = ngettext(
        "%(count)s more has another level, by no more than reviewers differ on one day.",
        "%(count)s more have another level, by no more than reviewers differ on one day.",
        count,
    )
    return said % {"count": count}


def _eyes(found: Sequence[Eyes]) -> Iterator[str]:
    """Whether others rated, and whether the wording was another."""
    for one in found:
        facts = {"then": one.then, "now": one.now, "both": one.both, "instrument": one.instrument}
        if one.both is None:
            yield _("Nobody may know who rated, so who rated may have changed.")
        elif one.both == 0:
            yield _("None of those who voted now had voted then: a change may be a change of eyes.")
        elif one.both < max(one.then or 0, one.now or 0):
            yield (
                ngettext(
                    "%(both)s of the %(now)s who voted now had voted then; %(then)s voted then.",
                    "%(both)s of the %(now)s who voted now had voted then; %(then)s voted then.",
                    one.both,
                )
                % facts
            )
        else:
            yield _("The same %(now)s people voted both times.") % facts
        if one.editions[0] != one.editions[1]:
            said = {"then": one.editions[0], "now": one.editions[1]}
            yield _("The instrument was edition %(then)s then and edition %(now)s now.") % said


def _agreement(found: Sequence[Row]) -> Iterator[str]:
    then = alike([row.then for row in found if row.then])
    now = alike([row.now for row in found if row.now])
    if then is not None and now is not None:
        facts = {"then": round(then), "now": round(now)}
        yield (
            _("Before they talked, %(then)s%% on average chose the same level then, and %(now)s%% now.")
            % facts
        )


def _once(found: Sequence[Row]) -> Iterator[str]:
    if count := sum(row.change is Change.ONCE for row in found):
        said = ngettext(
            "%(count)s row was rated at one end alone.", "%(count)s rows were rated at one end alone.", count
        )
        yield said % {"count": count}


def _row(row: Row) -> Told:
    signal, word = _moved(row)
    return Told(
        name=str(row.item.ask),
        note=_("Worded anew since then") if row.reworded and not row.other_levels else "",
        then=_level(row, row.then),
        now=_level(row, row.now),
        alike=_alike(row),
        signal=signal,
        word=word,
        up=row.size > 0,
        drawing=_strip(row) if row.change not in (Change.ONCE, Change.OTHER_LEVELS) else "",
    )


def _moved(row: Row) -> tuple[str, str]:
    if row.change is Change.MOVED:
        return ("better" if row.size > 0 else "worse"), _by(row.size)
    words = {
        Change.WITHIN: ("steady", _("No more than reviewers differ")),
        Change.SAME: ("steady", _("About the same")),
        Change.ONCE: ("few", _("Rated once")),
        Change.OTHER_LEVELS: ("few", _("Other levels, not compared")),
    }
    return words[row.change]


def _by(size: float) -> str:
    """How many levels up or down: whole ones after a vote, parts of one from answers."""
    count = round(abs(size))
    if not math.isclose(abs(size), count):
        facts = {"size": figures.figure(abs(size), LEVEL)}
        return _("Up by %(size)s") % facts if size > 0 else _("Down by %(size)s") % facts
    up = ngettext("%(count)s level up", "%(count)s levels up", count)
    down = ngettext("%(count)s level down", "%(count)s levels down", count)
    return (up if size > 0 else down) % {"count": count}


def _level(row: Row, rated: Rated | None) -> str:
    """A level that is one of the row's own has its name."""
    if rated is None:
        return _("not rated")
    named = row.item.level(rated.level)
    number = figures.figure(rated.level, LEVEL)
    return f"{named.code} {named.name}" if named else number


def _alike(row: Row) -> str:
    then, now = _chose(row.then), _chose(row.now)
    if then and now:
        return _("%(then)s then, %(now)s now") % {"then": then, "now": now}
    return then or now


def _chose(rated: Rated | None) -> str:
    if rated is None or rated.alike is None or rated.raters < 2:
        return ""
    facts = {"alike": round(rated.alike * rated.raters / 100), "raters": rated.raters}
    return _("%(alike)s of %(raters)s") % facts


def _strip(row: Row) -> SafeString:
    """Where reviewers stood: then above, with a hollow dot, now below, with a full one. The words say the same."""
    if row.then is None or row.now is None:
        return SafeString("")
    levels = [level.value for level in row.item.levels]
    ends = min(levels), max(levels)
    ticks = " ".join(f"M{_at(value, ends):.1f} 2V30" for value in levels)
    return format_html(
        '<svg class="strip" viewBox="0 0 {w} 32" aria-hidden="true">'
        '<path class="c-axis" d="{ticks}"/>{then}{now}</svg>',
        w=_WIDTH,
        ticks=ticks,
        then=_mark(row.then, ends, _THEN, "z-then"),
        now=_mark(row.now, ends, _NOW, "c-pt"),
    )


def _mark(rated: Rated, ends: tuple[float, float], y: int, look: str) -> SafeString:
    return format_html(
        '<path class="z-said" d="M{low} {y}H{high}"/><circle class="{look}" cx="{at}" cy="{y}" r="5"/>',
        low=f"{_at(rated.low, ends):.1f}",
        high=f"{_at(rated.high, ends):.1f}",
        at=f"{_at(rated.level, ends):.1f}",
        y=y,
        look=look,
    )


def _at(value: float, ends: tuple[float, float]) -> float:
    low, high = ends
    share = (value - low) / (high - low) if high > low else 0.5
    return _EDGE + (_WIDTH - 2 * _EDGE) * share
