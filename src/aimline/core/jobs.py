"""Background work: asked for in the transaction of a write, run by the worker, retried, visible to an admin.

A task is a plain function that takes its job; rooms name theirs with `@task`. At least once: a worker that dies
leaves its lease behind, and another takes the job up again, so a task must be safe to repeat.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from uuid import UUID

from django.db import close_old_connections, connection

from aimline.core import clock, discreet
from aimline.core.errors import AimlineError
from aimline.core.models import Job, JobState

LEASE = timedelta(minutes=5)
MOST_ATTEMPTS = 5
_PAUSE = 0.5

log = logging.getLogger("aimline.jobs")
Task = Callable[[Job], None]
_tasks: dict[str, Task] = {}
_followers: dict[str, list[Task]] = {}


class Stopped(Exception):
    """Somebody asked for this work to stop; raised at the next step, so nothing is left half done."""


def task(function: Task) -> Task:
    """Make a function known to the worker under its module and name."""
    _tasks[f"{function.__module__}.{function.__qualname__}"] = function
    return function


def ask(function: Task, *, asked_by: UUID | None = None, **facts: object) -> Job:
    """Put work in the queue; it exists only if the surrounding transaction does."""
    return Job.objects.create(
        task=f"{function.__module__}.{function.__qualname__}", asked_by=asked_by, facts=facts
    )


def ask_later(function: Task, when: datetime, **facts: str | int) -> Job:
    """Put work in the queue that is to be done at a later time."""
    job = ask(function, asked_by=None, **facts)
    job.run_after = when
    job.save(update_fields=["run_after"])
    return job


def follows(occasion: str) -> Callable[[Task], Task]:
    """Make a function known to the worker as work to do whenever a lower room announces this occasion."""

    def follow(function: Task) -> Task:
        _followers.setdefault(occasion, []).append(function)
        return task(function)

    return follow


def announce(occasion: str, **facts: str) -> None:
    """Ask for the work that higher rooms do on this occasion; a lower room need not know them."""
    for function in _followers.get(occasion, ()):
        ask(function, asked_by=None, **facts)


def ask_once(function: Task, *, asked_by: UUID | None = None, **facts: object) -> Job:
    """Put work in the queue, unless the same is waiting there already."""
    waiting = Job.objects.filter(
        task=f"{function.__module__}.{function.__qualname__}",
        state=JobState.WAITING,
        asked_by=asked_by,
        facts=facts,
        run_after__lte=clock.now(),
    )
    return waiting.first() or ask(function, asked_by=asked_by, **facts)


def progress(job: Job, done: int, total: int | None = None) -> None:
    """Say how far the work is, renew the lease, and heed a wish to stop."""
    state = Job.objects.filter(pk=job.pk)
    state.update(done=done, total=total or job.total, leased_until=clock.now() + LEASE)
    job.total = total or job.total
    if state.values_list("stop_asked", flat=True).first():
        raise Stopped


def run_worker(stop: Callable[[], bool], *, until_idle: bool = False) -> int:
    """Run due jobs until told to stop; with `until_idle`, until none is due. Returns how many were run."""
    ran = 0
    while not stop():
        if not connection.in_atomic_block:
            close_old_connections()
        job = _take()
        if job is None:
            if until_idle:
                break
            time.sleep(_PAUSE)
            continue
        _run(job)
        ran += 1
    return ran


def run_due(room: str) -> int:
    """Run, here and now, the due jobs of one room and those they ask for; return how many. For the command line."""
    ran = 0
    while job := _take(room):
        _run(job)
        ran += 1
    return ran


def _take(room: str = "") -> Job | None:
    """Lease one due job. The version in the filter settles it when two workers reach for the same one."""
    job = Job.objects.due().filter(task__startswith=room).first()
    if job is None:
        return None
    taken = Job.objects.filter(pk=job.pk, version=job.version).update(
        state=JobState.RUNNING,
        attempts=job.attempts + 1,
        leased_until=clock.now() + LEASE,
        version=job.version + 1,
    )
    job.refresh_from_db()
    return job if taken else None


def _run(job: Job) -> None:
    try:
        with suppress(Stopped):
            _tasks[job.task](job)
            _finish(job, JobState.DONE)
            return
        _finish(job, JobState.STOPPED)
    except AimlineError as error:
        # A refusal in words will be refused again: no use in trying.
        _finish(job, JobState.FAILED, str(error))
    except Exception as error:
        # The one place that must outlive any fault of a task: the fault is logged, and the job says so.
        log.exception("Job %s failed", job.pk)
        _retry_or_fail(job, discreet.words_of(error))


def _retry_or_fail(job: Job, error: str) -> None:
    if job.attempts >= MOST_ATTEMPTS:
        _finish(job, JobState.FAILED, error)
        return
    wait = timedelta(seconds=2**job.attempts)
    Job.objects.filter(pk=job.pk).update(state=JobState.WAITING, run_after=clock.now() + wait, error=error)


def _finish(job: Job, state: JobState, error: str = "") -> None:
    Job.objects.filter(pk=job.pk).update(state=state, error=error, leased_until=None, changed_at=clock.now())
