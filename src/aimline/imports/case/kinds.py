"""From an element to a part: which of CASE's names becomes which column, for each kind."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from django.utils.translation import gettext as _

from aimline.frameworks.models import CHILD_OF
from aimline.frameworks.parts import CRITERION, DOCUMENT, ITEM, LEVEL, LINK, RUBRIC, Part
from aimline.imports.case.values import Values, from_address
from aimline.imports.report import Code

_TYPES = (
    *(CHILD_OF, "isPeerOf", "isPartOf", "exactMatchOf", "precedes", "isRelatedTo", "replacedBy", "exemplar"),
    *("hasSkillLevel", "isTranslationOf"),
)
# By their letters alone: "Is Child Of", "exact match of".
_BY_LETTERS = {name.lower(): name for name in _TYPES} | {"isexactmatchof": "exactMatchOf"}


def part_of(values: Values, parent: str = "") -> Part:
    """Read one element. What makes it useless is raised; everything else is a warning."""
    kind = values.element.name
    facts: dict[str, Any] = {"uri": values.address("uri")}
    facts["published_at"] = values.moment("lastChangeDateTime")
    identifier = _identifier(values, facts["uri"])
    facts.update(_READ[kind](values))
    _expect(values, facts)
    extra = values.rest()
    for reference in (*_OURS, *_ABOVE):
        extra.pop(reference, None)
    facts["extra"] = {**facts.get("extra", {}), **extra}
    return Part(kind, identifier or _derived(facts), facts, parent)


# Said of every part, and said again by where it stands.
_OURS = ("CFDocumentURI",)
_ABOVE = ("rubricId", "rubricCriterionId")


def _identifier(values: Values, uri: str) -> str:
    identifier = values.key("identifier") or (from_address(uri) if uri else "")
    if not identifier and values.element.name != LINK:
        words = _("This has no identifier, so nobody could tell it from another. Give it one.")
        raise values.wrong("identifier", Code.MISSING_VALUE, words)
    return identifier


def _derived(facts: dict[str, Any]) -> str:
    """The identifier of a link that has none: the same link has the same one in every version of a file."""
    ends = (facts["origin_identifier"], facts["kind"], facts["target_identifier"])
    return str(uuid5(NAMESPACE_URL, " ".join(ends)))


def _expect(values: Values, facts: dict[str, Any]) -> None:
    """Warn where the standard wants what we can do without; tables have no place for it."""
    if values.element.headers is not None:
        return
    for name, column in (("uri", "uri"), ("lastChangeDateTime", "published_at")):
        warned = any(finding.column == values.element.path(name) for finding in values.findings)
        if not facts[column] and not warned:
            words = _("CASE wants a %(name)s here. It was loaded without.") % {"name": name}
            values.warn(name, Code.MISSING_VALUE, words)


def _document(values: Values) -> dict[str, Any]:
    licence, given = _licence(values)
    title = values.text("title")
    if not title:
        values.warn(
            "title", Code.MISSING_VALUE, _("The framework has no title. Its identifier stands in its place.")
        )
    return {
        "title": title,
        "creator": values.text("creator"),
        "publisher": values.text("publisher"),
        "description": values.text("description"),
        "subjects": values.words("subject", "|"),
        "language": values.name("language"),
        "edition": values.name("version"),
        "licence": licence,
        "adoption": values.name("adoptionStatus"),
        "starts_on": values.day("statusStartDate"),
        "stops_on": values.day("statusEndDate"),
        "notes": values.text("notes"),
        "extra": given,
    }


def _item(values: Values) -> dict[str, Any]:
    statement = values.text("fullStatement")
    if not statement:
        words = _("The item says nothing: its fullStatement is blank. Fill it in.")
        raise values.wrong("fullStatement", Code.MISSING_VALUE, words)
    licence, given = _licence(values)
    return {
        "statement": statement,
        "short": values.text("abbreviatedStatement"),
        "code": values.name("humanCodingScheme"),
        "mark": values.name("listEnumeration"),
        "kind": _type(values),
        "language": values.name("language"),
        "levels": values.words("educationLevel"),
        "licence": licence,
        "starts_on": values.day("statusStartDate"),
        "stops_on": values.day("statusEndDate"),
        "notes": values.text("notes"),
        "extra": given,
    }


def _type(values: Values) -> str:
    """What kind of item this is: named, or named by what is pointed at."""
    named = values.name("CFItemType")
    pointed = values.element.facts.get("CFItemTypeURI")
    if named or not isinstance(pointed, dict):
        return named
    values.element.facts["CFItemType"] = pointed
    return values.name("CFItemType")


def _licence(values: Values) -> tuple[str, dict[str, Any]]:
    """The licence by its title, else by its address; the reference is kept as given."""
    given = values.element.facts.get("licenseURI")
    said = values.text("licenseURI")
    if isinstance(given, dict):
        said = said or str(given.get("uri") or given.get("identifier") or "")
        return said, {"licenseURI": given}
    return said, {}


def _link(values: Values) -> dict[str, Any]:
    kind = _link_kind(values)
    origin, origin_uri, of_origin = values.node("originNodeURI")
    target, target_uri, of_target = values.node("destinationNodeURI")
    for name, end in (("originNodeURI", origin), ("destinationNodeURI", target)):
        if not end:
            words = _("The association does not say what it joins. Name both ends by their identifiers.")
            raise values.wrong(name, Code.MISSING_VALUE, words)
    ends = {"originNodeURI": of_origin, "destinationNodeURI": of_target}
    return {
        "kind": kind,
        "sequence": values.order("sequenceNumber"),
        "origin_identifier": origin,
        "target_identifier": target,
        "origin_uri": origin_uri,
        "target_uri": target_uri,
        "extra": {name: said for name, said in ends.items() if said},
    }


def _link_kind(values: Values) -> str:
    given = values.name("associationType")
    if not given:
        words = _("The association does not say how its ends belong together. Give it an associationType.")
        raise values.wrong("associationType", Code.MISSING_VALUE, words)
    known = _BY_LETTERS.get("".join(char for char in given if char.isalpha()).lower())
    if not known and not given.startswith("ext:"):
        words = _("CASE has no association of this type. It was kept as given.")
        values.warn("associationType", Code.UNKNOWN_CODE, words, given)
    return known or given


def _rubric(values: Values) -> dict[str, Any]:
    return {"title": values.text("title"), "description": values.text("description")}


def _criterion(values: Values) -> dict[str, Any]:
    item, _uri, given = values.node("CFItemURI")
    return {
        "category": values.text("category"),
        "description": values.text("description"),
        "weight": values.number("weight"),
        "position": values.position("position"),
        "item_identifier": item,
        "extra": {"CFItemURI": given} if given else {},
    }


def _level(values: Values) -> dict[str, Any]:
    return {
        "description": values.text("description"),
        "quality": values.text("quality"),
        "score": values.number("score"),
        "feedback": values.text("feedback"),
        "position": values.position("position"),
    }


_READ: dict[str, Callable[[Values], dict[str, Any]]] = {
    DOCUMENT: _document,
    ITEM: _item,
    LINK: _link,
    RUBRIC: _rubric,
    CRITERION: _criterion,
    LEVEL: _level,
}
