"""How long it takes to release one measure of a drawn district in one period: every school by every group."""

from __future__ import annotations

import resource
import sys
import time
from collections import Counter
from typing import NamedTuple
from uuid import UUID

import numpy as np
import numpy.typing as npt

from aimline.measures.judging import Held, Said, judge
from aimline.measures.lattice import EVERYONE, Groups, Key

# How many groups each dimension has, and how fast they get smaller.
DIMENSIONS = {"Race": 7, "Sex": 3, "English learner": 2, "Disability": 2, "Low income": 2, "Grade": 6}
_SMALLER = 0.7
_SMALLEST, _LARGEST = 150, 900


class Released(NamedTuple):
    cells: int
    hidden: int
    seconds: float
    megabytes: int


def district(schools: int, share: float = 0.6, seed: int = 0) -> dict[Key, Held]:
    """A table of a district in which every student has a group of every dimension."""
    draw = np.random.default_rng(seed)
    n: Counter[Key] = Counter()
    has: Counter[Key] = Counter()
    for school in range(schools):
        size = int(draw.integers(_SMALLEST, _LARGEST))
        with_it = draw.random(size) < np.clip(draw.normal(share, 0.08), 0.02, 0.98)
        groups: list[tuple[Groups, npt.NDArray[np.bool_]]] = [(EVERYONE, np.ones(size, dtype=np.bool_))]
        for name, many in DIMENSIONS.items():
            chosen = draw.choice(many, size, p=draw.dirichlet(_SMALLER ** np.arange(many) * 6 + 0.05))
            groups += [(((name, str(each)),), chosen == each) for each in range(many)]
        for path in ("/district/", f"/district/{school}/"):
            for group, inside in groups:
                n[Key(path, group)] += int(inside.sum())
                has[Key(path, group)] += int((inside & with_it).sum())
    return {key: Held(Said(count, (has[key], count - has[key])), 10) for key, count in n.items() if count}


def released(schools: int) -> Released:
    """Judge it, and count processor time and the most memory of this process."""
    board, start = district(schools), time.process_time()
    hidden = judge({UUID(int=1): board})[UUID(int=1)]
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    seconds = time.process_time() - start
    return Released(len(board), len(hidden), seconds, most // (2**20 if sys.platform == "darwin" else 2**10))
