"""Two coders apart: hidden until both are done, how alike they read, and what may rest on it."""

from __future__ import annotations

import pytest

from aimline.core.errors import Conflict, Invalid
from aimline.reviews.actions import coding, judging, planning, theming
from aimline.reviews.listening import coders, opened
from aimline.reviews.models import Evidence, Member, Quote, Review, ReviewRole, Source
from aimline.reviews.reading_alike import Alike, Reads, alike
from tests.reviews.conftest import finding
from tests.reviews.listened import answers, code, hears, mark, read_alike, talk, team, theme
from tests.world import World

pytestmark = pytest.mark.usefixtures("in_october")


@pytest.fixture
def pair(world: World, review: Review) -> tuple[Member, Member]:
    return team(world, review)


def test_a_table_of_two_by_two_and_what_it_says() -> None:
    told = alike(range(48), [*range(6), *range(10, 17)], [*range(6), 20])
    assert (told.both, told.only_a, told.only_b, told.neither) == (6, 7, 1, 34)
    assert told.same == pytest.approx(40 / 48)
    assert told.beyond_chance == pytest.approx(0.51, abs=0.01)
    assert told.reads is Reads.TALK
    interval = told.interval
    assert interval is not None
    assert interval.low < 0.4 < 0.7 < interval.high


@pytest.mark.parametrize(
    ("counts", "reads"),
    [
        ((9, 1, 0, 38), Reads.ALIKE),
        ((4, 0, 0, 44), Reads.FEW),
        ((0, 0, 0, 48), Reads.FEW),
        ((0, 5, 0, 20), Reads.TALK),
        # Both marked everything: nothing can be told from chance.
        ((12, 0, 0, 0), Reads.FEW),
        ((0, 0, 0, 0), Reads.FEW),
    ],
)
def test_a_code_reads_alike_differs_or_is_used_too_seldom(
    counts: tuple[int, int, int, int], reads: Reads
) -> None:
    assert Alike(*counts).reads is reads


def test_marks_are_open_when_both_are_done_and_not_before(pair: tuple[Member, Member]) -> None:
    coded, held = code(pair[0]), talk(pair[0])
    mark(pair[0], held, [0], coded)
    mark(pair[1], held, [0], coded, done=False)
    assert opened(pair[0].review).read == frozenset()
    mark(pair[1], held, [0], coded)
    seen = opened(pair[0].review)
    assert seen.both(coded.pk) == {answers(held)[0].pk}


def test_one_who_is_done_takes_it_back_as_long_as_nobody_has_seen_it(pair: tuple[Member, Member]) -> None:
    coded, held = code(pair[0]), talk(pair[0])
    mark(pair[0], held, [0], coded)
    with pytest.raises(Conflict, match="Take that back"):
        mark(pair[0], held, [1], coded)
    coding.open_reading(pair[0], pair[0].person, conversation=held)
    mark(pair[0], held, [1], coded)
    mark(pair[1], held, [1], coded)
    with pytest.raises(Conflict, match="open to the team"):
        coding.open_reading(pair[0], pair[0].person, conversation=held)


def test_what_a_third_one_marks_is_counted_nowhere(world: World, pair: tuple[Member, Member]) -> None:
    coded = code(pair[0])
    (held,) = read_alike(pair, coded, talks=1)
    planning.add_member(pair[0].review, world.priya, member=world.ana, role=ReviewRole.ANALYST)
    third = hears(pair[0].review, world.ana)
    mark(third, held, [1], coded)
    assert coders(third.review) == (world.priya, world.finn)
    assert opened(third.review).of(coded) == Alike(1, 0, 0, 1)


def test_a_new_definition_keeps_the_old_and_both_read_again_where_they_differed(
    pair: tuple[Member, Member],
) -> None:
    coded = code(pair[0])
    held = [talk(pair[0]) for _number in range(6)]
    for number, one in enumerate(held):
        mark(pair[0], one, [0], coded)
        mark(pair[1], one, [0] if number < 2 else [], coded)
    review = pair[0].review
    assert opened(review).of(coded).reads is Reads.TALK
    made = coding.define_again(
        pair[1], pair[1].person, code=coded, definition="Who is visited, and how often.", number=1
    )
    assert [one.text for one in coded.definitions.all()] == [made.text, "How often coaching comes."]
    assert coded.definitions.get(number=1).counts == {"both": 2, "a": 4, "b": 0, "neither": 6}
    waits = opened(review)
    assert (waits.waits(coded), waits.carries(coded), waits.of(coded)) == (4, False, Alike(2, 0, 0, 6))
    with pytest.raises(Conflict, match="still wait"):
        coding.define_again(pair[0], pair[0].person, code=coded, definition="Visits.", number=2)
    chosen = {answers(one)[0].pk for one in held}
    coding.read_again(pair[0], pair[0].person, code=coded, chosen=chosen)
    # Half of it stays hidden until the other has read again too.
    assert opened(review).waits(coded) == 4
    coding.read_again(pair[1], pair[1].person, code=coded, chosen=chosen)
    after = opened(review)
    assert (after.waits(coded), after.of(coded), after.carries(coded)) == (0, Alike(6, 0, 0, 6), True)


def test_a_definition_is_not_said_anew_over_somebody_elses(pair: tuple[Member, Member]) -> None:
    coded = code(pair[0])
    coding.define_again(pair[0], pair[0].person, code=coded, definition="Visits to a teacher.", number=1)
    with pytest.raises(Conflict, match="a moment ago"):
        coding.define_again(pair[1], pair[1].person, code=coded, definition="Visits of a coach.", number=1)
    with pytest.raises(Invalid, match="already"):
        coding.define_again(pair[1], pair[1].person, code=coded, definition="Visits to a teacher.", number=2)


def test_a_code_in_use_stays(pair: tuple[Member, Member]) -> None:
    used, unused = code(pair[0]), code(pair[0], "Time runs out")
    mark(pair[0], talk(pair[0]), [0], used)
    coding.drop_code(pair[0], pair[0].person, code=unused)
    with pytest.raises(Conflict, match="in use"):
        coding.drop_code(pair[0], pair[0].person, code=used)


def test_only_what_both_gave_a_code_is_quoted(pair: tuple[Member, Member]) -> None:
    coded = code(pair[0])
    (held,) = read_alike(pair, coded, talks=1)
    with pytest.raises(Conflict, match="both coders"):
        theming.move_quote(pair[0], pair[0].person, excerpt=answers(held)[1], theme=None)
    theming.move_quote(pair[0], pair[0].person, excerpt=answers(held)[0], theme=None)
    assert Quote.objects.get().words == "Once in September. Nobody came since."
    with pytest.raises(Invalid, match="as they stand"):
        theming.word_quote(pair[0], pair[0].person, excerpt=answers(held)[0], words="Never.")


def test_a_code_read_two_ways_carries_no_finding(world: World, pair: tuple[Member, Member]) -> None:
    coded = code(pair[0])
    held = [talk(pair[0]) for _number in range(6)]
    for number, one in enumerate(held):
        mark(pair[0], one, [0], coded)
        mark(pair[1], one, [0] if number < 2 else [], coded)
    made = theme(pair[0], coded, held[0])
    target = finding(pair[0].review, world, Source.CLASSROOMS)
    with pytest.raises(Conflict, match="read its code alike"):
        theming.lead_theme(pair[0], world.priya, theme=made, finding=target)
    assert not Evidence.objects.filter(source=Source.VOICES).exists()


def test_a_quote_that_moves_on_leaves_the_finding_and_the_board(
    world: World, pair: tuple[Member, Member]
) -> None:
    coded = code(pair[0])
    held = read_alike(pair, coded)
    made = theme(pair[0], coded, held[0], held[1])
    target = finding(pair[0].review, world, Source.CLASSROOMS)
    for _twice in range(2):
        theming.lead_theme(pair[0], world.priya, theme=made, finding=target)
    assert target.uses.filter(evidence__source=Source.VOICES).count() == 2
    theming.move_quote(pair[0], world.priya, excerpt=answers(held[0])[0], theme=None)
    assert Evidence.objects.filter(source=Source.VOICES).count() == 1
    theming.drop_theme(pair[0], world.priya, theme=made)
    assert not Evidence.objects.filter(source=Source.VOICES).exists()
    assert Quote.objects.filter(theme=None).count() == 2


def test_a_theme_gathered_by_another_code_keeps_only_what_that_code_carries(
    world: World, pair: tuple[Member, Member]
) -> None:
    coded, other = code(pair[0]), code(pair[0], "Time runs out")
    held = read_alike(pair, coded)
    made = theme(pair[0], coded, held[0])
    theming.lead_theme(
        pair[0], world.priya, theme=made, finding=finding(pair[0].review, world, Source.CLASSROOMS)
    )
    theming.change_theme(pair[0], world.priya, theme=made, name="Time", codes=[other])
    assert not Evidence.objects.filter(source=Source.VOICES).exists()


def test_who_may_not_judge_leads_no_theme_to_a_finding(world: World, review: Review) -> None:
    planning.add_member(review, world.priya, member=world.tess, role=ReviewRole.INTERVIEWER)
    pair = (hears(review, world.priya), hears(review, world.tess))
    coded = code(pair[0])
    held = read_alike(pair, coded)
    made, target = theme(pair[1], coded, held[0]), finding(review, world, Source.CLASSROOMS)
    with pytest.raises(Exception, match="role here"):
        theming.lead_theme(pair[1], world.tess, theme=made, finding=target)
    assert judging.add_evidence(review, world.priya, source=Source.VOICES, text="“Yes.”").may_print
