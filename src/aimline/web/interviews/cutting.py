"""Doing: cut what was said into excerpts, or join what belongs together, before anybody codes it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.http import HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from aimline.core.errors import Conflict
from aimline.reviews.actions import voices
from aimline.reviews.models import Conversation, Excerpt
from aimline.reviews.transcript import sentences
from aimline.web.interviews import rows, transcripts
from aimline.web.shell import Request, page


@dataclass(frozen=True, slots=True)
class Part:
    """A sentence of an excerpt; `end` counts the characters up to the place where it may be cut."""

    text: str
    end: int


@dataclass(frozen=True, slots=True)
class Piece:
    excerpt: Excerpt
    speaker: str
    parts: tuple[Part, ...]
    joins: bool


@require_GET
def show(request: Request, review_id: UUID, talk_id: UUID) -> HttpResponse:
    held = rows.room(request, review_id, writes=True)
    talk = rows.talk(held, talk_id)
    if talk.readings.all():
        raise Conflict(
            _("Somebody has begun to code this conversation. Its words and cuts stay as they are.")
        )
    facts: dict[str, Any] = {"room": held, "talk": talk, "pieces": list(_pieces(talk))}
    return page(request, "interviews/cut.html", back=held.address("talk", talk), **facts)


@require_POST
def split(request: Request, review_id: UUID, talk_id: UUID, excerpt_id: UUID) -> HttpResponse:
    """Cut at one place, or on both sides of what was selected."""
    held = rows.room(request, review_id, writes=True)
    excerpt = rows.excerpt(held, excerpt_id)
    at = [int(value) for value in request.POST.getlist("at") if value.isdecimal() and len(value) < 7]
    voices.split_excerpt(held.member, request.person, excerpt=excerpt, at=at)
    return HttpResponseRedirect(held.address("cut", talk_id, part=f"p-{excerpt.position}"))


@require_POST
def join(request: Request, review_id: UUID, talk_id: UUID, excerpt_id: UUID) -> HttpResponse:
    held = rows.room(request, review_id, writes=True)
    excerpt = rows.excerpt(held, excerpt_id)
    voices.join_excerpt(held.member, request.person, excerpt=excerpt)
    return HttpResponseRedirect(held.address("cut", talk_id, part=f"p-{excerpt.position - 1}"))


def _pieces(talk: Conversation) -> Iterator[Piece]:
    turn = 0
    for one in talk.excerpts.order_by("position"):
        begins = one.turn != turn
        speaker = transcripts.speaker_of(talk, one) if begins else ""
        yield Piece(one, speaker, tuple(_parts(one.text)), joins=not begins)
        turn = one.turn


def _parts(text: str) -> Iterator[Part]:
    at = 0
    for sentence in sentences(text):
        at = text.index(sentence, at) + len(sentence)
        yield Part(sentence, at)
