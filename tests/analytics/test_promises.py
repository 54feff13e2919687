from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from aimline_analytics.promises import PROMISES, Promise, measured

PLANTED = [(promise, fault) for promise in PROMISES for fault in promise.planted.values()]


@pytest.mark.parametrize("promise", PROMISES, ids=lambda promise: promise.name)
def test_every_promise_is_kept(promise: Promise) -> None:
    outcome = measured(promise, worlds=600)
    assert outcome.kept, outcome


@pytest.mark.parametrize(("promise", "fault"), PLANTED, ids=[fault.__name__ for _promise, fault in PLANTED])
def test_every_planted_fault_is_caught(promise: Promise, fault: Callable[..., Any]) -> None:
    outcome = measured(promise, fault, worlds=600)
    assert not outcome.kept, outcome
