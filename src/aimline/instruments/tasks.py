"""What the worker does for collections: close each on the day after its last one."""

from __future__ import annotations

from datetime import datetime, time

from django.utils.timezone import get_current_timezone

from aimline.core import jobs
from aimline.core.models import Job
from aimline.instruments.models import Collection
from aimline.instruments.sealing import seal


def close_in_time(collection: Collection) -> Job:
    after = datetime.combine(collection.closes_on, time.max, get_current_timezone())
    return jobs.ask_later(close_when_over, after, collection=str(collection.pk))


@jobs.task
def close_when_over(job: Job) -> None:
    """Close a collection whose last day is past. One that got longer is left to its later job."""
    collection = Collection.objects.filter(pk=job.facts["collection"], closed_on=None).first()
    if collection and collection.is_over:
        seal(collection)
