"""Every deliberate write is guarded, and reads the same as every other."""

from __future__ import annotations

import importlib
import inspect
from collections.abc import Callable

import pytest

from aimline.access.roles import Act
from tests.shape.sources import PLATFORM, python_files


def _actions() -> list[tuple[str, Callable[..., object]]]:
    found = []
    for path in python_files(PLATFORM):
        if path.stem != "actions" and path.parent.name != "actions":
            continue
        dotted = ".".join(path.relative_to(PLATFORM.parent).with_suffix("").parts).removesuffix(".__init__")
        module = importlib.import_module(dotted)
        found += [
            (f"{dotted}.{name}", function)
            for name, function in inspect.getmembers(module, inspect.isfunction)
            if function.__module__ == dotted and not name.startswith("_")
        ]
    return found


ACTIONS = _actions()
every_action = pytest.mark.parametrize("action", [pytest.param(fn, id=name) for name, fn in ACTIONS])


def test_there_are_actions() -> None:
    assert len(ACTIONS) > 10


@every_action
def test_an_action_names_its_act(action: Callable[..., object]) -> None:
    assert isinstance(getattr(action, "act", None), Act)


@every_action
def test_an_action_takes_a_subject_a_person_and_named_facts(action: Callable[..., object]) -> None:
    _subject, person, *facts = inspect.signature(action).parameters.values()
    assert person.name == "person"
    # Many facts may come as one typed dictionary.
    named = {inspect.Parameter.KEYWORD_ONLY, inspect.Parameter.VAR_KEYWORD}
    assert [fact.name for fact in facts if fact.kind not in named] == []


@every_action
def test_an_action_says_in_one_line_what_it_does(action: Callable[..., object]) -> None:
    words = inspect.getdoc(action) or ""
    assert words.split("\n")[0].endswith(".")
