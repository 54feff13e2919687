"""How long work takes, in milliseconds of the processor."""

from __future__ import annotations

import time
from collections.abc import Callable


def fastest(work: Callable[[], object], rounds: int = 5) -> float:
    """Milliseconds of the fastest round; the first, which fills the caches, does not count."""
    work()
    taken = []
    for _ in range(rounds):
        begun = time.process_time()
        work()
        taken.append(time.process_time() - begun)
    return 1000 * min(taken)


def once(work: Callable[[], object]) -> float:
    """Milliseconds of a single round, for work that takes seconds."""
    begun = time.process_time()
    work()
    return 1000 * (time.process_time() - begun)
