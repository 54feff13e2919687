from __future__ import annotations

from typing import Any

import pytest

from aimline.core import clock
from aimline.core.errors import Conflict, Invalid, NotAllowed
from aimline.core.ids import uuid7
from aimline.reviews.actions import judging, reporting
from aimline.reviews.models import Comment, Report, Review, Source
from tests.reviews.conftest import finding
from tests.world import World

CONTENT: dict[str, Any] = {"findings": []}


def draft(world: World, review: Review, summary: str = "Students talk.") -> Report:
    return reporting.write_report(review, world.priya, summary=summary)


def test_a_draft_is_written_over_until_it_goes_out(world: World, review: Review) -> None:
    draft(world, review)
    report = draft(world, review, "Most students talk.")
    assert (Report.objects.count(), report.number, report.summary) == (1, 1, "Most students talk.")
    with pytest.raises(Conflict):
        reporting.write_report(review, world.priya, summary="x", version=1)
    with pytest.raises(Invalid, match="what the review found"):
        draft(world, review, " ")


def test_what_went_out_is_fixed_and_the_next_change_is_another_version(world: World, review: Review) -> None:
    first = reporting.share_draft(draft(world, review), world.priya, content=CONTENT)
    with pytest.raises(Conflict, match="out already"):
        reporting.share_draft(first, world.priya, content={})
    second = draft(world, review, "Few students talk.")
    assert [(one.number, one.summary) for one in review.reports.all()] == [
        (2, "Few students talk."),
        (1, "Students talk."),
    ]
    assert (second.shared_on, first.content) == (None, CONTENT)


def test_a_final_report_names_a_strength_to_keep(world: World, review: Review) -> None:
    report = draft(world, review)
    with pytest.raises(Invalid, match="strength to keep"):
        reporting.make_report_final(report, world.priya, content=CONTENT)
    judging.make_final(finding(review, world, Source.CLASSROOMS, Source.VOICES), world.priya)
    final = reporting.make_report_final(report, world.priya, content=CONTENT)
    assert (final.final_on, final.shared_on, final.content) == (clock.today(), clock.today(), CONTENT)
    assert reporting.make_report_final(final, world.priya, content={}).content == CONTENT


def test_comments_are_taken_only_while_a_version_is_out(world: World, review: Review) -> None:
    report = draft(world, review)
    with pytest.raises(Conflict, match="not open"):
        reporting.comment(report, world.cody, text="Two more rooms did.")
    reporting.share_draft(report, world.priya, content=CONTENT)
    id = uuid7()
    for _try in range(2):
        said = reporting.comment(report, world.cody, text="Two more rooms did.", id=id)
    with pytest.raises(Invalid, match="Write your comment"):
        reporting.comment(report, world.cody, text=" ")
    with pytest.raises(NotAllowed):
        reporting.comment(report, world.gus, text="Hm.")
    with pytest.raises(NotAllowed):
        reporting.settle(said, world.cody)
    assert reporting.settle(said, world.priya).settled_on == clock.today()
    assert reporting.settle(said, world.priya, settled=False).settled_on is None
    judging.make_final(finding(review, world, Source.CLASSROOMS, Source.VOICES), world.priya)
    reporting.make_report_final(report, world.priya, content=CONTENT)
    with pytest.raises(Conflict, match="not open"):
        reporting.comment(report, world.cody, text="One more.")
    assert Comment.objects.count() == 1


@pytest.mark.parametrize("who", ["tess", "cody", "fay", "gus", "olga"])
def test_only_those_who_edit_a_review_write_its_report(world: World, review: Review, who: str) -> None:
    with pytest.raises(NotAllowed):
        reporting.write_report(review, getattr(world, who), summary="x")
