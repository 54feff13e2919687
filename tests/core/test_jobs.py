from __future__ import annotations

from datetime import timedelta

import pytest

from aimline.core import clock, jobs
from aimline.core.errors import Invalid
from aimline.core.models import Job, JobState

pytestmark = pytest.mark.django_db
RAN: list[str] = []


@jobs.task
def remember(job: Job) -> None:
    RAN.append(job.facts["word"])


@jobs.task
def stumble(job: Job) -> None:
    raise OSError("disk is full")


@jobs.task
def refuse(job: Job) -> None:
    raise Invalid("The file has no rows.")


@jobs.task
def count_slowly(job: Job) -> None:
    for step in range(10):
        jobs.progress(job, step, 10)
        Job.objects.filter(pk=job.pk).update(stop_asked=step == 3)


def run() -> None:
    jobs.run_worker(lambda: False, until_idle=True)


def test_a_job_runs_once(world: object) -> None:
    RAN.clear()
    job = jobs.ask(remember, word="chart")
    run()
    run()
    job.refresh_from_db()
    assert (RAN, job.state, job.attempts) == (["chart"], JobState.DONE, 1)


def test_a_fault_is_tried_again_later_and_given_up_after_five(world: object) -> None:
    job = jobs.ask(stumble)
    for _turn in range(jobs.MOST_ATTEMPTS + 2):
        run()
        Job.objects.filter(pk=job.pk).update(run_after=clock.now())
    job.refresh_from_db()
    assert (job.state, job.attempts) == (JobState.FAILED, jobs.MOST_ATTEMPTS)
    assert "disk is full" in job.error


def test_a_refusal_in_words_is_not_tried_again(world: object) -> None:
    job = jobs.ask(refuse)
    run()
    job.refresh_from_db()
    assert (job.state, job.attempts, job.error) == (JobState.FAILED, 1, "The file has no rows.")


def test_a_job_stops_when_asked(world: object) -> None:
    job = jobs.ask(count_slowly)
    run()
    job.refresh_from_db()
    assert (job.state, job.done) == (JobState.STOPPED, 4)


def test_a_job_left_by_a_dead_worker_is_taken_up_again(world: object) -> None:
    RAN.clear()
    job = jobs.ask(remember, word="again")
    Job.objects.filter(pk=job.pk).update(
        state=JobState.RUNNING, leased_until=clock.now() - timedelta(seconds=1)
    )
    run()
    job.refresh_from_db()
    assert (RAN, job.state) == (["again"], JobState.DONE)
