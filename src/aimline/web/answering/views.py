"""The pages of those who answer: what it is, the questions, thank you."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from aimline.core.errors import Invalid, NotFound
from aimline.instruments import answering, raters, taking
from aimline.instruments import answers as reading
from aimline.instruments.form import ItemKind
from aimline.instruments.models import Response
from aimline.instruments.promises import promise_sentence
from aimline.web.answering import paging, sending, subjects, widgets, words
from aimline.web.answering.doors import already, answered_here, declined, draw
from aimline.web.answering.visits import Visit, forget, keep, path_of

# A page that keeps itself asks with this and gets no page back.
AUTOSAVE = "X-Autosave"


@dataclass(frozen=True, slots=True)
class Wrong:
    """One line of the summary of errors; without an `ask` it concerns the whole."""

    href: str
    ask: str
    why: str


@require_http_methods(["GET", "HEAD", "POST"])
@answered_here
def start(request: HttpRequest, visit: Visit) -> HttpResponse:
    if request.method == "POST":
        return _begin(request, visit)
    if visit.done and not visit.secret and not visit.is_for_several:
        return HttpResponseRedirect(_thanks(visit))
    if answering.has_answered(visit.collection, visit.who):
        return already(request, visit)
    return _welcome(request, visit)


def _welcome(request: HttpRequest, visit: Visit, *, about_error: str = "") -> HttpResponse:
    asked = len(visit.items) if visit.whole else len(paging.steps(visit, {}))
    return draw(
        request,
        visit,
        "start",
        status=422 if about_error else 200,
        pick=None if visit.whole else subjects.pick(request, visit, about_error),
        may_decline=_may_decline(visit),
        is_taken_along=visit.person is not None and taking.is_taken_along(visit.collection),
        lost=words.lost(visit.collection, request.GET.get("lost", "")),
        begun=words.BEGUN.to(visit.collection) if visit.draft else "",
        goes_on=_step(visit, paging.first_open(visit, visit.answers)),
        length=words.length(asked, visit.collection.edition.minutes),
        promise=words.promise(visit.collection, visit.form),
        name=visit.form.name.written_in(visit.language),
        lead=visit.form.lead.written_in(visit.language),
        about=_about(visit),
    )


def _about(visit: Visit) -> list[str]:
    """What it is about: the names of its parts, where there are several."""
    named = [part.name.written_in(visit.language) for part in visit.form.sections if part.name]
    return named if len(named) > 1 else []


def _may_decline(visit: Visit) -> bool:
    """Whether this visitor was asked by name for what is their own to say, so that a no can be noted."""
    collection = visit.collection
    return visit.who is not None and not collection.open_link and not visit.whole


def _begin(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Give this device a secret of its own; for another person, a fresh one."""
    if request.POST.get("do") == "decline" and visit.who is not None and _may_decline(visit):
        answering.decline(visit.collection, visit.who)
        return declined(request, visit)
    if request.POST.get("do") == "leave":
        return _leave(visit)
    fresh = (visit if not request.POST.get("another") else visit.anew()).with_secret()
    try:
        _begin_about(request, fresh)
    except Invalid as refused:
        return _welcome(request, visit, about_error=str(refused.fields[answering.ABOUT]))
    step = _step(fresh, paging.first_open(fresh, fresh.answers))
    response = HttpResponseRedirect(f"{step}{_named(request)}")
    keep(response, visit, secret=fresh.secret)
    forget(response, visit, "done")
    if request.POST.get("another") == "person":
        keep(response, visit, shared="1")
    return response


def _leave(visit: Visit) -> HttpResponse:
    """Make room for the next person on a shared tablet: nothing of what was begun can be reached from it."""
    response = HttpResponseRedirect(path_of(visit.collection))
    forget(response, visit, "secret", "done")
    return response


def _begin_about(request: HttpRequest, visit: Visit) -> None:
    """Keep what the answers to come are about, where there is a list."""
    if visit.whole or subjects.open_pick(request, visit) is None:
        return
    about = request.POST.get(answering.ABOUT, "")
    if not about:
        why = words.CHOOSE_ABOUT.to(visit.collection)
        raise Invalid(why, fields={answering.ABOUT: why})
    facts: dict[str, Any] = {"secret": visit.secret, "language": visit.language}
    answering.save(visit.collection, visit.who, answers={}, about=about, **facts)


@require_http_methods(["GET", "HEAD", "POST"])
@answered_here
def ask(request: HttpRequest, visit: Visit, step: int) -> HttpResponse:
    if not paging.items_at(visit, step) or (visit.whole and step != 1):
        raise NotFound
    if not visit.secret and visit.done:
        return HttpResponseRedirect(_thanks(visit))
    if visit.draft and visit.draft.finished_on:
        return HttpResponseRedirect(_thanks(visit))
    if request.method == "POST":
        return _sent(request, visit, step)
    if not visit.secret:
        return HttpResponseRedirect(f"{path_of(visit.collection)}?lost=all")
    if step not in paging.steps(visit, visit.answers):
        return HttpResponseRedirect(_step(visit, paging.first_open(visit, visit.answers)))
    return _question(request, visit, step, visit.answers)


def _sent(request: HttpRequest, visit: Visit, step: int) -> HttpResponse:
    if visit.secret and request.POST.get("page", visit.page) != visit.page:
        # It was opened for answers that somebody else gave on this device before.
        return HttpResponseRedirect(f"{path_of(visit.collection)}?lost=other")
    had_secret, visit = bool(visit.secret), visit.with_secret()
    items = paging.items_at(visit, step)
    given = widgets.read(items, request.POST)
    try:
        given |= sending.sent_pictures(visit, items, request)
        written = _write(request, visit, step, given, had_secret=had_secret)
    except Invalid as refused:
        response = _refused(request, visit, step, given, refused)
    else:
        response = _onward(request, visit, step, written, had_secret=had_secret)
    if not had_secret:
        keep(response, visit, secret=visit.secret)
    return response


def _write(
    request: HttpRequest, visit: Visit, step: int, given: dict[str, Any], *, had_secret: bool
) -> Response:
    """Keep what the page says; hand in what is complete, but nothing of which the beginning was lost."""
    items = paging.items_at(visit, step)
    facts: dict[str, Any] = {"secret": visit.secret, "language": visit.language}
    about = request.POST.get(answering.ABOUT, "" if visit.whole else None)
    answers = sending.changed(visit, items, given, request.POST.get(sending.WAS, ""))
    saved = answering.save(visit.collection, visit.who, answers=answers, about=about, **facts)
    if _is_to_be_kept(request) or not (had_secret or visit.whole):
        return saved
    missing = {item.key for item in reading.missing(visit.form, saved.answers)}
    if here := [item.key for item in items if item.key in missing]:
        raise Invalid("", fields=dict.fromkeys(here, words.NEEDED.to(visit.collection)))
    if paging.progress(visit, step, saved.answers).is_last:
        return answering.finish(visit.collection, visit.who, answers={}, **facts)
    return saved


def _is_to_be_kept(request: HttpRequest) -> bool:
    """Whether it is kept as it is: by the page itself, to go on later, or to look back."""
    return AUTOSAVE in request.headers or request.POST.get("do") in ("save", "back")


def _refused(
    request: HttpRequest, visit: Visit, step: int, given: Mapping[str, Any], refused: Invalid
) -> HttpResponse:
    if AUTOSAVE in request.headers:
        return JsonResponse({"saved": False}, status=refused.status)
    held = {key: value for key, value in visit.answers.items() if key not in given}
    typed = {key: value for key, value in given.items() if value is not None}
    return _question(request, visit, step, {**held, **typed}, refused=refused)


def _onward(
    request: HttpRequest, visit: Visit, step: int, written: Response, *, had_secret: bool
) -> HttpResponse:
    progress = paging.progress(visit, step, written.answers)
    if written.finished_on:
        return HttpResponseRedirect(_thanks(visit))
    if AUTOSAVE in request.headers:
        shown = sending.was(paging.items_at(visit, step), written.answers)
        return JsonResponse({"saved": True, "was": shown})
    if not (had_secret or visit.whole):
        return HttpResponseRedirect(f"{path_of(visit.collection)}?lost=one")
    if request.POST.get("do") == "back":
        return HttpResponseRedirect(_step(visit, progress.before) if progress.before else _first(visit))
    if progress.after is None:
        return HttpResponseRedirect(f"{_step(visit, step)}?saved")
    return HttpResponseRedirect(_step(visit, progress.after))


def _question(
    request: HttpRequest, visit: Visit, step: int, answers: Mapping[str, Any], refused: Invalid | None = None
) -> HttpResponse:
    items = paging.items_at(visit, step)
    wrong = refused.fields if refused else {}
    drawn = widgets.fields(items, answers, visit.asking, wrong)
    progress = paging.progress(visit, step, visit.answers)
    about_error = str(wrong.get(answering.ABOUT, ""))
    picks = subjects.pick if visit.whole else subjects.open_pick
    return draw(
        request,
        visit,
        "form" if visit.whole else "question",
        status=refused.status if refused else 200,
        progress=progress,
        left=words.left(progress.minutes),
        parts=paging.parts(visit, drawn),
        wrong=[Wrong(*_place_of(visit, step, key), str(why)) for key, why in wrong.items()],
        was=sending.was(items, visit.answers),
        about=request.POST.get("about", visit.draft.about if visit.draft else request.GET.get("about", "")),
        about_error=about_error,
        pick=picks(request, visit, about_error),
        promise=promise_sentence(visit.collection),
        name=visit.form.name.written_in(visit.language),
        is_wide=any(item.kind is ItemKind.MATRIX for item in items),
        has_files=any(item.kind is ItemKind.PHOTO for item in items),
        was_saved="saved" in request.GET and not refused,
    )


def _place_of(visit: Visit, step: int, key: str) -> tuple[str, str]:
    """Where an error is put right, and what it is about."""
    item = visit.form.item(key)
    if item is None:
        return f"#{key}", ""
    there = paging.step_of(visit, key)
    return f"{'' if there == step else _step(visit, there)}#q-{key}", item.ask.written_in(visit.language)


@require_safe
@answered_here
def thanks(request: HttpRequest, visit: Visit) -> HttpResponse:
    finished = visit.draft if visit.draft and visit.draft.finished_on else None
    if not (finished or visit.done):
        return HttpResponseRedirect(path_of(visit.collection))
    count = len(finished.answers) if finished else int(visit.done)
    response = draw(
        request,
        visit,
        "thanks",
        receipt=words.arrived(visit.collection, count),
        nothing_left=words.NOTHING_LEFT.to(visit.collection),
        close_page=words.CLOSE_PAGE.to(visit.collection),
        moments=words.what_happens(visit.collection),
        talk=words.TALK.to(visit.collection) if visit.collection.is_anonymous else "",
        beside=_beside(visit),
        again=visit.collection.edition.instrument.is_repeated,
    )
    if finished:
        forget(response, visit, "secret")
        keep(response, visit, done=str(count))
    return response


def _beside(visit: Visit) -> str:
    """Where somebody who observed sees how others read the same lessons."""
    collection, person = visit.collection, visit.who
    seen = person is not None and raters.took_part(collection, person.pk) and raters.is_shared(collection)
    return reverse("collections:read_alike", args=[collection.pk]) if seen else ""


def _first(visit: Visit) -> str:
    return path_of(visit.collection)


def _named(request: HttpRequest) -> str:
    """What a link says it is about, for the page that asks for it."""
    about = request.GET.get("about", "")
    return f"?{urlencode({'about': about})}" if about else ""


def _step(visit: Visit, step: int) -> str:
    return reverse("answering:step", kwargs={"code": visit.collection.code, "step": step})


def _thanks(visit: Visit) -> str:
    return reverse("answering:thanks", kwargs={"code": visit.collection.code})
