"""The pages of conversations: who gets them, forms that lose nothing, coding and themes without script."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from aimline.core.ids import uuid7
from aimline.reviews.actions import planning, theming, voices
from aimline.reviews.models import (
    Code,
    Conversation,
    Evidence,
    Mark,
    Member,
    Quote,
    Review,
    ReviewRole,
    Source,
    Theme,
)
from tests.reviews import browsing
from tests.reviews.browsing import send, text
from tests.reviews.conftest import Signed, finding
from tests.reviews.listened import answers, code, hears, mark, read_alike, talk, team, theme
from tests.world import World

pytestmark = pytest.mark.usefixtures("in_october")


@pytest.fixture
def pair(world: World, review: Review) -> tuple[Member, Member]:
    return team(world, review)


@pytest.fixture
def priya(world: World, signed: Signed) -> Client:
    return signed(world.priya)


@pytest.fixture
def finn(world: World, signed: Signed) -> Client:
    return signed(world.finn)


def at(name: str, review: Review, *ids: object) -> str:
    return reverse(f"interviews:{name}", args=[review.pk, *(getattr(one, "pk", one) for one in ids)])


def test_nobody_outside_the_team_reads_it_whatever_their_role(
    world: World, review: Review, pair: tuple[Member, Member], signed: Signed
) -> None:
    held = talk(pair[0])
    planning.add_member(review, world.priya, member=world.tess, role=ReviewRole.OBSERVER)
    for person in (
        world.dana,
        world.ana,
        world.cody,
        world.sol,
        world.ada,
        world.tess,
        world.fay,
        world.olga,
    ):
        for address in (at("overview", review), at("talk", review, held), at("coding", review, held)):
            response = signed(person).get(address)
            assert response.status_code in (403, 404)
            assert "explain" not in response.content.decode()
    assert "explain" in text(signed(world.finn), at("talk", review, held))


def test_only_those_who_read_conversations_are_led_there(
    world: World, review: Review, pair: tuple[Member, Member], signed: Signed
) -> None:
    address = at("overview", review)
    assert address in text(signed(world.finn), browsing.at("board", review))
    assert address not in text(signed(world.dana), browsing.at("board", review))


def test_a_conversation_of_another_review_is_not_found_here(
    world: World, review: Review, pair: tuple[Member, Member], priya: Client
) -> None:
    from_elsewhere = talk(pair[0])
    other = planning.plan_review(
        world.kelp,
        world.priya,
        template_key="snapshot",
        name="Another",
        purpose="What else?",
        starts_on=review.starts_on,
    )
    assert priya.get(at("talk", other, from_elsewhere)).status_code == 404


def test_a_conversation_is_noted_written_down_and_cut(
    world: World, review: Review, pair: tuple[Member, Member], priya: Client
) -> None:
    facts: dict[str, Any] = {
        "id": uuid7(),
        "who": "student",
        "number": 3,
        "grade": "8",
        "day": "2026-10-06",
        "language": "es",
        "held_by": world.finn.pk,
        "consented_on": "2026-10-06",
    }
    for _twice in range(2):
        where = send(priya, at("new", review), **facts)
    made = Conversation.objects.get()
    assert where == at("write", review, made)
    assert "A parent has not agreed yet" in text(priya, at("talk", review, made))
    send(priya, where, version=made.version, text="Entrevistador: ¿Y?\nEstudiante: Lo sé. Lo digo. En casa.")
    page = text(priya, at("cut", review, made))
    assert "Cut after: Lo sé." in page
    first = answers(made)[0]
    send(priya, at("split", review, made, first), at=len("Lo sé."))
    assert [one.text for one in answers(made)] == ["Lo sé.", "Lo digo.", "En casa."]
    send(priya, at("join", review, made, answers(made)[2]))
    assert [one.text for one in answers(made)] == ["Lo sé.", "Lo digo. En casa."]


def test_what_looks_like_a_name_is_asked_about_and_nothing_typed_is_lost(
    review: Review, pair: tuple[Member, Member], priya: Client
) -> None:
    held = talk(pair[0], text="")
    typed = "I told Tess about it. Call 555-010-4477."
    page = send(priya, at("write", review, held), 422, version=held.version, text=typed)
    assert typed in page
    assert 'value="Tess"' in page
    assert "Change it, or say that it is none" in page
    again = send(priya, at("write", review, held), 422, version=held.version, text=typed, cleared=["Tess"])
    assert typed in again
    send(
        priya,
        at("write", review, held),
        version=held.version,
        text="I told Tess about it.",
        cleared=["Tess"],
    )
    assert answers(held)[0].text == "I told Tess about it."


def test_wrong_facts_come_back_with_everything_typed(
    world: World, review: Review, pair: tuple[Member, Member], priya: Client
) -> None:
    talk(pair[0], number=1)
    facts = {"id": uuid7(), "who": "teacher", "number": 1, "day": "2026-10-06", "language": "en"}
    page = send(priya, at("new", review), 422, held_by=world.priya.pk, consented_on="2026-10-05", **facts)
    assert "There is a Teacher 1 already" in page
    assert 'value="2026-10-05"' in page


def test_two_code_apart_and_then_see_both(
    review: Review, pair: tuple[Member, Member], priya: Client, finn: Client
) -> None:
    send(priya, at("new_code", review), id=uuid7(), name="Coaching reach", definition="How often it comes.")
    named, held = Code.objects.get(), talk(pair[0])
    first, second = answers(held)
    page = text(priya, at("coding", review, held))
    assert "How often it comes." in page
    send(priya, at("coding", review, held), do="done", **{f"m-{first.pk}": [named.pk]})
    for client in (priya, finn):
        assert "Priya only" not in text(client, at("talk", review, held))
    # The one who has not coded yet gets the form bare.
    assert "checked" not in text(finn, at("coding", review, held))
    send(finn, at("coding", review, held), do="keep", **{f"m-{second.pk}": [named.pk]})
    assert text(finn, at("coding", review, held)).count("checked") == 1
    assert "coded one" not in text(priya, at("talk", review, held))
    marked = {f"m-{one.pk}": [named.pk] for one in (first, second)}
    send(finn, at("coding", review, held), do="done", **marked)
    shown = text(priya, at("talk", review, held))
    assert shown.count('class="coded two"') == 1
    assert shown.count('class="coded one"') == 1
    assert "Finn only" in shown


def test_codes_that_were_never_offered_are_left_out(
    review: Review, pair: tuple[Member, Member], priya: Client
) -> None:
    code(pair[0])
    held = talk(pair[0])
    send(priya, at("coding", review, held), do="done", **{f"m-{answers(held)[0].pk}": [uuid7(), "'; --"]})
    assert not Mark.objects.exists()


def test_the_overview_says_what_is_read_two_ways_and_asks_for_a_definition(
    review: Review, pair: tuple[Member, Member], priya: Client, finn: Client
) -> None:
    named = code(pair[0])
    held = [talk(pair[0]) for _number in range(6)]
    for number, one in enumerate(held):
        mark(pair[0], one, [0], named)
        mark(pair[1], one, [0] if number < 2 else [], named)
    page = text(priya, at("overview", review))
    assert "is read two ways" in page
    assert "on 4 of 12 excerpts only one of them used it" in page
    assert "4 by Priya only, 0 by Finn only" in page
    assert "Talk first" in page
    send(priya, at("code", review, named), number=1, definition="Who is visited.")
    assert "Read 4 excerpts again by it." in text(finn, at("overview", review))
    chosen = [answers(one)[0].pk for one in held[2:]]
    send(finn, at("again", review, named), has=chosen)
    assert "hidden until both are done" in text(priya, at("code", review, named))
    send(priya, at("again", review, named), has=chosen)
    after = text(priya, at("code", review, named))
    assert "Said before" in after
    assert "2 excerpts by both, 4 by only one" in after
    assert "Alike" in after


def test_a_quote_is_moved_with_a_form_and_its_theme_led_to_a_finding(
    world: World, review: Review, pair: tuple[Member, Member], priya: Client
) -> None:
    named = code(pair[0])
    held = read_alike(pair, named)
    target = finding(review, world, Source.CLASSROOMS)
    send(priya, at("new_theme", review), id=uuid7(), name="Coaching misses some", codes=[named.pk])
    made = Theme.objects.get()
    for one in held[:2]:
        send(priya, at("move", review, answers(one)[0]), theme=made.pk)
    send(priya, at("move", review, answers(held[0])[0]), 422, theme="nowhere")
    send(
        priya,
        at("quote", review, answers(held[0])[0]),
        words="Once in September.",
        translation="Una vez, en septiembre.",
    )
    send(priya, at("lead", review, made), finding=target.pk)
    page = text(priya, at("overview", review))
    assert "2 people say it, 4 more coded" in page
    assert "Translated: “Una vez, en septiembre.”" in page
    board = text(priya, f"{browsing.at('board', review)}?show=voices")
    excerpt = answers(held[0])[0]
    assert f"{at('talk', review, held[0])}#x-{excerpt.pk}" in board
    send(priya, at("move", review, excerpt), theme="none")
    assert Evidence.objects.filter(source=Source.VOICES).count() == 1
    send(priya, at("drop_theme", review, made))
    assert Quote.objects.filter(theme=None).count() == 2


def test_words_without_leave_to_print_are_hidden_from_the_board_of_others(
    world: World, review: Review, pair: tuple[Member, Member], signed: Signed
) -> None:
    named = code(pair[0])
    held = read_alike(pair, named)
    voices.change_conversation(pair[0], world.priya, conversation=held[0], may_print=False)
    target = finding(review, world, Source.CLASSROOMS)
    theming.lead_theme(pair[0], world.priya, theme=theme(pair[0], named, held[0]), finding=target)
    evidence = Evidence.objects.get(source=Source.VOICES)
    outside, inside = signed(world.dana), signed(world.finn)
    for address in (f"{browsing.at('board', review)}?show=voices", browsing.at("finding", target)):
        assert "Once in September" not in text(outside, address)
        assert "Only those of the team" in text(outside, address)
        assert "Once in September" in text(inside, address)
    assert "Once in September" not in text(outside, browsing.at("change_evidence", evidence), 403)
    assert "Once in September" not in text(signed(world.priya), reverse("reports:draft", args=[review.pk]))


def test_consent_is_taken_back_on_a_closed_review_and_nothing_else_changes_there(
    world: World, review: Review, pair: tuple[Member, Member], priya: Client
) -> None:
    code(pair[0])
    held = talk(pair[0])
    planning.end_review(review, world.priya)
    assert priya.get(at("new", review)).status_code == 409
    assert priya.post(at("coding", review, held), {"do": "done"}).status_code == 409
    assert "explain" in text(priya, at("overview", review)) or text(priya, at("talk", review, held))
    send(priya, at("take_back", review, held))
    assert "This person took back what they said" in text(priya, at("talk", review, held))


def test_what_a_search_finds_holds_no_word_of_it(
    review: Review, pair: tuple[Member, Member], priya: Client
) -> None:
    talk(pair[0], text="The zeppelin leaves at noon.")
    assert "zeppelin leaves" not in text(priya, "/search/?q=zeppelin")


def test_many_conversations_are_shown_in_as_many_queries_as_few(
    review: Review, pair: tuple[Member, Member], priya: Client
) -> None:
    named = code(pair[0])
    made = theme(pair[0], named, *read_alike(pair, named, talks=2))
    address = at("overview", review)

    def queries() -> int:
        cache.clear()
        with CaptureQueriesContext(
            connection,
        ) as held:
            text(priya, address)
        return len(held)

    queries()
    few = queries()
    for one in read_alike(pair, named, talks=3):
        theming.move_quote(pair[0], pair[0].person, excerpt=answers(one)[0], theme=made)
    assert queries() == few


def test_a_recording_is_remembered_until_it_is_deleted(
    review: Review, pair: tuple[Member, Member], priya: Client
) -> None:
    held = talk(pair[0], recording_until="2026-10-09")
    assert "1 should be deleted by now" in text(priya, at("overview", review))
    send(priya, at("recording_gone", review, held))
    assert "All deleted" in text(priya, at("overview", review))


def test_one_who_is_only_in_the_team_reads_and_codes(world: World, review: Review, signed: Signed) -> None:
    """A teacher without a right to the review itself, taken in to talk with people."""
    planning.add_member(review, world.priya, member=world.theo, role=ReviewRole.INTERVIEWER)
    held = talk(hears(review, world.priya))
    code(hears(review, world.priya))
    theo = signed(world.theo)
    assert "explain" in text(theo, at("talk", review, held))
    send(theo, at("coding", review, held), do="done")
