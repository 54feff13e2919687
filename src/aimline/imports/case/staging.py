"""A framework's file settled before anything is written: what becomes of every part, and what cannot stay."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path, PurePath

from django.utils.translation import gettext as _

from aimline.frameworks import tying
from aimline.frameworks.parts import ITEM, LINK, MODELS
from aimline.frameworks.planning import Plan, plan
from aimline.imports.case.desk import Desk, Taken
from aimline.imports.case.elements import Element, Package
from aimline.imports.case.json_text import is_json, text_of
from aimline.imports.case.packages import read_package
from aimline.imports.case.tables import read_tables
from aimline.imports.records import Finding
from aimline.imports.refusals import TooManyRemovals
from aimline.imports.report import Code
from aimline.imports.staging import Staged

# An example lies anywhere on the web, and an extension names its own kinds of things.
_POINTS_ANYWHERE = "exemplar"
_EXTENSION = "ext:"


def stage_case(path: Path, staged: Staged, title: str = "") -> Staged:
    """Fill `staged` with what loading this file would do. Nothing is written."""
    package = _read(path, staged.file, title)
    _name(package, title)
    desk = Desk(staged.report, staged.file)
    taken = desk.take(package)
    _name_by_identifier(taken[0])
    unit = staged.places.unit
    laid = plan(unit, staged.source, [each.part for each in taken], desk.spared)
    _guard(laid, staged.max_removals)
    _count(staged, taken, laid)
    _unresolved(desk, taken, laid)
    staged.framework = laid
    return staged


def _read(path: Path, name: str, title: str) -> Package:
    if is_json(path) or name.lower().endswith(".json"):
        return read_package(text_of(path))
    return read_tables(path, title or PurePath(name).stem)


def _name(package: Package, title: str) -> None:
    """Say the title where the file says none, and keep beside the document what stands beside it."""
    for document in package.documents:
        if not document.facts.get("title") and title:
            document.facts["title"] = title
        document.facts.update({name: said for name, said in package.beside.items() if _says(said)})


def _says(value: object) -> bool:
    """Whether there is anything in it: programs write all definitions, most of them empty."""
    return any(map(_says, value.values())) if isinstance(value, dict) else value not in (None, "", [])


def _name_by_identifier(document: Taken) -> None:
    document.part.facts["title"] = document.part.facts["title"] or document.part.identifier


def _guard(laid: Plan, most: float) -> None:
    """Refuse a package that would end too much: it is more often half a file than half a framework leaving."""
    ended = {kind: gone for kind, gone in laid.ended.items() if gone}
    worst = max(ended, key=lambda kind: ended[kind] / laid.active[kind], default=None)
    if worst and ended[worst] * 100 > most * laid.active[worst]:
        raise TooManyRemovals(gone=ended[worst], active=laid.active[worst], entity=worst, most=most)


def _count(staged: Staged, taken: Iterable[Taken], laid: Plan) -> None:
    for each, outcome in zip(taken, laid.outcomes, strict=True):
        tally = staged.report.tally(staged.file, each.part.kind)
        setattr(tally, outcome, getattr(tally, outcome) + 1)
    for kind in MODELS:
        if laid.ended[kind]:
            staged.report.tally(staged.file, kind).deactivated += laid.ended[kind]


def _unresolved(desk: Desk, taken: Iterable[Taken], laid: Plan) -> None:
    """Warn of ends of associations that are not held; they are kept as given, and tied when their items arrive."""
    named = {laid.framework.identifier, *laid.rows[ITEM]}
    missing = [
        (each.element, name, identifier)
        for each in taken
        for name, identifier in _references(each)
        if identifier and identifier not in named
    ]
    known = tying.elsewhere(laid.framework.unit, (identifier for _element, _name, identifier in missing))
    for element, name, identifier in missing:
        if identifier not in known:
            _warn(desk, element, name, identifier)


def _references(taken: Taken) -> list[tuple[str, str]]:
    facts = taken.part.facts
    if taken.part.kind != LINK:
        return [("CFItemURI", facts.get("item_identifier", ""))]
    ends = [("originNodeURI", facts["origin_identifier"]), ("destinationNodeURI", facts["target_identifier"])]
    if facts["kind"] == _POINTS_ANYWHERE:
        ends.pop()
    return [(name, id) for name, id in ends if not _is_foreign(facts["extra"].get(name, {}))]


def _is_foreign(end: dict[str, object]) -> bool:
    return str(end.get("targetType", "")).startswith(_EXTENSION)


def _warn(desk: Desk, element: Element, name: str, identifier: str) -> None:
    words = _(
        "No item with this identifier is held. It was kept as given, and is tied when its framework arrives."
    )
    desk.note(
        Finding(
            element.line, element.path(name), Code.UNRESOLVED_REFERENCE, identifier, words, is_warning=True
        )
    )
