from __future__ import annotations

from itertools import combinations

from hypothesis import given, settings
from hypothesis import strategies as st

from aimline.reports.drawing import diagram
from aimline_analytics.drawing import tree
from aimline_analytics.drawing.parts import Diagram, Layer, Link, Node
from aimline_analytics.drawing.tree import Place
from tests.reports import samples
from tests.reports.svg import named, overlaps, parse, same_as_golden


def meets(one: Place, two: Place) -> bool:
    # Ideas stand edge to edge, so a hair is not a meeting.
    hair = 0.01
    return one.top + hair < two.top + two.tall and two.top + hair < one.top + one.tall


def test_a_theory_is_drawn_as_it_was_when_we_last_looked() -> None:
    assert same_as_golden("theory", diagram.draw(samples.theory()))
    assert same_as_golden("theory-linked", diagram.draw(samples.theory(), links=True))


def test_no_words_of_a_theory_overlap() -> None:
    assert overlaps(diagram.draw(samples.theory())) == []


def test_a_driver_that_feeds_two_others_has_two_links() -> None:
    places, steps = tree.layout(samples.theory())
    assert {step.left for step in steps if step.right == "s4"} == {"p0", "p1"}
    assert len([place for place in places.values() if place.node is None]) == 1


def test_less_sure_links_are_dashed() -> None:
    unsure = [link for link in samples.theory().links if not link.sure]
    dashed = named(diagram.draw(samples.theory()), "path", "c-edge weak")
    # One long link is three strokes, and the key holds one more.
    assert len(dashed) == len(unsure) + 3


def test_an_idea_stands_beside_the_driver_it_was_written_under() -> None:
    places, _ = tree.layout(samples.theory())
    assert abs(places["s0"].middle - (places["i0"].middle + places["i1"].middle) / 2) < 1


def test_with_links_every_name_leads_somewhere_and_nothing_is_hidden_in_an_image() -> None:
    svg = parse(diagram.draw(samples.theory(), links=True))
    assert svg.get("role") == "group"
    assert len(list(svg.iter("{*}a"))) == len([node for node in samples.theory().nodes if node.href])


def test_without_links_it_is_one_image() -> None:
    assert parse(diagram.draw(samples.theory())).get("role") == "img"


def test_the_description_holds_every_link() -> None:
    said = parse(diagram.draw(samples.theory())).findtext("{*}desc")
    assert "Routines that make talk safe feeds Students explain and argue in every lesson." in said
    assert said.count("less sure") == len([link for link in samples.theory().links if not link.sure])


def test_an_empty_theory_is_drawn_too() -> None:
    assert parse(diagram.draw(Diagram("none", "None", (), ()))) is not None


LONG = st.text("abcde fghij klmno", min_size=1, max_size=120)


@st.composite
def theories(draw: st.DrawFn) -> Diagram:
    layers = [Layer.AIM, Layer.PRIMARY, Layer.SECONDARY, Layer.IDEA]
    counts = [1, *(draw(st.integers(0, most)) for most in (4, 6, 12))]
    nodes = [
        Node(
            f"{layer}{index}",
            layer,
            draw(LONG),
            (draw(LONG),),
            draw(st.sampled_from(["", "better"])),
            "Better",
        )
        for layer, count in zip(layers, counts, strict=True)
        for index in range(count)
    ]
    pairs = [(one.key, two.key) for one, two in combinations(nodes, 2) if one.layer is not two.layer]
    chosen = draw(st.lists(st.sampled_from(pairs), max_size=25, unique=True)) if pairs else []
    return Diagram("any", "Any", tuple(nodes), tuple(Link(*pair, draw(st.booleans())) for pair in chosen))


@settings(max_examples=40, deadline=None)
@given(theories())
def test_boxes_and_words_never_overlap_whatever_the_theory(theory: Diagram) -> None:
    places, _ = tree.layout(theory)
    for one, two in combinations(places.values(), 2):
        assert one.column != two.column or not meets(one, two)
    assert overlaps(diagram.draw(theory)) == []
