"""Loads that take longer than a page should, and the clearing away of files nobody needs any more."""

from __future__ import annotations

from aimline.core import clock, jobs
from aimline.core.errors import Unreadable
from aimline.core.models import Job
from aimline.imports import pipeline
from aimline.imports.models import KEPT, Upload
from aimline.imports.report import Status
from aimline.people.models import Person


@jobs.task
def load_upload(job: Job) -> None:
    """Load a file that was sent, with the rights of its sender. Safe to repeat: the same rows change nothing."""
    upload = Upload.objects.select_related("unit").get(pk=job.facts["upload"])
    person = Person.objects.get(pk=str(job.asked_by))
    outcome = pipeline.load_upload(upload, person, lambda line: jobs.progress(job, line))
    if outcome.report.status == Status.REFUSED:
        raise Unreadable(outcome.report.problems[0].message)


@jobs.task
def clear_uploads(job: Job) -> None:
    """Remove files whose load can no longer be taken back."""
    for upload in Upload.objects.filter(created_at__lt=clock.now() - KEPT):
        upload.path.unlink(missing_ok=True)
        upload.delete()
