"""What stands beside the transcript: each conversation in a row, and how its people are protected."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from aimline.reports.drawing import figures
from aimline.reviews.listening import Open, is_open
from aimline.reviews.models import Conversation, Who
from aimline.web.interviews.board import language
from aimline.web.interviews.rows import Room
from aimline.web.reviews.words import count


@dataclass(frozen=True, slots=True)
class Row:
    """One conversation: who, when, where, and what becomes of it next."""

    talk: Conversation
    label: str
    href: str
    about: list[str]
    told: str
    waits: bool = False


def row(talk: Conversation, held: Room, seen: Open) -> Row:
    told, waits = _told(talk, held, seen)
    return Row(talk, talk.origin, held.address("talk", talk), about(talk), told, waits)


def about(talk: Conversation) -> list[str]:
    """Where and when, and in which language."""
    parts = [
        talk.unit.name if talk.unit else "",
        figures.full_day(talk.day),
        language(talk.language) if talk.language != "en" else "",
    ]
    return [part for part in parts if part]


def agreed(talk: Conversation) -> str:
    """What was agreed to, said within a line."""
    return _("consent given") if talk.has_consent else consent(talk)


def consent(talk: Conversation) -> str:
    if talk.withdrawn_on:
        return _("Taken back on %(day)s") % {"day": figures.full_day(talk.withdrawn_on)}
    if talk.has_consent:
        return _("Consent given")
    if talk.consented_on and talk.who == Who.STUDENT:
        return _("A parent has not agreed yet")
    return _("No consent yet")


def _told(talk: Conversation, held: Room, seen: Open) -> tuple[str, bool]:
    """How far it is, and whether it waits for this person."""
    if not talk.has_consent:
        return consent(talk), talk.withdrawn_on is None
    if not talk.stretches:
        return _("Nothing written down yet"), True
    readings = {reading.person_id: reading for reading in talk.readings.all()}
    if is_open(talk, seen.coders):
        return _("Both have coded it"), False
    mine = readings.get(held.person.pk)
    if mine and mine.done_at:
        return _("You are done; the other coder is not yet"), False
    if mine:
        return _("You have begun"), True
    done = [reading.person.first_name for reading in readings.values() if reading.done_at]
    if len(done) == 1:
        return _("%(name)s is done; your codes are missing") % {"name": done[0]}, True
    return _("Not coded yet"), True


def protection(talks: Sequence[Conversation]) -> list[tuple[object, object]]:
    """How those who talked are protected, in four lines."""
    held = [one for one in talks if not one.withdrawn_on]
    facts: list[tuple[object, object]] = [
        (_("Consent"), _consents(held)),
        (
            _("Names"),
            _("Nowhere. A role and a number stand for each person; who that is, the team keeps elsewhere."),
        ),
        (_("Quotes"), _prints(held)),
        (_("Recordings"), _recordings(held)),
    ]
    if gone := len(talks) - len(held):
        said = ngettext(
            "%(count)s person took back what they said. The words are gone.",
            "%(count)s people took back what they said. The words are gone.",
            gone,
        )
        facts.append((_("Taken back"), said % {"count": count(gone)}))
    return facts


def _consents(held: Sequence[Conversation]) -> str:
    given = sum(one.has_consent for one in held)
    facts = {"given": count(given), "all": count(len(held))}
    if any(one.who == Who.STUDENT for one in held):
        return _("%(given)s of %(all)s recorded; students also by a parent") % facts
    return _("%(given)s of %(all)s recorded") % facts


def _prints(held: Sequence[Conversation]) -> str:
    facts = {"may": count(sum(one.prints for one in held)), "all": count(len(held))}
    return _("%(may)s of %(all)s agreed to be printed. Nobody else's words leave the team.") % facts


def _recordings(held: Sequence[Conversation]) -> str:
    kept = [one for one in held if one.recording_until and not one.recording_gone_on]
    if late := sum(one.recording_is_due for one in kept):
        said = ngettext("%(count)s should be deleted by now", "%(count)s should be deleted by now", late)
        return said % {"count": count(late)}
    if kept:
        last = max(one.recording_until for one in kept if one.recording_until)
        return _("All deleted by %(day)s") % {"day": figures.full_day(last)}
    if any(one.recording_gone_on for one in held):
        return _("All deleted")
    return _("None were made")
