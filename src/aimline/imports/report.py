"""What a load did, in one shape for the command line, the browser and the archive."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from itertools import islice
from typing import Any

from aimline.imports.refusals import Refused

MOST_PROBLEMS = 10_000
MOST_VALUE = 200


class Code(StrEnum):
    """Every kind of problem a file can have. Scripts read these words: they are added to, never changed."""

    DUPLICATE_KEY = "duplicate_key"
    DUPLICATE_ROW = "duplicate_row"
    UNKNOWN_UNIT = "unknown_unit"
    UNKNOWN_MEASURE = "unknown_measure"
    UNKNOWN_CODE = "unknown_code"
    UNRESOLVED_REFERENCE = "unresolved_reference"
    UNMATCHED_STUDENT = "unmatched_student"
    NOT_A_NUMBER = "not_a_number"
    BAD_DATE = "bad_date"
    BAD_VALUE = "bad_value"
    MISSING_VALUE = "missing_value"
    MISSING_COLUMN = "missing_column"
    UNKNOWN_COLUMN = "unknown_column"
    RAGGED_ROW = "ragged_row"
    BAD_ENCODING = "bad_encoding"
    CONTROL_CHARACTER = "control_character"
    MANIFEST_MISMATCH = "manifest_mismatch"
    UNKNOWN_FILE = "unknown_file"
    UNEXPECTED_ELEMENT = "unexpected_element"
    NOT_KEPT = "not_kept"
    TOO_LARGE = "too_large"
    UNSAFE_FILE = "unsafe_file"
    MALFORMED = "malformed"
    TOO_MANY_REMOVALS = "too_many_removals"
    UNREACHABLE = "unreachable"
    FORBIDDEN = "forbidden"


class Severity(StrEnum):
    ERROR = "error"
    WARNING = "warning"


class Status(StrEnum):
    LOADED = "loaded"
    UNCHANGED = "unchanged"
    DRY_RUN = "dry-run"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Problem:
    file: str
    line: int
    column: str
    code: str
    value: str
    message: str
    severity: str = Severity.ERROR


@dataclass(slots=True)
class Tally:
    """The counts of one file and entity: `read` counts rows, the others count records."""

    read: int = 0
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    deactivated: int = 0
    rejected: int = 0
    skipped: int = 0

    def add(self, other: Tally) -> None:
        for name, count in asdict(other).items():
            setattr(self, name, getattr(self, name) + count)


@dataclass(slots=True)
class Report:
    kind: str
    status: Status = Status.LOADED
    load: str | None = None
    tallies: dict[tuple[str, str], Tally] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    started: float = field(default_factory=time.monotonic)
    seconds: float = 0.0

    def tally(self, file: str, entity: str) -> Tally:
        return self.tallies.setdefault((file, entity), Tally())

    def note(self, problem: Problem) -> None:
        self.counts[problem.code] += 1
        if len(self.problems) < MOST_PROBLEMS:
            self.problems.append(problem)

    @property
    def is_full(self) -> bool:
        """Whether further problems are counted alone."""
        return len(self.problems) >= MOST_PROBLEMS

    def note_all(self, code: str, count: int, problems: Iterable[Problem]) -> None:
        """Note many problems of one kind; only those are made that are listed."""
        self.counts[code] += count
        self.problems.extend(islice(problems, MOST_PROBLEMS - len(self.problems)))

    def withdraw(self) -> None:
        """Say that nothing was written after all."""
        self.status, self.load = Status.REFUSED, None
        for tally in self.tallies.values():
            tally.created = tally.updated = tally.unchanged = tally.deactivated = 0

    def refuse(self, file: str, refusal: Refused) -> None:
        """Turn this into the report of a file that was refused as a whole."""
        self.withdraw()
        value, named = refusal.value[:MOST_VALUE], refusal.file or file
        problem = Problem(named, refusal.line, refusal.column, refusal.reason, value, str(refusal))
        self.counts[problem.code] += 1
        # However many there are already, what kept the whole file out is among those listed.
        self.problems = [problem, *self.problems[: MOST_PROBLEMS - 1]]

    def close(self) -> Report:
        """Set the time it took and put the problems in the order of the file."""
        self.seconds = round(time.monotonic() - self.started, 3)
        self.problems.sort(key=lambda problem: (problem.file, problem.line))
        return self

    @property
    def totals(self) -> Tally:
        total = Tally()
        for tally in self.tallies.values():
            total.add(tally)
        return total

    @property
    def changes(self) -> int:
        totals = self.totals
        return totals.created + totals.updated + totals.deactivated

    @classmethod
    def from_json(cls, kept: dict[str, Any]) -> Report:
        """Read a report again that was kept with its load."""
        report = cls(kept["kind"], Status(kept["status"]), kept["import"], seconds=kept["seconds"])
        for file in kept["files"]:
            facts = dict(file)
            key = (facts.pop("file"), facts.pop("entity"))
            report.tallies[key] = Tally(**facts)
        report.problems = [Problem(**problem) for problem in kept["problems"]]
        report.counts = Counter(kept["problem_counts"])
        return report

    def as_json(self) -> dict[str, Any]:
        files = [
            {"file": file, "entity": entity, **asdict(tally)}
            for (file, entity), tally in self.tallies.items()
        ]
        return {
            "kind": self.kind,
            "import": self.load,
            "status": str(self.status),
            "seconds": self.seconds,
            "files": files,
            "totals": asdict(self.totals),
            "problems": [asdict(problem) for problem in self.problems],
            "problem_counts": dict(sorted(self.counts.items())),
        }
