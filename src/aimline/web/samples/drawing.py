"""Doing: draw a sample, share it out anew, set it aside."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.http import HttpResponse, HttpResponseRedirect, QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from aimline.access.rules import Act
from aimline.reports.review.drawn import says
from aimline.reviews.actions import sampling as actions
from aimline.reviews.frames import classes_of
from aimline.reviews.models import Review
from aimline.reviews.sampling import BAND, BANDS, OTHER, SCHOOL, SUBJECT, Class, in_strata
from aimline.web.reviews import rows as review_rows
from aimline.web.samples import cards, rows
from aimline.web.samples.forms import STRATA, USUAL_SIZE, DrawForm, WhyForm, written
from aimline.web.samples.views import show
from aimline.web.shell import Request, form_page, page, say

SIZES = (6, 12, 24, 48)
KINDS = (SCHOOL, BAND, SUBJECT)


@dataclass(frozen=True, slots=True)
class Filter:
    """What the list can be narrowed to by one kind of part: value, name, whether it is chosen."""

    name: str
    label: object
    choices: list[tuple[str, str, bool]]


@require_http_methods(["GET", "HEAD", "POST"])
def draw(request: Request, review_id: UUID) -> HttpResponse:
    """Make the list, see what a number of lessons can say, and draw."""
    review = review_rows.review(request, review_id, Act.EDIT_REVIEW)
    roster = classes_of(review.unit)
    offered = _wanted(roster, request.GET)
    form = _form(request, roster, offered)

    def save(filled: DrawForm) -> str:
        made = actions.draw_sample(review, request.person, plan=filled.plan, id=filled.cleaned_data["id"])
        said = _("%(count)s lessons are drawn and shared out.") % {"count": made.visits.count()}
        say(request, said)
        return reverse("samples:of", args=[review.pk])

    facts = _about_list(review, roster, _listed(form, offered), request.GET)
    if form.is_bound and request.POST.get("do") == "count":
        # The list as it reads now; nothing is drawn.
        return page(request, "samples/draw.html", form=form, **facts)
    return form_page(request, "samples/draw.html", form, save, **facts)


@require_POST
def share_out(request: Request, sample_id: UUID) -> HttpResponse:
    sample = rows.led_sample(request, sample_id)
    actions.share_out(sample, request.person)
    say(request, _("The lessons nobody has seen are shared out anew."))
    return HttpResponseRedirect(reverse("samples:of", args=[sample.review_id]))


@require_POST
def set_aside(request: Request, sample_id: UUID) -> HttpResponse:
    sample = rows.led_sample(request, sample_id)
    form = WhyForm(request.POST)
    if not form.is_valid():
        return show(request, rows.desk(request, sample.review_id), status=422, aside_form=form)
    actions.set_sample_aside(sample, request.person, why=form.cleaned_data["why"])
    say(request, _("The sample is set aside. The reason stays."))
    return HttpResponseRedirect(reverse("samples:of", args=[sample.review_id]))


def _form(request: Request, roster: Sequence[Class], offered: Sequence[Class]) -> DrawForm:
    if request.method == "POST":
        return DrawForm(request.POST, roster=roster)
    kinds = [SCHOOL] if len({one.school for one in offered}) > 1 else [BAND]
    groups = len(in_strata(offered, kinds))
    size = min(max(USUAL_SIZE, groups), len(offered)) or USUAL_SIZE
    return DrawForm(roster=roster, initial={"classes": written(offered), "strata": kinds, "size": size})


def _listed(form: DrawForm, offered: Sequence[Class]) -> list[Class]:
    """The list as it stands in the form."""
    if not form.is_bound:
        return list(offered)
    form.is_valid()
    return list(form.cleaned_data.get("classes") or ())


def _wanted(roster: Sequence[Class], asked: QueryDict) -> list[Class]:
    """The classes of the roster of these schools, grades and subjects; of all, where none is named."""
    kept = list(roster)
    for kind in KINDS:
        if named := set(asked.getlist(kind)):
            kept = [one for one in kept if one.stratum([kind])[0] in named]
    return kept


def _about_list(
    review: Review, roster: Sequence[Class], listed: Sequence[Class], asked: QueryDict
) -> dict[str, Any]:
    kinds = [kind for kind in KINDS if len({one.stratum([kind]) for one in roster}) > 1]
    return {
        "review": review,
        "roster": len(roster),
        "listed": len(listed),
        "filters": [_filter(kind, roster, asked) for kind in kinds],
        "groups": _groups(listed),
        "sizes": [says(n, len(listed)) for n in SIZES if n < len(listed)],
    }


def _filter(kind: str, roster: Sequence[Class], asked: QueryDict) -> Filter:
    named = asked.getlist(kind)
    values = {one.stratum([kind])[0] for one in roster}
    order = [band for _low, _high, band in BANDS] + [OTHER] if kind == BAND else sorted(values)
    choices = [
        (value, cards.strata_words([kind], [value]), value in named) for value in order if value in values
    ]
    return Filter(kind, dict(STRATA)[kind], choices)


def _groups(listed: Sequence[Class]) -> list[tuple[str, int]]:
    """How many classes of each school, or of each stretch of grades where there is one school."""
    many = len({one.school for one in listed}) > 1
    kinds = [SCHOOL] if many else [BAND]
    return [(cards.strata_words(kinds, name), len(held)) for name, held in in_strata(listed, kinds).items()]
