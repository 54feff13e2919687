"""First half of suppression: hide enough."""

from __future__ import annotations

import numpy as np

from aimline_analytics.disclosure.moves import Move
from aimline_analytics.disclosure.plan import STEPS, WIDTH, Flags, Numbers, Plan, Progress, Proof

# Moves are sought by linear programs among this many cells around a small one, then among so many, then all.
_SIZES = (120, 400)


def protect(plan: Plan, progress: Progress | None = None) -> int | None:
    """Prove every small cell, hiding more where that needs it; a cell that nothing protects, or None."""
    smalls = np.flatnonzero(plan.primary)
    # Totals first: what they need often serves their parts.
    order = smalls[np.lexsort((smalls, -plan.system.counts[smalls], -plan.totals[smalls]))].tolist()
    for turn, cell in enumerate(order):
        if progress is not None and turn % STEPS == 0:
            progress(turn / len(order))
        proof = plan.by_box(cell) if cell not in plan.proofs else None
        if proof is not None:
            _accept(plan, proof, cell)
    for most in (*_SIZES, len(plan.hidden)):
        for cell in order:
            proof = by_program(plan, cell, plan.open, most) if cell not in plan.proofs else None
            if proof is not None:
                _accept(plan, proof, cell)
    return next((cell for cell in order if cell not in plan.proofs), None)


def by_program(plan: Plan, cell: int, allowed: Flags, most: int) -> Proof | None:
    """Cheapest proof by linear programs among up to `most` allowed cells around a cell."""
    near, cost = plan.system.near(cell, allowed, most), plan.cost()
    count = int(plan.system.counts[cell])
    move = plan.system.move(cell, WIDTH, near, cost)
    if move is not None:
        return (move,)
    low, high = plan.system.reach(cell, near)
    return _halves(plan, cell, near, min(high - count, WIDTH - 1)) if high - low >= WIDTH else None


def _halves(plan: Plan, cell: int, near: Numbers, up: int) -> Proof | None:
    """Two moves, one up and one down, where neither is long enough."""
    wanted = [by for by in (up, up - WIDTH) if by]
    moves = [plan.system.move(cell, by, near, plan.cost()) for by in wanted]
    found: list[Move] = [move for move in moves if move is not None]
    return tuple(found) if len(found) == len(wanted) else None


def _accept(plan: Plan, proof: Proof, cell: int) -> None:
    """Hide what a proof needs, and let it stand for every small cell that has no other."""
    for move in proof:
        plan.hide(move.cells)
    for small in (cell, *plan.covered(proof)):
        if small not in plan.proofs:
            plan.add(proof, small)
