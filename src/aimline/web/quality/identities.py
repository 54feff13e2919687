"""Whom the ids mean that no rule finds a student for, and who is one person under two ids: decided here, by a person.

These pages show students, so every look is logged, and only those open them who load data and see the students here.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import partial
from uuid import UUID

from django import forms
from django.core.paginator import Page, Paginator
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from aimline.access.rules import Act, can
from aimline.core.errors import NotFound
from aimline.imports import identities
from aimline.students import doubles, queues, reading, reviewing, sight, suggesting, verdicts
from aimline.students.models import How, Source
from aimline.students.reviewing import Waiting
from aimline.students.suggesting import Candidate, Suggestion
from aimline.students.verdicts import Decided
from aimline.web.parts import Link
from aimline.web.quality import identity_words as words
from aimline.web.quality.identity_forms import CHOICE, TYPED, Decisions, PairsForm, WaitingForm, asked_about
from aimline.web.quality.identity_words import Book
from aimline.web.shell import PAGE_SIZE, Request, bind, form_page, page, say

AT_ONCE = 10


def may_decide(request: Request) -> bool:
    """Those who load data decide what it means, if they may see the students it is about."""
    return all(can(request.person, act, request.place) for act in (Act.IMPORT, Act.VIEW_STUDENTS))


def waiting(request: Request) -> HttpResponse:
    """Ids in results, attendance and marks that mean nobody yet."""
    sources, everything = _sources(request), reviewing.waiting(request.place)
    rows = _paged(request, len(everything))
    if request.method == "POST":
        asked = {tuple(parts) for parts in asked_about(request.POST)}
        shown = [one for one in everything if one.id in asked]
    else:
        shown = everything[max(rows.start_index() - 1, 0) : rows.end_index()]
    shown, book = reviewing.with_tests(shown), Book.of(sources)
    districts = {source.pk: sight.district(source.unit) for source in sources.values()}
    suggested = suggesting.suggest(shown, request.person, districts)
    _note(request, shown, suggested)
    form = bind(
        request,
        partial(
            WaitingForm,
            items=list(zip(shown, suggested, strict=True)),
            book=book,
            look_up=lambda id, one: suggesting.look_up(id, request.person, districts[one.source]),
        ),
    )
    return form_page(
        request,
        "quality/identities.html",
        form,
        lambda sent: _save(request, sent.decisions(sources), "waiting"),
        rows=rows,
        cards=[_card(form, one, book) for one in shown],
        tabs=_tabs(request, "waiting"),
    )


def rosters(request: Request) -> HttpResponse:
    """People of two sources who look like one student."""
    sources = _sources(request)
    rows = _paged(request, queues.lengths(request.place).doubles)
    if request.method == "POST":
        asked = [parts for parts in asked_about(request.POST) if len(parts) == 4]
        shown = doubles.among(request.place, {id for parts in asked for id in (parts[1], parts[3])})
        shown = [pair for pair in shown if CHOICE + words.pair_code(pair) in request.POST]
    else:
        shown = doubles.part(request.place, max(rows.start_index() - 1, 0), rows.end_index())
    book = Book.of(sources)
    _log(request, [student for pair in shown for student in (pair.first, pair.other)])
    form = bind(request, partial(PairsForm, pairs=shown))
    return form_page(
        request,
        "quality/doubles.html",
        form,
        lambda sent: _save(request, sent.decisions(sources), "rosters"),
        rows=rows,
        cards=[(form[CHOICE + words.pair_code(pair)], words.pair_told(pair, book)) for pair in shown],
        tabs=_tabs(request, "rosters"),
    )


@require_GET
def decided(request: Request) -> HttpResponse:
    """What was decided and holds, the newest first."""
    sources = _sources(request)
    everything = [one for one in verdicts.held() if one.source in sources]
    rows = Paginator(everything, PAGE_SIZE).get_page(request.GET.get("page"))
    shown = list(rows)
    known = suggesting.known(request.person, request.place, [one.of[1] for one in shown if one.of])
    _log(request, [known[one.of] for one in shown if one.of in known])
    lines = words.decided_lines(shown, known, Book.of(sources), request.person)
    return page(request, "quality/decided.html", rows=rows, lines=lines, tabs=_tabs(request, "decided"))


class TakeBackForm(forms.Form):
    source = forms.UUIDField()
    key = forms.CharField(max_length=2000)


@require_POST
def take_back(request: Request) -> HttpResponse:
    sources, form = _sources(request), TakeBackForm(request.POST)
    source, one = None, None
    if form.is_valid():
        source = sources.get(form.cleaned_data["source"])
        one = next((each for each in verdicts.held() if _is(each, source, form.cleaned_data["key"])), None)
    if source is None or one is None:
        say(request, _("Nothing was taken back: it is not there any more."))
    else:
        identities.take_back(request.person, source, one)
        say(request, _("Taken back. %(id)s is matched by the rules again, or waits.") % {"id": one.student})
    return HttpResponseRedirect(reverse("quality:decided"))


def _is(one: Decided, source: Source | None, code: str) -> bool:
    return source is not None and one.source == source.pk and words.decided_code(one) == code


def _sources(request: Request) -> dict[UUID, Source]:
    if not may_decide(request):
        raise NotFound
    return reviewing.sources(request.place)


def _paged(request: Request, count: int) -> Page[int]:
    return Paginator(range(count), AT_ONCE).get_page(request.GET.get("page"))


def _card(form: WaitingForm, one: Waiting, book: Book) -> dict[str, object]:
    code = words.waiting_code(one)
    return {
        "id": one.student,
        "facts": words.facts(one, book),
        "choice": form[CHOICE + code],
        "typed": form[TYPED + code],
    }


def _note(request: Request, shown: Sequence[Waiting], suggested: Sequence[Sequence[Suggestion]]) -> None:
    _log(request, [each.student for many in suggested for each in many], shown)


def _log(request: Request, students: Iterable[Candidate], ids: Sequence[Waiting] = ()) -> None:
    """Write down whom a page showed; a page that shows nobody leaves nothing."""
    seen = {(one.source, one.id) for one in students} | {(one.source, one.student) for one in ids}
    if seen:
        reading.note(request.person, request.place, How.LIST, sorted(seen))


def _save(request: Request, decisions: Decisions, back: str) -> str:
    identities.decide(request.person, decisions)
    number = sum(len(each) for each in decisions.values())
    if number:
        say(request, words.saved(number))
    else:
        say(request, _("Nothing was decided yet: every answer was “Decide later”."))
    return reverse(f"quality:{back}")


def _tabs(request: Request, current: str) -> list[Link]:
    lengths = queues.lengths(request.place)
    tabs = [
        ("waiting", _("In files"), lengths.waiting),
        ("rosters", _("Twice on rosters"), lengths.doubles),
        ("decided", _("Decided"), None),
    ]
    return [
        Link(label, reverse(f"quality:{name}"), current=name == current, count=count)
        for name, label, count in tabs
    ]
