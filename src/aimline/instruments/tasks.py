"""What the worker does for collections: close each on the day after its last one, remind, remove loose pictures."""

from __future__ import annotations

import logging
from datetime import date, datetime, time, timedelta
from smtplib import SMTPRecipientsRefused

from django.core.mail import EmailMessage
from django.db.models import F
from django.utils.timezone import get_current_timezone

from aimline.core import clock, jobs
from aimline.core.models import Job, JobState
from aimline.instruments import loose, reminding
from aimline.instruments.models import Collection, Invitation, Reminder
from aimline.instruments.sealing import seal
from aimline.org.schooldays import school_days

# When people begin to read their mail.
_MORNING = time(7)
log = logging.getLogger("aimline.instruments")


def close_in_time(collection: Collection) -> Job:
    return jobs.ask_later(close_when_over, _at(collection.closes_on, time.max), collection=str(collection.pk))


@jobs.task
def close_when_over(job: Job) -> None:
    """Close a collection whose last day is past. One that got longer is left to its later job."""
    collection = Collection.objects.filter(pk=job.facts["collection"], closed_on=None).first()
    if collection and collection.is_over:
        seal(collection)


def remind_in_time(reminder: Reminder, day: date) -> Job:
    return jobs.ask_later(remind, _at(day, _MORNING), reminder=str(reminder.pk))


@jobs.task
def remind(job: Job) -> None:
    """Send one reminder, once to each. It waits for a school day; a later one that is due takes its place."""
    held = Reminder.objects.select_related("by", "collection__unit", "collection__edition__instrument")
    reminder = held.filter(pk=job.facts["reminder"], sent_on=None).first()
    today = clock.today()
    if reminder is None or not reminder.collection.is_open:
        return
    others = reminder.collection.reminders.exclude(pk=reminder.pk)
    if others.filter(day__gt=reminder.day, day__lte=today).exists():
        return
    had_one_today = others.filter(sent_on=today).exists()
    if had_one_today or not reminding.is_school_day(school_days(reminder.collection.unit), today):
        remind_in_time(reminder, today + timedelta(days=1))
        return
    _send(job, reminder)
    Reminder.objects.filter(pk=reminder.pk).update(sent_on=today)


def _send(job: Job, reminder: Reminder) -> None:
    collection = reminder.collection
    if not reminding.mail_goes_out():
        return
    if collection.open_link:
        _to_the_leader(reminder)
        return
    number = collection.reminders.filter(day__lte=reminder.day).count()
    asked = list(collection.invitations.select_related("person").order_by("pk"))
    for done, invitation in enumerate(asked, 1):
        _to_one(collection, invitation, number)
        jobs.progress(job, done, len(asked))
    # From here on nothing tells who got it, and so who had answered by this day.
    collection.invitations.update(reminded=number)


def _to_the_leader(reminder: Reminder) -> None:
    """Noted before it goes out: a worker that dies here sends none rather than two."""
    claimed = Reminder.objects.filter(pk=reminder.pk, sent_on=None).update(sent_on=clock.today())
    if claimed and reminding.wants_mail(reminder.by):
        try:
            _post(reminding.to_hand_on(reminder.collection, reminder.by))
        except OSError:
            Reminder.objects.filter(pk=reminder.pk).update(sent_on=None)
            raise


def _to_one(collection: Collection, invitation: Invitation, number: int) -> None:
    """Noted before it goes out, as above. Who has answered or said no a moment ago gets none."""
    mine = Invitation.objects.filter(pk=invitation.pk)
    claimed = mine.waiting().filter(reminded__lt=number).update(reminded=number)
    if not (claimed and reminding.wants_mail(invitation.person)):
        return
    try:
        _post(reminding.to_one(collection, invitation.person))
    except OSError:
        mine.update(reminded=F("reminded") - 1)
        raise


def _post(mail: EmailMessage) -> None:
    try:
        mail.send()
    except SMTPRecipientsRefused:
        # One wrong address must not keep the others from theirs; trying again would be refused again.
        log.warning("A reminder was refused by the mail server of its recipient")


def _at(day: date, hour: time) -> datetime:
    return datetime.combine(day, hour, get_current_timezone())


def look_for_loose_pictures() -> None:
    """Ask for a look in the coming night, unless one is asked for already."""
    waiting = Job.objects.filter(task=f"{__name__}.{remove_loose_pictures.__name__}", state=JobState.WAITING)
    if not waiting.exists():
        jobs.ask_later(remove_loose_pictures, _at(clock.today(), time.max))


@jobs.task
def remove_loose_pictures(job: Job) -> None:
    """Remove pictures that belong to no answer, every night for as long as there may be more."""
    loose.remove()
    if loose.may_come_again():
        look_for_loose_pictures()
