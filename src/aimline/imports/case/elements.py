"""One element of a framework file, whatever the file is written in, and CASE's names in whatever case they come."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from aimline.frameworks.parts import CRITERION, DOCUMENT, ITEM, LEVEL, LINK, RUBRIC

# Where elements stand in a list, by the name of the list.
LISTS = {
    "CFItems": ITEM,
    "CFAssociations": LINK,
    "CFRubrics": RUBRIC,
    "CFRubricCriteria": CRITERION,
    "CFRubricCriterionLevels": LEVEL,
}
# Lists inside of elements.
PARTS = {RUBRIC: "CFRubricCriteria", CRITERION: "CFRubricCriterionLevels"}

_NAMES = (
    *("CFPackage", DOCUMENT, *LISTS, *LISTS.values(), "CFDefinitions", "extensions"),
    *("identifier", "uri", "lastChangeDateTime", "title", "description", "notes", "language", "creator"),
    *("publisher", "version", "adoptionStatus", "officialSourceURL", "subject", "subjectURI", "licenseURI"),
    *("statusStartDate", "statusEndDate", "frameworkType", "caseVersion", "CFPackageURI", "CFDocumentURI"),
    *("fullStatement", "abbreviatedStatement", "alternativeLabel", "humanCodingScheme", "listEnumeration"),
    *("conceptKeywords", "conceptKeywordsURI", "educationLevel", "CFItemType", "CFItemTypeURI"),
    *("associationType", "originNodeURI", "destinationNodeURI", "sequenceNumber", "CFAssociationGroupingURI"),
    *(
        "targetType",
        "category",
        "weight",
        "position",
        "rubricId",
        "CFItemURI",
        "quality",
        "score",
        "feedback",
    ),
    "rubricCriterionId",
)
_BY_LETTERS = {name.lower(): name for name in _NAMES} | {"educationallevel": "educationLevel"}


def called(name: str) -> str:
    """Return a name the way CASE writes it."""
    return _BY_LETTERS.get(name.lower(), name)


@dataclass(slots=True)
class Element:
    """One element: CASE's name for it, the line it starts on, what it says by CASE's names."""

    name: str
    line: int
    facts: dict[str, Any] = field(default_factory=dict)
    parts: list[Element] = field(default_factory=list)
    # What stood there in place of an element.
    stray: str = ""
    # Of a table: its columns as written, by CASE's names.
    headers: dict[str, str] | None = None
    # Why a row could not be taken apart: a code and the reason.
    fault: tuple[str, str] | None = None
    # Said by a cell of another row, or by the file's name: no row of its own.
    is_implied: bool = False

    def path(self, name: str) -> str:
        """Where in the file this is said: the column's header, or the path of the element."""
        if self.headers is not None:
            return self.headers.get(name, "")
        return f"{self.name}/{name}" if name else self.name


@dataclass(slots=True)
class Package:
    """All elements of a file."""

    documents: list[Element] = field(default_factory=list)
    elements: list[Element] = field(default_factory=list)
    # What else stands beside the document: definitions, extensions.
    beside: dict[str, Any] = field(default_factory=dict)
