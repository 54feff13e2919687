"""Where a new phase may be due: a level that was left for good. Only ever a suggestion."""

from __future__ import annotations

import numpy as np

from aimline_analytics.control_charts.charted import Charted
from aimline_analytics.control_charts.counted import beyond
from aimline_analytics.control_charts.kernels.runs import EQUAL
from aimline_analytics.control_charts.kernels.segments import Ints
from aimline_analytics.control_charts.limits import Subgroups, chosen

#: Points that the level before must rest on, and points that the new one must have held.
BEFORE, HELD = 10, 12
# Points on the other side, after the run, that say it came back.
_BACK = 2


def rebases(charted: Charted, points: Subgroups) -> Ints:
    """Suggest where each stretch could start a new phase.

    Parameters
    ----------
    charted : Charted
        From `charts`, of these points.
    points : Subgroups

    Returns
    -------
    ndarray of int, shape (stretches,)
        Place, among all points, of the first point of the new level; -1 where no new phase is due.

    Notes
    -----
    All of this must hold: a run on one side of the centre is longer than chance allows (Anhøj's bound, whatever the
    rule set); it has not come back, that is of the points after it fewer than two, or fewer than on its own side, lie
    on the other; ten points that count came before it; and twelve have come since it began, enough for limits of
    their own. Whether to rebase is for people: the cause must be known, and the change meant to stay.

    The run begins where the points cross the centre. Without a frozen baseline that centre holds the new level too,
    so the true change may lie a point or two away.

    References
    ----------
    NHS England, Making Data Count: Strengthening your decisions.
    Provost & Murray 2011, The Health Care Data Guide.
    """
    stretches = charted.stretches
    there = np.isfinite(charted.y) & (points.size > 0) & ~points.excluded
    counts = chosen(there, stretches)
    near = stretches.spread(EQUAL * counts.segments.largest(counts.of(charted.y)))
    with np.errstate(invalid="ignore"):
        side = beyond(charted.y, charted.center - near, charted.center + near)
    side *= there
    place = stretches.position()
    later = place >= stretches.spread(charted.shift_stop)
    own = stretches.size((side == stretches.spread(charted.shift_sign)) & later)
    other = stretches.size((side == stretches.spread(-charted.shift_sign)) & later)
    came_back = (other >= _BACK) & (other >= own)
    before = stretches.size(there & (place < stretches.spread(charted.shift_start)))
    due = (charted.shift_start >= 0) & ~came_back & (before >= BEFORE) & (charted.n - before >= HELD)
    return np.where(due, stretches.starts + charted.shift_start, -1)
