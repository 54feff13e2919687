from __future__ import annotations

import pytest

from aimline.core.errors import Invalid, NotAllowed
from aimline.growth.actions import runs
from aimline.growth.models import GrowthRun
from tests.growth.conftest import SCORE, TEST, again, learners
from tests.students.conftest import Keep
from tests.world import World


def test_one_year_of_scores_is_too_few_and_the_reason_is_said(world: World, keep: Keep) -> None:
    keep(*learners(years=(2026,), schools=("PA-KELP",)))
    with pytest.raises(Invalid, match=r"two years in a row.*2026"):
        again(world)
    assert GrowthRun.objects.get().finished_at is None


def test_a_teacher_cannot_have_growth_computed(world: World) -> None:
    with pytest.raises(NotAllowed):
        runs.ask_for_run(world.kelp, world.tess, assessment=TEST, score_type=SCORE)
