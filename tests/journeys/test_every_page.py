from __future__ import annotations

import pytest

from tests.browser import Visit
from tests.journeys.pages import Walk

# Each crew meets every kind of page once; within a crew the one who may do most goes first.
CREWS = {
    "those-who-work-here": ["principal", "analyst", "admin", "coach", "tess", "family"],
    "those-who-look-on": ["leader", "hub", "state", "other_leader", "facilitator", "guest"],
}


@pytest.mark.timeout(1800)
@pytest.mark.parametrize("crew", CREWS)
def test_every_page_that_anyone_can_reach_is_sound(visit: Visit, crew: str) -> None:
    walk = Walk()
    for number, who in enumerate(CREWS[crew]):
        met = walk.through(visit(who), who, "en" if number % 2 else "es")
        assert len(met) > 4, f"{who} can go nowhere: {met}"
    assert not walk.faults, f"{len(walk.faults)} faults:\n" + "\n".join(walk.faults)
