from __future__ import annotations

import re

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from aimline.people.models import Person
from aimline.reviews.actions import planning, voting
from aimline.reviews.models import Ballot, Review, Round, Vote
from tests.reviews.voters import all_come_in, all_vote, cast, come_in, go_to, opened
from tests.world import World

EVERYONE = ("tess", "cody", "dana", "fay", "priya", "ana", "finn", "gus", "theo", "olga", "sol", "ada")
ADDRESSES = ("room", "state", "vote", "result")
# What differs from one answer to the next without telling anything.
NOISE = re.compile(r"csrfmiddlewaretoken\W+value=\"\w+\"|X-CSRFToken\": \"\w+|nonce=\"[^\"]+\"")


@pytest.fixture
def ballot(world: World, review: Review) -> Ballot:
    made = opened(world, review)
    all_come_in(world, made)
    return made


def signed(person: Person, language: str = "en") -> Client:
    client = Client(headers={"accept-language": language})
    client.cookies["django_language"] = language
    client.force_login(person)
    return client


def url(ballot: Ballot, name: str = "room", *more: object) -> str:
    return reverse(f"votes:{name}", args=[ballot.pk, *more])


def text(person: Person, address: str, language: str = "en") -> str:
    return signed(person, language).get(address, follow=True).content.decode()


def now(ballot: Ballot) -> Round:
    turn = ballot.current
    assert turn is not None
    return turn


def send_vote(person: Person, ballot: Ballot, turn: Round, level: str) -> tuple[int, str]:
    answer = signed(person).post(url(ballot, "vote"), {"round": turn.pk, "level": level})
    return answer.status_code, answer.content.decode()


def everything(ballot: Ballot, stamp: str) -> list[str]:
    """All that anybody is told of a vote, on every page, as a page and as the part that is asked for again."""
    told = []
    for name in EVERYONE:
        world_person = Person.objects.get(email=f"{name}@example.org")
        client = signed(world_person)
        for address in (*(url(ballot, each) for each in ADDRESSES), reverse("votes:list")):
            for headers in ({}, {"hx-request": "true"}):
                answer = client.get(f"{address}?at={stamp}", headers=headers)
                head = "\n".join(f"{key}: {value}" for key, value in sorted(answer.headers.items()))
                told.append(f"{answer.status_code} {head} {NOISE.sub('', answer.content.decode())}")
    return told


def test_no_answer_to_anybody_depends_on_a_hidden_vote(world: World, ballot: Ballot) -> None:
    turn = go_to(world, ballot)
    all_vote(world, ballot, tess="0", cody="0", dana="")
    stamp = f"{turn.pk.hex}-hidden"
    before = everything(ballot, stamp)
    all_vote(world, ballot, tess="2", cody="1", dana="2")
    after = everything(ballot, stamp)
    assert now(ballot).is_hidden
    assert [number for number, pair in enumerate(zip(before, after, strict=True)) if pair[0] != pair[1]] == []
    # The test sees what it is to see: once the votes are open, the pages differ.
    voting.reveal(ballot, world.priya, round_id=turn.pk)
    shown = everything(ballot, stamp)
    assert shown != after


def test_eight_people_vote_and_all_names_show_at_once(world: World, ballot: Ballot) -> None:
    more = ("ana", "finn", "sol", "theo")
    for name in more:
        planning.add_member(ballot.review, world.priya, member=getattr(world, name))
        come_in(ballot, getattr(world, name))
    turn = go_to(world, ballot)
    voters = ("tess", "cody", "dana", "fay", *more)
    for place, name in enumerate(voters):
        page = text(world.priya, url(ballot))
        assert f"{place} of 8" in page
        assert send_vote(getattr(world, name), ballot, turn, "012"[place % 3])[0] == 302
    page = text(world.fay, url(ballot))
    assert [name for name in voters if getattr(world, name).name not in page] == []
    assert "The room is 2 levels apart," in page
    assert Vote.objects.count() == 8


def test_a_teacher_of_the_team_is_led_to_the_vote_and_back(world: World, ballot: Ballot) -> None:
    turn = go_to(world, ballot)
    client = signed(world.tess)
    answer = client.get(url(ballot))
    assert answer.headers["Location"] == url(ballot, "vote")
    assert "Is coaching in place?" in client.get(url(ballot, "vote")).content.decode()
    answer = client.post(url(ballot, "vote"), {"round": turn.pk, "level": "1"}, follow=True)
    page = answer.content.decode()
    assert "Your vote is in" in page
    assert "1 of 4" in page
    assert "checked" not in client.get(url(ballot, "vote")).content.decode()


def test_an_empty_vote_says_what_to_do(world: World, ballot: Ballot) -> None:
    turn = go_to(world, ballot)
    for level in ("", "7", "<b>"):
        status, page = send_vote(world.tess, ballot, turn, level)
        assert status == 422
        assert "Choose one of the levels" in page
        assert "<b>'" not in page
    assert send_vote(world.tess, ballot, turn, "?")[0] == 302
    assert Vote.objects.get().level == ""


def test_a_vote_that_comes_too_late_is_told_so_in_words(world: World, ballot: Ballot) -> None:
    turn = go_to(world, ballot)
    all_vote(world, ballot, tess="1", cody="1")
    signed(world.priya).post(url(ballot, "reveal", turn.pk))
    status, page = send_vote(world.dana, ballot, turn, "2")
    assert status == 409
    assert "yours was not counted" in page
    assert "First vote" in page


def test_a_vote_for_the_row_before_is_told_so_on_the_row_that_is_open(world: World, ballot: Ballot) -> None:
    left = go_to(world, ballot)
    go_to(world, ballot, "time")
    status, page = send_vote(world.tess, ballot, left, "1")
    assert status == 409
    assert "gone on to another row" in page
    assert "Is time in place?" in page
    assert not Vote.objects.exists()


def test_two_leaders_who_go_on_at_once_are_told(world: World, ballot: Ballot) -> None:
    go_to(world, ballot)
    go_to(world, ballot, "time")
    answer = signed(world.dana).post(url(ballot, "open", 1, "plans"))
    assert answer.status_code == 409
    assert "gone on a moment ago" in answer.content.decode()


def test_who_is_not_of_the_team_may_look_and_not_vote(world: World, ballot: Ballot) -> None:
    turn = go_to(world, ballot)
    assert "Hidden from everyone" in text(world.ana, url(ballot))
    assert send_vote(world.ana, ballot, turn, "1")[0] == 403
    assert send_vote(world.priya, ballot, turn, "1")[0] == 403
    for name in ("theo", "gus", "olga", "ada"):
        assert signed(getattr(world, name)).get(url(ballot)).status_code == 404
        assert send_vote(getattr(world, name), ballot, turn, "1")[0] == 404
    assert not Vote.objects.exists()


def test_only_who_leads_sees_the_buttons_of_leading(world: World, ballot: Ballot) -> None:
    go_to(world, ballot)
    cast(ballot, world.dana, "1")
    assert "Show the votes that are in" in text(world.priya, url(ballot))
    # Dana could lead, but votes.
    page = text(world.dana, url(ballot))
    assert "Show the votes that are in" not in page
    assert "Lead this vote from here on" in page
    signed(world.dana).post(url(ballot, "lead"))
    assert "Show the votes that are in" in text(world.dana, url(ballot))
    assert "Lead this vote" not in text(world.tess, url(ballot))


def test_the_page_is_sent_on_when_the_room_has_moved(world: World, ballot: Ballot) -> None:
    turn = go_to(world, ballot)
    client, headers = signed(world.tess), {"hx-request": "true"}
    stamp = f"{turn.pk.hex}-hidden"
    part = client.get(f"{url(ballot, 'state')}?at={stamp}", headers=headers)
    assert "0 of 4" in part.content.decode()
    mark = re.search(r"mark=(\w+)", part.content.decode())
    assert mark
    same = client.get(f"{url(ballot, 'state')}?at={stamp}&mark={mark[1]}", headers=headers)
    assert same.status_code == 204
    all_vote(world, ballot, tess="1", cody="1", dana="1", fay="1")
    moved = client.get(f"{url(ballot, 'state')}?at={stamp}&mark={mark[1]}", headers=headers)
    assert moved.headers["HX-Redirect"] == url(ballot)
    assert moved.content == b""


def test_asking_again_costs_few_queries(
    world: World, ballot: Ballot, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    turn = go_to(world, ballot)
    client = signed(world.tess)
    address = f"{url(ballot, 'state')}?at={turn.pk.hex}-hidden"
    client.get(address, headers={"hx-request": "true"})
    with django_assert_max_num_queries(14):
        client.get(address, headers={"hx-request": "true"})


def test_a_level_and_its_reason_are_kept_and_the_next_row_opens(world: World, ballot: Ballot) -> None:
    turn = go_to(world, ballot)
    all_vote(world, ballot, tess="1", cody="1", dana="1", fay="1")
    client = signed(world.priya)
    answer = client.post(url(ballot, "agree", turn.pk), {"reason": "<i>The calendars</i>", "do": "next"})
    assert answer.status_code == 422
    assert "Choose the level that the team agreed on" in answer.content.decode()
    assert "&lt;i&gt;The calendars" in answer.content.decode()
    client.post(url(ballot, "agree", turn.pk), {"level": "1", "reason": "The calendars", "do": "next"})
    assert (now(ballot).item, now(ballot).number) == ("time", 1)
    page = text(world.priya, url(ballot))
    assert "1 of 3 rows" in page
    assert "The calendars" in page
    assert "4 chose 1" in page
    client.post(url(ballot, "agree", turn.pk), {"level": "2", "reason": "Put right"})
    turn.refresh_from_db()
    assert (turn.agreed, turn.reason) == ("2", "Put right")
    assert now(ballot).item == "time"


def test_the_row_of_a_hidden_vote_cannot_be_agreed(world: World, ballot: Ballot) -> None:
    turn = go_to(world, ballot)
    cast(ballot, world.tess, "1")
    assert signed(world.priya).get(url(ballot, "agree", turn.pk)).status_code == 404
    assert signed(world.tess).post(url(ballot, "agree", turn.pk), {"level": "1"}).status_code == 404


def finished(world: World, ballot: Ballot) -> None:
    for item, level in (("coaching", "0"), ("time", "2"), ("plans", "4")):
        turn = go_to(world, ballot, item)
        all_vote(world, ballot, tess=level, cody=level, dana=level, fay=level)
        voting.agree(ballot, world.priya, turn=turn, level=level, reason=f"Because of {item}")
    voting.end_ballot(ballot, world.priya)


def test_what_came_out_begins_with_what_to_act_on_and_names_nobody_who_voted(
    world: World, ballot: Ballot
) -> None:
    finished(world, ballot)
    page = text(world.tess, url(ballot))
    assert "1 row stands at its lowest level." in page
    assert "5 of 7 points" in page
    assert page.index("Act on these first") < page.index("By section") < page.index("Row by row")
    assert [name for name in ("cody", "dana", "fay") if getattr(world, name).name in page] == []


def test_levels_are_put_on_the_board_by_choice_of_source(world: World, ballot: Ballot) -> None:
    finished(world, ballot)
    client = signed(world.priya)
    assert client.post(url(ballot, "board"), {"source": "rumor"}).status_code == 422
    assert not ballot.review.evidences.exists()
    assert client.post(url(ballot, "board"), {"source": "documents"}).status_code == 302
    assert set(ballot.review.evidences.values_list("source", flat=True)) == {"documents"}
    board = text(world.priya, reverse("reviews:board", args=[ballot.review_id]) + "?show=all")
    assert "Because of coaching" in board
    assert "Put the levels on the board" not in text(world.priya, url(ballot))
    assert signed(world.tess).post(url(ballot, "board"), {"source": "voices"}).status_code == 404


def test_a_vote_is_opened_on_an_instrument_of_the_library(world: World, review: Review) -> None:
    client = signed(world.priya)
    address = reverse("votes:new", args=[review.pk])
    page = client.get(address).content.decode()
    assert "District capacity" in page
    assert "Student experience" not in page
    assert client.post(address, {}).status_code == 422
    assert client.post(address, {"instrument": "library:nothing"}).status_code == 422
    id = re.search(r'name="id" value="([^"]+)"', page)
    assert id
    for _click in range(2):
        facts = {"instrument": "library:ilt-self-check", "id": id[1]}
        answer = client.post(address, facts)
    made = Ballot.objects.get()
    assert made.edition.instrument.library_key == "ilt-self-check"
    assert client.get(address).headers["Location"] == url(made)
    assert answer.status_code in (302, 422)


def test_only_those_who_lead_open_a_vote(world: World, review: Review) -> None:
    address = reverse("votes:new", args=[review.pk])
    for name in ("cody", "tess", "fay", "theo", "gus", "olga", "ada", "sol"):
        assert signed(getattr(world, name)).get(address).status_code == 404
    assert signed(world.finn).get(address).status_code == 200


def test_votes_are_listed_for_their_team_and_for_those_who_see_the_review(
    world: World, ballot: Ballot
) -> None:
    for name in ("tess", "fay", "priya", "ana"):
        assert url(ballot) in text(getattr(world, name), reverse("votes:list"))
    for name in ("theo", "gus", "olga"):
        assert url(ballot) not in text(getattr(world, name), reverse("votes:list"))
    review = reverse("votes:review", args=[ballot.review_id])
    assert url(ballot) in text(world.cody, review)
    # Of their own review the team sees them too; the others do not.
    assert url(ballot) in text(world.tess, review)
    assert signed(world.theo).get(review).status_code == 404


@pytest.mark.parametrize("phase", ["gather", "hidden", "talk", "agreed", "ended"])
def test_every_page_speaks_spanish(world: World, ballot: Ballot, phase: str) -> None:
    if phase == "ended":
        finished(world, ballot)
    elif phase != "gather":
        turn = go_to(world, ballot)
        levels = dict(
            zip(("tess", "cody", "dana", "fay")[: 2 if phase == "hidden" else 4], "0212", strict=False)
        )
        all_vote(world, ballot, **levels)
        if phase == "agreed":
            voting.agree(ballot, world.priya, turn=turn, level="0", reason="Así")
    english, spanish = (text(world.priya, url(ballot), language) for language in ("en", "es"))
    assert 'lang="es"' in spanish
    said = {line.strip() for line in re.findall(r">([^<>{}]{12,})<", english)}
    again = {line.strip() for line in re.findall(r">([^<>{}]{12,})<", spanish)}
    own = {person.name for person in Person.objects.all()} | set(
        Person.objects.values_list("posts__title", flat=True)
    )
    assert said & again - own - {ballot.review.name, "Kelp Elementary"} <= _same_in_both(said)


def _same_in_both(said: set[str]) -> set[str]:
    return {line for line in said if line.startswith(("testserver/", "Because of"))}


def test_hostile_words_are_shown_as_words(world: World, ballot: Ballot) -> None:
    turn = go_to(world, ballot)
    all_vote(world, ballot, tess="1", cody="1", dana="1", fay="1")
    voting.agree(ballot, world.priya, turn=turn, level="1", reason="<script>x()</script>")
    assert "<script>x()" not in text(world.priya, url(ballot))
    assert "&lt;script&gt;x()" in text(world.priya, url(ballot))


def test_reading_writes_nothing(world: World, ballot: Ballot) -> None:
    turn = go_to(world, ballot)
    before = list(Ballot.objects.values()), list(Round.objects.values()), Vote.objects.count()
    for name in ("tess", "priya", "cody"):
        for each in ADDRESSES:
            signed(getattr(world, name)).get(f"{url(ballot, each)}?at={turn.pk.hex}-hidden")
    assert before == (list(Ballot.objects.values()), list(Round.objects.values()), Vote.objects.count())
    for name, more in (("reveal", [turn.pk]), ("end", []), ("drop", []), ("come_in", []), ("lead", [])):
        assert signed(world.priya).get(url(ballot, name, *more)).status_code == 405
