"""Stage an Ed-Fi delivery: every element goes to the handler of its kind, and what was read goes to the lake.

Everything else is recognised, counted, named in the report and not kept.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from django.utils.translation import gettext as _

from aimline.imports.edfi.desk import Desk
from aimline.imports.edfi.files import Interchange, interchanges
from aimline.imports.edfi.names import KINDS, is_known, kind_of
from aimline.imports.edfi.organisations import Organisations
from aimline.imports.edfi.records import Kind
from aimline.imports.edfi.settling import settle
from aimline.imports.edfi.weekly import Weekly, stage_points, stage_school_years
from aimline.imports.mapping.cells import Fault
from aimline.imports.readers.xml import Element, elements
from aimline.imports.report import Code, Problem, Severity
from aimline.imports.staging import Progress, Staged

# Elements that refer to others further down in the file wait for these, but not without end.
_MOST_WAITING = 20_000
_UNITS = frozenset({"LocalEducationAgency", "School"})


@dataclass(slots=True)
class Delivery:
    """What is read of a delivery: records for the lake, and what the pages show of it already."""

    desk: Desk
    weekly: Weekly
    kinds: dict[str, Kind] = field(default_factory=dict)


def stage_edfi(
    path: Path, staged: Staged, students: str = "keep", progress: Progress | None = None
) -> Staged:
    """Read a delivery and stage what we keep of it.

    `students` says what becomes of a result whose student is not held: keep, create or reject.
    """
    desk = Desk(staged, Organisations(staged.places), students=students)
    delivery = Delivery(desk, Weekly(desk))
    with interchanges(path, staged.file) as files:
        for count, file in enumerate(files, 1):
            if file.is_known:
                with file.open() as stream:
                    read(file.name, elements(stream), delivery)
            else:
                _unknown(file, staged)
            if progress:
                progress(count)
    stage_points(delivery.weekly)
    finish(delivery)
    return staged


def finish(delivery: Delivery) -> None:
    """Settle what was read, once all of it was: kinds that others refer to come first."""
    stage_school_years(delivery.weekly)
    order = {entity: at for at, entity in enumerate(KINDS)}
    kinds = sorted(delivery.kinds.items(), key=lambda item: order.get(item[0], len(order)))
    settle(delivery.desk, dict(kinds))


def _unknown(file: Interchange, staged: Staged) -> None:
    words = _("This is no Ed-Fi interchange file. It was left aside.")
    staged.report.note(Problem(file.name, 0, "", Code.UNKNOWN_FILE, file.root[:200], words, Severity.WARNING))


def read(file: str, found: Iterable[Element], delivery: Delivery) -> None:
    """Hand each element of a file to the handler of its kind."""
    left: dict[str, tuple[Element, int]] = {}
    waiting: list[Element] = []
    for element in found:
        delivery.desk.staged.report.tally(file, element.tag).read += 1
        kind = kind_of(element.tag)
        delivery.desk.anchor(element)
        if kind is None:
            first, count = left.get(element.tag, (element, 0))
            left[element.tag] = (first, count + 1)
        elif element.refers and not delivery.desk.resolve(element) and len(waiting) < _MOST_WAITING:
            waiting.append(element)
        else:
            _take(file, element, kind, delivery)
    for element in waiting:
        delivery.desk.resolve(element)
        _take(file, element, kind_of(element.tag) or KINDS[element.tag], delivery)
    for first, count in left.values():
        _leave(file, first, count, delivery.desk)


def _take(file: str, element: Element, kind: Kind, delivery: Delivery) -> None:
    delivery.kinds.setdefault(element.tag, kind)
    if element.tag in _UNITS:
        _take_unit(file, element, delivery.desk)
    delivery.desk.take(file, element, kind)
    delivery.weekly.take(file, element)


def _take_unit(file: str, element: Element, desk: Desk) -> None:
    """Match an organisation with a unit; without one, what belongs to it stays with the place of the load."""
    try:
        desk.places.take(element)
    except Fault as fault:
        id = f"{element.tag}Id"
        desk.note(file, element, fault, path=id, value=element.value(id), warns=True)


def _leave(file: str, first: Element, count: int, desk: Desk) -> None:
    """Say of elements that they are not kept: known to the standard they are skipped, else rejected."""
    tally, value = desk.staged.report.tally(file, first.tag), str(count)
    if is_known(first.tag):
        tally.skipped += count
        words = _("%(tag)s is a part of Ed-Fi that we do not keep yet.") % {"tag": first.tag}
        desk.note(file, first, Fault(Code.NOT_KEPT, words), value=value, warns=True)
        return
    tally.rejected += count
    words = _("%(tag)s is no element that an Ed-Fi interchange holds here.") % {"tag": first.tag}
    desk.note(file, first, Fault(Code.UNEXPECTED_ELEMENT, words), value=value)
