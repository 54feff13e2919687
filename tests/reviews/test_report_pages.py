from __future__ import annotations

from django.test import Client
from django.urls import reverse

from aimline.people.models import Person
from aimline.reviews.actions import judging
from aimline.reviews.models import Report, Review
from tests.world import World

WRITTEN = {
    "summary": "Students are safe to be wrong.",
    "families_en": "What works stays.",
    "families_es": "Lo que sirve se queda.",
}


def signed(person: Person) -> Client:
    client = Client()
    client.force_login(person)
    return client


def write(world: World, review: Review) -> Report:
    signed(world.priya).post(reverse("reports:draft", args=[review.pk]), WRITTEN)
    return review.reports.get()


def finished(world: World, review: Review) -> Report:
    report = write(world, review)
    signed(world.priya).post(reverse("reports:finish", args=[review.pk]))
    report.refresh_from_db()
    return report


def read(person: Person, report: Report, name: str = "show", *more: str) -> tuple[int, str]:
    answer = signed(person).get(reverse(f"reports:{name}", args=[report.pk, *more]))
    return answer.status_code, answer.content.decode(errors="replace")


def test_the_draft_begins_with_what_families_could_be_told(world: World, reported: Review) -> None:
    page = signed(world.priya).get(reverse("reports:draft", args=[reported.pk])).content.decode()
    assert "What works well and stays:\n• Safe to be wrong" in page
    assert "1 strength to keep" in page
    assert "1 finding is not final and stays out" in page


def test_a_report_without_a_summary_keeps_what_was_typed(world: World, reported: Review) -> None:
    answer = signed(world.priya).post(
        reverse("reports:draft", args=[reported.pk]),
        {**WRITTEN, "summary": "", "families_es": "Queridas familias"},
    )
    assert answer.status_code == 422
    assert "Queridas familias" in answer.content.decode()
    assert not reported.reports.exists()


def test_a_draft_is_for_those_who_lead_the_review(world: World, reported: Review) -> None:
    for person, status in ((world.cody, 404), (world.tess, 404), (world.olga, 404), (world.finn, 200)):
        answer = signed(person).get(reverse("reports:draft", args=[reported.pk]))
        assert answer.status_code == status, person.name


def test_out_for_comment_it_is_read_by_those_who_work_on_it(world: World, reported: Review) -> None:
    report = write(world, reported)
    assert read(world.cody, report)[0] == 404
    signed(world.priya).post(reverse("reports:share", args=[reported.pk]))
    assert read(world.cody, report)[0] == 200
    assert [read(person, report)[0] for person in (world.tess, world.fay, world.gus, world.olga)] == [404] * 4
    said = {"id": "01a2046d-97a5-75d1-997e-62121e0169bc", "text": "Look at grade 5 again.", "part": ""}
    for _retry in range(2):
        signed(world.cody).post(reverse("reports:comment", args=[report.pk]), said)
    assert [one.text for one in report.comments.all()] == ["Look at grade 5 again."]
    assert "Look at grade 5 again." in read(world.priya, report)[1]


def test_what_went_out_stays_as_it_was(world: World, reported: Review) -> None:
    report = write(world, reported)
    signed(world.priya).post(reverse("reports:share", args=[reported.pk]))
    gap = reported.findings.get(text="Lessons stop at the answer")
    judging.change_finding(gap, world.priya, text="Most lessons stop at the answer")
    judging.make_final(gap, world.priya)
    signed(world.priya).post(
        reverse("reports:draft", args=[reported.pk]), {**WRITTEN, "summary": "Second thoughts."}
    )
    assert [one.number for one in reported.reports.all()] == [2, 1]
    first = read(world.priya, report)[1]
    assert "Lessons stop at the answer" in first
    assert "Most lessons" not in first
    assert "Second thoughts." not in first


def test_final_it_is_for_everyone_who_works_here_and_for_families(world: World, reported: Review) -> None:
    report = finished(world, reported)
    for person in (world.tess, world.fay, world.gus, world.dana):
        status, page = read(person, report)
        assert status == 200, person.name
        assert "Safe to be wrong" in page
        assert "Comments" not in page
    assert read(world.olga, report)[0] == 404
    page = signed(world.fay).get(reverse("reports:list")).content.decode()
    assert reported.name in page


def test_families_read_it_in_their_language(world: World, reported: Review) -> None:
    report = finished(world, reported)
    assert (
        "Lo que sirve se queda."
        in signed(world.fay)
        .get(reverse("reports:families", args=[report.pk]), {"language": "es"})
        .content.decode()
    )
    assert "What works stays." in read(world.fay, report, "families")[1]


def test_it_can_be_taken_along_as_pdf_and_word(world: World, reported: Review) -> None:
    report = finished(world, reported)
    for kind, begins in (("pdf", "%PDF"), ("word", "PK")):
        status, content = read(world.tess, report, "file", kind)
        assert status == 200
        assert content.startswith(begins)
    assert read(world.tess, report, "file", "exe")[0] == 404


def test_without_a_strength_to_keep_no_report_is_final(world: World, reported: Review) -> None:
    keep = reported.findings.get(kind="keep")
    judging.drop_finding(keep, world.priya)
    report = write(world, reported)
    answer = signed(world.priya).post(reverse("reports:finish", args=[reported.pk]))
    report.refresh_from_db()
    assert answer.status_code == 422
    assert report.final_on is None


def test_what_a_district_reports_is_read_in_its_schools_and_not_in_others(
    world: World, reported: Review
) -> None:
    reported.change(unit=world.port_alder)
    signed(world.dana).post(reverse("reports:draft", args=[reported.pk]), WRITTEN)
    signed(world.dana).post(reverse("reports:finish", args=[reported.pk]))
    report = reported.reports.get()
    assert [read(person, report)[0] for person in (world.tess, world.fay, world.theo)] == [200, 200, 200]
    assert read(world.olga, report)[0] == 404
