"""What is true now, and how we know.

A *review* is a time-boxed look at a place: a snapshot, a quality review, a needs analysis. Its *template* is a library
file. Its *members* look, ask and judge together, in *steps*; what they ask others for are *document requests*. A
*collection* of the review asks an instrument for it. A piece of *evidence* is one thing seen, heard, read or counted,
with where it comes from. A *finding* is one statement that rests on evidence: a strength to keep or a gap. Evidence may
*support* it or speak *against* it. A *recommendation* answers findings. A *report* is what the review says to others,
in numbered versions: a draft, open for *comments*, final. What people told the team is in `voices`.
"""

from __future__ import annotations

from aimline.reviews.models.judging import (
    Effort,
    Evidence,
    Finding,
    FindingKind,
    ImplementationDriver,
    Leaning,
    Nature,
    Recommendation,
    Stance,
    Use,
)
from aimline.reviews.models.planning import (
    DocumentRequest,
    Member,
    Moment,
    PartOfReview,
    Review,
    ReviewCollection,
    ReviewRole,
    Source,
    Step,
    expect_open,
    must_be_part,
)
from aimline.reviews.models.reporting import Comment, Report
from aimline.reviews.models.sampling import Observer, Origin, Sample, Visit, VisitQuerySet
from aimline.reviews.models.voices import (
    HEARS,
    Again,
    Code,
    Conversation,
    ConversationQuerySet,
    Definition,
    Excerpt,
    Grade,
    Mark,
    Quote,
    Reading,
    Theme,
    Who,
)
from aimline.reviews.models.voting import (
    UNKNOWN,
    Ballot,
    PartOfBallot,
    Round,
    Seat,
    SeatQuerySet,
    Vote,
    VoteQuerySet,
)

__all__ = [
    "HEARS",
    "UNKNOWN",
    "Again",
    "Ballot",
    "Code",
    "Comment",
    "Conversation",
    "ConversationQuerySet",
    "Definition",
    "DocumentRequest",
    "Effort",
    "Evidence",
    "Excerpt",
    "Finding",
    "FindingKind",
    "Grade",
    "ImplementationDriver",
    "Leaning",
    "Mark",
    "Member",
    "Moment",
    "Nature",
    "Observer",
    "Origin",
    "PartOfBallot",
    "PartOfReview",
    "Quote",
    "Reading",
    "Recommendation",
    "Report",
    "Review",
    "ReviewCollection",
    "ReviewRole",
    "Round",
    "Sample",
    "Seat",
    "SeatQuerySet",
    "Source",
    "Stance",
    "Step",
    "Theme",
    "Use",
    "Visit",
    "VisitQuerySet",
    "Vote",
    "VoteQuerySet",
    "Who",
    "expect_open",
    "must_be_part",
]
