"""What people told the snapshot: conversations without names, coded by two apart, gathered under themes."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from aimline.core import clock
from aimline.org.models import Unit
from aimline.people.models import Person
from aimline.reviews.actions import coding, theming, voices
from aimline.reviews.models import Code, Conversation, Excerpt, Finding, Member, Review, ReviewRole
from examples.district.staff import Staff

TOLD = tomllib.loads((Path(__file__).parent / "voices.toml").read_text(encoding="utf-8"))
# School days: the two code once the last conversation is held, and gather two days later.
CODES, GATHERS = 10, 12
RECORDINGS = timedelta(days=30)


@dataclass
class Heard:
    """The team's two coders, and what came of it: codes by their letter, conversations by their label."""

    coders: dict[str, Member]
    codes: dict[str, Code] = field(default_factory=dict)
    talks: dict[str, tuple[Conversation, list[Excerpt]]] = field(default_factory=dict)


def listen(
    held: Review, staff: Staff, units: dict[str, Unit], days: Sequence[date], judged: Sequence[Finding]
) -> None:
    """Talk with people, code what they said, and lead the themes that are read alike to their findings."""
    finn = held.members.get(person=staff.named["facilitator"], role=ReviewRole.INTERVIEWER)
    wei = held.members.get(person=staff.named["analyst"], role=ReviewRole.ANALYST)
    told = Heard({"finn": finn, "wei": wei})
    for facts in TOLD["talk"]:
        with clock.standing_on(days[facts["day"] - 1]):
            _talk(told, finn, facts, units)
    with clock.standing_on(days[CODES - 1]):
        for facts in TOLD["code"]:
            words = {name: facts[name] for name in ("name", "definition")}
            told.codes[facts["key"]] = coding.name_code(finn, finn.person, **words)
        for name, member in told.coders.items():
            _code(told, name, member)
    with clock.standing_on(days[GATHERS - 1]):
        for facts in TOLD["theme"]:
            _gather(told, finn, finn.person, facts, judged)


def _talk(told: Heard, member: Member, facts: dict[str, Any], units: dict[str, Unit]) -> None:
    today = clock.today()
    recorded = {"recording_until": today + RECORDINGS} if facts.get("recorded") else {}
    made = voices.note_conversation(
        member,
        member.person,
        who=facts["who"],
        number=facts["number"],
        grade=facts["grade"],
        unit=units[facts["place"]],
        day=today,
        language=facts.get("language", "en"),
        is_translated=facts.get("translated", False),
        held_by=member.person,
        consented_on=today,
        parent_consented_on=today if facts["who"] == "student" else None,
        may_print=facts.get("print", True),
        **recorded,
    )
    text = _written(facts["lines"])
    voices.write_down(member, member.person, conversation=made, text=text, cut=False)
    answers = list(made.excerpts.filter(is_question=False).order_by("position"))
    told.talks[f"{facts['who']} {facts['number']}"] = (made, answers)
    if recorded:
        voices.note_recording_gone(member, member.person, conversation=made)


def _written(lines: Sequence[dict[str, str]]) -> str:
    """A line for each excerpt; who speaks is named where they begin."""
    found, asked = [], True
    for one in lines:
        lead = "Interviewer: " if "ask" in one else "A: " if asked else ""
        found.append(lead + (one.get("ask") or one["said"]))
        asked = "ask" in one
    return "\n".join(found)


def _code(told: Heard, name: str, member: Member) -> None:
    """All that both gave, and what this one alone did."""
    for facts in TOLD["talk"]:
        talk, answers = told.talks[f"{facts['who']} {facts['number']}"]
        said = [one for one in facts["lines"] if "said" in one]
        marks = {
            excerpt.pk: [told.codes[key].pk for key in one.get("both", "") + one.get(name, "")]
            for excerpt, one in zip(answers, said, strict=True)
        }
        coding.code_conversation(member, member.person, conversation=talk, marks=marks, done=True)


def _gather(
    told: Heard, member: Member, person: Person, facts: dict[str, Any], judged: Sequence[Finding]
) -> None:
    codes = [told.codes[key] for key in facts["codes"]]
    theme = theming.name_theme(member, person, name=facts["name"], codes=codes)
    for quote in facts["quotes"]:
        excerpt = told.talks[quote["talk"]][1][quote["at"] - 1]
        theming.move_quote(member, person, excerpt=excerpt, theme=theme)
        if {"words", "translation"} & quote.keys():
            words = quote.get("words", excerpt.text)
            theming.word_quote(
                member, person, excerpt=excerpt, words=words, translation=quote.get("translation", "")
            )
    if "finding" in facts:
        theming.lead_theme(member, person, theme=theme, finding=judged[facts["finding"] - 1])
