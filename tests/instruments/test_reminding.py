"""Reminders: chosen days, only to those from whom nothing came, never twice, and ended with one click."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from smtplib import SMTPServerDisconnected

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.test import Client
from django.urls import reverse
from django.utils.timezone import make_aware
from pytest_django import Settings

from aimline.core import clock, jobs
from aimline.core.errors import Conflict, Invalid, NotAllowed
from aimline.core.models import Job, JobState
from aimline.instruments import answering, reminding
from aimline.instruments.actions import collecting, preparing
from aimline.instruments.models import Collection, Promise, Quiet, Reminder
from aimline.people.models import Person
from tests.instruments.conftest import CLOSES, MIDDLE, OPENS, Asked, make_instrument
from tests.instruments.pages import BEFORE, body, signed_in
from tests.world import World

FIRST, SECOND = date(2026, 11, 11), date(2026, 11, 18)
SATURDAY = date(2026, 11, 14)
SMTP = "django.core.mail.backends.locmem.EmailBackend"


class Failing(EmailBackend):
    """A mail server that hangs up on the second mail, once."""

    sent = 0

    def send_messages(self, messages: object) -> int:
        Failing.sent += 1
        if Failing.sent == 2:
            raise SMTPServerDisconnected("hung up")
        return super().send_messages(messages)  # type: ignore[no-any-return]


@pytest.fixture(autouse=True)
def before() -> Iterator[None]:
    with clock.standing_on(BEFORE):
        yield


def staff(world: World) -> list[Person]:
    return [world.tess, world.cody, world.priya]


def by_name(world: World, promise: Promise = Promise.ANONYMOUS, days: tuple[date, ...] = ()) -> Collection:
    collection = collecting.plan(
        world.kelp,
        world.priya,
        instrument=make_instrument(world),
        name="Math class in fall",
        opens_on=OPENS,
        closes_on=CLOSES,
        open_link=False,
        promise=promise,
    )
    collecting.ask(collection, world.priya, people=staff(world))
    preparing.choose_reminders(collection, world.priya, days=days)
    return collecting.open_collection(collection, world.priya)


def work_on(day: date, hour: int = 8) -> None:
    with clock.standing_on(make_aware(datetime.combine(day, time(hour)))):
        jobs.run_worker(lambda: False, until_idle=True)


def answer(collection: Collection, person: Person, day: date = MIDDLE) -> None:
    with clock.standing_on(day):
        answering.finish(collection, person, secret=str(person.pk), language="en", answers={"mistakes": 3})


def got() -> list[str]:
    return sorted(one.to[0] for one in mail.outbox)


def test_a_reminder_goes_to_those_from_whom_nothing_came_and_to_nobody_else(world: World) -> None:
    collection = by_name(world, days=(FIRST, SECOND))
    answer(collection, world.tess)
    work_on(MIDDLE)
    assert not mail.outbox
    work_on(FIRST, 6)
    assert not mail.outbox
    work_on(FIRST)
    assert got() == sorted([world.cody.email, world.priya.email])
    answer(collection, world.priya, FIRST)
    mail.outbox.clear()
    work_on(SECOND)
    work_on(SECOND)
    assert got() == [world.cody.email]


def test_the_mail_is_short_speaks_the_readers_language_and_says_how_to_end_it(
    world: World, settings: Settings
) -> None:
    settings.PUBLIC_URL = "https://aimline.example"
    world.cody.change(language="es")
    collection = by_name(world, days=(FIRST,))
    work_on(FIRST)
    by = {one.to[0]: one for one in mail.outbox}
    english, spanish = by[str(world.tess.email)], by[str(world.cody.email)]
    assert english.subject == "Reminder: Math class in fall"
    assert f"https://aimline.example{reverse('answering:start', args=[collection.code])}" in english.body
    assert "No one can find out what you answered" in english.body
    assert "Nadie puede" in spanish.body
    assert english.subject != spanish.subject
    stop = str(english.extra_headers["List-Unsubscribe"])
    assert (
        stop
        == f"<https://aimline.example{reverse('answering:reminders', args=[reminding.token_of(world.tess)])}>"
    )
    assert english.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert len(english.body) < 900


def test_who_ended_reminders_or_said_no_gets_none(world: World) -> None:
    collection = by_name(world, days=(FIRST,))
    Quiet.objects.create(person=world.cody)
    with clock.standing_on(MIDDLE):
        said = signed_in(world, "tess").post(f"/a/{collection.code}/", {"do": "decline"})
        assert "Your no is noted" in body(said)
        assert "Math class in fall" not in body(signed_in(world, "tess").get("/"))
    work_on(FIRST)
    assert got() == [world.priya.email]
    answer(collection, world.tess, FIRST)
    assert collection.invitations.get(person=world.tess).answered


def test_a_worker_that_fails_half_way_sends_to_the_rest_and_to_nobody_twice(
    world: World, settings: Settings
) -> None:
    by_name(world, days=(FIRST,))
    Failing.sent = 0
    settings.EMAIL_BACKEND = f"{__name__}.Failing"
    work_on(FIRST)
    assert len(mail.outbox) == 1
    job = Job.objects.get(task__endswith="tasks.remind")
    assert job.state == JobState.WAITING
    Job.objects.filter(pk=job.pk).update(run_after=clock.now())
    work_on(FIRST, 9)
    assert got() == sorted(str(one.email) for one in staff(world))


def test_a_worker_killed_after_a_mail_does_not_send_it_again(world: World) -> None:
    collection = by_name(world, days=(FIRST,))
    # As it stands when the worker died behind the first mail: noted, and the lease has run out.
    collection.invitations.filter(person=world.cody).update(reminded=1)
    Job.objects.filter(task__endswith="tasks.remind").update(
        state=JobState.RUNNING, leased_until=clock.now() - timedelta(hours=1)
    )
    work_on(FIRST)
    assert got() == sorted([world.tess.email, world.priya.email])


def test_afterwards_nothing_tells_who_was_reminded_or_on_which_day_somebody_answered(world: World) -> None:
    collection = by_name(world, days=(FIRST, SECOND))
    answer(collection, world.tess, MIDDLE)
    work_on(FIRST)
    answer(collection, world.cody, SECOND)
    assert set(collection.invitations.values_list("reminded", flat=True)) == {1}
    assert set(collection.responses.values_list("finished_on", flat=True)) == {OPENS}
    assert not Job.objects.filter(task__endswith="tasks.remind", state=JobState.DONE).exclude(done=3).exists()
    with clock.standing_on(SECOND):
        collecting.close(collection, world.priya)
    assert set(collection.responses.values_list("finished_on", flat=True)) == {OPENS}


def test_under_the_other_promises_the_day_is_kept(world: World) -> None:
    collection = by_name(world, Promise.CONFIDENTIAL, (FIRST,))
    answer(collection, world.tess)
    assert collection.responses.get().finished_on == MIDDLE


def test_where_nobody_knows_who_answered_the_words_are_for_everyone(asked: Asked, world: World) -> None:
    collection = asked()
    preparing.choose_reminders(collection, world.priya, days=[FIRST])
    work_on(FIRST)
    work_on(FIRST, 9)
    assert got() == [world.priya.email]
    assert "If you have answered, thank you. Nobody can see who has" in mail.outbox[0].body
    with clock.standing_on(FIRST):
        page = body(signed_in(world, "priya").get(f"/collections/{collection.pk}/reminder/"))
        assert "If you have answered, thank you" in page
        assert "Say it again: Math class in fall" in body(signed_in(world, "priya").get("/"))
        assert "Say it again" not in body(signed_in(world, "tess").get("/"))
    with clock.standing_on(SECOND):
        assert "Say it again" not in body(signed_in(world, "priya").get("/"))


def test_a_day_without_school_is_refused_and_a_worker_that_was_away_waits_for_school(world: World) -> None:
    collection = by_name(world)
    for day, why in (
        (SATURDAY, "no school on"),
        (OPENS, "not after the first day"),
        (CLOSES + timedelta(days=1), "before the end"),
    ):
        with pytest.raises(Invalid, match=why):
            preparing.choose_reminders(collection, world.priya, days=[day])
    friday = SATURDAY - timedelta(days=1)
    preparing.choose_reminders(collection, world.priya, days=[friday])
    work_on(SATURDAY)
    assert not mail.outbox
    work_on(SATURDAY + timedelta(days=2))
    assert len(mail.outbox) == 3


def test_two_that_are_due_at_once_go_out_as_one(world: World) -> None:
    by_name(world, days=(FIRST, SECOND))
    work_on(SECOND)
    assert len(mail.outbox) == 3
    work_on(SECOND + timedelta(days=1))
    assert len(mail.outbox) == 3
    assert Reminder.objects.get(sent_on=SECOND).day == SECOND


def test_two_are_the_most_and_those_sent_count(world: World) -> None:
    collection = by_name(world, days=(FIRST,))
    work_on(FIRST)
    with clock.standing_on(FIRST), pytest.raises(Invalid, match="the most"):
        preparing.choose_reminders(
            collection, world.priya, days=[FIRST + timedelta(days=1), FIRST + timedelta(days=2)]
        )
    with clock.standing_on(FIRST):
        preparing.choose_reminders(collection, world.priya, days=[SECOND])
        preparing.choose_reminders(collection, world.priya, days=[])
    assert [one.day for one in collection.reminders.all()] == [FIRST]
    with pytest.raises(NotAllowed):
        preparing.choose_reminders(collection, world.tess, days=[SECOND])
    with clock.standing_on(SECOND):
        collecting.close(collection, world.priya)
        with pytest.raises(Conflict):
            preparing.choose_reminders(collection, world.priya, days=[SECOND])


def test_nothing_goes_out_once_it_is_closed(world: World) -> None:
    collection = by_name(world, days=(FIRST,))
    with clock.standing_on(MIDDLE):
        collecting.close(collection, world.priya)
    work_on(FIRST)
    assert not mail.outbox


def test_without_a_mail_server_the_page_says_so_and_my_week_reminds(world: World, settings: Settings) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    collection = by_name(world, days=(FIRST,))
    shown = body(signed_in(world, "priya").get(f"/collections/{collection.pk}/reminders/"))
    assert "No mail server is set up" in shown
    work_on(FIRST)
    assert Reminder.objects.get().sent_on == FIRST
    with clock.standing_on(FIRST):
        assert "Reminder: answer Math class in fall" in body(signed_in(world, "tess").get("/"))


def test_a_planner_chooses_the_days_on_a_page_that_suggests_them(world: World) -> None:
    collection = by_name(world)
    client = signed_in(world, "priya")
    shown = body(client.get(f"/collections/{collection.pk}/reminders/"))
    assert 'value="2026-11-11"' in shown
    assert 'value="2026-11-18"' in shown
    refused = client.post(f"/collections/{collection.pk}/reminders/", {"first": SATURDAY, "second": SECOND})
    assert refused.status_code == 422
    assert f'value="{SATURDAY}"' in body(refused)
    kept = client.post(f"/collections/{collection.pk}/reminders/", {"first": FIRST, "second": ""})
    assert kept.status_code == 302
    assert [one.day for one in collection.reminders.all()] == [FIRST]
    assert "Change the reminders" in body(client.get(f"/collections/{collection.pk}/"))


def test_one_click_ends_reminders_without_signing_in_and_another_brings_them_back(world: World) -> None:
    path = reverse("answering:reminders", args=[reminding.token_of(world.tess)])
    client = Client(enforce_csrf_checks=True)
    assert "you may get a reminder" in body(client.get(path))
    assert not Quiet.objects.exists()
    assert client.post(path, {"List-Unsubscribe": "One-Click"}).status_code == 302
    assert Quiet.objects.get().person == world.tess
    assert "no reminders by e-mail" in body(client.get(path))
    client.post(path, {"do": "again"})
    assert not Quiet.objects.exists()
    forged = reverse("answering:reminders", args=[f"{world.tess.pk}:forged"])
    assert client.post(forged).status_code == 404
    assert not Quiet.objects.exists()
    assert signed_in(world, "tess").get("/a/reminders/")["Location"] == path
