"""Doing: the codebook, one's own codes, and reading again by a new definition."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from aimline.core.errors import Conflict
from aimline.reviews.actions import coding
from aimline.reviews.listening import Open, excerpts, opened, to_read_again
from aimline.reviews.models import Again, Code, Conversation, Excerpt, Reading
from aimline.web.interviews import codebook, rows, transcripts
from aimline.web.interviews.forms import CodeForm, DefinitionForm, uuids
from aimline.web.reviews.words import count
from aimline.web.shell import Request, bind, form_page, page, say


@dataclass(frozen=True, slots=True)
class Choice:
    """An excerpt to code: what was asked before it, and which codes are marked."""

    excerpt: Excerpt
    question: str
    speaker: str
    number: int
    marked: frozenset[UUID]


def code(request: Request, review_id: UUID, talk_id: UUID) -> HttpResponse:
    """One's own codes of a conversation. Nobody sees them before both coders are done."""
    held = rows.room(request, review_id, writes=True)
    talk = rows.talk(held, talk_id)
    codes = rows.codes(held.review)
    if request.method == "POST":
        return _keep(request, held, talk, codes)
    reading = talk.readings.filter(person=request.person).first()
    if not talk.has_consent:
        raise Conflict(_("Without consent a conversation is not coded. Note the consent first."))
    if reading and reading.done_at:
        return HttpResponseRedirect(held.address("talk", talk))
    choices = _choices(talk, reading)
    facts: dict[str, Any] = {
        "room": held,
        "talk": talk,
        "choices": choices,
        "codes": codebook.rows(opened(held.review), codes),
    }
    return page(request, "interviews/code.html", back=held.address("talk", talk), **facts)


def _keep(request: Request, held: rows.Room, talk: Conversation, codes: Sequence[Code]) -> HttpResponse:
    known = [one.pk for one in codes]
    answered = talk.excerpts.filter(is_question=False).values_list("pk", flat=True)
    marks = {one: uuids(request.POST.getlist(f"m-{one}"), known) for one in answered}
    done = request.POST.get("do") == "done"
    coding.code_conversation(held.member, request.person, conversation=talk, marks=marks, done=done)
    if not done:
        say(request, _("Your codes are kept. Only you see them."))
        return HttpResponseRedirect(held.address("coding", talk))
    say(request, _("You are done with %(label)s.") % {"label": talk.label})
    return HttpResponseRedirect(held.address("overview"))


def _choices(talk: Conversation, reading: Reading | None) -> list[Choice]:
    marked: dict[UUID, set[UUID]] = {}
    for excerpt, given in reading.marks.values_list("excerpt", "code") if reading else ():
        marked.setdefault(excerpt, set()).add(given)
    found: list[Choice] = []
    question = ""
    for one in talk.excerpts.order_by("position"):
        if one.is_question:
            question = one.text
            continue
        speaker, number = transcripts.speaker_of(talk, one), len(found) + 1
        found.append(Choice(one, question, speaker, number, frozenset(marked.get(one.pk, ()))))
        question = ""
    return found


@require_POST
def open_reading(request: Request, review_id: UUID, talk_id: UUID) -> HttpResponse:
    held = rows.room(request, review_id, writes=True)
    talk = rows.talk(held, talk_id)
    coding.open_reading(held.member, request.person, conversation=talk)
    return HttpResponseRedirect(held.address("coding", talk))


def new_code(request: Request, review_id: UUID) -> HttpResponse:
    held = rows.room(request, review_id, writes=True)
    form = bind(request, CodeForm)

    def save(filled: CodeForm) -> str:
        coding.name_code(held.member, request.person, **filled.cleaned_data)
        say(request, _("The code is in the codebook."))
        return held.address("overview", part="codebook")

    back = held.address("overview", part="codebook")
    return form_page(request, "interviews/code_form.html", form, save, room=held, back=back)


def define(request: Request, review_id: UUID, code_id: UUID) -> HttpResponse:
    """A code: its definitions, how alike it is read, where the two differ, and a new wording."""
    held = rows.room(request, review_id, writes=request.method == "POST")
    named, seen = rows.code(held, code_id), opened(held.review)
    row = codebook.Row(named, seen.of(named), seen.waits(named))
    initial = {"number": row.definition.number, "definition": row.definition.text}
    form = bind(request, DefinitionForm, initial=initial)

    def save(filled: DefinitionForm) -> str:
        made = coding.define_again(held.member, request.person, code=named, **filled.cleaned_data)
        waits = made.agains.filter(person=request.person).count()
        say(request, _("The new definition holds. What was said before it stays."))
        return held.address("again", named) if waits else held.address("code", named)

    facts: dict[str, Any] = {
        "room": held,
        "row": row,
        "coders": seen.coders,
        "differ": codebook.differ(row, seen) if len(seen.coders) > 1 and row.alike.only_one else "",
        "apart": _apart(seen, named),
        "earlier": [(one, codebook.before(one)) for one in list(named.definitions.all())[1:]],
        "mine": _waiting(held, named).count(),
        "is_unused": not named.marks.exists(),
        "back": held.address("overview", part="codebook"),
    }
    return form_page(request, "interviews/definition.html", form, save, **facts)


def _apart(seen: Open, named: Code) -> list[tuple[Excerpt, str]]:
    """The excerpts that only one marked, and who did."""
    found = excerpts(named.review).filter(pk__in=seen.apart(named.pk))
    first = seen.marks[0].get(named.pk, set())
    return [(one, seen.coders[0 if one.pk in first else 1].first_name) for one in found]


def _waiting(held: rows.Room, named: Code) -> QuerySet[Again]:
    return to_read_again(held.review, held.person).filter(definition__code=named)


def again(request: Request, review_id: UUID, code_id: UUID) -> HttpResponse:
    """Read those excerpts again on which the two differed, by the definition that holds now."""
    held = rows.room(request, review_id, writes=True)
    named = rows.code(held, code_id)
    waiting = list(_waiting(held, named))
    if request.method == "POST":
        chosen = uuids(request.POST.getlist("has"), [one.excerpt_id for one in waiting])
        coding.read_again(held.member, request.person, code=named, chosen=chosen)
        said = ngettext(
            "%(count)s excerpt is read again.", "%(count)s excerpts are read again.", len(waiting)
        )
        say(request, said % {"count": count(len(waiting))})
        return HttpResponseRedirect(held.address("overview", part="codebook"))
    facts: dict[str, Any] = {
        "room": held,
        "code": named,
        "definition": named.definitions.all()[0],
        "waiting": waiting,
    }
    return page(request, "interviews/again.html", back=held.address("code", named), **facts)


@require_POST
def drop(request: Request, review_id: UUID, code_id: UUID) -> HttpResponse:
    held = rows.room(request, review_id, writes=True)
    coding.drop_code(held.member, request.person, code=rows.code(held, code_id))
    say(request, _("The code is out of the codebook."))
    return HttpResponseRedirect(held.address("overview", part="codebook"))
