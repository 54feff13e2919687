"""The light sheet: what pages on cheap phones can use, and no more."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders

from aimline.web import looks

CLASS = re.compile(r"\.([A-Za-z_][\w-]*)")


def whole() -> str:
    return "".join(Path(str(finders.find(name))).read_text(encoding="utf-8") for name in looks.SHEETS)


@pytest.fixture(scope="module")
def light() -> str:
    return looks.light()


def test_the_light_sheet_is_a_third_of_what_it_is_made_of(light: str) -> None:
    assert 3 * len(light) < len(whole())


def test_every_class_that_a_page_can_hold_keeps_its_rules(light: str) -> None:
    known = set(CLASS.findall(re.sub(r"url\([^)]*\)", "", whole())))
    used = {
        name
        for pattern in looks.USED_BY
        for path in looks.WEB.glob(pattern)
        for held in re.findall(r'class="([^"{]*)"', path.read_text(encoding="utf-8"))
        for name in held.split()
    }
    assert {"stickybar", "syncbar", "form-control", "obs-items", "btn-primary"} <= used
    assert (used & known) <= set(CLASS.findall(light))


def test_what_no_such_page_can_hold_is_left_out(light: str) -> None:
    for name in (".navbar", ".carousel", ".offcanvas", ".accordion-button", "--bs-purple:"):
        assert name in whole()
        assert name not in light


def test_a_rule_for_what_is_not_of_a_class_and_one_within_brackets_stay() -> None:
    css = ".used:not(.never){a:b}.never,.used>p{c:d}:is(.used,.never) b{e:f}.never{g:h}@media print{.never{i:j}}"
    kept = "".join(looks._kept(css, {"used"}))
    assert kept == ".used:not(.never){a:b}.used>p{c:d}:is(.used,.never) b{e:f}"


def test_the_blocks_of_the_light_sheet_end(light: str) -> None:
    assert light.count("{") == light.count("}") > 300
    assert "@font-face" in light
    assert "prefers-color-scheme" in light
