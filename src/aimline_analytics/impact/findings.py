"""What every impact study hands back: an estimate, how sure it is, and what it rests on."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import special


@dataclass(frozen=True, slots=True)
class Check:
    """A look at the assumption most likely to fail. `passed` None: it could not be looked at."""

    name: str
    passed: bool | None
    detail: str


@dataclass(frozen=True, slots=True)
class Finding:
    """The headline of an impact study.

    Attributes
    ----------
    design : str
    n : int
        Rows used.
    estimate, se, low, high : float
        In units of the outcome, or as a rate ratio for counts (`se` then of its logarithm).
    evidence : str
        How strong the evidence is, in a plain sentence.
    assumption : str
        The one most likely to fail.
    check : Check
    """

    design: str
    n: int
    estimate: float
    se: float
    low: float
    high: float
    evidence: str
    assumption: str
    check: Check


def reach(df: float, level: float) -> float:
    """How many standard errors an interval goes to each side."""
    share = (1 + level) / 2
    return float(special.ndtri(share) if np.isinf(df) else special.stdtrit(df, share))


def evidence(estimate: float, se: float, check: Check, *, nothing: float = 0.0) -> str:
    """Word the strength of the evidence by how far the estimate lies from no effect, and whether its check held."""
    if not np.isfinite(se):
        return "Unknown: there is too little here to tell how far chance reaches."
    far = abs(estimate - nothing) / se if se > 0 else np.inf
    if check.passed is False:
        return "Not to be relied on: the check of its main assumption failed."
    if far < 1:
        return "No sign of an effect; one of useful size may still be there, see the interval."
    if far < 2:
        return "Weak: chance alone often makes a difference as large as this."
    tail = " Its main assumption could not be checked." if check.passed is None else ""
    strength = "Moderate" if far < 3 else "Strong"
    return f"{strength}: chance alone rarely makes a difference as large as this.{tail}"
