"""Recovering hidden counts from a release: what anybody could do with the published rows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np
import numpy.typing as npt
from scipy import optimize, sparse

from aimline_analytics.disclosure.elimination import determined
from aimline_analytics.disclosure.reading import Codes, cells
from aimline_analytics.errors import AnalyticsError

Numbers = npt.NDArray[np.float64]
Equation = dict[int, int]

# Ranges below this are told.
NARROW = 5
_NEAR = 1e-6
_PASSES = 200
_ROUNDS = 12
_DENSE = 1500


@dataclass(frozen=True, slots=True)
class Attack:
    """What follows from a release.

    Attributes
    ----------
    low, high : ndarray of float, shape (rows,)
        Smallest and largest whole count of each row that agrees with the published ones; `high` is infinite when
        nothing bounds it.
    hidden : ndarray of bool, shape (rows,)
        Rows without a published count.
    recovered, narrow : ndarray of bool, shape (rows,)
        Hidden rows that can be only one number, and those that can be few (a range above 0 and below 5).
    """

    low: Numbers
    high: Numbers
    hidden: npt.NDArray[np.bool_]
    recovered: npt.NDArray[np.bool_]
    narrow: npt.NDArray[np.bool_]


def attack(columns: Mapping[str, Sequence[str | None]], counts: npt.ArrayLike) -> Attack:
    """Recover what can be recovered of hidden counts.

    Parameters
    ----------
    columns : mapping of str to sequence of str or None
        Dimension columns of the release, as in `release`.
    counts : array_like of float, shape (rows,)
        Published counts; nan where hidden.

    Returns
    -------
    Attack

    Raises
    ------
    AnalyticsError
        Published counts that contradict each other.

    Notes
    -----
    The attacker knows what adds up to what and that no count is below 0, nothing else: not the smallest count that
    is published, and not why a count is hidden. Bounds are passed along the sums until nothing moves, elimination
    finds what the sums alone determine, and linear programs find the range of every count that is left. Counts
    seen to differ by 5 between two solutions need no program of their own.
    """
    found = cells(columns)
    given = np.asarray(counts, dtype=np.float64)
    hidden = np.isnan(given)
    value = np.full(len(found.codes), np.nan)
    value[found.of_row[~hidden]] = given[~hidden]
    clash = np.flatnonzero(~hidden & (value[found.of_row] != given))
    if len(clash):
        _contradiction(f"row {int(clash[0]) + 2}, column count")
    low, high = _ranges(_equations(found.codes), value)
    width = (high - low)[found.of_row]
    return Attack(
        low[found.of_row],
        high[found.of_row],
        hidden,
        hidden & (width == 0),
        hidden & (width > 0) & (width < NARROW),
    )


def _equations(codes: Codes) -> list[Equation]:
    """Every sum, found from the totals down: rows grouped by what is left when dimensions are summed over."""
    place = {tuple(code): number for number, code in enumerate(codes.tolist())}
    summed: dict[tuple[tuple[int, ...], tuple[bool, ...]], list[int]] = defaultdict(list)
    for code, number in place.items():
        shadows = list(product(*[((each, False), (0, True)) if each else ((0, False),) for each in code]))
        shadows.sort(key=lambda shadow: sum(over for _, over in shadow))
        nearest = None
        for shadow in shadows[1:]:
            steps = sum(over for _, over in shadow)
            if nearest is not None and steps > nearest:
                break
            above = tuple(each for each, _ in shadow)
            if above in place:
                nearest = steps
                summed[above, tuple(over for _, over in shadow)].append(number)
    return _complete(place, summed)


def _complete(
    place: dict[tuple[int, ...], int], summed: dict[tuple[tuple[int, ...], tuple[bool, ...]], list[int]]
) -> list[Equation]:
    single: dict[tuple[tuple[int, ...], int], list[int]] = {
        (above, over.index(True)): parts for (above, over), parts in summed.items() if sum(over) == 1
    }
    equations, swallowed = [], set()
    for (above, over), parts in summed.items():
        if sum(over) < 2:
            continue
        beside = [step for step, summed_over in enumerate(over) if summed_over and (above, step) in single]
        if beside:
            swallowed.add((above, beside[0]))
        more = single[above, beside[0]] if beside else []
        equations.append({place[above]: -1} | dict.fromkeys([*parts, *more], 1))
    for (above, step), parts in single.items():
        if (above, step) not in swallowed:
            equations.append({place[above]: -1} | dict.fromkeys(parts, 1))
    return equations


def _ranges(equations: list[Equation], value: Numbers) -> tuple[Numbers, Numbers]:
    low, high = np.where(np.isnan(value), 0, value), np.where(np.isnan(value), np.inf, value)
    _propagate(equations, low, high)
    unknown = np.flatnonzero(low < high)
    if not len(unknown):
        return low, high
    matrix, right = _system(equations, low, high, unknown)
    count, block = sparse.csgraph.connected_components(abs(matrix).T @ abs(matrix), directed=False)
    order = np.argsort(block, kind="stable")
    for inside in np.split(order, np.searchsorted(block[order], np.arange(1, count))):
        part = matrix[:, inside]
        rows = np.unique(part.tocoo().row)
        _solve(part[rows].tocsc(), right[rows], unknown[inside], low, high)
    return low, high


def _propagate(equations: list[Equation], low: Numbers, high: Numbers) -> None:
    touching: dict[int, list[int]] = defaultdict(list)
    for number, equation in enumerate(equations):
        for cell in equation:
            touching[cell].append(number)
    waiting = set(range(len(equations)))
    for _ in range(_PASSES):
        moved: set[int] = set()
        for number in sorted(waiting):
            moved |= _tighten(equations[number], low, high)
        waiting = {number for cell in moved for number in touching[cell]}
        if not waiting:
            return


def _tighten(equation: Equation, low: Numbers, high: Numbers) -> set[int]:
    cells_, signs = np.array(list(equation)), np.array(list(equation.values()))
    least = np.where(signs > 0, low[cells_], -high[cells_])
    most = np.where(signs > 0, high[cells_], -low[cells_])
    if least.sum() > 0 or most.sum() < 0:
        _contradiction("column count")
    moved = set()
    for place, (cell, sign) in enumerate(equation.items()):
        others_least = (
            float(np.delete(least, place).sum()) if np.isfinite(least).all() else _others(least, place)
        )
        others_most = float(np.delete(most, place).sum()) if np.isfinite(most).all() else _others(most, place)
        new = (-others_most, -others_least) if sign > 0 else (others_least, others_most)
        if new[0] > low[cell] or new[1] < high[cell]:
            low[cell], high[cell] = max(new[0], low[cell]), min(new[1], high[cell])
            moved.add(cell)
            if low[cell] > high[cell]:
                _contradiction("column count")
    return moved


def _others(ends: Numbers, place: int) -> float:
    return float(np.delete(ends, place).sum())


def _system(
    equations: list[Equation], low: Numbers, high: Numbers, unknown: Codes
) -> tuple[sparse.csr_matrix, Numbers]:
    column = {int(cell): number for number, cell in enumerate(unknown)}
    rows, columns, signs = [], [], []
    right: list[float] = []
    for equation in equations:
        open_ = [cell for cell in equation if cell in column]
        if not open_:
            continue
        rows += [len(right)] * len(open_)
        columns += [column[cell] for cell in open_]
        signs += [equation[cell] for cell in open_]
        right.append(-sum(sign * low[cell] for cell, sign in equation.items() if cell not in column))
    shape = (len(right), len(unknown))
    return sparse.csr_matrix((signs, (rows, columns)), shape=shape, dtype=np.float64), np.array(right)


def _solve(part: sparse.csc_matrix, right: Numbers, at: Codes, low: Numbers, high: Numbers) -> None:
    """Narrow the bounds of one block of counts that hang together."""
    if not part.shape[0]:
        return
    bounds = optimize.Bounds(low[at], high[at])
    sums = optimize.LinearConstraint(part, right, right)
    seen = _seen(bounds, sums, len(at))
    exact = determined(part.toarray().astype(np.int64)) if len(at) <= _DENSE else np.zeros(len(at), np.bool_)
    for here in np.flatnonzero((seen[1] - seen[0] < NARROW - _NEAR) | exact).tolist():
        aim = np.zeros(len(at))
        aim[here] = 1
        for sign in (1, -1):
            solved = optimize.milp(sign * aim, bounds=bounds, constraints=sums)
            if solved.x is None:
                continue
            end = float(solved.x[here])
            if sign > 0:
                low[at[here]] = np.ceil(end - _NEAR)
            else:
                high[at[here]] = np.floor(end + _NEAR)


def _seen(bounds: optimize.Bounds, sums: optimize.LinearConstraint, size: int) -> tuple[Numbers, Numbers]:
    """Smallest and largest of each count over solutions in drawn directions."""
    least, most = np.full(size, np.inf), np.full(size, -np.inf)
    draw = np.random.default_rng(0)
    for _ in range(_ROUNDS):
        weight = draw.uniform(-1, 1, size) * (most - least < NARROW)
        # A count without an upper bound is pulled down only, so that the program has an end.
        weight = np.where(np.isinf(bounds.ub), np.abs(weight), weight)
        for sign in (1, -1):
            pull = np.where(np.isinf(bounds.ub), np.abs(weight), sign * weight)
            solved = optimize.milp(pull, bounds=bounds, constraints=sums)
            if solved.x is None:
                _contradiction("column count")
            least, most = np.minimum(least, solved.x), np.maximum(most, solved.x)
        if (most - least >= NARROW).all():
            break
    return least, most


def _contradiction(where: str) -> None:
    raise AnalyticsError(
        "the published counts contradict each other",
        where=where,
        remedy="Check that totals are sums of their parts",
    )
