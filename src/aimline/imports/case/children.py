"""The associations a table implies: by cells that name other items, by smart levels, by the dots of codes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from aimline.frameworks.models import CHILD_OF
from aimline.frameworks.parts import LINK
from aimline.imports.case.elements import Element

_TYPES = (
    *(
        CHILD_OF,
        "isPartOf",
        "replacedBy",
        "exemplar",
        "hasSkillLevel",
        "exactMatchOf",
        "precedes",
        "isPeerOf",
    ),
    *("isRelatedTo", "isTranslationOf"),
)
_SMART = "smartLevel"
_ENDS = ("originNode", "destinationNode")
# Addresses may hold commas; codes in a list are parted by them.
_ADDRESS = ("http://", "https://")


def implied_links(document: Element, items: Sequence[Element], links: Sequence[Element]) -> list[Element]:
    """Name the items of a table, join the ends of its associations, and return the associations its rows imply."""
    for item in items:
        _identify(item)
    codes = {code: _id(item) for item in reversed(items) if (code := item.facts.get("humanCodingScheme"))}
    known = {_id(item): _id(item) for item in items}
    finder = codes | known
    smart = {level: _id(item) for item in reversed(items) if (level := item.facts.get(_SMART))}
    placed = {_joined(link, finder) for link in links if _is_child(link)}
    for link in links:
        _joined(link, finder)
    levels = {_id(item): item.facts.pop(_SMART, "") for item in items}
    _number(links, levels)
    cells = [(item, _cells(item)) for item in items]
    says_parents = bool(links or smart) or any(CHILD_OF in said for _item, said in cells)
    made: list[Element] = []
    for item, said in cells:
        sequence = item.facts.pop("sequenceNumber", None)
        parents = _parents(said, finder)
        if not parents and _id(item) not in placed:
            sequence = _last(levels[_id(item)]) or sequence
            parents = _parent(item, levels[_id(item)], smart, {} if says_parents else codes, _id(document))
        made += [_link(item, CHILD_OF, parent, sequence) for parent in parents]
        for kind in _TYPES[1:]:
            made += [
                _link(item, kind, finder.get(other, other)) for other in _several(said.get(kind, ""), finder)
            ]
    return made


def _id(element: Element) -> str:
    return str(element.facts.get("identifier", ""))


def _identify(item: Element) -> None:
    """Where a row has no identifier, its code is one, else its smart level."""
    facts = item.facts
    facts.setdefault("identifier", facts.get("humanCodingScheme") or facts.get(_SMART) or "")


def _is_child(link: Element) -> bool:
    given = str(link.facts.get("associationType", ""))
    return "".join(char for char in given if char.isalpha()).lower() == CHILD_OF.lower()


def _joined(link: Element, finder: dict[str, str]) -> str:
    """Make references of the columns that name the ends of an association; return the origin's identifier."""
    for end in _ENDS:
        uri = link.facts.get(f"{end}URI")
        if isinstance(uri, dict):
            continue
        identifier = link.facts.pop(f"{end}Identifier", "")
        code = link.facts.pop(f"{end}HumanCodingScheme", "")
        given = {"identifier": identifier or finder.get(code, code), "uri": uri or "", "title": code}
        link.facts[f"{end}URI"] = {name: said for name, said in given.items() if said}
        if link.headers is not None:
            link.headers.setdefault(f"{end}URI", link.headers.get(f"{end}Identifier", ""))
    return str(link.facts["originNodeURI"].get("identifier", ""))


def _number(links: Iterable[Element], levels: dict[str, str]) -> None:
    """The last part of a smart level is the place among sisters, where the association does not say it."""
    for link in links:
        if _is_child(link):
            level = levels.get(str(link.facts["originNodeURI"].get("identifier", "")), "")
            if _last(level):
                link.facts.setdefault("sequenceNumber", _last(level))


def _cells(item: Element) -> dict[str, str]:
    return {kind: str(item.facts.pop(kind)) for kind in _TYPES if kind in item.facts}


def _parents(said: dict[str, str], finder: dict[str, str]) -> list[str]:
    return [finder.get(other, other) for other in _several(said.get(CHILD_OF, ""), finder)]


def _several(cell: str, finder: dict[str, str]) -> Iterator[str]:
    """The items one cell names; a cell that is itself a known name is one."""
    if cell in finder or cell.startswith(_ADDRESS):
        yield cell
        return
    yield from (other for part in cell.split(",") if (other := part.strip()))


def _parent(
    item: Element, level: str, smart: dict[str, str], codes: dict[str, str], document: str
) -> list[str]:
    """The parent by smart level, else by the dots of the code; the document stands above those that have none."""
    code = str(item.facts.get("humanCodingScheme", ""))
    while (code := code.rpartition(".")[0]) and code not in codes:
        pass
    found = smart.get(level.rpartition(".")[0], "") if level else codes.get(code, "")
    return [found or document]


def _last(level: str) -> str:
    return level.rpartition(".")[2]


def _link(item: Element, kind: str, target: str, sequence: Any = None) -> Element:
    said = "uri" if target.startswith(_ADDRESS) else "identifier"
    facts = {
        "associationType": kind,
        "originNodeURI": {"identifier": _id(item)},
        "destinationNodeURI": {said: target},
        "sequenceNumber": sequence,
    }
    headers = dict(item.headers or {})
    headers["destinationNodeURI"] = headers.get(kind, "")
    return Element(LINK, item.line, facts, headers=headers, is_implied=True)
