"""Taking a student out for good: first whatever files have left behind, then the rows, in one transaction.

Broken off at any moment, the student is either still known, and the same command begins again, or is gone.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import OperationalError, transaction
from django.db.models import QuerySet

from aimline.access.rules import Act, allowed, can
from aimline.core import traces
from aimline.core.errors import NotAllowed, NotFound, Unreadable
from aimline.core.models import Job
from aimline.core.traces import Words
from aimline.imports.actions.erasing import forget_values
from aimline.imports.actions.uploads import drop_upload
from aimline.imports.models import Load, Upload
from aimline.measures import recounts
from aimline.org.models import Unit
from aimline.people.models import Person
from aimline.students import actions, erasing, lake
from aimline.students.erasing import Erased
from aimline.students.models import Batch, Seen, Source
from aimline.students.tracing import Traced

# What is asked about may have lain in rows of these.
_TOUCHED = (Batch, Job, Load, Seen, Session, Upload)


@dataclass(slots=True)
class Outcome:
    """What went. `wiped`: the database let go of freed pages as well; where it was too busy, the next purge does it."""

    erased: Erased = field(default_factory=Erased)
    uploads: int = 0
    reports: int = 0
    other_files: int = 0
    wiped: bool = True


def place_of(student: Traced, person: Person) -> Unit:
    """Return the place to ask for the right to a student's data; the person must have it at every source's place."""
    units = [source.unit for source in student.sources] or list(Unit.objects.filter(parent=None)[:1])
    if not all(can(person, Act.KEEP_PRIVACY, unit) for unit in units):
        raise NotAllowed(act=str(Act.KEEP_PRIVACY))
    if not units:
        raise NotFound
    return min(units, key=lambda unit: unit.depth)


def erase_student(student: Traced, person: Person, *, dry_run: bool = False) -> Outcome:
    """Erase one student everywhere but in backups."""
    unit, sought = place_of(student, person), traces.words(student.telling)
    uploads, reports = _uploads(student, person, sought), _reports(student)
    outcome = Outcome(uploads=len(uploads), reports=len(reports))
    if dry_run:
        outcome.erased = erasing.count(erasing.cuts_for(student))
        return outcome
    with lake.writing():
        for upload in uploads:
            drop_upload(upload, person)
        outcome.other_files = _clean_files(sought) if sought else 0
        with transaction.atomic():
            for load in reports:
                forget_values(load, person)
            _clean_database(sought)
            outcome.erased = actions.erase_student(unit, person, student=student, mark=student.mark)
            for each in {source.unit for source in student.sources}:
                recounts.ask(each, outcome.erased.tables)
        lake.forget(outcome.erased.files)
    outcome.wiped = _wipe()
    return outcome


def erase_expired(
    unit: Unit, person: Person, before: Mapping[str, date], *, dry_run: bool = False
) -> Outcome:
    """Erase the rows of tables, by name, whose years were over before a day."""
    if not can(person, Act.KEEP_PRIVACY, unit):
        raise NotAllowed(act=str(Act.KEEP_PRIVACY))
    if dry_run:
        return Outcome(erasing.count(erasing.cuts_past(before)))
    with lake.writing():
        erased = actions.erase_expired(unit, person, before=before)
        lake.forget(erased.files)
    return Outcome(erased, wiped=_wipe())


def _uploads(student: Traced, person: Person, sought: Words | None) -> list[Upload]:
    """Files that were sent and name the student; of an id too short to be looked for, all of the same sources."""
    short = any(id not in student.telling for id in student.ids)
    loads = [load.upload_id for source in student.sources for load in _loads(source)] if short else []
    sent = allowed(person, Act.IMPORT, Upload.objects.select_related("unit"))
    return [upload for upload in sent if upload.pk in loads or (sought and _holds(upload.path, sought))]


def _reports(student: Traced) -> list[Load]:
    """Loads of the sources that know the student: their reports may show what stood in the student's rows."""
    loads = (load for source in student.sources for load in _loads(source))
    return [load for load in loads if any(problem["value"] for problem in load.report.get("problems", []))]


def _loads(source: Source) -> QuerySet[Load]:
    return Load.objects.filter(unit=source.unit, source=source.name)


def _clean_files(sought: Words) -> int:
    """Remove scratch files, and lines of logs, that name the student."""
    home = Path(settings.HOME)
    count = 0
    for path in _files(home / "tmp"):
        if _holds(path, sought):
            path.unlink(missing_ok=True)
            count += 1
    for path in _files(home / "logs"):
        if _holds(path, sought):
            _drop_lines(path, lambda line: bool(sought.raw.search(line)))
            count += 1
    return count


def _files(folder: Path) -> Sequence[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def _holds(path: Path, sought: Words) -> bool:
    # Others come and go while we look; what is sealed is left alone.
    with suppress(FileNotFoundError, Unreadable):
        return traces.in_file(path, sought) > 0
    return False


def _drop_lines(path: Path, names_student: Callable[[bytes], bool]) -> None:
    draft = path.with_name(f".{path.name}.part")
    with path.open("rb") as log, draft.open("wb") as kept:
        kept.writelines(line for line in log if not names_student(line))
    draft.chmod(path.stat().st_mode & 0o777)
    draft.replace(path)


def _clean_database(sought: Words | None) -> None:
    """Forget what failed work and open sessions say of the student."""
    if sought is None:
        return
    for job in Job.objects.exclude(error=""):
        if sought.count_in(job.error):
            Job.objects.filter(pk=job.pk).update(error="")
    for session in Session.objects.all():
        if sought.count_in(str(session.get_decoded())):
            session.delete()


def _wipe() -> bool:
    try:
        traces.wipe_freed_pages(_TOUCHED)
    except OperationalError:
        return False
    return True
