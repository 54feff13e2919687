"""Pictures that belong to no answer go after a time of grace, and no others."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pytest
from django.core.files.storage import default_storage
from django.test import override_settings

from aimline.core import clock, jobs
from aimline.core.models import Job, JobState
from aimline.instruments import answering, loose, pictures
from aimline.instruments.actions import collecting
from aimline.instruments.models import Collection
from tests.instruments.conftest import MIDDLE
from tests.instruments.outside import walkthrough
from tests.instruments.test_pictures import JPEG, PNG, WEBP
from tests.world import World


@pytest.fixture(autouse=True)
def pictures_folder(tmp_path: Path) -> Iterator[None]:
    with override_settings(MEDIA_ROOT=tmp_path), clock.standing_on(MIDDLE):
        yield


def kept(picture: bytes, days_ago: int = 0) -> str:
    name = pictures.keep(BytesIO(picture))
    taken = (clock.now() - timedelta(days=days_ago)).timestamp()
    os.utime(default_storage.path(pictures.path_of(name)), (taken, taken))
    return name


def is_there(name: str) -> bool:
    return default_storage.exists(pictures.path_of(name))


def hand_in(collection: Collection, world: World, name: str) -> None:
    given = {"explain": 3, "work": [name]}
    answering.finish(collection, world.tess, secret=name, language="en", answers=given)


def run_worker() -> None:
    jobs.run_worker(lambda: False, until_idle=True)


def looks() -> list[Job]:
    return list(Job.objects.filter(task__endswith="remove_loose_pictures", state=JobState.WAITING))


def test_what_an_answer_or_a_draft_holds_stays_and_what_none_holds_goes(world: World) -> None:
    collection = walkthrough(world, world.tess)
    held, draft, lost = kept(JPEG, 30), kept(PNG, 30), kept(WEBP, 30)
    hand_in(collection, world, held)
    answering.save(collection, world.tess, secret="draft", language="en", answers={"work": [draft]})
    assert loose.remove() == 1
    assert (is_there(held), is_there(draft), is_there(lost)) == (True, True, False)


def test_a_picture_on_its_way_has_days_of_grace_that_begin_anew_when_it_is_sent_again(world: World) -> None:
    walkthrough(world, world.tess)
    new, old = kept(JPEG, 2), kept(PNG, 4)
    pictures.keep(BytesIO(PNG))
    assert loose.remove() == 0
    assert is_there(new)
    assert is_there(old)
    with clock.standing_on(MIDDLE + timedelta(days=2)):
        assert loose.remove() == 1
    assert not is_there(new)


def test_drafts_that_go_when_a_collection_closes_take_their_pictures_with_them_in_the_night(
    world: World,
) -> None:
    collection = walkthrough(world, world.tess)
    held, draft = kept(JPEG, 4), kept(PNG, 4)
    hand_in(collection, world, held)
    answering.save(collection, world.tess, secret="draft", language="en", answers={"work": [draft]})
    collecting.close(collection, world.priya)
    assert len(looks()) == 1
    run_worker()
    with clock.standing_on(MIDDLE + timedelta(days=1)):
        run_worker()
    assert is_there(held)
    assert not is_there(draft)
    # The night after, another look: as long as there are pictures.
    assert len(looks()) == 1


def test_a_collection_that_is_gone_leaves_no_picture_and_the_nights_end(world: World) -> None:
    collection = walkthrough(world, world.tess)
    held = kept(JPEG, 4)
    hand_in(collection, world, held)
    collecting.close(collection, world.priya)
    collection.responses.all().delete()
    for night in (1, 2, 3):
        with clock.standing_on(MIDDLE + timedelta(days=night)):
            run_worker()
    assert not is_there(held)
    assert not looks()


def test_a_form_without_pictures_asks_for_no_look(world: World) -> None:
    walkthrough(world)
    assert not looks()
