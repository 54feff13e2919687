"""What `bench` measures of the student lake: our work against what DuckDB needs for the same files, in one run.

Each side is a program of its own, so that memory and processor time are those of the whole. Both have been started
before, so that neither compiles its modules; what a start costs is told beside, and stands in the times of both.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from aimline.cli.bench_district import write_district
from aimline.cli.bench_library import Measured

STUDENTS, ENROLLMENTS = 50_000, 1_000_000
# Reads every file and writes it again as what the lake is made of: the least any load has to do.
_PLAIN = """
import sys, pathlib, duckdb
for path in sorted(pathlib.Path(sys.argv[1]).glob("*.csv")):
    target = pathlib.Path(sys.argv[2]) / (path.stem + ".parquet")
    duckdb.sql(f"copy (select * from read_csv('{path}', all_varchar=true, header=true)) to '{target}' (format parquet)")
"""


def student_lake(students: int = STUDENTS, enrollments: int = ENROLLMENTS) -> Iterator[Measured]:
    """Load a roster into a home made for it; then load it again, which changes nothing."""
    with tempfile.TemporaryDirectory(prefix="aimline-bench-") as name:
        folder = Path(name)
        write_district(folder / "district", students=students, enrollments=enrollments)
        (folder / "plain").mkdir()
        home = {"AIMLINE_HOME": str(folder / "home"), "PYTHONPYCACHEPREFIX": str(folder / "compiled")}
        yield _starts(home)
        copy = [sys.executable, "-c", _PLAIN, str(folder / "district"), str(folder / "plain")]
        plain, _memory = measured(copy, home)
        measured(program("init", "--name", "Bench", "--code", "BENCH"), home)
        load = program("import", "oneroster", str(folder / "district"), "--create-units", "school")
        for what in ("read, checked, kept", "again, unchanged"):
            taken, memory = measured(load, home)
            told = f"OneRoster, {students:,} students, {enrollments:,} enrollments: {what}"
            yield Measured(told, taken, plain, "DuckDB reading and writing the same files", memory)


def _starts(home: dict[str, str]) -> Measured:
    """What starting either side takes, the second time."""
    sides = (program("import", "oneroster", "--help"), [sys.executable, "-c", "import sys, pathlib, duckdb"])
    (ours, memory), (plain, _memory) = ([measured(side, home) for _time in range(2)][1] for side in sides)
    told = "The start of the program, which the times below hold"
    return Measured(told, ours, plain, "that of DuckDB, which its times hold", memory)


def program(*words: str) -> list[str]:
    return [sys.executable, "-m", "aimline.cli.main", *words]


def measured(words: Sequence[str], given: dict[str, str]) -> tuple[float, float]:
    """Run a program; return the milliseconds of the processor it took, and its most memory in megabytes."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("AIMLINE_") and name != "PYTHONDONTWRITEBYTECODE"
    }
    running = subprocess.Popen(
        words, env={**kept, **given}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    _id, status, used = os.wait4(running.pid, 0)
    running.returncode = os.waitstatus_to_exitcode(status)
    if running.returncode:
        raise RuntimeError(f"{words[-1]} ended with {running.returncode}.")
    return 1000 * (used.ru_utime + used.ru_stime), used.ru_maxrss / 1024
