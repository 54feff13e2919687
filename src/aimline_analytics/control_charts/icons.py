"""Variation and assurance: what the last point says, and whether the limits keep a target."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from aimline_analytics.control_charts.charted import Charted
from aimline_analytics.control_charts.kernels.segments import Bools, Floats, Ints

_WORDS = {
    ("higher", 1): "improvement-high",
    ("higher", -1): "concern-low",
    ("lower", 1): "concern-high",
    ("lower", -1): "improvement-low",
    (None, 1): "neutral-high",
    (None, -1): "neutral-low",
}


def variations(charted: Charted, owner: Ints, better: str | None) -> list[str]:
    """Say what the last point of each stretch shows.

    Parameters
    ----------
    charted : Charted
    owner : ndarray of int, shape (points,)
        Stretch of each point.
    better : {"higher", "lower"} or None
        Which direction is good; None for neither.

    Returns
    -------
    list of str
        One word of `results.Variation` for each stretch. A trend is judged by where it goes, not by the
        side of the centre it is on. A last point without a value, or without a rule that names it, is common.
    """
    direction = np.zeros(charted.y.size, dtype=np.int8)
    for signs in charted.marks.values():
        direction = np.where(direction == 0, signs, direction)
    last = _last(owner)
    return [_WORDS[better, int(sign)] if sign else "common" for sign in direction[last]]


def assurances(charted: Charted, owner: Ints, targets: Floats, better: str | None) -> list[str | None]:
    """Whether each stretch will keep its target if it goes on as it does.

    Parameters
    ----------
    charted : Charted
    owner : ndarray of int, shape (points,)
    targets : ndarray, shape (stretches,)
        nan where there is none.
    better : {"higher", "lower"} or None

    Returns
    -------
    list of {"pass", "fail", "inconsistent"} or None
        From the limits at the last point that has any; None without limits, target or direction.
    """
    last = _last(owner, np.isfinite(charted.lower) & np.isfinite(charted.upper))
    found: list[str | None] = []
    for target, lower, upper in zip(targets, charted.lower[last], charted.upper[last], strict=True):
        if better is None or not np.isfinite([target, lower, upper]).all():
            found.append(None)
        elif lower <= target <= upper:
            found.append("inconsistent")
        else:
            found.append("pass" if (target < lower) == (better == "higher") else "fail")
    return found


def _last(owner: Ints, keep: Bools | None = None) -> npt.NDArray[np.int64]:
    """Find the last point of each stretch, of those kept where there are any."""
    count = int(owner[-1]) + 1 if owner.size else 0
    found = np.full(count, -1, dtype=np.int64)
    found[owner] = np.arange(owner.size)
    if keep is not None:
        found[owner[keep]] = np.flatnonzero(keep)
    return found
