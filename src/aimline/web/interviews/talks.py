"""Doing: note a conversation, put it right, write down what was said, take it back."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from aimline.access.rules import Act, allowed
from aimline.org.models import Unit
from aimline.reviews.actions import voices
from aimline.reviews.identities import identities
from aimline.reviews.listening import team
from aimline.reviews.models import Conversation, Who
from aimline.reviews.transcript import Stretch, written
from aimline.web.interviews import rows
from aimline.web.interviews.forms import TalkForm, TextForm
from aimline.web.shell import Request, bind, form_page, say


def new(request: Request, review_id: UUID) -> HttpResponse:
    held = rows.room(request, review_id, writes=True)
    who = request.GET.get("who", Who.TEACHER)
    initial = {"who": who, "number": _next_number(held, who), "held_by": request.person.pk, "language": "en"}
    form = bind(request, TalkForm, **_offered(request, held), initial=initial)

    def save(filled: TalkForm) -> str:
        id = filled.cleaned_data["id"]
        made = voices.note_conversation(held.member, request.person, id=id, **filled.facts)
        say(request, _("It is noted. Now write down what was said."))
        return held.address("write", made)

    facts = {"room": held, "title": _("Note a conversation"), "back": held.address("overview")}
    return form_page(request, "interviews/talk_form.html", form, save, **facts)


def change(request: Request, review_id: UUID, talk_id: UUID) -> HttpResponse:
    held = rows.room(request, review_id)
    talk = rows.talk(held, talk_id)
    form = bind(request, TalkForm, **_offered(request, held), talk=talk)

    def save(filled: TalkForm) -> str:
        facts = {"conversation": talk, "version": filled.cleaned_data["version"], **filled.facts}
        voices.change_conversation(held.member, request.person, **facts)
        say(request, _("It is put right."))
        return held.address("talk", talk)

    facts = {"room": held, "talk": talk, "title": talk.label, "back": held.address("talk", talk)}
    return form_page(request, "interviews/talk_form.html", form, save, **facts)


def write(request: Request, review_id: UUID, talk_id: UUID) -> HttpResponse:
    """Keep the words. What looks like a name is changed, or said to be none; nothing typed is lost on the way."""
    held = rows.room(request, review_id, writes=True)
    talk = rows.talk(held, talk_id)
    text = request.POST.get("text", "")
    looks_like = identities(text) if text else []
    kept = _as_text(talk)
    form = bind(request, TextForm, looks_like=looks_like, initial={"text": kept, "version": talk.version})

    def save(filled: TextForm) -> str:
        facts: dict[str, Any] = {"text": text, "version": filled.cleaned_data["version"], "cut": not kept}
        voices.write_down(held.member, request.person, conversation=talk, cleared=filled.clear, **facts)
        say(request, _("It is written down. See whether it is cut where one thought ends."))
        return held.address("cut", talk)

    facts = {"room": held, "talk": talk, "looks_like": looks_like, "back": held.address("talk", talk)}
    return form_page(request, "interviews/text.html", form, save, **facts)


@require_POST
def take_back(request: Request, review_id: UUID, talk_id: UUID) -> HttpResponse:
    held = rows.room(request, review_id)
    talk = rows.talk(held, talk_id)
    voices.take_consent_back(held.member, request.person, conversation=talk)
    say(request, _("What %(label)s said is gone, here and in every report.") % {"label": talk.label})
    return HttpResponseRedirect(held.address("talk", talk))


@require_POST
def recording_gone(request: Request, review_id: UUID, talk_id: UUID) -> HttpResponse:
    held = rows.room(request, review_id)
    talk = rows.talk(held, talk_id)
    voices.note_recording_gone(held.member, request.person, conversation=talk)
    say(request, _("The recording is noted as deleted."))
    return HttpResponseRedirect(held.address("talk", talk))


def _next_number(held: rows.Room, who: str) -> int:
    last = held.review.conversations.filter(who=who).order_by("-number").values_list("number", flat=True)
    return max(last[:1], default=0) + 1


def _offered(request: Request, held: rows.Room) -> dict[str, Any]:
    places = allowed(request.person, Act.VIEW_UNIT, Unit.objects.under(held.review.unit).current())
    return {"people": team(held.review), "places": places}


def _as_text(talk: Conversation) -> str:
    """As it stands, to be put right: a line for each excerpt."""
    held = [Stretch(one.turn, one.is_question, one.text) for one in talk.excerpts.order_by("position")]
    return written(held, _("Interviewer"), talk.get_who_display())
