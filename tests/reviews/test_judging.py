from __future__ import annotations

from collections.abc import Callable

import pytest

from aimline.core import clock
from aimline.core.errors import Conflict, Invalid, NotAllowed
from aimline.core.ids import uuid7
from aimline.instruments.models import Collection
from aimline.reviews.actions import judging, planning
from aimline.reviews.models import Evidence, Finding, FindingKind, Recommendation, Review, Source, Stance
from aimline.reviews.weighing import Weight, in_the_way, weigh
from tests.instruments.conftest import asked  # noqa: F401
from tests.measures.rows import measure_at, series_at
from tests.reviews.conftest import finding, piece, plan, speaks_against
from tests.world import World

SEEN, COUNTED, HEARD = Source.CLASSROOMS, Source.DATA, Source.VOICES


def weighed(made: Finding) -> Weight:
    return weigh(made.uses.select_related("evidence")).weight


def test_a_coach_adds_evidence_and_does_not_judge(world: World, review: Review) -> None:
    made = judging.add_evidence(review, world.cody, source=SEEN, text="Two of six pairs talked.")
    assert judging.change_evidence(review, world.cody, evidence=made, leaning="gap").leaning == "gap"
    with pytest.raises(NotAllowed):
        judging.write_finding(review, world.cody, kind=FindingKind.GAP, text="Few talk")


@pytest.mark.parametrize("who", ["tess", "fay", "gus", "ada", "sol", "olga", "theo"])
def test_others_put_nothing_on_the_board(world: World, review: Review, who: str) -> None:
    with pytest.raises(NotAllowed):
        judging.add_evidence(review, getattr(world, who), source=SEEN, text="x")


def test_nobody_judges_in_a_review_that_is_closed(world: World, review: Review) -> None:
    made, held = finding(review, world), piece(review, world, SEEN)
    planning.end_review(review, world.priya)
    made.review.refresh_from_db()
    writes: list[Callable[[], object]] = [
        lambda: judging.add_evidence(review, world.priya, source=SEEN, text="x"),
        lambda: judging.use_evidence(made, world.priya, evidence=held),
        lambda: judging.change_finding(made, world.priya, text="x"),
        lambda: judging.recommend(review, world.priya, findings=[made], text="x"),
        lambda: planning.add_member(review, world.priya, member=world.tess),
    ]
    for write in writes:
        with pytest.raises(Conflict, match="closed"):
            write()


def test_sent_twice_everything_is_made_once(world: World, review: Review) -> None:
    ids = [uuid7() for _ in range(3)]
    for _try in range(2):
        judging.add_evidence(review, world.priya, id=ids[0], source=SEEN, text="x")
        made = judging.write_finding(review, world.priya, id=ids[1], kind=FindingKind.GAP, text="x")
        judging.recommend(review, world.priya, id=ids[2], findings=[made], text="Keep it")
    assert [model.objects.count() for model in (Evidence, Finding, Recommendation)] == [1, 1, 1]
    with pytest.raises(Conflict):
        judging.add_evidence(plan(world), world.priya, id=ids[0], source=SEEN, text="x")


def test_evidence_says_something(world: World, review: Review) -> None:
    with pytest.raises(Invalid, match="Write down"):
        judging.add_evidence(review, world.priya, source=SEEN, text="  ")
    made = piece(review, world, SEEN)
    with pytest.raises(Invalid, match="Write down"):
        judging.change_evidence(review, world.priya, evidence=made, text="")


def test_a_number_comes_from_the_place_of_the_review(world: World, review: Review) -> None:
    measure = measure_at(world)
    mine = judging.add_evidence(review, world.priya, source=COUNTED, series=series_at(world, measure))
    assert mine.text == ""
    away = series_at(world, measure, world.juniper)
    with pytest.raises(Invalid, match="another place"):
        judging.add_evidence(review, world.priya, source=COUNTED, series=away)


def test_a_figure_of_a_collection_has_to_exist(
    world: World,
    review: Review,
    asked: object,  # noqa: F811
) -> None:
    collection: Collection = asked()  # type: ignore[operator]
    facts = {"source": HEARD, "collection": collection}
    assert judging.add_evidence(review, world.priya, construct="safe", **facts).construct == "safe"
    with pytest.raises(Invalid, match="no figure"):
        judging.add_evidence(review, world.priya, construct="charm", **facts)


@pytest.mark.parametrize(
    ("sources", "weight"),
    [
        ((), Weight.NONE),
        ((SEEN, SEEN, SEEN), Weight.THIN),
        ((Source.PLANS, Source.RESEARCH, Source.DOCUMENTS), Weight.THIN),
        ((SEEN, COUNTED), Weight.GOOD),
        ((HEARD, Source.INITIATIVES), Weight.GOOD),
        ((SEEN, COUNTED, HEARD), Weight.STRONG),
        ((SEEN, COUNTED, HEARD, Source.TEACHER_GOALS), Weight.STRONG),
    ],
)
def test_weight_is_how_many_kinds_agree(
    world: World, review: Review, sources: tuple[Source, ...], weight: Weight
) -> None:
    assert weighed(finding(review, world, *sources)) is weight


def test_what_speaks_against_a_finding_adds_no_weight(world: World, review: Review) -> None:
    made = finding(review, world, SEEN)
    speaks_against(made, world, COUNTED)
    found = weigh(made.uses.select_related("evidence"))
    assert (found.weight, found.pieces, found.against) == (Weight.THIN, 1, 1)


@pytest.mark.parametrize(
    ("sources", "against", "lacks"),
    [
        ((), "", ["evidence", "opposite"]),
        ((SEEN,), "Two more lessons.", ["second_kind"]),
        ((SEEN, HEARD), "  ", ["opposite"]),
        ((SEEN, HEARD), "Two more lessons.", []),
    ],
)
def test_final_takes_two_kinds_and_a_look_for_the_opposite(
    world: World, review: Review, sources: tuple[Source, ...], against: str, lacks: list[str]
) -> None:
    made = finding(review, world, *sources, against=against)
    assert in_the_way(made, weigh(made.uses.select_related("evidence"))) == lacks
    if lacks:
        with pytest.raises(Invalid, match="not ready"):
            judging.make_final(made, world.priya)
    else:
        assert judging.make_final(made, world.priya).final_on == clock.today()


def test_a_final_finding_that_loses_its_second_kind_is_open_again(world: World, review: Review) -> None:
    taken, turned, recast = (
        judging.make_final(finding(review, world, SEEN, HEARD), world.priya) for _ in range(3)
    )
    evidence = {made: made.uses.get(evidence__source=HEARD).evidence for made in (taken, turned, recast)}
    judging.set_aside(taken, world.priya, evidence=evidence[taken])
    judging.use_evidence(turned, world.priya, evidence=evidence[turned], stance=Stance.AGAINST)
    judging.change_evidence(review, world.priya, evidence=evidence[recast], source=SEEN)
    assert not Finding.objects.exclude(final_on=None).exists()


def test_a_final_finding_that_can_spare_a_piece_stays_final(world: World, review: Review) -> None:
    made = judging.make_final(finding(review, world, SEEN, COUNTED, HEARD), world.priya)
    judging.set_aside(made, world.priya, evidence=made.uses.get(evidence__source=HEARD).evidence)
    assert Finding.objects.get().is_final


def test_a_final_finding_in_other_words_is_open_again(world: World, review: Review) -> None:
    made = judging.make_final(finding(review, world, SEEN, HEARD), world.priya)
    judging.change_finding(made, world.priya, text="Most students talk")
    assert not Finding.objects.get().is_final
    with pytest.raises(Conflict):
        judging.change_finding(made, world.priya, version=1, text="All students talk")


def test_evidence_under_a_finding_stays_on_the_board(world: World, review: Review) -> None:
    made = finding(review, world, SEEN)
    used = made.uses.get().evidence
    with pytest.raises(Conflict, match="rests on this"):
        judging.take_evidence_off(review, world.priya, evidence=used)
    judging.drop_finding(made, world.priya)
    assert review.evidences.unused().get() == used  # type: ignore[attr-defined]
    judging.take_evidence_off(review, world.priya, evidence=used)
    assert not Evidence.objects.exists()


def test_rows_of_another_review_are_refused(world: World, review: Review) -> None:
    other = plan(world, unit=world.juniper, person=world.dana)
    theirs = judging.add_evidence(other, world.dana, source=SEEN, text="x")
    foreign = judging.write_finding(other, world.dana, kind=FindingKind.KEEP, text="x")
    made = finding(review, world, SEEN)
    calls = [
        lambda: judging.change_evidence(review, world.priya, evidence=theirs, text="y"),
        lambda: judging.take_evidence_off(review, world.priya, evidence=theirs),
        lambda: judging.use_evidence(made, world.priya, evidence=theirs),
        lambda: judging.recommend(review, world.priya, text="x", findings=[foreign]),
    ]
    for call in calls:
        with pytest.raises(Invalid, match="another review"):
            call()
    assert theirs in Evidence.objects.all()
    assert not Recommendation.objects.exists()


def recommend_five(world: World, review: Review) -> list[Recommendation]:
    made = finding(review, world)
    return [
        judging.recommend(review, world.priya, findings=[made], text=f"Do {number}") for number in range(1, 6)
    ]


def test_there_are_five_places_for_recommendations(world: World, review: Review) -> None:
    (*_rest, last) = recommend_five(world, review)
    with pytest.raises(Conflict, match="Leaders act on few"):
        judging.recommend(review, world.priya, findings=[review.findings.get()], text="Do 6")
    judging.withdraw(last, world.priya)
    assert judging.recommend(review, world.priya, findings=[review.findings.get()], text="Do 6").priority == 5


def test_a_recommendation_answers_a_finding(world: World, review: Review) -> None:
    with pytest.raises(Invalid, match="which finding it answers"):
        judging.recommend(review, world.priya, findings=[], text="Do it")
    first, *_rest = recommend_five(world, review)
    with pytest.raises(Conflict, match="answers this finding"):
        judging.drop_finding(review.findings.get(), world.priya)
    other = finding(review, world)
    judging.change_recommendation(first, world.priya, findings=[other], chance=60)
    assert (first.findings.get(), first.chance) == (other, 60)


def test_a_recommendation_moves_past_its_neighbor_and_no_further(world: World, review: Review) -> None:
    first, second, *_rest = recommend_five(world, review)
    judging.move_recommendation(second, world.priya, up=True)
    judging.move_recommendation(second, world.priya, up=True)
    assert [one.text for one in review.recommendations.all()] == ["Do 2", "Do 1", "Do 3", "Do 4", "Do 5"]
    judging.withdraw(Recommendation.objects.get(pk=first.pk), world.priya)
    found = review.recommendations.values_list("text", "priority")
    assert list(found) == [("Do 2", 1), ("Do 3", 2), ("Do 4", 3), ("Do 5", 4)]
