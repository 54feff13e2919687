"""OpenSALT's tables: a CSV of items, or a workbook with sheets for document, items and associations.

Columns are known by their letters alone, so "Human Coding Scheme" is humanCodingScheme. Who is whose child is said by
the column "Is Child Of", by the sheet of associations, by a smart level (1.2 stands below 1), or, where a file says it
nowhere, by the dots of the codes.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from django.utils.translation import gettext as _

from aimline.frameworks.parts import DOCUMENT, ITEM, LINK
from aimline.imports.case.children import implied_links
from aimline.imports.case.elements import Element, Package
from aimline.imports.readers.opening import open_table
from aimline.imports.readers.sheets import sheets_of
from aimline.imports.readers.tables import FileOptions, Row, Table, Unfinished
from aimline.imports.refusals import Refused
from aimline.imports.report import Code

_SHEETS = {"cfdoc": DOCUMENT, "cfitem": ITEM, "cfassociation": LINK}
_ITEM_COLUMNS = (
    *(
        "identifier",
        "uri",
        "fullStatement",
        "humanCodingScheme",
        "smartLevel",
        "listEnumeration",
        "sequenceNumber",
    ),
    *("abbreviatedStatement", "alternativeLabel", "conceptKeywords", "notes", "language", "educationLevel"),
    *(
        "CFItemType",
        "lastChangeDateTime",
        "statusStartDate",
        "statusEndDate",
        "isChildOf",
        "isPartOf",
        "replacedBy",
    ),
    *("exemplar", "hasSkillLevel", "exactMatchOf", "precedes", "isPeerOf", "isRelatedTo", "isTranslationOf"),
)
_DOCUMENT_COLUMNS = (
    *("identifier", "uri", "creator", "title", "lastChangeDateTime", "officialSourceURL", "publisher"),
    *("description", "subject", "language", "version", "adoptionStatus", "statusStartDate", "statusEndDate"),
    *("licenseText", "notes"),
)
_LINK_COLUMNS = (
    *("identifier", "uri", "associationType", "originNodeURI", "originNodeIdentifier", "destinationNodeURI"),
    *("originNodeHumanCodingScheme", "destinationNodeIdentifier", "destinationNodeHumanCodingScheme"),
    *("sequenceNumber", "lastChangeDateTime"),
)


def _letters(name: str) -> str:
    return "".join(char for char in name if char.isalpha()).lower()


_ALIKE = {
    "educationallevel": "educationLevel",
    "isexactmatchof": "exactMatchOf",
    "lastchangedate": "lastChangeDateTime",
    "parent": "isChildOf",
}
_ITEMS = {_letters(name): name for name in _ITEM_COLUMNS} | _ALIKE | {"license": "licenseURI"}
_DOCUMENTS = {_letters(name): name for name in _DOCUMENT_COLUMNS} | _ALIKE | {"licensetitle": "licenseURI"}
_LINKS = {_letters(name): name for name in _LINK_COLUMNS}
_COLUMNS = {DOCUMENT: _DOCUMENTS, ITEM: _ITEMS, LINK: _LINKS}


def read_tables(path: Path, title: str) -> Package:
    """Read a table or a workbook; `title` names the framework where the file names none."""
    # Looked over by the reader before anything else opens it.
    table = open_table(path, FileOptions())
    sheets = {_SHEETS[_letters(name)]: name for name in sheets_of(path) if _letters(name) in _SHEETS}
    found: dict[str, list[Element]] = {DOCUMENT: [], ITEM: [], LINK: []}
    for kind, sheet in sheets.items():
        found[kind] = list(_elements(open_table(path, FileOptions(sheet=sheet)), kind))
    if ITEM not in sheets:
        found[ITEM] = list(_elements(table, ITEM))
    documents = found[DOCUMENT] or [_named(title)]
    links = implied_links(documents[0], found[ITEM], found[LINK])
    return Package(documents, [*found[ITEM], *found[LINK], *links])


def has_items(path: Path) -> bool:
    """Whether a table or a workbook holds the items of a framework."""
    table = open_table(path, FileOptions())
    return says_items(table.columns) or any(_SHEETS.get(_letters(name)) == ITEM for name in sheets_of(path))


def says_items(columns: Sequence[str]) -> bool:
    """Whether a table with these columns is one of items."""
    return "fullStatement" in {_ITEMS.get(_letters(column)) for column in columns}


def _named(title: str) -> Element:
    return Element(DOCUMENT, 0, {"identifier": title, "title": title}, headers={}, is_implied=True)


def _elements(table: Table, kind: str) -> Iterator[Element]:
    if kind == ITEM and not says_items(table.columns):
        words = _(
            "There is no column of statements (fullStatement), so this is no table of a framework's items."
        )
        raise Refused(words, code=Code.MISSING_COLUMN, line=1, column="fullStatement")
    names = _names(table.columns, _COLUMNS[kind])
    headers = {name: header.strip() for name, header in zip(names, table.columns, strict=True) if name}
    for row in table.rows:
        if not row.is_blank:
            yield _element(row, kind, names, headers, exact=table.format != "xlsx")


def _names(columns: Sequence[str], known: dict[str, str]) -> list[str]:
    """CASE's name for each column, the header itself for those it does not know; of two alike the first counts."""
    names: list[str] = []
    for column in columns:
        name = known.get(_letters(column), column.strip())
        names.append("" if name in names else name)
    return names


def _element(row: Row, kind: str, names: list[str], headers: dict[str, str], *, exact: bool) -> Element:
    cells = [cell.strip() for cell in row.cells]
    fault = row.fault
    if exact and not fault and (len(cells) < len(names) or any(cells[len(names) :])):
        facts = {"given": len(cells), "wanted": len(names)}
        words = _(
            "This row has %(given)s cells, the columns are %(wanted)s. A comma may be missing or too many."
        )
        fault = (Code.RAGGED_ROW, words % facts)
    if any(isinstance(cell, Unfinished) for cell in row.cells):
        words = _(
            "A cell holds a formula without its result. Open the file, let it calculate, save it and send it again."
        )
        fault = (Code.BAD_VALUE, words)
    said = {name: cell for name, cell in zip(names, cells, strict=False) if name and cell}
    return Element(kind, row.line, said, headers=headers, fault=fault)
