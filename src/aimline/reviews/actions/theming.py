"""Writes of the themes board: themes, the quotes under them, and the finding that a theme leads to."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any
from uuid import UUID

from django.db.models import Max
from django.utils.translation import gettext as _

from aimline.access.guard import action
from aimline.access.roles import Act
from aimline.core.errors import Conflict, Invalid
from aimline.core.ids import uuid7
from aimline.core.models import once
from aimline.people.models import Person
from aimline.reviews.actions import judging
from aimline.reviews.hearing import expect_hearer
from aimline.reviews.identities import identities
from aimline.reviews.listening import as_said, carried, opened
from aimline.reviews.models import (
    Code,
    Excerpt,
    Finding,
    Leaning,
    Member,
    Quote,
    Review,
    Source,
    Theme,
    must_be_part,
)


@action(Act.EDIT_SELF)
def name_theme(
    member: Member, person: Person, *, name: str, codes: Collection[Code], id: UUID | None = None
) -> Theme:
    """Begin a theme: what several people say, and the codes that gather it."""
    review = expect_hearer(member, person)
    if made := once(Theme, id, review=review):
        return made
    last = review.themes.aggregate(last=Max("position"))["last"] or 0
    theme = Theme(id=id or uuid7(), review=review, name=name.strip(), position=last + 1)
    theme.full_clean(exclude=["review", "finding"])
    theme.save(force_insert=True)
    _gather(theme, codes)
    return theme


@action(Act.EDIT_SELF)
def change_theme(
    member: Member,
    person: Person,
    *,
    theme: Theme,
    name: str,
    codes: Collection[Code],
    version: int | None = None,
) -> Theme:
    """Put a theme into other words, or gather it by other codes. What it leads to rests on the new codes at once."""
    must_be_part(theme, expect_hearer(member, person))
    theme.expect_version(version)
    _gather(theme, codes)
    theme.change(name=name.strip())
    if theme.finding:
        held = {quote.pk for quote in carried(theme, opened(theme.review))}
        _let_go([one for one in _linked(theme) if one.pk not in held], theme.finding, person)
    return theme


@action(Act.EDIT_SELF)
def drop_theme(member: Member, person: Person, *, theme: Theme) -> Review:
    """Take a theme away; its quotes have no theme again, and leave the finding it led to."""
    review = expect_hearer(member, person)
    must_be_part(theme, review)
    if theme.finding:
        _let_go(list(_linked(theme)), theme.finding, person)
    theme.delete()
    return review


@action(Act.EDIT_SELF)
def move_quote(member: Member, person: Person, *, excerpt: Excerpt, theme: Theme | None) -> Quote:
    """Put what somebody said under a theme, or under none. It leaves the finding that its last theme led to."""
    review = expect_hearer(member, person)
    quote = _quote(review, excerpt)
    if theme:
        must_be_part(theme, review)
    was = quote.theme
    if was and was != theme and was.finding and quote.evidence_id:
        _let_go([quote], was.finding, person)
    return quote.change(theme=theme)


@action(Act.EDIT_SELF)
def word_quote(
    member: Member, person: Person, *, excerpt: Excerpt, words: str, translation: str = ""
) -> Quote:
    """Choose which words of an excerpt are quoted, and how they read in another language."""
    quote = _quote(expect_hearer(member, person), excerpt)
    said, told = " ".join(words.split()), translation.strip()
    if not said or said not in " ".join(excerpt.text.split()):
        why = _("Quote words as they stand in the excerpt, without a gap.")
        raise Invalid(why, fields={"words": why})
    if set(identities(told)) - set(identities(excerpt.text)):
        why = _("A name, an address or a number may stand in it. Change it.")
        raise Invalid(why, fields={"translation": why})
    quote.change(words=said, translation=told)
    if quote.evidence:
        quote.evidence.change(text=as_said(quote))
    return quote


@action(Act.EDIT_SELF)
def lead_theme(member: Member, person: Person, *, theme: Theme, finding: Finding) -> Theme:
    """Lead a theme to a finding: what was read alike becomes evidence under it, by role and number, never by name."""
    review = expect_hearer(member, person)
    must_be_part(theme, review)
    must_be_part(finding, review)
    quotes = carried(theme, opened(review))
    if not quotes:
        raise Conflict(
            _("No quote of this theme can carry a finding yet: both coders must have read its code alike.")
        )
    if theme.finding and theme.finding != finding:
        _let_go(list(_linked(theme)), theme.finding, person)
    for quote in quotes:
        _put_under(quote, finding, person)
    return theme.change(finding=finding)


@action(Act.EDIT_SELF)
def leave_finding(member: Member, person: Person, *, theme: Theme) -> Theme:
    """Let a theme lead to no finding; its quotes leave the board of the review."""
    must_be_part(theme, expect_hearer(member, person))
    if theme.finding:
        _let_go(list(_linked(theme)), theme.finding, person)
    return theme.change(finding=None)


def _put_under(quote: Quote, finding: Finding, person: Person) -> None:
    talk = quote.excerpt.conversation
    if quote.evidence is None:
        origin = _("%(who)s, translated") % {"who": talk.origin} if talk.is_translated else talk.origin
        facts: dict[str, Any] = {"text": as_said(quote), "origin": origin, "day": talk.day}
        evidence = judging.add_evidence(
            finding.review,
            person,
            source=Source.VOICES,
            leaning=Leaning(finding.kind),
            may_print=talk.prints,
            **facts,
        )
        quote.change(evidence=evidence)
    if quote.evidence:
        judging.use_evidence(finding, person, evidence=quote.evidence)


def _linked(theme: Theme) -> Iterator[Quote]:
    return theme.quotes.exclude(evidence=None).select_related("evidence").iterator()


def _let_go(quotes: Collection[Quote], finding: Finding, person: Person) -> None:
    """Take quotes from under a finding; evidence that no other finding rests on leaves the board."""
    for quote in quotes:
        evidence = quote.evidence
        if evidence is None:
            continue
        judging.set_aside(finding, person, evidence=evidence)
        if not evidence.uses.exists():
            quote.change(evidence=None)
            judging.take_evidence_off(finding.review, person, evidence=evidence)


def _gather(theme: Theme, codes: Collection[Code]) -> None:
    if not codes:
        why = _("Choose at least one code: what it gathers decides what may stand under it.")
        raise Invalid(why, fields={"codes": why})
    for code in codes:
        must_be_part(code, theme.review)
    theme.codes.set(codes)


def _quote(review: Review, excerpt: Excerpt) -> Quote:
    talk = excerpt.conversation
    must_be_part(talk, review)
    if not talk.has_consent:
        raise Conflict(_("Without consent nothing of a conversation is quoted."))
    made = Quote.objects.filter(excerpt=excerpt).select_related("theme__finding", "evidence").first()
    if made:
        return made
    seen = opened(review)
    if not any(excerpt.pk in seen.both(code.pk) for code in review.codes.all()):
        raise Conflict(_("Only what both coders gave a code can be quoted."))
    return Quote.objects.create(excerpt=excerpt, words=excerpt.text)
