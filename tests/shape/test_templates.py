"""What a template may not hold: scripts and styles of its own, and questions to the database."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.shape.sources import name_of, templates

TAGS = re.compile(r"\{\{.*?\}\}|\{%.*?%\}", re.DOTALL)
STRINGS = re.compile(r"\"[^\"]*\"|'[^']*'")
# Attributes that ask the database when they belong to a manager or a set of rows.
QUESTIONS = re.compile(r"(?<!forloop)(?<!parentloop)\.(all|exists|first|last|filter)\b|_set\b")
INLINE = {
    "a style attribute": re.compile(r"<[^>]*\sstyle\s*=", re.IGNORECASE),
    "a style element": re.compile(r"<style\b", re.IGNORECASE),
    # A block of data is no script: nothing runs it.
    "a script without src": re.compile(
        r"<script\b(?![^>]*\s(src=|type=\"application/json\"))", re.IGNORECASE
    ),
    "an event attribute": re.compile(r"<[^>]*\son[a-z]+\s*=\s*[\"']", re.IGNORECASE),
    "a script address": re.compile(r"(href|action|src)\s*=\s*[\"']?\s*javascript:", re.IGNORECASE),
}
INCLUDE = re.compile(r"\{%\s*include\b(?P<words>.*?)%\}", re.DOTALL)
every_template = pytest.mark.parametrize("path", templates(), ids=name_of)


def _text(path: Path) -> str:
    text = path.read_text(encoding="utf-8")
    return re.sub(r"\{#.*?#\}|\{% comment %\}.*?\{% endcomment %\}", "", text, flags=re.DOTALL)


@every_template
def test_a_template_holds_no_script_or_style(path: Path) -> None:
    markup = TAGS.sub("", _text(path))
    assert [what for what, pattern in INLINE.items() if pattern.search(markup)] == []


@every_template
def test_a_template_asks_the_database_nothing(path: Path) -> None:
    asked = [tag for tag in TAGS.findall(_text(path)) if QUESTIONS.search(STRINGS.sub("", tag))]
    assert asked == []


@every_template
def test_a_part_that_is_given_facts_sees_nothing_else(path: Path) -> None:
    words = [match["words"].split() for match in INCLUDE.finditer(_text(path))]
    ours = [part for part in words if any(str(other).endswith(part[0].strip("\"'")) for other in templates())]
    assert [part[0] for part in ours if "with" in part and part[-1] != "only"] == []
