"""Exact elimination: which unknowns a system of sums determines."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

# Remainders of this prime fit 64-bit products; two primes would both have to lie for a false answer.
_PRIME = 2_147_483_647


def determined(matrix: npt.NDArray[np.int64]) -> npt.NDArray[np.bool_]:
    """Unknowns whose unit vector lies in the row space of a system.

    Parameters
    ----------
    matrix : ndarray of int, shape (equations, unknowns)
        Coefficients of the unknowns.

    Returns
    -------
    ndarray of bool, shape (unknowns,)

    Notes
    -----
    Gauss-Jordan elimination modulo a 31-bit prime: no float tolerance decides.
    """
    left = matrix % _PRIME
    pivots: list[int] = []
    for column in range(left.shape[1]):
        top = len(pivots)
        below = np.flatnonzero(left[top:, column])
        if not len(below):
            continue
        left[[top, top + below[0]]] = left[[top + below[0], top]]
        left[top] = left[top] * pow(int(left[top, column]), -1, _PRIME) % _PRIME
        others = np.flatnonzero(left[:, column])
        others = others[others != top]
        left[others] = (left[others] - left[others, column][:, None] * left[top]) % _PRIME
        pivots.append(column)
        if len(pivots) == len(left):
            break
    found = np.zeros(left.shape[1], dtype=np.bool_)
    reduced = left[: len(pivots)]
    alone = (reduced != 0).sum(axis=1) == 1
    found[np.array(pivots, dtype=np.int64)[alone]] = True
    return found
