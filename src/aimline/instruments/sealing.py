"""The end of a collection: nothing is left that ties a response to a device, or to the order of answering."""

from __future__ import annotations

import random
import uuid
from datetime import datetime, time

from django.db import transaction
from django.utils.timezone import get_current_timezone

from aimline.core import clock, jobs
from aimline.core.models import Job
from aimline.instruments import codes
from aimline.instruments.models import Collection, Response

# What higher rooms follow: a collection has closed, and its results can be read.
CLOSED = "instruments.closed"
_dice = random.SystemRandom()


def seal(collection: Collection) -> None:
    """Close a collection. Drafts go; what was answered anonymously is written anew, in an order of chance."""
    with transaction.atomic():
        collection.change(closed_on=clock.today())
        collection.responses.filter(finished_on=None).delete()
        if collection.is_anonymous:
            _write_anew(collection)
        jobs.announce(CLOSED, collection=str(collection.pk))


def _write_anew(collection: Collection) -> None:
    finished = list(collection.responses.all())
    _dice.shuffle(finished)
    collection.responses.all().delete()
    for response in finished:
        response.id, response.key = uuid.uuid4(), codes.key_of(codes.secret())
    Response.objects.bulk_create(finished, batch_size=500)


def seal_in_time(collection: Collection) -> None:
    """Let the worker close it on the day after its last one."""
    after = datetime.combine(collection.closes_on, time.max, get_current_timezone())
    jobs.ask_later(close_when_over, after, collection=str(collection.pk))


@jobs.task
def close_when_over(job: Job) -> None:
    """Close a collection whose last day is past. One that got longer is left to its later job."""
    collection = Collection.objects.filter(pk=job.facts["collection"], closed_on=None).first()
    if collection and collection.is_over:
        seal(collection)
