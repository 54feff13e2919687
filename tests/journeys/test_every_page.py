from __future__ import annotations

import pytest

from tests.browser import Visit
from tests.journeys.pages import Walk

# Those who may do most go first: whoever comes first to a kind of page has it drawn and checked.
EVERYONE = [
    *("principal", "leader", "analyst", "admin", "coach", "tess", "family"),
    *("hub", "state", "other_leader", "facilitator", "guest"),
]


@pytest.mark.timeout(1800)
def test_every_page_that_anyone_can_reach_is_sound(visit: Visit) -> None:
    walk = Walk()
    for number, who in enumerate(EVERYONE):
        met = walk.through(visit(who), who, "en" if number % 2 else "es")
        assert len(met) > 4, f"{who} can go nowhere: {met}"
    assert not walk.faults, f"{len(walk.faults)} faults:\n" + "\n".join(walk.faults)
