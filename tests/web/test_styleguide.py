from __future__ import annotations

import hashlib
import re
from pathlib import Path

import pytest
from django.contrib.staticfiles.finders import find
from django.template import Context, Template
from django.test import Client
from django.utils import translation

from aimline.web.icons import ICONS
from aimline.web.styleguide import examples
from tests.world import World

STATIC = Path(__file__).resolve().parents[2] / "src/aimline/web/static"


def test_every_role_can_open_the_styleguide(client: Client, world: World) -> None:
    client.force_login(world.gus)
    page = client.get("/styleguide/").content.decode()
    assert page.count("<h1>") == 1
    ids = re.findall(r'\sid="([^"]+)"', page)
    assert sorted(ids) == sorted(set(ids)), "an id stands twice"


def test_the_page_holds_nothing_the_security_policy_forbids(client: Client, world: World) -> None:
    client.force_login(world.gus)
    page = client.get("/styleguide/").content.decode()
    assert not re.search(r"<[^>]*\s(style|on[a-z]+)=", page)
    assert not re.search(r"<script(?![^>]*\ssrc=)", page)


def test_every_file_a_page_names_is_there(client: Client, world: World) -> None:
    client.force_login(world.gus)
    named = re.findall(r'(?:href|src)="/static/([^"]+)"', client.get("/styleguide/").content.decode())
    assert len(named) > 8
    assert [name for name in named if not find(name)] == []


def test_a_field_ties_its_error_and_help_to_the_control() -> None:
    form = examples.refused()
    drawn = Template("{% field form.sure %}").render(Context({"form": form}))
    assert 'aria-describedby="id_sent-sure_helptext id_sent-sure_error"' in drawn
    assert 'aria-invalid="true"' in drawn
    assert 'value="120"' in drawn
    assert "Nobody is that sure. Use 95 or less." in drawn


def test_the_summary_leads_to_each_field() -> None:
    form = examples.refused()
    drawn = Template("{% errors form %}").render(Context({"form": form}))
    assert "2 answers need you" in drawn
    assert set(re.findall(r'href="#([^"]+)"', drawn)) == {"id_sent-idea", "id_sent-sure"}


def test_words_given_to_a_widget_are_escaped() -> None:
    drawn = Template(
        "{% tag words %}{% section words %}x{% endsection %}{% pagehead words %}{% endpagehead %}"
    )
    assert "<b>" not in drawn.render(Context({"words": "<b>"}))


def test_a_number_may_be_typed_with_a_comma() -> None:
    field = examples.NumberField()
    assert field.clean("12,5") == field.clean("12.5") == 12.5


def test_a_right_to_left_page_turns_round(client: Client, world: World) -> None:
    with translation.override("ar"):
        drawn = Template('{% extends "bare.html" %}').render(
            Context({"LANGUAGE_CODE": "ar", "LANGUAGE_BIDI": True})
        )
    assert '<html lang="ar" dir="rtl">' in drawn


def test_dark_by_choice_and_dark_by_device_are_the_same() -> None:
    tokens = (STATIC / "aimline/theme/1-tokens.css").read_text("utf-8")
    chosen = re.search(r"\[data-bs-theme=dark\]\{\s*(color-scheme:dark.*?)\}", tokens, re.DOTALL)
    device = re.search(r":root:not\(\[data-bs-theme\]\)\{\s*(color-scheme:dark.*?)\}", tokens, re.DOTALL)
    assert chosen
    assert device
    assert chosen[1] == device[1]


def test_vendored_files_are_the_ones_named() -> None:
    lines = (STATIC / "vendor.txt").read_text("utf-8").splitlines()
    sums = {
        name: sha
        for sha, _, name in (line.partition("  ") for line in lines)
        if re.fullmatch("[0-9a-f]{128}", sha)
    }
    kept = {str(path.relative_to(STATIC)) for path in (STATIC / "vendor").rglob("*") if path.is_file()}
    assert set(sums) == kept
    assert [
        name for name in kept if hashlib.sha512((STATIC / name).read_bytes()).hexdigest() != sums[name]
    ] == []


@pytest.mark.parametrize("path", sorted((STATIC / "aimline/theme").glob("*.css")), ids=lambda path: path.name)
def test_the_theme_knows_no_left_or_right(path: Path) -> None:
    # A chart runs left to right in every language, a background picture has no logical side.
    text = re.sub(r"background-position:[^;}]*", "", path.read_text("utf-8"))
    assert re.findall(r"(?:margin|padding|border|inset)-(?:left|right)(?!:0;display)", text) == []
    assert re.findall(r"(?<![-\w])(?:left|right):", text) == []


def test_every_icon_is_one_drawn_path() -> None:
    assert [
        name for name, path in ICONS.items() if not re.fullmatch(r"[MmLlHhVvCcSsAaZz0-9 .\-]+", path)
    ] == []
