from __future__ import annotations

from typing import Any

import pytest

from aimline.instruments.answers import UNSAID
from aimline.instruments.form import Construct, Form, read
from aimline.instruments.scoring import score

LEVELS = [{"value": value, "name": {"en": str(value)}} for value in range(4)]
FORM = read(
    {
        "name": {"en": "Form"},
        "scales": {"s": {"points": LEVELS}},
        "sections": [
            {
                "key": "one",
                "items": [
                    {"key": "a", "kind": "scale", "scale": "s", "ask": {"en": "A"}},
                    {"key": "b", "kind": "scale", "scale": "s", "ask": {"en": "B"}},
                    {"key": "c", "kind": "scale", "scale": "s", "ask": {"en": "C"}},
                    {"key": "seen", "kind": "yes-no", "ask": {"en": "Seen"}},
                    {"key": "talk", "kind": "tally", "every": 120, "ask": {"en": "Who talks"}, "options": [
                        {"key": "t", "name": {"en": "Teacher"}}, {"key": "s", "name": {"en": "Students"}}]},
                    {"key": "m", "kind": "matrix", "scale": "s", "ask": {"en": "M"}, "options": [
                        {"key": "x", "name": {"en": "X"}}, {"key": "y", "name": {"en": "Y"}}]},
                    {"key": "hours", "kind": "number", "ask": {"en": "Hours"}},
                    {"key": "all", "kind": "number", "ask": {"en": "All"}},
                ],
            }
        ],
    }
)  # fmt: skip


def construct(**facts: Any) -> Construct:
    form: Form = read({"constructs": [{"key": "k", **facts}]})
    return form.constructs[0]


@pytest.mark.parametrize(
    ("facts", "answers", "expected"),
    [
        ({"items": ["a", "b"]}, {"a": 1.0, "b": 2.0}, 1.5),
        ({"items": ["a", "b"], "reversed": ["b"]}, {"a": 1.0, "b": 0.0}, 2.0),
        ({"items": ["a", "b"], "by": "sum"}, {"a": 1.0, "b": 2.0}, 3.0),
        ({"items": ["a", "b"], "by": "percent", "at_least": 2}, {"a": 1.0, "b": 2.0}, 50.0),
        # Half of the items is enough, less is not.
        ({"items": ["a", "b"]}, {"a": 3.0, "b": UNSAID}, 3.0),
        ({"items": ["a", "b", "c"]}, {"a": 3.0}, None),
        ({"items": ["a"]}, {}, None),
        ({"items": ["seen"], "by": "percent", "at_least": 1}, {"seen": "yes"}, 100.0),
        ({"items": ["seen"], "reversed": ["seen"]}, {"seen": "yes"}, 0.0),
        ({"items": ["talk.s"], "of": ["talk"], "by": "share"}, {"talk": ["t", "s", "s", "s"]}, 75.0),
        ({"items": ["m"]}, {"m": {"x": 1.0, "y": 2.0}}, 1.5),
        ({"items": ["m.y"]}, {"m": {"x": 1.0, "y": UNSAID}}, None),
        ({"items": ["hours"], "of": ["all"], "by": "share"}, {"hours": 2.0, "all": 8.0}, 25.0),
        ({"items": ["hours"], "of": ["all"], "by": "share"}, {"hours": 0.0, "all": 0.0}, None),
    ],
)
def test_answers_add_up(facts: dict[str, Any], answers: dict[str, Any], expected: float | None) -> None:
    assert score(FORM, construct(**facts), answers) == expected
