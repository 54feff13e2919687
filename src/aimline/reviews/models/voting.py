"""How a team agrees on the level of each row of a rubric.

A *ballot* is a team going through the rows of one edition of an instrument, for a review. Its *leader* opens each row.
Who has come in holds a *seat*. A *round* is one vote on one row: hidden until everyone here has voted or the leader
shows it; `counts` then keep how many chose each level, and the level that the team agreed on stands beside it with the
reason. A *vote* is what one seat chose in the round that is going on. It goes when the team goes on: what stays is
the counts, without names.
"""

from __future__ import annotations

from typing import Any, ClassVar, Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from aimline.core.models import Record
from aimline.instruments.models import Edition
from aimline.people.models import Person
from aimline.reviews.models.planning import THROUGH_REVIEW, PartOfReview

# A level as a form sends it, or nothing: not enough known to say.
UNKNOWN = ""


class Ballot(PartOfReview):
    TEAM: ClassVar[str | None] = THROUGH_REVIEW

    edition = models.ForeignKey(Edition, on_delete=models.PROTECT, related_name="+")
    leader = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    # One who leads the talk best holds back.
    leader_votes = models.BooleanField(_("who leads votes, too"), default=False)
    ended_at = models.DateTimeField(null=True, blank=True)
    # What came out, by section, as it was when the vote ended.
    result: Any = models.JSONField(default=dict, blank=True)

    class Meta:
        ordering = ["-created_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["review"], condition=models.Q(ended_at=None), name="one_vote_at_a_time"
            )
        ]

    def __str__(self) -> str:
        return str(self.edition_id)

    @property
    def current(self) -> Round | None:
        return self.rounds.order_by("-position").first()


class PartOfBallot(Record):
    UNIT_PATH: ClassVar[str] = "ballot__review__unit__path"

    ballot = models.ForeignKey(Ballot, on_delete=models.CASCADE, related_name="%(class)ss")

    class Meta:
        abstract = True


class SeatQuerySet(models.QuerySet["Seat"]):
    def waited_for(self, turn: Round) -> Self:
        """Those here, and still of the team, who have not voted yet."""
        team = turn.ballot.review.members.values("person")
        return self.filter(here=True, person__in=team).exclude(pk__in=turn.votes.values("seat"))


class Seat(PartOfBallot):
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    here = models.BooleanField(default=True)

    objects = SeatQuerySet.as_manager()

    class Meta:
        ordering = ["person__name"]
        constraints = [models.UniqueConstraint(fields=["ballot", "person"], name="one_seat_each")]

    def __str__(self) -> str:
        return str(self.person_id)


class Round(PartOfBallot):
    """`number` counts the votes on one row, `position` all rounds of the ballot."""

    item = models.CharField(max_length=60)
    number = models.PositiveSmallIntegerField(default=1)
    position = models.PositiveSmallIntegerField()
    revealed_at = models.DateTimeField(null=True, blank=True)
    talk_until = models.DateTimeField(null=True, blank=True)
    # How many chose each level, by its code; blank: those who did not know enough.
    counts: Any = models.JSONField(default=dict, blank=True)
    agreed = models.CharField(_("level"), max_length=12, blank=True)
    agreed_at = models.DateTimeField(null=True, blank=True)
    reason = models.TextField(_("reason"), blank=True)

    class Meta:
        ordering = ["position"]
        constraints = [models.UniqueConstraint(fields=["ballot", "position"], name="one_round_after_another")]

    def __str__(self) -> str:
        return f"{self.item} {self.number}"

    @property
    def is_hidden(self) -> bool:
        return self.revealed_at is None


class VoteQuerySet(models.QuerySet["Vote"]):
    def shown(self) -> Self:
        """Those that may be read: of rounds that are open to all."""
        return self.exclude(round__revealed_at=None)


class Vote(Record):
    UNIT_PATH: ClassVar[str] = "round__ballot__review__unit__path"

    round = models.ForeignKey(Round, on_delete=models.CASCADE, related_name="votes")
    seat = models.ForeignKey(Seat, on_delete=models.CASCADE, related_name="+")
    level = models.CharField(max_length=12, blank=True)

    objects = VoteQuerySet.as_manager()

    class Meta:
        ordering = ["seat__person__name"]
        constraints = [models.UniqueConstraint(fields=["round", "seat"], name="one_vote_each")]

    def __str__(self) -> str:
        # Never the level: a row may be printed into a log.
        return str(self.seat_id)
