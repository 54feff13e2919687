"""Second half of suppression: show again what is not needed, totals and large counts first."""

from __future__ import annotations

import numpy as np

from aimline_analytics.disclosure.boxes import Box
from aimline_analytics.disclosure.plan import STEPS, WIDTH, Numbers, Plan, Progress, Proof
from aimline_analytics.disclosure.protecting import by_program

# In releases of up to so many cells, linear programs over all that is hidden decide. In larger ones, programs over
# so many cells around a small one, so many for each cell that might be shown.
_ALL, _BLOCK, _PROGRAMS = 1200, 150, 3
# And so many in all, spread over the cells: they are the slowest part of a large release.
_IN_ALL = 1000


def publish_again(plan: Plan, progress: Progress | None = None) -> None:
    """Publish each cell that was hidden only for others and is not needed."""
    plan.set_prices(np.arange(len(plan.hidden)), closed=True)
    extra = np.flatnonzero(plan.hidden & ~plan.primary & ~plan.gone)
    order = extra[np.lexsort((extra, -plan.system.counts[extra], -plan.totals[extra]))]
    for turn, cell in enumerate(order.tolist()):
        if progress is not None and turn % STEPS == 0:
            progress(turn / len(order))
        _try(plan, cell, int(_IN_ALL * (turn + 1) / len(order)))
    # Proofs that were replaced may have left cells that nothing uses any more.
    for cell in order.tolist():
        if plan.hidden[cell] and not plan.users.get(cell):
            plan.publish(cell)


def _try(plan: Plan, cell: int, programs: int) -> None:
    plan.publish(cell)
    found = _proofs_without(plan, cell, programs)
    if found is None:
        plan.hide(np.array([cell]), closed=True)
        return
    for small, proof in found.items():
        plan.add(proof, small)


def _proofs_without(plan: Plan, cell: int, allowed: int) -> dict[int, Proof] | None:
    """Proofs for the small cells whose proof used a cell that is now published; None if one has none."""
    smalls = set(plan.users.get(cell, ()))
    found: dict[int, Proof] = {}
    if not smalls:
        return found
    if _recovers(plan, cell):
        return None
    large = len(plan.hidden) > _ALL
    boxes = _around(plan, cell)
    programs = min(_PROGRAMS, allowed - plan.programs) if large else len(smalls)
    # Those with the fewest hidden cells beside them fail first.
    for small in sorted(smalls, key=lambda each: (plan.slack(each), each)):
        if small in found:
            continue
        proof = plan.by_box(small) or _by_two(plan, cell, small, boxes)
        if proof is None and programs > 0:
            programs, plan.programs = programs - 1, plan.programs + large
            proof = by_program(plan, small, plan.hidden, _BLOCK if large else _ALL)
        if proof is None:
            return None
        found |= {
            each: proof for each in (small, *plan.covered(proof)) if each in smalls and each not in found
        }
    return found


def _around(plan: Plan, cell: int) -> list[Box]:
    """Boxes through a cell as if it were still hidden."""
    if not plan.boxes.usable:
        return []
    here = np.array([cell])
    plan.boxes.set_price(here, 0)
    found = plan.boxes.around(cell)
    plan.boxes.set_price(here, np.inf)
    return found


def _by_two(plan: Plan, without: int, small: int, boxes: list[Box]) -> Proof | None:
    """Proof by the move a small cell had, and a box that undoes it at the cell that is now published."""
    old = _whole(plan.proofs[small])
    if old is None:
        return None
    cells, change = old
    here = int(change[cells == without][0])
    for box in boxes:
        joined = np.union1d(cells, box.cells)
        total = np.zeros(len(joined), dtype=np.int64)
        total[np.searchsorted(joined, cells)] = change * int(box.signs[box.cells == without][0])
        total[np.searchsorted(joined, box.cells)] -= box.signs * here
        moved = np.flatnonzero(total)
        by = abs(int(total[np.searchsorted(joined, small)]))
        if by and plan.system.kept(joined[moved], total[moved]):
            proof = plan.along(joined[moved], total[moved], by)
            if proof is not None:
                return proof
    return None


def _whole(proof: Proof) -> tuple[Numbers, Numbers] | None:
    """Direction of a proof in the smallest whole numbers, if it has but one."""
    first = proof[0]
    if any(not np.array_equal(first.cells, move.cells) for move in proof[1:]):
        return None
    unit = np.abs(first.change).min()
    if (first.change % unit).any():
        return None
    return first.cells, np.rint(first.change / unit).astype(np.int64)


def _recovers(plan: Plan, published: int) -> bool:
    """Whether publishing a cell gives away a small one through relations with one hidden cell left."""
    known: set[int] = set()
    rows = plan.system.rows_of(published).tolist()
    while rows:
        row = rows.pop()
        inside = plan.system.cells_of(row)
        left = [cell for cell in inside[plan.hidden[inside]].tolist() if cell not in known]
        if _too_little(plan, row, left) and plan.primary[left].any():
            return True
        if len(left) == 1:
            known.add(left[0])
            rows += plan.system.rows_of(left[0]).tolist()
    return False


def _too_little(plan: Plan, row: int, left: list[int]) -> bool:
    """Whether the hidden counts of a relation are all within one narrow sum."""
    if len(left) < 2:
        return bool(left)
    relations = plan.system.relations
    inside = plan.system.cells_of(row)
    start = relations.indptr[row]
    total = int(inside[np.argmin(relations.data[start : start + len(inside)])])
    return total not in left and int(plan.system.counts[left].sum()) < WIDTH
