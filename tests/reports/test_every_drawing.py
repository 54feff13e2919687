"""What holds for every drawing: sound XML, no style, ids of its own, classes that screen and paper know."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import aimline
from aimline.reports.drawing import chart, diagram, multiples, prediction
from aimline_analytics.drawing import paper
from aimline_analytics.drawing.letters import SMALL
from aimline_analytics.drawing.parts import Unit
from tests.reports import samples
from tests.reports.svg import classes_of, parse
from tests.reports.test_chart_drawing import CHARTS, SIZES
from tests.reports.test_prediction_drawing import BARE, FRAMES, JUDGED

THEME = Path(aimline.__file__).parent / "web/static/aimline/theme"
CSS = "\n".join(sheet.read_text() for sheet in sorted(THEME.glob("*.css")))
PANELS = samples.panels(4)
SET = multiples.share_scale(PANELS, Unit())
# Words for the style sheet alone: the kind of drawing, and the underline of a link.
ONLY_ON_SCREEN = {
    "draw",
    "draw-s",
    "draw-l",
    "draw-xl",
    "draw-multi",
    "draw-cal",
    "draw-tree",
    "spark",
    "link",
}
STATES = {"hollow", "frozen", "thin", "cut", "weak"}


def drawings() -> list[str]:
    drawn = [chart.draw(make(), size) for make in CHARTS for size in SIZES]
    drawn += [multiples.draw(panel, SET) for panel in PANELS] + [multiples.spark(PANELS[0], Unit())]
    drawn += [prediction.draw(one, narrow) for one in (FRAMES, BARE) for narrow in (False, True)]
    return [
        *drawn,
        prediction.calibration(JUDGED),
        *(diagram.draw(samples.theory(), links) for links in (False, True)),
    ]


DRAWN = drawings()


@pytest.mark.parametrize("svg", DRAWN, ids=range(len(DRAWN)))
def test_a_drawing_is_sound_and_styled_by_class_alone(svg: str) -> None:
    root = parse(svg)
    assert not [node for node in root.iter() if node.get("style") is not None]
    assert not list(root.iter("{*}style", "{*}script", "{*}foreignObject"))
    assert "NaN" not in svg
    assert "inf" not in "".join(node.get("d", "") for node in root.iter())


@pytest.mark.parametrize("svg", [svg for svg in DRAWN if "aria-hidden" not in svg], ids=str.__len__)
def test_a_drawing_has_a_title_and_a_description_of_its_own(svg: str) -> None:
    root = parse(svg)
    named = root.get("aria-labelledby").split()
    assert [root.findtext(f"{{*}}{kind}") != "" for kind in ("title", "desc")] == [True, True]
    assert named == [root.find("{*}title").get("id"), root.find("{*}desc").get("id")]


def test_no_id_is_used_twice_on_a_page() -> None:
    page = "".join(chart.variants(make(), SIZES) for make in CHARTS)
    page += "".join(multiples.draw(panel, SET) for panel in PANELS) + prediction.variants(FRAMES)
    ids = re.findall(r' id="([^"]+)"', page)
    assert len(ids) == len(set(ids))


def test_the_style_sheets_know_every_class() -> None:
    for name in set().union(*map(classes_of, DRAWN)) - {"draw-l", "draw-xl", "draw-multi"}:
        assert re.search(rf"\.{re.escape(name)}(?![\w-])", CSS), name


def test_paper_knows_every_class() -> None:
    known = {part for rule, _ in paper._RULES for part in rule.split()}
    for name in set().union(*map(classes_of, DRAWN)) - ONLY_ON_SCREEN:
        assert name in known, name


def test_paper_has_the_light_colours_of_the_theme() -> None:
    light = CSS.split(":root,[data-bs-theme=light]{")[1].split("}")[0]
    tokens = dict(re.findall(r"--([\w-]+):(#[0-9a-f]+)", light))
    names = ["ink", "ink-2", "line", "line-2", "pine", "sun", "sun-tint", "up", "down", "steady", "guess"]
    assert {name: getattr(paper, name.upper().replace("-", "_")) for name in names} == {
        name: tokens[name] for name in names
    }


def test_a_drawing_that_stands_alone_needs_no_style_sheet() -> None:
    for svg in DRAWN:
        alone = paper.standalone(svg)
        assert "class=" not in alone
        assert "var(" not in alone
        root = parse(alone)
        assert root.get("width") == root.get("viewBox").split()[2]


def test_every_word_is_11_pixels_or_more_in_the_smallest_box_it_is_shown_in() -> None:
    """A phone of 320 leaves 288; the wide charts wait for 44 and 64 rem; a theory scrolls below 62 rem."""
    smallest = {
        "draw-s": 288,
        "draw-l": 704,
        "draw-xl": 1024,
        "draw-cal": 288,
        "draw-multi": 204,
        "draw-tree": 992,
    }
    for svg in DRAWN:
        root = parse(svg)
        for kind in set(root.get("class").split()) & smallest.keys():
            assert SMALL * smallest[kind] / float(root.get("viewBox").split()[2]) >= 11, kind
