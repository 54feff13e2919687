"""Which sources a review heard: on its scope, on its board, and before its report goes out."""

from __future__ import annotations

import pytest

from aimline.reviews.actions import planning, reporting
from aimline.reviews.models import Review, Source
from aimline.reviews.sources import Heard, heard
from tests.reviews.browsing import at, text
from tests.reviews.conftest import Signed, piece, plan
from tests.reviews.reported import reported
from tests.world import World

__all__ = ["reported"]


def found(review: Review) -> dict[Source, Heard]:
    return {one.source: one for one in heard(review)}


def test_what_this_kind_expects_comes_first_and_the_six_are_always_there(review: Review) -> None:
    listed = [one.source for one in heard(review)]
    assert listed[:3] == [Source.CLASSROOMS, Source.DATA, Source.VOICES]
    assert {Source.PLANS, Source.TEACHER_GOALS, Source.INITIATIVES, Source.RESEARCH} <= set(listed)


def test_evidence_counts_and_what_nobody_gave_is_missing(review: Review, world: World) -> None:
    piece(review, world, Source.CLASSROOMS)
    piece(review, world, Source.CLASSROOMS)
    piece(review, world, Source.RESEARCH)
    held = found(review)
    assert (held[Source.CLASSROOMS].pieces, held[Source.CLASSROOMS].is_missing) == (2, False)
    assert held[Source.VOICES].is_missing
    # It gave something, and nobody expects it.
    assert (held[Source.RESEARCH].pieces, held[Source.RESEARCH].is_expected) == (1, False)
    assert not held[Source.PLANS].is_missing


def test_documents_that_did_not_come_are_on_their_way(review: Review, world: World) -> None:
    held = found(review)
    assert [source for source in held if held[source].is_planned] == [
        Source.PLANS,
        Source.INITIATIVES,
        Source.DOCUMENTS,
    ]
    for one in review.documentrequests.all():
        planning.note_document(review, world.priya, request=one)
    assert not any(one.is_planned for one in found(review).values())


@pytest.mark.parametrize("where", ["show", "board"])
def test_the_strip_stands_on_the_scope_and_on_the_board(
    review: Review, world: World, signed: Signed, where: str
) -> None:
    piece(review, world, Source.CLASSROOMS)
    shown = text(signed(world.priya), at(where, review))
    assert "Classrooms: 1" in shown
    assert "Voices: nothing yet" in shown
    assert "Initiatives: asked" in shown


def test_every_kind_of_review_has_its_strip(world: World, signed: Signed) -> None:
    needs = plan(world, template_key="needs-analysis")
    assert "Research: nothing yet" in text(signed(world.priya), at("show", needs))


def test_before_it_goes_out_the_report_says_what_it_did_not_hear(
    reported: Review, world: World, signed: Signed
) -> None:
    address = f"/reports/of/{reported.pk}/"
    assert "This kind of review expects it." not in text(signed(world.priya), address)
    reported.evidences.filter(source=Source.VOICES).update(source=Source.DOCUMENTS)
    shown = text(signed(world.priya), address)
    assert "This kind of review expects it." in shown
    # It warns, and stops nobody.
    reporting.write_report(reported, world.priya, summary="What we found.")
    assert "Send the draft out for comment" in text(signed(world.priya), address)
