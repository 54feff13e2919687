from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from django.utils import timezone

from aimline.core import clock
from aimline.core.errors import Conflict, Invalid, NotAllowed
from aimline.core.ids import uuid7
from aimline.core.models import AuditEntry
from aimline.instruments.actions import building
from aimline.reviews.actions import planning, voting
from aimline.reviews.models import Ballot, Evidence, Leaning, Review, Round, Source, Vote
from aimline.reviews.voting import (
    Spread,
    next_row,
    outcome,
    rows_of,
    same_rows,
    spread,
    steps_apart,
    suggested,
)
from tests.instruments.conftest import DOCUMENT as SURVEY
from tests.instruments.conftest import make_instrument
from tests.reviews.conftest import plan
from tests.reviews.voters import TEAM, all_come_in, all_vote, capacity, cast, come_in, go_to, member, opened
from tests.world import World


@pytest.fixture
def ballot(world: World, review: Review) -> Ballot:
    """Everyone is here, and the vote on the first row is open."""
    made = opened(world, review)
    all_come_in(world, made)
    go_to(world, made)
    return made


def agree(world: World, ballot: Ballot, level: str, **facts: str) -> Round:
    now = ballot.current
    assert now is not None
    return voting.agree(ballot, world.priya, turn=now, level=level, **facts)


def through(world: World, ballot: Ballot, **levels: str) -> None:
    """Each of these rows voted on by two and agreed at its level."""
    for item, level in levels.items():
        go_to(world, ballot, item)
        all_vote(world, ballot, tess=level, cody=level)
        now = ballot.current
        assert now is not None
        voting.reveal(ballot, world.priya, round_id=now.pk)
        agree(world, ballot, level)


def test_nothing_is_shown_before_the_last_vote_is_in(world: World, ballot: Ballot) -> None:
    now = all_vote(world, ballot, tess="0", cody="1", dana="2")
    assert now.is_hidden
    assert now.counts == {}
    assert list(Vote.objects.shown()) == []
    now = all_vote(world, ballot, fay="2")
    assert not now.is_hidden
    assert now.counts == {"0": 1, "1": 1, "2": 2}
    assert Vote.objects.shown().count() == 4


def test_one_alone_in_the_room_shows_nothing(world: World, review: Review) -> None:
    made = opened(world, review)
    come_in(made, world.tess)
    go_to(world, made)
    assert all_vote(world, made, tess="1").is_hidden
    assert not all_vote(world, made, cody="1").is_hidden


def test_the_vote_from_the_second_device_counts(world: World, ballot: Ballot) -> None:
    cast(ballot, world.tess, "0")
    cast(ballot, world.tess, "2")
    assert all_vote(world, ballot, cody="2", dana="2", fay="2").counts == {"2": 4}


def test_a_vote_after_the_others_are_shown_is_not_counted(world: World, ballot: Ballot) -> None:
    now = all_vote(world, ballot, tess="1", cody="1")
    voting.reveal(ballot, world.priya, round_id=now.pk)
    with pytest.raises(Conflict, match="are open already"):
        cast(ballot, world.dana, "2")
    assert Vote.objects.count() == 2


def test_showing_twice_changes_nothing(world: World, ballot: Ballot) -> None:
    now = all_vote(world, ballot, tess="1")
    first = voting.reveal(ballot, world.priya, round_id=now.pk)
    again = voting.reveal(ballot, world.priya, round_id=now.pk)
    assert (again.revealed_at, again.counts) == (first.revealed_at, {"1": 1})


def test_there_is_nothing_to_show_without_a_vote(world: World, ballot: Ballot) -> None:
    now = ballot.current
    assert now is not None
    with pytest.raises(Conflict, match="Nobody has voted"):
        voting.reveal(ballot, world.priya, round_id=now.pk)


def test_a_vote_for_a_row_the_team_has_left_is_not_counted(world: World, ballot: Ballot) -> None:
    left = all_vote(world, ballot, tess="1")
    go_to(world, ballot, "time")
    late = member(ballot, world.cody)
    with pytest.raises(Conflict, match="gone on to another row"):
        voting.cast_vote(late, world.cody, ballot=ballot, round_id=left.pk, level="2")
    # What was never shown is gone for good.
    assert not Vote.objects.exists()
    assert not Round.objects.filter(pk=left.pk).exists()


def test_two_who_go_on_at_once_open_one_row(world: World, ballot: Ballot) -> None:
    for _click in range(2):
        voting.open_round(ballot, world.priya, item="time", after=1)
    assert ballot.rounds.count() == 1
    with pytest.raises(Conflict, match="gone on a moment ago"):
        voting.open_round(ballot, world.dana, item="plans", after=1)


def test_a_level_that_does_not_exist_is_refused(world: World, ballot: Ballot) -> None:
    with pytest.raises(Invalid, match="Choose one of the levels"):
        cast(ballot, world.tess, "7")
    cast(ballot, world.tess, "")
    assert Vote.objects.get().level == ""


def test_who_leads_does_not_vote_unless_it_was_said_so(world: World, review: Review, ballot: Ballot) -> None:
    with pytest.raises(NotAllowed, match="lead"):
        cast(ballot, world.priya, "1")
    through(world, ballot, coaching="1")
    voting.end_ballot(ballot, world.priya)
    edition = ballot.edition
    voting_leader = opened(world, review, leader_votes=True, edition=edition)
    go_to(world, voting_leader)
    cast(voting_leader, world.priya, "1")
    assert Vote.objects.count() == 1


@pytest.mark.parametrize("who", ["theo", "gus", "olga", "ada", "ana"])
def test_only_the_team_votes(world: World, ballot: Ballot, who: str) -> None:
    now = ballot.current
    assert now is not None
    stranger = getattr(world, who)
    seat = member(ballot, world.tess)
    with pytest.raises(NotAllowed):
        voting.cast_vote(seat, stranger, ballot=ballot, round_id=now.pk, level="1")


def test_nobody_votes_in_a_review_they_are_not_in(world: World, ballot: Ballot) -> None:
    other = plan(world, name="Another")
    mine = planning.add_member(other, world.priya, member=world.theo)
    with pytest.raises(NotAllowed, match="Only the team"):
        voting.come_in(mine, world.theo, ballot=ballot)


@pytest.mark.parametrize("who", ["tess", "cody", "fay", "theo", "olga", "gus", "ada"])
def test_others_do_not_lead(world: World, ballot: Ballot, who: str) -> None:
    person, now = getattr(world, who), ballot.current
    assert now is not None
    for write in (
        lambda: voting.open_round(ballot, person, item="time", after=1),
        lambda: voting.reveal(ballot, person, round_id=now.pk),
        lambda: voting.end_ballot(ballot, person),
        lambda: voting.take_the_lead(ballot, person),
        lambda: voting.open_ballot(ballot.review, person, edition=ballot.edition),
    ):
        with pytest.raises(NotAllowed):
            write()


def test_nobody_waits_for_someone_who_has_left(world: World, ballot: Ballot) -> None:
    all_vote(world, ballot, tess="1", cody="1", dana="1")
    seat = ballot.seats.get(person=world.fay)
    voting.mark_away(ballot, world.priya, seat=seat)
    now = ballot.current
    assert now is not None
    assert not now.is_hidden
    # Coming in again, they vote with the others on the next row.
    go_to(world, ballot, "time")
    come_in(ballot, world.fay)
    assert all_vote(world, ballot, tess="1", cody="1", dana="1").is_hidden


def test_nobody_waits_for_someone_who_left_the_team(world: World, ballot: Ballot) -> None:
    planning.remove_member(ballot.review, world.priya, member=member(ballot, world.fay))
    assert not all_vote(world, ballot, tess="1", cody="1", dana="1").is_hidden


def test_who_takes_the_lead_gives_back_their_vote(world: World, ballot: Ballot) -> None:
    cast(ballot, world.dana, "2")
    voting.take_the_lead(ballot, world.dana)
    assert not Vote.objects.exists()
    assert not all_vote(world, ballot, tess="1", cody="1", fay="1").is_hidden


def test_agreeing_keeps_the_counts_and_lets_the_names_go(world: World, ballot: Ballot) -> None:
    all_vote(world, ballot, tess="0", cody="2", dana="2", fay="")
    kept = agree(world, ballot, "1", reason=" The rule is from 2024. ", then="time")
    assert (kept.agreed, kept.reason) == ("1", "The rule is from 2024.")
    assert kept.counts == {"0": 1, "2": 2, "": 1}
    assert not Vote.objects.exists()
    now = ballot.current
    assert now is not None
    assert (now.item, now.is_hidden) == ("time", True)


def test_a_hidden_row_is_not_agreed(world: World, ballot: Ballot) -> None:
    all_vote(world, ballot, tess="1")
    with pytest.raises(Conflict, match="still hidden"):
        agree(world, ballot, "1")


def test_a_room_far_apart_votes_once_more_and_then_the_lower_level_stands(
    world: World, ballot: Ballot
) -> None:
    row = rows_of(ballot.edition.form)[0]
    first = all_vote(world, ballot, tess="0", cody="1", dana="2", fay="2")
    assert spread(row, first.counts) is Spread.FAR
    assert suggested(row, first) is None
    second = go_to(world, ballot)
    assert (second.number, second.is_hidden) == (2, True)
    assert not first.votes.exists()
    second = all_vote(world, ballot, tess="0", cody="2", dana="2", fay="2")
    assert suggested(row, second) == "0"
    agree(world, ballot, "0")
    told = outcome(rows_of(ballot.edition.form), ballot.rounds.all())
    assert [one.row.item.key for one in told.stayed_apart] == ["coaching"]
    # The first vote stays beside the level: what the room thought before it talked.
    assert told.agreed[0].first.counts == first.counts


@pytest.mark.parametrize(
    ("counts", "apart", "told", "stands"),
    [
        ({"1": 4}, 0, Spread.SAME, "1"),
        ({"1": 3, "2": 1}, 1, Spread.NEAR, None),
        ({"0": 1, "2": 1}, 2, Spread.FAR, None),
        ({"1": 2, "": 2}, 0, Spread.SAME, "1"),
        ({"": 4}, None, Spread.NOBODY_KNOWS, ""),
    ],
)
def test_how_far_apart_a_room_is(
    world: World, counts: dict[str, int], apart: int | None, told: Spread, stands: str | None
) -> None:
    row = rows_of(capacity(world).form)[0]
    turn = Round(item="coaching", number=1, position=1, counts=counts)
    assert (steps_apart(row, counts), spread(row, counts), suggested(row, turn)) == (apart, told, stands)


def test_rows_left_for_later_come_at_the_end(world: World) -> None:
    rows = rows_of(capacity(world).form)
    done = Round(item="time", position=2, agreed_at=clock.now())
    assert [row.item.key for row in rows] == ["coaching", "time", "plans"]
    following = [next_row(rows, [done], after) for after in ("", "coaching", "plans")]
    assert [row.item.key for row in following if row] == ["coaching", "plans", "coaching"]
    assert next_row(rows[1:2], [done]) is None


def test_what_came_out_counts_steps_above_the_lowest_level(world: World, review: Review) -> None:
    made = opened(world, review)
    through(world, made, coaching="0", time="2", plans="4")
    told = outcome(rows_of(made.edition.form), made.rounds.all())
    assert (told.total.points, told.total.most, told.total.percent) == (5, 7, 71)
    (_support, first), (_rules, second) = told.sections
    assert (first.mean, first.percent, second.mean, second.percent) == (1.0, 50, 4.0, 100)
    assert [one.row.item.key for one in told.act_on] == ["coaching"]
    ended = voting.end_ballot(made, world.priya)
    assert ended.result["total"]["percent"] == 71
    assert ended.result["sections"]["rules"]["told"] == 1


def test_a_row_nobody_could_tell_counts_for_nothing(world: World, review: Review) -> None:
    made = opened(world, review)
    through(world, made, coaching="", time="2")
    told = outcome(rows_of(made.edition.form), made.rounds.all())
    assert (told.total.told, told.total.rows, told.total.percent) == (1, 3, 100)
    assert [one.row.item.key for one in told.untold] == ["coaching"]


def test_two_times_are_compared_over_the_same_rows_only(world: World, review: Review) -> None:
    first = opened(world, review)
    through(world, first, coaching="0", time="1")
    voting.end_ballot(first, world.priya)
    second = opened(world, review, edition=first.edition)
    through(world, second, coaching="2", plans="4")
    rows = rows_of(first.edition.form)
    now = outcome(rows, second.rounds.all()).agreed
    then = outcome(rows, first.rounds.all()).agreed
    told, before = same_rows(now, then)
    assert (told.told, told.points, before.points) == (1, 2, 0)


def test_a_row_voted_on_again_begins_anew(world: World, review: Review) -> None:
    made = opened(world, review)
    through(world, made, coaching="0", time="1")
    assert go_to(world, made).number == 1
    through(world, made, coaching="2")
    told = outcome(rows_of(made.edition.form), made.rounds.all())
    assert [(one.row.item.key, one.round.agreed) for one in told.agreed] == [("coaching", "2"), ("time", "1")]


def test_the_clock_gives_three_minutes_and_two_more(world: World, review: Review) -> None:
    start = timezone.make_aware(datetime(2026, 10, 6, 10, 0))
    with clock.standing_on(start):
        made = opened(world, review)
        go_to(world, made)
        now = all_vote(world, made, tess="0", cody="1")
        assert now.talk_until == start + timedelta(minutes=3)
    with clock.standing_on(start + timedelta(minutes=10)):
        more = voting.more_time(made, world.priya, round_id=now.pk)
    assert more.talk_until == start + timedelta(minutes=12)


def test_a_review_has_one_vote_at_a_time(world: World, ballot: Ballot) -> None:
    with pytest.raises(Conflict, match="still going on"):
        voting.open_ballot(ballot.review, world.priya, edition=ballot.edition)


def test_opened_twice_a_vote_is_made_once(world: World, review: Review) -> None:
    id, edition = uuid7(), capacity(world)
    made = {voting.open_ballot(review, world.priya, edition=edition, id=id).pk for _click in range(2)}
    assert made == {id}


def test_a_vote_needs_rows_with_levels_from_an_instrument_in_use_here(world: World, review: Review) -> None:
    texts = [item for section in SURVEY["sections"] for item in section["items"] if item["kind"] != "scale"]
    bare = {**SURVEY, "sections": [{**SURVEY["sections"][0], "items": texts}], "constructs": []}
    edition = make_instrument(world, bare).editions.get()
    with pytest.raises(Invalid, match="no rows with levels"):
        voting.open_ballot(review, world.priya, edition=edition)
    away = building.take_up(world.three_forks, world.olga, key="district-capacity").editions.get()
    with pytest.raises(Invalid, match="not in use"):
        voting.open_ballot(review, world.priya, edition=away)


def test_nothing_is_written_after_the_end_until_it_is_taken_up_again(world: World, ballot: Ballot) -> None:
    with pytest.raises(Conflict, match="No row has a level"):
        voting.end_ballot(ballot, world.priya)
    go_to(world, ballot, "time")
    through(world, ballot, time="1")
    voting.end_ballot(ballot, world.priya)
    with pytest.raises(Conflict, match="has ended"):
        come_in(ballot, world.tess)
    voting.end_ballot(ballot, world.priya, ended=False)
    come_in(ballot, world.tess)


def test_a_vote_opened_by_mistake_is_dropped(world: World, ballot: Ballot) -> None:
    voting.drop_ballot(ballot, world.priya)
    assert not Ballot.objects.exists()
    made = opened(world, ballot.review, edition=ballot.edition)
    through(world, made, coaching="1")
    with pytest.raises(Conflict, match="End the vote instead"):
        voting.drop_ballot(made, world.priya)


def test_levels_go_to_the_board_once(world: World, review: Review) -> None:
    made = opened(world, review)
    through(world, made, coaching="0", time="2", plans="")
    with pytest.raises(Conflict, match="End the vote first"):
        voting.put_on_board(made, world.priya, source=Source.VOICES)
    with clock.standing_on(date(2026, 10, 9)):
        voting.end_ballot(made, world.priya)
        for _click in range(2):
            voting.put_on_board(made, world.cody, source=Source.VOICES)
    pieces = {one.text: one for one in Evidence.objects.filter(review=review)}
    assert len(pieces) == 3
    lowest = pieces["Is coaching in place? The team agreed on: 0 Level 0. Seen 0"]
    assert (lowest.leaning, lowest.source, lowest.day) == (Leaning.GAP, Source.VOICES, date(2026, 10, 9))
    assert lowest.origin == "Vote of a team of 2"
    assert pieces["Is time in place? The team agreed on: 2 Level 2. Seen 2"].leaning == Leaning.KEEP
    with pytest.raises(NotAllowed):
        voting.put_on_board(made, world.tess, source=Source.VOICES)


def test_the_trail_says_who_voted_and_never_what(world: World, ballot: Ballot) -> None:
    all_vote(world, ballot, tess="0", cody="2", dana="2", fay="2")
    agree(world, ballot, "2", reason="Rosa said so")
    entries = AuditEntry.objects.filter(act__in=["cast_vote", "agree", "come_in"])
    assert entries.filter(act="cast_vote").count() == len(TEAM)
    ids = {"on", "ballot", "turn"}
    assert all(set(entry.facts) <= ids for entry in entries)
    assert all(len(str(value)) == len(str(ballot.pk)) for entry in entries for value in entry.facts.values())


def test_a_vote_does_not_tell_its_level_when_it_is_printed(world: World, ballot: Ballot) -> None:
    cast(ballot, world.tess, "2")
    vote = Vote.objects.get()
    assert str(vote) == str(vote.seat_id)
