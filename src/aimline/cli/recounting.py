"""Counting measures again right after a load from the command line, where no worker may be running."""

from __future__ import annotations

from uuid import UUID

import click

from aimline.core import jobs
from aimline.core.models import JobState
from aimline.measures import recounts


def count_again(load: str | None, *, err: bool = False) -> None:
    """Count again what rows of this load go into, and say how many points changed."""
    job = recounts.of_load(UUID(load)) if load else None
    if job is None:
        return
    # Those that counting asks for in turn as well: what may be shown, and what charts say.
    jobs.run_due("aimline.measures.")
    job.refresh_from_db()
    if job.state == JobState.DONE:
        click.echo(told(job.facts["points"], len(job.facts["measures"])), err=err)
    else:
        click.echo(
            f"Measures of student data are still being counted ({job.state}). {job.error}".strip(), err=err
        )


def told(points: int, measures: int) -> str:
    return f"Measures of student data counted again: {measures:,}. Points that changed: {points:,}."
