"""What a report says is the same on the page, in the PDF and in the Word file, and it is what the review found."""

from __future__ import annotations

import re
from io import BytesIO

import pytest
from django.utils.translation import override
from docx import Document

from aimline.reports.review.content import Content, compose
from aimline.reports.review.files import to_pdf, to_word
from aimline.reports.review.told import Told, tell
from aimline.reviews.models import Review

SUMMARY = "Students are safe to be wrong.\nLessons stop at the answer."


def told(review: Review, language: str) -> tuple[Content, Told]:
    with override(language):
        content = compose(review)
        return content, tell(content, SUMMARY)


@pytest.mark.parametrize(
    ("language", "keep", "rests"), [("en", "Keep", "1 figure"), ("es", "Conservar", "1 cifra")]
)
def test_a_report_names_what_each_finding_rests_on(
    reported: Review, language: str, keep: str, rests: str
) -> None:
    content, said = told(reported, language)
    assert [one.text for one in said.findings] == ["Safe to be wrong", "Lessons stop at the answer"]
    assert said.labels["keep"] == keep
    assert rests in said.keep[0].rests_on
    assert [piece.against for piece in said.keep[0].trail] == [False, False, True]
    assert said.recommendations[0].chance == "74%"
    # The figure comes live from the measure, in the reader's language.
    assert said.keep[0].trail[1].text == str(content["charts"][0]["sentence"][language])


def test_what_is_not_final_is_not_in_the_report(reported: Review) -> None:
    content, _said = told(reported, "en")
    assert "Coaching misses some" not in str(content)


def test_the_pdf_is_tagged_and_has_every_page(reported: Review) -> None:
    for language in ("en", "es"):
        with override(language):
            made = to_pdf(told(reported, language)[1])
        assert made.startswith(b"%PDF-")
        assert b"/StructTreeRoot" in made
        assert len(re.findall(rb"/Type\s*/Page\b", made)) >= 2


def test_the_word_file_says_the_same_and_describes_its_pictures(reported: Review) -> None:
    with override("en"):
        document = Document(BytesIO(to_word(told(reported, "en")[1])))
    text = "\n".join(paragraph.text for paragraph in document.paragraphs)
    assert "1. Safe to be wrong" in text
    assert "We asked those who never speak." in text
    assert "Speaks against it" in text
    assert document.tables[0].rows[1].cells[3].text == "74%"
    assert document.inline_shapes[0]._inline.docPr.get("descr").startswith("Reasons given")
