"""What `analyze chart` refuses: columns that would stand twice in its output, and numbers that cannot be."""

from __future__ import annotations

import numpy as np

from aimline.cli.analyze.tables import BadTable, Table

_OF_POINTS = ("x", "y", "center", "lower", "upper", "outside", "rule", "phase", "excluded")
_OF_PHASES = ("n", "useful", "longest_run", "longest_run_max", "crossings", "crossings_min", "signal")
_SAID = ("variation", "assurance", "verdict", "rules", "widened", "false_alarm", "rebase_at", "rebase_reason")
_OWN = frozenset((*_OF_POINTS, *_OF_PHASES, *_SAID))
# Kinds that chart what is counted or waited for: there is nothing below none of it.
_NOT_NEGATIVE = ("p", "pp", "c", "u", "up", "g", "t")


def refuse_names(by: list[str]) -> None:
    """Refuse series told apart by a column that the output has a column of its own beside."""
    for name in by:
        if name in _OWN:
            raise BadTable(
                f"--by {name}: the output has a column {name} of its own. Rename that of the file."
            )


def refuse_impossible(table: Table, kind: str, value: str, size: str | None) -> None:
    """Refuse counts, times and denominators below 0, and a share of more than all."""
    y = table.numbers(value)
    if kind in _NOT_NEGATIVE:
        for row in np.flatnonzero(y < 0):
            why = f"{y[row]:g} is below 0, and --kind {kind} is for counts and times."
            raise table.refuse_row(int(row), value, why)
    if size is None:
        return
    n = table.numbers(size)
    for row in np.flatnonzero(n < 0):
        raise table.refuse_row(int(row), size, f"a denominator of {n[row]:g} is below 0.")
    if kind in ("p", "pp"):
        for row in np.flatnonzero((y > n) & (n > 0)):
            why = f"{y[row]:g} of {n[row]:g} is more than all. For rates that may pass 1 use --kind u."
            raise table.refuse_row(int(row), value, why)
