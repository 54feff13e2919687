"""The end of a collection: nothing is left that ties a response to a device, or to the order of answering."""

from __future__ import annotations

import random
import uuid

from django.db import transaction

from aimline.core import clock, jobs
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
        if collection.keeps_no_day:
            response.finished_on = collection.opens_on
    Response.objects.bulk_create(finished, batch_size=500)
