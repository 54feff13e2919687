"""What people told a team: kept without names, coded with consent alone, and gone when it is taken back."""

from __future__ import annotations

from datetime import date
from itertools import pairwise

import pytest

from aimline.core.errors import Conflict, Invalid, NotAllowed
from aimline.core.models import AuditEntry
from aimline.reports.review.content import compose
from aimline.reports.review.told import tell
from aimline.reviews.actions import coding, judging, planning, reporting, theming, voices
from aimline.reviews.identities import identities
from aimline.reviews.models import (
    Evidence,
    Excerpt,
    FindingKind,
    Mark,
    Member,
    Quote,
    Review,
    ReviewRole,
    Source,
    Who,
)
from aimline.reviews.transcript import stretches, written
from tests.reviews.conftest import finding
from tests.reviews.listened import DAY, TALK, answers, code, hears, mark, read_alike, talk, team, theme
from tests.world import World

pytestmark = pytest.mark.usefixtures("in_october")


@pytest.fixture
def pair(world: World, review: Review) -> tuple[Member, Member]:
    return team(world, review)


def test_questions_are_known_by_who_asks_and_answers_are_cut_into_groups_of_sentences() -> None:
    text = "Entrevistadora: ¿Y en casa?\nFamilia 6: Me lo explica. ¡Lo sabe! Yo escucho.\nEntrevistadora: ¿Más?\nNo."
    found = stretches(text, cut=True)
    assert [(one.turn, one.is_question, one.text) for one in found] == [
        (1, True, "¿Y en casa?"),
        (2, False, "Me lo explica. ¡Lo sabe!"),
        (2, False, "Yo escucho."),
        (3, True, "¿Más?"),
        (3, True, "No."),
    ]
    again = stretches(written(found, "Interviewer", "Family 6"), cut=False)
    assert again == found


def test_notes_without_speakers_are_what_the_person_said() -> None:
    found = stretches("She came once: in September.\n\nSince then nobody.", cut=True)
    assert [(one.is_question, one.text) for one in found] == [
        (False, "She came once: in September."),
        (False, "Since then nobody."),
    ]


def test_names_addresses_and_numbers_are_found_and_everyday_words_are_not(world: World) -> None:
    assert identities("Then Raman came in.") == ["Raman"]
    assert identities("Tess says so, and Ms. Whitfield too.") == ["Tess", "Whitfield"]
    assert identities("Write to mia.k@example.org or call (555) 010-4477.") == [
        "mia.k@example.org",
        "(555) 010-4477",
    ]
    assert identities("Maria: I was there.") == ["Maria"]
    assert identities("My coach came. She sat down. Green is better in room 1204, at Kelp in 2026.") == []
    # The name of a place is no name of a person.
    assert identities("At Port Alder we wait.") == []


def test_what_looks_like_a_name_is_changed_or_said_to_be_none(pair: tuple[Member, Member]) -> None:
    priya = pair[0]
    held = talk(priya, text="")
    text = "I told Tess. Then May came."
    with pytest.raises(Invalid) as refused:
        voices.write_down(priya, priya.person, conversation=held, text=text)
    assert "Tess" not in str(refused.value)
    assert "Tess" not in str(refused.value.facts)
    assert not held.excerpts.exists()
    voices.write_down(priya, priya.person, conversation=held, text=text, cleared=["Tess"])
    assert [one.text for one in answers(held)] == ["I told Tess. Then May came."]


def test_the_audit_log_holds_no_word_of_it(pair: tuple[Member, Member]) -> None:
    coded = code(pair[0])
    for one in read_alike(pair, coded, talks=1):
        theming.word_quote(
            pair[0],
            pair[0].person,
            excerpt=answers(one)[0],
            words="Once in September.",
            translation="Una vez.",
        )
    kept = repr(list(AuditEntry.objects.values("facts")))
    assert not [word for word in ("September", "Coaching", "Una vez", "explain") if word in kept]


def test_only_the_team_writes_and_not_every_task_in_it(world: World, review: Review) -> None:
    planning.add_member(review, world.priya, member=world.tess, role=ReviewRole.VOICE)
    lead = hears(review, world.priya)
    facts = {"who": Who.TEACHER, "number": 1, "day": DAY}
    with pytest.raises(NotAllowed):
        voices.note_conversation(hears(review, world.tess), world.tess, held_by=world.tess, **facts)
    for person in (world.dana, world.operator):
        with pytest.raises(NotAllowed):
            voices.note_conversation(lead, person, held_by=world.priya, **facts)


def test_one_who_has_left_writes_no_more(world: World, review: Review) -> None:
    planning.add_member(review, world.priya, member=world.lena, role=ReviewRole.INTERVIEWER)
    with pytest.raises(NotAllowed):
        talk(hears(review, world.lena))


def test_a_label_stands_for_one_person(pair: tuple[Member, Member]) -> None:
    made = talk(pair[0], who=Who.STUDENT, number=3, grade="8", text="")
    assert (made.label, made.origin) == ("Student 3", "Student 3, grade 8")
    with pytest.raises(Invalid, match="Student 3 already"):
        talk(pair[0], who=Who.STUDENT, number=3, text="")


def test_a_place_elsewhere_and_a_stranger_are_refused(world: World, pair: tuple[Member, Member]) -> None:
    with pytest.raises(Invalid, match="place"):
        talk(pair[0], unit=world.juniper)
    with pytest.raises(Invalid, match="team"):
        talk(pair[0], held_by=world.tess)


@pytest.mark.parametrize(
    ("facts", "may"),
    [
        ({"consented_on": None}, False),
        ({"who": Who.STUDENT}, False),
        ({"who": Who.STUDENT, "parent_consented_on": DAY}, True),
    ],
)
def test_without_consent_nothing_is_coded(
    pair: tuple[Member, Member], facts: dict[str, object], may: bool
) -> None:
    held, coded = talk(pair[0], **facts), code(pair[0])
    if may:
        mark(pair[0], held, [0], coded)
        return
    with pytest.raises(Conflict, match="consent"):
        mark(pair[0], held, [0], coded)
    assert not Mark.objects.exists()


def test_an_excerpt_is_cut_and_joined_within_one_turn(pair: tuple[Member, Member]) -> None:
    priya = pair[0]
    held = talk(priya)
    first = answers(held)[0]
    voices.split_excerpt(priya, priya.person, excerpt=first, at=[len("Once in September.")])
    assert [one.text for one in answers(held)][:2] == ["Once in September.", "Nobody came since."]
    assert all(a.position < b.position for a, b in pairwise(held.excerpts.all()))
    voices.join_excerpt(priya, priya.person, excerpt=answers(held)[1])
    assert answers(held)[0].text == "Once in September. Nobody came since."
    with pytest.raises(Invalid):
        voices.join_excerpt(priya, priya.person, excerpt=answers(held)[1])


def test_words_and_cuts_stay_once_somebody_codes(pair: tuple[Member, Member]) -> None:
    priya, coded = pair[0], code(pair[0])
    held = talk(priya)
    mark(pair[1], held, [0], coded, done=False)
    with pytest.raises(Conflict, match="begun to code"):
        voices.write_down(priya, priya.person, conversation=held, text="Something else.")
    with pytest.raises(Conflict, match="begun to code"):
        voices.split_excerpt(priya, priya.person, excerpt=answers(held)[0], at=[5])


def _reported(world: World, pair: tuple[Member, Member]) -> tuple[Review, list[object]]:
    """A final report with a finding that rests on what was seen and on three voices."""
    coded = code(pair[0])
    held = read_alike(pair, coded)
    review = pair[0].review
    made = finding(review, world, Source.CLASSROOMS)
    theming.lead_theme(pair[0], world.priya, theme=theme(pair[0], coded, *held[:3]), finding=made)
    judging.make_final(made, world.priya)
    report = reporting.write_report(review, world.priya, summary="Coaching misses some.")
    reporting.make_report_final(report, world.priya, content=compose(review))
    return review, list(held)


def test_consent_taken_back_takes_the_words_out_of_everything(
    world: World, pair: tuple[Member, Member]
) -> None:
    review, held = _reported(world, pair)
    for one in held[:3]:
        voices.take_consent_back(pair[0], world.priya, conversation=one)  # type: ignore[arg-type]
    assert Excerpt.objects.filter(conversation__in=held[:3]).count() == 0
    assert Quote.objects.count() == 0
    voices_left = Evidence.objects.filter(source=Source.VOICES)
    assert [(one.text, one.origin, one.withdrawn_on) for one in voices_left] == [
        ("", "", date(2026, 10, 15))
    ] * 3
    # It rests on one kind of evidence alone now.
    assert not review.findings.get().is_final
    report = review.reports.get()
    assert "Once in September" not in repr(report.content)
    told = tell(report.content, report.summary)
    assert [piece.text for piece in told.keep[0].trail].count("Taken back by the person who said it.") == 3
    with pytest.raises(Conflict):
        voices.write_down(pair[0], world.priya, conversation=held[0], text=TALK)  # type: ignore[arg-type]


def test_consent_is_taken_back_after_the_review_is_closed_too(
    world: World, pair: tuple[Member, Member]
) -> None:
    review, held = _reported(world, pair)
    planning.end_review(review, world.priya)
    lead = hears(review, world.priya)
    voices.take_consent_back(lead, world.priya, conversation=held[0])  # type: ignore[arg-type]
    assert repr(review.reports.get().content).count("Once in September") == 2


def test_words_that_may_not_be_printed_reach_no_report(world: World, pair: tuple[Member, Member]) -> None:
    review, held = _reported(world, pair)
    lead, first = pair[0], held[0]
    voices.change_conversation(lead, world.priya, conversation=first, may_print=False)  # type: ignore[arg-type]
    composed = compose(review)
    for content in (review.reports.get().content, composed):
        assert repr(content).count("Once in September") == 2
        told = tell(content, "")
        assert [piece.text for piece in told.keep[0].trail].count(
            "Said in a conversation. It is not printed."
        ) == 1
    assert composed["findings"][0]["supports"]["heard"] == 3


def test_a_quote_is_put_into_other_words_where_it_was_said_and_not_on_the_board(
    world: World, pair: tuple[Member, Member]
) -> None:
    review, held = _reported(world, pair)
    evidence = Quote.objects.get(excerpt__conversation=held[0]).evidence
    assert evidence is not None
    with pytest.raises(Conflict, match="somebody said"):
        judging.change_evidence(review, world.priya, evidence=evidence, text="“Never.”")
    judging.change_evidence(review, world.priya, evidence=evidence, leaning="gap")
    theming.word_quote(
        pair[0], world.priya, excerpt=answers(held[0])[0], words="Once in September.", translation="Una vez."
    )
    evidence.refresh_from_db()
    assert evidence.text == "“Once in September.”\nTranslated: “Una vez.”"


def test_what_was_never_agreed_to_is_not_quoted(pair: tuple[Member, Member]) -> None:
    held = talk(pair[0], consented_on=None)
    code(pair[0])
    with pytest.raises(Conflict, match="consent"):
        theming.move_quote(pair[0], pair[0].person, excerpt=answers(held)[0], theme=None)


def test_a_kind_of_finding_decides_how_a_voice_leans(world: World, pair: tuple[Member, Member]) -> None:
    coded = code(pair[0])
    held = read_alike(pair, coded)
    gap = judging.write_finding(
        pair[0].review, world.priya, kind=FindingKind.GAP, text="Coaching misses some"
    )
    theming.lead_theme(pair[0], world.priya, theme=theme(pair[0], coded, held[0]), finding=gap)
    (use,) = gap.uses.select_related("evidence")
    facts = use.evidence
    assert (facts.leaning, facts.source, facts.origin, facts.day) == ("gap", Source.VOICES, "Teacher 1", DAY)


def test_the_codebook_refuses_what_is_there_already(pair: tuple[Member, Member]) -> None:
    code(pair[0])
    with pytest.raises(Invalid, match="this name"):
        coding.name_code(pair[1], pair[1].person, name="coaching REACH", definition="Who is visited.")
    with pytest.raises(Invalid, match="Say when"):
        coding.name_code(pair[1], pair[1].person, name="Time", definition=" ")
