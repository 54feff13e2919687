"""Results: what is shown, to whom, and that what is hidden is in no byte of a page or a file."""

from __future__ import annotations

import csv
import io
import re
from copy import deepcopy
from datetime import date
from typing import Any

from django.test import Client

from aimline.core import clock
from aimline.instruments import codes
from aimline.instruments.actions import building, collecting
from aimline.instruments.editions import Join
from aimline.instruments.models import AnsweredBy, Collection, Edition, Promise, Response
from aimline.reports.exports_answers import COLUMNS
from tests.instruments.conftest import MIDDLE, Asked, make_instrument
from tests.world import World

AFTER = date(2026, 12, 1)
FIGURE = re.compile(r"\d+\s?%|\d+ people|could be \d")


def hand_in(collection: Collection, count: int, **answers: Any) -> None:
    kept = {key.replace("_", "-"): value for key, value in answers.items()}
    Response.objects.bulk_create(
        Response(
            collection=collection,
            key=codes.key_of(codes.secret()),
            language="en",
            answers=kept,
            finished_on=MIDDLE,
        )
        for _ in range(count)
    )


def close(collection: Collection, world: World) -> Collection:
    with clock.standing_on(MIDDLE):
        return collecting.close(collection, world.priya)


def page(client: Client, collection: Collection, rest: str = "results/", day: date = AFTER) -> str:
    with clock.standing_on(day):
        return client.get(f"/collections/{collection.pk}/{rest}").content.decode()


def main(text: str) -> str:
    """The words of the page itself, without its drawings and addresses."""
    body = text[text.index("<main") : text.index("</main>")]
    return re.sub(r"<[^>]*>", " ", body)


def table(client: Client, collection: Collection) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(page(client, collection, "results.csv"))))


def test_results_begin_with_the_verdict_and_say_how_sure_they_are(
    asked: Asked, world: World, client: Client
) -> None:
    collection = asked(expected=60)
    hand_in(collection, 20, mistakes=4.0, laughed_at=1.0)
    hand_in(collection, 20, mistakes=1.0, laughed_at=4.0)
    close(collection, world)
    client.force_login(world.tess)
    shown = main(page(client, collection))
    assert "Safe to make mistakes: 50% . 40 answers." in " ".join(shown.split())
    assert "40 of 60 answered" in shown
    assert "Those who did not answer may see it differently." in shown
    assert "could be 34% to 66%" in shown
    assert "The 2 questions hang together" in shown
    assert "the first time that this was asked here" in shown


def test_what_people_wrote_is_for_those_who_ask(asked: Asked, world: World, client: Client) -> None:
    collection = asked()
    hand_in(collection, 12, mistakes=4.0, more="=HYPERLINK(1) <i>fine</i>")
    close(collection, world)
    client.force_login(world.tess)
    assert "fine" not in page(client, collection)
    assert "fine" not in page(client, collection, "results.csv")
    client.force_login(world.priya)
    assert "=HYPERLINK(1) &lt;i&gt;fine&lt;/i&gt;" in page(client, collection)
    texts = [row["answer"] for row in table(client, collection) if row["row"] == "text"]
    assert texts == ["'=HYPERLINK(1) <i>fine</i>"] * 12


def test_while_it_is_open_page_and_file_hold_a_band_and_no_figure(
    asked: Asked, world: World, client: Client
) -> None:
    collection = asked(expected=80)
    hand_in(collection, 37, mistakes=4.0, laughed_at=1.0, more="Fine.")
    client.force_login(world.priya)
    shown = page(client, collection, day=MIDDLE)
    assert "20 to 39 of 80 are in" in shown
    assert "37" not in main(shown)
    assert not FIGURE.search(main(shown))
    assert "Fine." not in shown
    assert "Nobody sees results while it runs" in shown
    with clock.standing_on(MIDDLE):
        file = client.get(f"/collections/{collection.pk}/results.csv").content.decode()
    assert file.splitlines()[1:] == ["hidden,open,,,,,,,,,"]


def test_nine_answers_leave_no_figure_behind(asked: Asked, world: World, client: Client) -> None:
    collection = asked(expected=20)
    hand_in(collection, 9, mistakes=4.0, laughed_at=1.0, language="en", more="Secret.")
    close(collection, world)
    client.force_login(world.priya)
    shown = page(client, collection)
    assert "Fewer than 10 answered" in main(shown)
    assert not FIGURE.search(main(shown))
    assert '<svg class="strip"' not in shown
    assert "Secret." not in shown
    assert not re.search(r"\b9\b", main(shown))
    assert table(client, collection) == [
        {
            **dict.fromkeys(COLUMNS, ""),
            "row": "hidden",
            "question": "few",
        }
    ]


def test_a_question_that_few_answered_says_so_and_not_how_many(
    asked: Asked, world: World, client: Client
) -> None:
    collection = asked()
    hand_in(collection, 12, more="Fine.")
    hand_in(collection, 7, mistakes=4.0, laughed_at=1.0)
    close(collection, world)
    client.force_login(world.priya)
    shown = page(client, collection)
    assert "Hidden to protect people: too few answered this." in shown
    assert not re.search(r"\b7\b|100%", main(shown))
    assert [
        (row["row"], row["answers"])
        for row in table(client, collection)
        if row["question"] == "Safe to make mistakes"
    ] == [("hidden", "")]


def test_staff_results_wait_for_half_of_the_staff(asked: Asked, world: World, client: Client) -> None:
    collection = asked(expected=41)
    hand_in(collection, 20, mistakes=4.0, laughed_at=1.0)
    close(collection, world)
    client.force_login(world.priya)
    shown = page(client, collection)
    assert "Fewer than half of the staff answered" in shown
    assert not FIGURE.search(main(shown))
    assert [row["question"] for row in table(client, collection)] == ["half"]
    enough = asked(expected=40)
    hand_in(enough, 20, mistakes=4.0, laughed_at=1.0)
    close(enough, world)
    assert "100%" in main(page(client, enough))


def test_hidden_groups_stand_together_and_cannot_be_worked_out(
    asked: Asked, world: World, client: Client
) -> None:
    collection = asked(make_instrument(world, answered_by=AnsweredBy.FAMILIES))
    hand_in(collection, 15, mistakes=4.0, laughed_at=1.0, language="en")
    hand_in(collection, 6, mistakes=1.0, laughed_at=4.0, language="es")
    close(collection, world)
    client.force_login(world.priya)
    shown = page(client, collection)
    groups = shown[shown.index("Groups beside each other") : shown.index("Question by question")]
    # With the larger one beside the whole, the smaller one would be known.
    assert groups.count("Hidden to protect people: too few in each") == 1
    assert "English, Spanish" in groups
    assert not FIGURE.search(main(f"<main>{groups}</main>"))
    rows = [row for row in table(client, collection) if row["dimension"]]
    assert [(row["row"], row["group"], row["answers"], row["value"]) for row in rows] == [
        ("hidden", "English", "", ""),
        ("hidden", "Spanish", "", ""),
    ]


def test_a_group_is_hidden_where_few_outside_it_answered_the_same_questions(
    asked: Asked, world: World, client: Client
) -> None:
    collection = asked(make_instrument(world, answered_by=AnsweredBy.FAMILIES))
    hand_in(collection, 15, mistakes=4.0, laughed_at=1.0, language="en")
    hand_in(collection, 6, mistakes=1.0, laughed_at=4.0, language="es")
    hand_in(collection, 10, language="es", more="I skipped the rest.")
    close(collection, world)
    client.force_login(world.priya)
    rows = [row for row in table(client, collection) if row["dimension"]]
    assert {(row["row"], row["value"]) for row in rows} == {("hidden", "")}
    groups = (
        page(client, collection).partition("Groups beside each other")[2].partition("Question by question")[0]
    )
    assert not re.search(r"\d+%", groups)


def test_groups_that_all_agree_end_short_of_everyone(asked: Asked, world: World, client: Client) -> None:
    collection = asked(make_instrument(world, answered_by=AnsweredBy.FAMILIES))
    hand_in(collection, 15, mistakes=4.0, laughed_at=1.0, language="en")
    hand_in(collection, 12, mistakes=1.0, laughed_at=4.0, language="es")
    close(collection, world)
    client.force_login(world.priya)
    shown = main(page(client, collection))
    assert "80% or more" in shown
    assert "20% or less" in shown
    rows = [row for row in table(client, collection) if row["dimension"]]
    assert [(row["value"], row["least"], row["most"]) for row in rows] == [("", "80", ""), ("", "", "20")]


def _twice(asked: Asked, world: World, low: int) -> Collection:
    instrument = make_instrument(world, answered_by=AnsweredBy.FAMILIES)
    first = asked(instrument, name="Fall", closes_on=date(2026, 11, 12))
    hand_in(first, 5, mistakes=4.0, laughed_at=1.0)
    hand_in(first, 25, mistakes=1.0, laughed_at=4.0)
    close(first, world)
    second = asked(instrument, name="Winter")
    hand_in(second, 30 - low, mistakes=4.0, laughed_at=1.0)
    hand_in(second, low, mistakes=1.0, laughed_at=4.0)
    return close(second, world)


def test_a_difference_larger_than_chance_is_the_verdict(asked: Asked, world: World, client: Client) -> None:
    collection = _twice(asked, world, low=3)
    client.force_login(world.priya)
    shown = " ".join(main(page(client, collection)).split())
    assert "Safe to make mistakes: 17% the time before, 90% or more now, more than chance" in shown
    assert "higher by more than chance" in shown
    assert "Other people may have answered then." in shown


def test_a_small_difference_could_be_chance(asked: Asked, world: World, client: Client) -> None:
    collection = _twice(asked, world, low=22)
    client.force_login(world.priya)
    shown = " ".join(main(page(client, collection)).split())
    assert "Nothing differs by more than chance" in shown
    assert "17% the time before, 27% now: this could be chance." in shown


def test_where_all_agree_the_next_could_still_differ(asked: Asked, world: World, client: Client) -> None:
    collection = asked()
    hand_in(collection, 12, mistakes=4.0, laughed_at=1.0)
    close(collection, world)
    client.force_login(world.priya)
    shown = " ".join(main(page(client, collection)).split())
    assert "80% or more could be 52% to 100%" in shown


def test_a_time_before_that_is_hidden_gives_no_figure(asked: Asked, world: World, client: Client) -> None:
    instrument = make_instrument(world, answered_by=AnsweredBy.FAMILIES)
    first = asked(instrument, name="Fall", closes_on=date(2026, 11, 12))
    hand_in(first, 9, mistakes=4.0, laughed_at=1.0)
    close(first, world)
    second = asked(instrument, name="Winter")
    hand_in(second, 12, mistakes=1.0, laughed_at=4.0)
    close(second, world)
    client.force_login(world.priya)
    shown = main(page(client, second))
    assert "is hidden to protect people" in shown
    assert "the time before, " not in shown


def test_answers_with_names_stand_beside_no_answers_without(
    asked: Asked, world: World, client: Client
) -> None:
    instrument = make_instrument(world, answered_by=AnsweredBy.FAMILIES)
    first = asked(instrument, name="Fall", closes_on=date(2026, 11, 12))
    hand_in(first, 2, mistakes=4.0, laughed_at=1.0)
    Collection.objects.filter(pk=first.pk).update(promise=Promise.NAMED, open_link=False)
    close(Collection.objects.get(pk=first.pk), world)
    second = asked(instrument, name="Winter")
    hand_in(second, 12, mistakes=1.0, laughed_at=4.0)
    close(second, world)
    client.force_login(world.priya)
    assert "the first time that this was asked here" in page(client, second)


def test_other_words_are_not_compared(asked: Asked, world: World, client: Client) -> None:
    instrument = make_instrument(world, answered_by=AnsweredBy.FAMILIES)
    first = asked(instrument, name="Fall", closes_on=date(2026, 11, 12))
    hand_in(first, 12, mistakes=4.0, laughed_at=1.0)
    close(first, world)
    draft = building.open_draft(instrument, world.dana)
    changed = deepcopy(draft.document)
    changed["sections"][0]["items"][0]["ask"] = {"en": "Mistakes help us.", "es": "Los errores nos ayudan."}
    building.write_draft(draft, world.dana, document=changed)
    building.join_item(draft, world.dana, item="mistakes", join=Join.NEW)
    building.publish(draft, world.dana)
    second = asked(instrument, name="Winter")
    hand_in(second, 12, mistakes=1.0, laughed_at=4.0)
    close(second, world)
    client.force_login(world.priya)
    shown = page(client, second)
    assert "asked in other words: no figure is comparable" in shown
    assert "80% or more the time before" not in shown
    Edition.objects.filter(pk=draft.pk).update(joins={"mistakes": Join.SAME})
    assert "80% or more the time before, 20% or less now" in page(client, second)


def test_answers_with_names_are_read_one_by_one_by_those_who_asked(
    asked: Asked, world: World, client: Client
) -> None:
    collection = collecting.plan(
        world.kelp,
        world.priya,
        instrument=make_instrument(world),
        name="Named",
        opens_on=MIDDLE,
        closes_on=AFTER,
        promise=Promise.NAMED,
        open_link=False,
    )
    collecting.ask(collection, world.priya, people=[world.tess])
    collecting.open_collection(collection, world.priya)
    hand_in(collection, 1, mistakes=3.0, more="I <3 math", language="es")
    one = Response.objects.get()
    Response.objects.update(person=world.tess)
    client.force_login(world.priya)
    assert "Tess Tran" in page(client, collection, day=MIDDLE)
    answer = page(client, collection, f"answers/{one.pk}/", day=MIDDLE)
    for words in ("Tess Tran", "We learn from mistakes.", "Often", "I &lt;3 math", "Spanish"):
        assert words in answer
    client.force_login(world.cody)
    with clock.standing_on(MIDDLE):
        for rest in ("results/", "results.csv"):
            assert client.get(f"/collections/{collection.pk}/{rest}").status_code == 403
    assert client.get(f"/collections/{collection.pk}/answers/{one.pk}/").status_code == 404


def test_no_single_answer_has_a_page_under_another_promise(
    asked: Asked, world: World, client: Client
) -> None:
    collection = asked()
    hand_in(collection, 12, mistakes=4.0)
    close(collection, world)
    client.force_login(world.priya)
    one = Response.objects.all()[0]
    assert client.get(f"/collections/{collection.pk}/answers/{one.pk}/").status_code == 404
    assert str(one.pk) not in page(client, collection)


def test_a_plan_has_no_results_yet(world: World, client: Client) -> None:
    collection = collecting.plan(
        world.kelp,
        world.priya,
        instrument=make_instrument(world),
        name="Plan",
        expected=20,
        opens_on=MIDDLE,
        closes_on=AFTER,
    )
    client.force_login(world.priya)
    for rest in ("results/", "results.csv", "sheet/"):
        assert client.get(f"/collections/{collection.pk}/{rest}").status_code == 404
