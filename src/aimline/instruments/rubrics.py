"""An observation form made from a rubric that others published: one item for each criterion, one level for each."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from aimline.frameworks.models import Criterion, Level, Rubric

ENGLISH = "en"


def document_of(rubric: Rubric) -> dict[str, Any]:
    """The rubric in the language of its framework, by category; criteria and levels that have ended stay out."""
    language = (rubric.framework.language or ENGLISH).split("-")[0].lower()
    criteria = list(rubric.criteria.filter(ended_on=None).prefetch_related("levels"))
    categories = list(dict.fromkeys(criterion.category for criterion in criteria))
    numbered = {criterion.pk: f"row-{number}" for number, criterion in enumerate(criteria, start=1)}
    return {
        "name": {language: str(rubric)[:160]},
        "lead": {language: rubric.description},
        "sections": [
            {
                "key": f"part-{number}",
                "name": {language: category},
                "items": [
                    _item(criterion, numbered[criterion.pk], language)
                    for criterion in criteria
                    if criterion.category == category
                ],
            }
            for number, category in enumerate(categories, start=1)
        ],
        "constructs": [],
    }


def _item(criterion: Criterion, key: str, language: str) -> dict[str, Any]:
    return {
        "key": key,
        "kind": "rubric",
        "ask": {language: criterion.description or str(criterion)},
        "unsure": True,
        "levels": list(_levels(criterion, language)),
    }


def _levels(criterion: Criterion, language: str) -> Iterator[dict[str, Any]]:
    """In the order of what they score, where all say so, else in that of the rubric."""
    held = [level for level in criterion.levels.all() if level.ended_on is None]
    scored = all(level.score is not None for level in held)
    ordered = sorted(held, key=lambda level: level.score or 0) if scored else held
    for number, level in enumerate(ordered, start=1):
        yield {
            "value": level.score if scored else number,
            "name": {language: _name(level, number)},
            "sees": {language: level.description},
        }


def _name(level: Level, number: int) -> str:
    return level.quality or str(number)
