"""The parts of a framework on their way in: what a file hands over for each, and what it gets back."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from aimline.frameworks.models import Criterion, Framework, FrameworkItem, ItemLink, Level, Published, Rubric

DOCUMENT, ITEM, LINK = "CFDocument", "CFItem", "CFAssociation"
RUBRIC, CRITERION, LEVEL = "CFRubric", "CFRubricCriterion", "CFRubricCriterionLevel"
# By CASE's element names, those above before those below.
MODELS: dict[str, type[Published]] = {
    DOCUMENT: Framework,
    ITEM: FrameworkItem,
    LINK: ItemLink,
    RUBRIC: Rubric,
    CRITERION: Criterion,
    LEVEL: Level,
}
# What a part hangs on, the key to it, and how its framework is found.
ABOVE = {ITEM: DOCUMENT, LINK: DOCUMENT, RUBRIC: DOCUMENT, CRITERION: RUBRIC, LEVEL: CRITERION}
KEY_ABOVE = {DOCUMENT: "framework_id", RUBRIC: "rubric_id", CRITERION: "criterion_id"}
FRAMEWORK_OF = {
    DOCUMENT: "pk",
    ITEM: "framework",
    LINK: "framework",
    RUBRIC: "framework",
    CRITERION: "rubric__framework",
    LEVEL: "criterion__rubric__framework",
}


@dataclass(slots=True)
class Part:
    """One part as a file gives it: CASE's name of its kind, its identifier, its facts by column."""

    kind: str
    identifier: str
    facts: dict[str, Any] = field(default_factory=dict)
    # The identifier of the rubric or criterion it is a part of.
    parent: str = ""


@dataclass(frozen=True, slots=True)
class RowChange:
    """One row that a load made (`before` is None) or altered; enough to take it back."""

    kind: str
    id: UUID
    before: dict[str, Any] | None
    # A fingerprint of the row as the load left it.
    after: str


@dataclass(frozen=True, slots=True)
class TakenBack:
    removed: int = 0
    restored: int = 0
    # What was changed since, or is used by others, stays.
    kept: int = 0
