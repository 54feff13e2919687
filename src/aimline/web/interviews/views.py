"""Reading: what people told a review, and one conversation."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from aimline.reports.drawing import figures
from aimline.reviews.listening import Open, is_open, opened
from aimline.reviews.models import Code, Conversation
from aimline.web.interviews import board, codebook, rows, showing, transcripts, words
from aimline.web.interviews.forms import DefinitionForm
from aimline.web.shell import Request, page


@require_GET
def overview(request: Request, review_id: UUID) -> HttpResponse:
    held = rows.room(request, review_id)
    talks, seen, codes = list(rows.talks(held.review)), opened(held.review), rows.codes(held.review)
    found = codebook.rows(seen, codes)
    gathered = board.board(held.review, seen, codes)
    differs = codebook.talked_about(found)
    return page(
        request,
        "interviews/overview.html",
        room=held,
        eyebrow=[_("Interviews"), held.review.name, *words.counted(talks, seen)],
        tabs=rows.tabs(held),
        verdict=words.verdict(talks, seen, found),
        next=words.next_step(held, talks, seen, found, gathered),
        talks=[showing.row(one, held, seen) for one in talks],
        codes=found,
        coders=seen.coders,
        protection=showing.protection(talks),
        differs=_differs(differs, seen) if differs else None,
        board=gathered,
        no_theme=board.NO_THEME,
        **_sample(held, talks, seen, codes, differs),
    )


def _differs(row: codebook.Row, seen: Open) -> dict[str, Any]:
    form = DefinitionForm(initial={"number": row.definition.number, "definition": row.definition.text})
    return {"row": row, "note": codebook.differ(row, seen), "form": form}


def _sample(
    held: rows.Room,
    talks: Sequence[Conversation],
    seen: Open,
    codes: Sequence[Code],
    differs: codebook.Row | None,
) -> dict[str, Any]:
    """One conversation that both have coded: the first in which they differ on what is to be talked about."""
    shown = [one for one in talks if is_open(one, seen.coders)]
    if not shown:
        return {"talk": None}
    apart = seen.apart(differs.code.pk) if differs else set()
    talk = next((one for one in shown if one.excerpts.filter(pk__in=apart).exists()), shown[0])
    return {"talk": talk, **_transcript(held, talk, shown, seen, codes)}


def _transcript(
    held: rows.Room, talk: Conversation, talks: Sequence[Conversation], seen: Open, codes: Sequence[Code]
) -> dict[str, Any]:
    place = [one.pk for one in talks].index(talk.pk)
    return {
        "lines": transcripts.lines(talk, seen, codes),
        "about": [*showing.about(talk), showing.agreed(talk)],
        "before": _link(held, talks[place - 1]) if place else None,
        "after": _link(held, talks[place + 1]) if place + 1 < len(talks) else None,
    }


def _link(held: rows.Room, talk: Conversation) -> tuple[str, str]:
    return talk.label, held.address("talk", talk)


@require_GET
def conversation(request: Request, review_id: UUID, talk_id: UUID) -> HttpResponse:
    held = rows.room(request, review_id)
    talk = rows.talk(held, talk_id)
    talks, seen, codes = list(rows.talks(held.review)), opened(held.review), rows.codes(held.review)
    mine = next((one for one in talk.readings.all() if one.person_id == request.person.pk), None)
    shown = is_open(talk, seen.coders)
    return page(
        request,
        "interviews/talk.html",
        room=held,
        talk=talk,
        title=talk.origin,
        eyebrow=[_("Interviews"), held.review.name],
        row=showing.row(talk, held, seen),
        mine=mine,
        is_open=shown,
        may_cut=held.may_write and not talk.readings.all() and not talk.withdrawn_on,
        may_code=held.may_write and talk.has_consent and bool(talk.stretches) and bool(codes) and not shown,
        given=_facts(talk),
        **_transcript(held, talk, talks, seen, codes),
    )


def _facts(talk: Conversation) -> list[tuple[object, object]]:
    """What was agreed to."""
    facts: list[tuple[object, object]] = [
        (_("Consent"), showing.consent(talk)),
        (_("Print"), _("Their words may be printed") if talk.prints else _("Not printed outside the team")),
        (_("Talked with them"), talk.held_by.name),
    ]
    if talk.recording_gone_on:
        facts.append((_("Recording"), _("Deleted")))
    elif talk.recording_until:
        facts.append(
            (_("Recording"), _("To be deleted by %(day)s") % {"day": figures.full_day(talk.recording_until)})
        )
    return facts
