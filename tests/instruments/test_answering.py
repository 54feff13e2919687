from __future__ import annotations

import pytest

from aimline.core import clock
from aimline.core.errors import Conflict, Invalid, NotAllowed
from aimline.core.models import AuditEntry
from aimline.instruments import answering, codes
from aimline.instruments.actions import collecting
from aimline.instruments.models import Collection, Promise, Response
from tests.instruments.conftest import CLOSES, MIDDLE, Asked
from tests.world import World


def hand_in(collection: Collection, secret: str = "", **answers: object) -> Response:
    given = {key.replace("_", "-"): value for key, value in answers.items()}
    with clock.standing_on(MIDDLE):
        return answering.finish(
            collection, None, secret=secret or codes.secret(), language="en", answers=given
        )


def test_answers_come_in_one_by_one_and_are_handed_in_once(asked: Asked) -> None:
    collection, secret = asked(), codes.secret()
    with clock.standing_on(MIDDLE):
        answering.save(collection, None, secret=secret, language="en", answers={"mistakes": "3"})
        answering.save(collection, None, secret=secret, language="es", answers={"laughed-at": "1"})
    for _retry in range(3):
        kept = hand_in(collection, secret, more="Nothing.")
    assert kept.answers == {"mistakes": 3.0, "laughed-at": 1.0, "more": "Nothing."}
    assert (collection.responses.count(), kept.finished_on, kept.language) == (1, MIDDLE, "en")


def test_an_answer_that_is_not_on_the_scale_is_refused_with_its_place(asked: Asked) -> None:
    with pytest.raises(Invalid) as refused:
        hand_in(asked(), mistakes="9", language="fr")
    assert set(refused.value.fields) == {"mistakes", "language"}
    assert not Response.objects.exists()


def test_an_answer_can_be_taken_back(asked: Asked) -> None:
    collection, secret = asked(), codes.secret()
    with clock.standing_on(MIDDLE):
        answering.save(collection, None, secret=secret, language="en", answers={"mistakes": "3"})
        answering.save(collection, None, secret=secret, language="en", answers={"mistakes": ""})
    assert hand_in(collection, secret).answers == {}


def test_nobody_answers_before_it_opens_or_after_it_closes(asked: Asked, world: World) -> None:
    collection = asked()
    for day in (collection.opens_on.replace(day=1), CLOSES.replace(day=21)):
        with clock.standing_on(day), pytest.raises(Conflict, match="not open"):
            answering.finish(collection, None, secret="s", language="en", answers={})


def test_who_was_asked_by_name_answers_once_and_is_ticked_off(asked: Asked, world: World) -> None:
    collection = asked()
    with clock.standing_on(MIDDLE):
        collecting.ask(collection, world.priya, people=[world.tess])
        answering.finish(collection, world.tess, secret="phone", language="en", answers={"mistakes": 4})
        with pytest.raises(Conflict, match="answered this already"):
            answering.finish(collection, world.tess, secret="laptop", language="en", answers={"mistakes": 1})
    assert collection.invitations.get(person=world.tess).answered
    assert collection.responses.finished().count() == 1


def test_without_the_open_link_only_those_asked_may_answer(world: World, asked: Asked) -> None:
    with pytest.raises(Invalid, match="Nobody is asked"):
        asked(open_link=False, promise=Promise.NAMED)
    collection = Collection.objects.get()
    with clock.standing_on(MIDDLE):
        collecting.ask(collection, world.priya, people=[world.tess])
        collecting.open_collection(collection, world.priya)
        kept = answering.finish(collection, world.tess, secret="t", language="en", answers={"mistakes": 4})
        assert kept.person == world.tess
        for other in (None, world.theo):
            with pytest.raises(NotAllowed, match="asked by name"):
                answering.finish(collection, other, secret="x", language="en", answers={})


def test_answering_leaves_no_entry_in_the_audit_log(asked: Asked, world: World) -> None:
    collection = asked()
    before = AuditEntry.objects.count()
    with clock.standing_on(MIDDLE):
        answering.finish(collection, world.tess, secret="s", language="en", answers={"mistakes": 4})
    assert AuditEntry.objects.count() == before
