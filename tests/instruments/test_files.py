"""Instrument files: what is written is read again as it was, and a bad file is refused with its place."""

from __future__ import annotations

import tomllib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from aimline.core.errors import NotAllowed, Unreadable
from aimline.instruments import checks, files, library, shape, toml
from aimline.instruments.actions import bringing
from aimline.instruments.library import Offered
from aimline.instruments.models import AnsweredBy, Instrument, Purpose
from tests.instruments.conftest import DOCUMENT, make_instrument
from tests.world import World

HEAD = b'purpose = "survey"\nanswered_by = "staff"\nminutes = 3\n[name]\nen = "Math"\n'
TEXT = some.text(some.characters(exclude_categories=["Cs"]), max_size=30)
LEAVES = some.one_of(TEXT, some.integers(-(2**53), 2**53), some.booleans(), some.floats(-1e9, 1e9))
WORDS = some.dictionaries(TEXT, TEXT, max_size=3)
ITEMS = some.lists(
    some.dictionaries(TEXT, some.one_of(LEAVES, WORDS, some.lists(WORDS, max_size=3)), max_size=4), max_size=3
)
DOCUMENTS = some.fixed_dictionaries(
    {"version": LEAVES, "name": WORDS, "guide": WORDS},
    optional={
        "scales": some.dictionaries(
            TEXT, some.fixed_dictionaries({"points": some.lists(WORDS)}), min_size=1, max_size=2
        ),
        "sections": some.lists(some.fixed_dictionaries({"key": TEXT, "items": ITEMS}), max_size=3),
        "constructs": ITEMS,
    },
)


@given(DOCUMENTS)
def test_what_is_written_is_read_as_it_was(document: dict[str, Any]) -> None:
    assert tomllib.loads(toml.written(document)) == document


def test_what_has_no_value_is_left_out() -> None:
    assert toml.written({"least": None, "name": {"en": "Math", "es": None}}) == '[name]\nen = "Math"\n'


@pytest.mark.parametrize("offered", library.offered(), ids=lambda one: one.key)
def test_every_file_of_the_library_has_the_shape_and_survives_a_copy(offered: Offered) -> None:
    head = {"purpose": offered.purpose.value, "answered_by": offered.answered_by.value, "minutes": 3}
    assert shape.faults({**head, **offered.document}) == []
    assert tomllib.loads(toml.written(offered.document)) == offered.document


def test_a_downloaded_edition_comes_back_as_it_was(world: World) -> None:
    made = make_instrument(world)
    edition = made.editions.get()
    brought = files.read(files.write(made, edition).encode())
    assert brought.document == DOCUMENT
    assert (brought.purpose, brought.answered_by, brought.minutes) == (Purpose.SURVEY, AnsweredBy.STAFF, 3)


def test_a_brought_file_becomes_a_draft_once(world: World) -> None:
    brought = files.Brought(Purpose.SURVEY, AnsweredBy.STAFF, 4, DOCUMENT)
    made = bringing.bring(world.kelp, world.priya, brought=brought)
    again = bringing.bring(world.kelp, world.priya, brought=brought, id=made.pk)
    draft = again.editions.get()
    assert (again.pk, again.name, draft.is_draft, draft.minutes) == (made.pk, "Math class", True, 4)
    assert checks.problems(draft.form) == []


def test_a_teacher_brings_nothing(world: World) -> None:
    brought = files.Brought(Purpose.SURVEY, AnsweredBy.STAFF, 4, DOCUMENT)
    with pytest.raises(NotAllowed):
        bringing.bring(world.kelp, world.tess, brought=brought)
    assert not Instrument.objects.exists()


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "purpose: This is missing"),
        (b"\xff\xfe\x00", "not a text file"),
        (b"\x89PNG\r\n\x1a\n", "not a text file"),
        (b"a = 1\nb c = 3", "Line 2, column"),
        (b"a = [", "ends too early"),
        (b"a = " + b"[" * 100_000, "nested too deeply"),
        (b"a" * 1_000_001, "larger than 1 MB"),
        (HEAD + b'fr = "Maths"\nsurname = "x"', "name > surname"),
        (HEAD + b'es = "a\\u0000b"', "name > es: It holds a character"),
        (HEAD + b"es = 3", "name > es: Write text here"),
        (HEAD + b"[[sections]]\nkey = 'a'\n[[sections.items]]\nkey = 'b'\nkind = 'quiz'", "items 1 > kind"),
        (HEAD + b"[[sections]]\nkey = 'a'\nitems = [{ key = 'b', kind = 'number', least = nan }]", "least"),
        (HEAD + b"[[sections]]\nkey = 'a'\nitems = [{ key = 'b', kind = 'number', most = 1e999 }]", "most"),
        (HEAD + b"[scales.x]\npoints = [{ value = " + b"9" * 400 + b" }]", "scales > x > points 1 > value"),
        (HEAD + b"[scales.x]\npoints = [{ value = 2026-01-01 }]", "value: Write a number"),
        (HEAD + b"[[sections]]\nkey = '../../etc'", "sections 1 > key: Use letters"),
        (HEAD + b"[[constructs]]\nkey = 'a'\nbetter = 'sideways'", "constructs 1 > better: Write one of"),
    ],
)
def test_a_bad_file_is_refused_with_its_place(data: bytes, said: str) -> None:
    with pytest.raises(Unreadable) as refused:
        files.read(data)
    assert said in str(refused.value)


def test_many_faults_are_counted_not_listed() -> None:
    items = b"".join(b"[[sections.items]]\nkey = 'k%d'\nkind = 'quiz'\n" % number for number in range(50))
    with pytest.raises(Unreadable, match="And 42 more"):
        files.read(HEAD + b"[[sections]]\nkey = 'a'\n" + items)
