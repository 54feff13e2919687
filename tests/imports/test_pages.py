"""Loading a file in the browser, from choosing it to taking it back; every step without script."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pytest_django import DjangoCaptureOnCommitCallbacks

from aimline.core import jobs
from aimline.imports.actions import uploads
from aimline.imports.models import Load, Mapping, Upload
from aimline.measures.models import Measure, Point
from aimline.org.models import Unit, UnitKind
from aimline.web.imports import sending
from tests.imports.conftest import FIXTURES, HEADER, MAPPING, ROWS
from tests.world import World

pytestmark = pytest.mark.usefixtures("swept_uploads")

ANSWERS = {
    "measure": "new",
    "new_name": "Reading on level",
    "new_scale": "percent",
    "new_kind": "outcome",
    "new_better": "up",
    "unit": "School",
    "period": "Week",
    "numerator": "On level",
    "denominator": "Tested",
    "codes": "s, *",
}


@pytest.fixture
def browser(client: Client, world: World) -> Client:
    client.force_login(world.dana)
    return client


def send(
    browser: Client, content: str | bytes = ROWS, name: str = "scores.csv", **more: object
) -> HttpResponse:
    content = content.encode() if isinstance(content, str) else content
    files = {"file": SimpleUploadedFile(name, content)}
    return browser.post(reverse("imports:new"), {**files, "id": str(Upload().pk), **more})  # type: ignore[return-value]


def matched(browser: Client, content: str = ROWS, **more: str) -> Upload:
    send(browser, content)
    upload = Upload.objects.latest("created_at")
    browser.post(reverse("imports:match", args=[upload.pk]), {**ANSWERS, **more})
    return upload


def text(response: HttpResponse) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def test_the_journey_from_file_to_chart_and_back(browser: Client) -> None:
    sent = send(browser, ROWS + "NOWHERE,2026-09-07,1,20\n")
    upload = Upload.objects.get()
    assert sent.headers["Location"] == reverse("imports:match", args=[upload.pk])
    guessed = browser.get(sent.headers["Location"]).context["form"].initial
    assert {name: guessed[name] for name in ("unit", "period", "numerator", "denominator")} == {
        "unit": "School",
        "period": "Week",
        "numerator": "On level",
        "denominator": "Tested",
    }
    on = browser.post(reverse("imports:match", args=[upload.pk]), ANSWERS)
    checked = browser.get(on.headers["Location"])
    assert "2 of 3 records are ready" in text(checked)
    assert "Load 2, hold 1" in text(checked)
    assert "1 row names a unit we do not have" in text(checked)
    assert not Point.objects.exists()
    done = browser.post(reverse("imports:load", args=[upload.pk]))
    load = Load.objects.get()
    assert done.headers["Location"] == reverse("imports:show", args=[load.pk])
    assert "2 new, 0 corrected." in text(browser.get(done.headers["Location"]))
    assert Measure.objects.get().name == "Reading on level"
    assert "scores.csv" in text(browser.get(reverse("imports:list")))
    browser.post(reverse("imports:undo", args=[load.pk]))
    assert "This load was taken back." in text(browser.get(done.headers["Location"]))
    assert not Point.objects.exists()


def test_checking_writes_nothing(browser: Client) -> None:
    upload = matched(browser)
    with CaptureQueriesContext(
        connection,
    ) as seen:
        browser.get(reverse("imports:check", args=[upload.pk]))
        browser.get(reverse("imports:held", args=[upload.pk])).getvalue()  # type: ignore[attr-defined]
    assert not [query for query in seen if re.match(r"INSERT|UPDATE|DELETE|SAVEPOINT", query["sql"])]


def test_the_check_shows_what_would_be_corrected(browser: Client) -> None:
    browser.post(reverse("imports:load", args=[matched(browser).pk]))
    upload = matched(browser, ROWS.replace("12,20", "13,20"), measure="reading-on-level")
    page = browser.get(reverse("imports:check", args=[upload.pk]))
    assert (page.context["totals"].updated, page.context["totals"].unchanged) == (1, 1)
    assert re.search(r"Kelp Elementary .* 60 65", text(page))


def test_the_same_file_again_says_that_nothing_is_new(browser: Client) -> None:
    browser.post(reverse("imports:load", args=[matched(browser).pk]))
    upload = matched(browser, measure="reading-on-level")
    assert "There is nothing new in this file." in text(
        browser.get(reverse("imports:check", args=[upload.pk]))
    )
    assert "Nothing was new" in text(browser.post(reverse("imports:load", args=[upload.pk]), follow=True))
    assert Load.objects.count() == 1


def test_the_next_file_with_these_columns_comes_with_its_answers(browser: Client) -> None:
    browser.post(reverse("imports:load", args=[matched(browser).pk]))
    assert Mapping.objects.count() == 1
    response = browser.get(send(browser, ROWS).headers["Location"])
    assert response.context["remembered"]
    assert response.context["form"].initial["measure"] == "reading-on-level"


def test_held_rows_come_back_with_what_to_mend_and_nothing_to_run(browser: Client) -> None:
    upload = matched(browser, ROWS + "=cmd|x,2026-09-07,1,20\n")
    rows = browser.get(reverse("imports:held", args=[upload.pk])).getvalue().decode().splitlines()  # type: ignore[attr-defined]
    assert rows[0] == "School,Week,On level,Tested,Row in the file,What to mend"
    assert rows[1].startswith("'=cmd|x,2026-09-07,1,20,4,")
    browser.post(reverse("imports:load", args=[upload.pk]))
    again = browser.get(reverse("imports:held_of_load", args=[Load.objects.get().pk])).getvalue().decode()  # type: ignore[attr-defined]
    assert again.splitlines() == rows


def test_cells_can_be_pasted(browser: Client) -> None:
    browser.post(reverse("imports:new"), {"cells": ROWS.replace(",", "\t"), "id": str(Upload().pk)})
    upload = Upload.objects.get()
    browser.post(reverse("imports:match", args=[upload.pk]), ANSWERS)
    browser.post(reverse("imports:load", args=[upload.pk]))
    assert Point.objects.count() == 2


def test_a_mapping_file_answers_everything(browser: Client) -> None:
    mapping = SimpleUploadedFile("map.toml", MAPPING.encode())
    sent = send(browser, mapping=mapping)
    assert sent.headers["Location"] == reverse("imports:check", args=[Upload.objects.get().pk])
    wrong = send(browser, mapping=SimpleUploadedFile("map.toml", b"kind = 1"))
    assert wrong.status_code == 422
    assert Upload.objects.count() == 1


def test_ed_fi_files_sent_together_become_weekly_rates(browser: Client) -> None:
    files = [
        SimpleUploadedFile(path.name, path.read_bytes()) for path in sorted((FIXTURES / "edfi").iterdir())
    ]
    sent = browser.post(reverse("imports:new"), {"file": files, "create_units": "on", "id": str(Upload().pk)})
    upload = Upload.objects.get()
    assert sent.headers["Location"] == reverse("imports:check", args=[upload.pk])
    assert "1 date cannot be used" in text(browser.get(sent.headers["Location"]))
    browser.post(reverse("imports:load", args=[upload.pk]))
    assert Point.objects.filter(series__measure__code="absence-rate").count() == 3
    assert Unit.objects.filter(code="8801").exists()


def test_nothing_sent_and_a_column_not_chosen_keep_what_was_typed(browser: Client) -> None:
    assert browser.post(reverse("imports:new"), {}).status_code == 422
    send(browser)
    answer = browser.post(
        reverse("imports:match", args=[Upload.objects.get().pk]), {**ANSWERS, "numerator": ""}
    )
    assert answer.status_code == 422
    assert "Reading on level" in answer.content.decode()


def test_a_file_that_cannot_be_read_says_so(browser: Client) -> None:
    send(browser, b"%PDF-1.4", mapping=SimpleUploadedFile("map.toml", MAPPING.encode()))
    page = browser.get(reverse("imports:check", args=[Upload.objects.get().pk]))
    assert "This file cannot be loaded." in text(page)
    assert browser.get(reverse("imports:match", args=[Upload.objects.get().pk])).status_code == 422


@pytest.mark.parametrize("content", [b"%PDF-1.4", b"\xef\xbb\xbf", b'"School,Week\nA,B\n'])
def test_a_file_that_is_no_table_is_refused_where_it_was_sent(
    browser: Client, swept_uploads: Path, content: bytes
) -> None:
    before = set(swept_uploads.glob("*"))
    answer = send(browser, content, cells="School\tWeek")
    assert answer.status_code == 422
    assert "School\tWeek" in answer.content.decode()
    assert not Upload.objects.exists()
    assert set(swept_uploads.glob("*")) == before


def test_a_file_sent_twice_is_kept_once_and_another_in_its_place_is_taken_for_itself(browser: Client) -> None:
    form = str(Upload().pk)
    first, again = (
        browser.post(reverse("imports:new"), {"cells": ROWS, "id": form}).headers["Location"] for _ in "12"
    )
    other = browser.post(reverse("imports:new"), {"cells": ROWS + "PA-JUN,2026-09-14,1,2\n", "id": form})
    assert first == again
    assert other.headers["Location"] not in {first, again}
    assert Upload.objects.count() == 2


def test_who_may_not_make_schools_is_told_before_the_load(browser: Client, world: World) -> None:
    browser.force_login(world.ana)
    upload = matched(browser, ROWS + "PA-NEW,2026-09-07,1,20\n", create_units="on")
    form = browser.get(reverse("imports:match", args=[upload.pk])).context["form"]
    assert form.fields["create_units"].disabled
    upload.refresh_from_db()
    uploads.match_columns(upload, world.ana, mapping=upload.mapping, create_units=UnitKind.SCHOOL)
    page = text(browser.get(reverse("imports:check", args=[upload.pk])))
    assert "you may not make them here" in page
    assert "Load 3" not in page


def test_a_file_without_one_good_row_is_not_called_nothing_new(browser: Client) -> None:
    upload = matched(browser, HEADER + "NOWHERE,2026-09-07,1,20\n")
    page = text(browser.get(reverse("imports:check", args=[upload.pk])))
    assert "No row can be used yet." in page
    assert "nothing new" not in page


def test_spanish_headings_decimal_commas_and_hidden_cells_are_guessed(browser: Client) -> None:
    rows = (
        "Escuela;Nombre de la escuela;Semana;Grado;Valor\n"
        "PA-KELP;Peñasco;07/09/2026;Todos;62,5\nPA-KELP;Peñasco;14/09/2026;Todos;<5\n"
    )
    sent = send(browser, rows.encode("latin-1"))
    guessed = browser.get(sent.headers["Location"]).context["form"].initial
    expected = {
        "unit": "Escuela",
        "unit_name": "Nombre de la escuela",
        "period": "Semana",
        "period_format": "%d/%m/%Y",
        "group": "Grado",
        "value": "Valor",
        "codes": "<5",
        "decimal": ",",
    }
    assert {name: guessed.get(name) for name in expected} == expected
    answers = {**expected, "measure": "new", "new_name": "Lectura", "new_scale": "percent"}
    upload = Upload.objects.get()
    browser.post(reverse("imports:match", args=[upload.pk]), answers)
    browser.post(reverse("imports:load", args=[upload.pk]))
    points = Point.objects.order_by("period").values_list("value", "flag", "series__group")
    assert list(points) == [(62.5, "", "All"), (None, "suppressed", "All")]


@pytest.mark.parametrize(
    ("periods", "rhythm"),
    [(("2024", "2025"), "year"), (("2026-09", "2026-10"), "month"), (("2026-09-07", "2026-09-14"), "week")],
)
def test_a_new_measure_is_counted_as_often_as_its_points_come(
    browser: Client, periods: tuple[str, str], rhythm: str
) -> None:
    rows = "".join(f"PA-KELP,{period},12,20\n" for period in periods)
    browser.post(reverse("imports:load", args=[matched(browser, HEADER + rows).pk]))
    assert Measure.objects.get().rhythm == rhythm


def test_a_long_load_runs_in_the_background(browser: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sending, "AT_ONCE", 0)
    upload = matched(browser)
    on = browser.post(reverse("imports:load", args=[upload.pk])).headers["Location"]
    waiting = browser.get(on)
    assert "Waiting for its turn" in text(waiting)
    assert 'http-equiv="refresh"' in waiting.content.decode()
    jobs.run_worker(lambda: False, until_idle=True)
    assert browser.get(on).headers["Location"] == reverse("imports:show", args=[Load.objects.get().pk])
    assert browser.get(on, headers={"HX-Request": "true"}).headers["HX-Redirect"]


def test_a_file_not_loaded_can_be_dropped(
    browser: Client, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    upload = matched(browser)
    with django_capture_on_commit_callbacks(execute=True):
        browser.post(reverse("imports:drop", args=[upload.pk]))
    assert not Upload.objects.exists()
    assert not upload.path.exists()


def test_others_see_neither_files_nor_loads(browser: Client, world: World) -> None:
    upload = matched(browser)
    browser.post(reverse("imports:load", args=[upload.pk]))
    load = Load.objects.get()
    for person in (world.tess, world.gus, world.olga, world.fay):
        other = Client()
        other.force_login(person)
        assert other.get(reverse("imports:show", args=[load.pk])).status_code == 404
        assert other.get(reverse("imports:check", args=[upload.pk])).status_code == 404
        assert other.post(reverse("imports:undo", args=[load.pk])).status_code == 404
        assert "scores.csv" not in text(other.get(reverse("imports:list")))
    assert Point.objects.count() == 2


def test_the_list_asks_as_much_of_the_database_for_many_loads(browser: Client) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as seen:
            browser.get(reverse("imports:list"))
        return len(seen)

    browser.post(reverse("imports:load", args=[matched(browser).pk]))
    few = queries()
    for week in ("2026-09-14", "2026-09-21", "2026-09-28"):
        upload = matched(browser, ROWS.replace("2026-09-07", week), measure="reading-on-level")
        browser.post(reverse("imports:load", args=[upload.pk]))
    assert Load.objects.count() == 4
    assert queries() == few


def test_the_template_can_be_loaded_as_it_is(browser: Client) -> None:
    content = browser.get(reverse("imports:template")).content
    assert content.startswith(b"unit,measure,group,period,numerator,denominator,n\n")
