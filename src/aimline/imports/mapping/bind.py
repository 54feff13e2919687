"""Put a mapping and the columns of one file together: which cell of a row fills which field."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from django.utils.translation import gettext as _

from aimline.imports.mapping.model import FileMapping, Rule, Shape, Source
from aimline.imports.refusals import BadMapping, Refused
from aimline.imports.report import Code

_NUMBERED = re.compile(r"@(\d+)")
_REPEATED = re.compile(r"(.+)#(\d+)")
_PLACEHOLDER = re.compile(r"\{([A-Za-z_][A-Za-z0-9_.]*)\}")


@dataclass(frozen=True, slots=True)
class Bound:
    """A field of one record: the cell it is in (or none, for a constant) and how that cell is read."""

    name: str
    source: Source
    index: int | None
    column: str


Record = tuple[Bound, ...]


def bind(mapping: FileMapping, columns: Sequence[str]) -> tuple[Record, ...]:
    """Return the records each row is read into; refuse a file that lacks a column the mapping names."""
    names = Columns(columns)
    return tuple(record for rule in mapping.rules for record in _records(rule, names, mapping.shape))


class Columns:
    """The columns of one file, found by name, by repeated name (`Name#2`) or by place (`@17`)."""

    def __init__(self, names: Sequence[str]) -> None:
        self.names = tuple(name.strip() for name in names)
        self._counts = Counter(self.names)

    def find(self, wanted: str) -> int:
        if wanted in self._counts:
            if self._counts[wanted] > 1:
                raise BadMapping(
                    _(
                        'The file has %(count)s columns named "%(name)s". Say which one: "%(name)s#1", "%(name)s#2".'
                    )
                    % {"count": self._counts[wanted], "name": wanted}
                )
            return self.names.index(wanted)
        found = self._by_place(wanted)
        if found is None:
            raise Refused(
                _('The file has no column named "%(name)s". Its columns are: %(columns)s.')
                % {"name": wanted, "columns": self._listed()},
                code=Code.MISSING_COLUMN,
                column=wanted,
            )
        return found

    def _by_place(self, wanted: str) -> int | None:
        if match := _NUMBERED.fullmatch(wanted):
            place = int(match[1])
            return place - 1 if 1 <= place <= len(self.names) else None
        if match := _REPEATED.fullmatch(wanted):
            places = [index for index, name in enumerate(self.names) if name == match[1].strip()]
            nth = int(match[2])
            return places[nth - 1] if 1 <= nth <= len(places) else None
        return None

    def _listed(self) -> str:
        shown = [name[:60] or f"@{place}" for place, name in enumerate(self.names[:20], 1)]
        return ", ".join([*shown, "…"] if len(self.names) > len(shown) else shown)


def _records(rule: Rule, columns: Columns, shape: Shape) -> Iterator[Record]:
    if not rule.each:
        yield _record(rule.fields, columns)
        return
    pattern = _pattern(rule.each)
    found = False
    for name in dict.fromkeys(columns.names):
        match = pattern.fullmatch(name)
        if match:
            found = True
            yield _record(_filled(rule.fields, match.groupdict(), shape), columns)
    if not found:
        raise Refused(
            _('No column of the file fits "%(each)s".') % {"each": rule.each},
            code=Code.MISSING_COLUMN,
            column=rule.each,
        )


def _record(fields: dict[str, Source], columns: Columns) -> Record:
    return tuple(
        Bound(name, source, None, "")
        if source.constant is not None
        else Bound(name, source, *_place(source.column, columns))
        for name, source in fields.items()
    )


def _place(wanted: str, columns: Columns) -> tuple[int, str]:
    index = columns.find(wanted)
    return index, columns.names[index] or f"@{index + 1}"


def _pattern(template: str) -> re.Pattern[str]:
    parts, seen, end = [], set(), 0
    for match in _PLACEHOLDER.finditer(template):
        parts.append(re.escape(template[end : match.start()]))
        name = match[1].replace(".", "__")
        parts.append(f"(?P={name})" if name in seen else f"(?P<{name}>.+?)")
        seen.add(name)
        end = match.end()
    if not seen:
        raise BadMapping(_('[[records]] each = "%(each)s" has no name in braces.') % {"each": template})
    return re.compile("".join(parts) + re.escape(template[end:]))


def _filled(fields: dict[str, Source], found: dict[str, str], shape: Shape) -> dict[str, Source]:
    """The fields of one wide column: the names in braces become fields, and fill the braces of the others."""
    made = {name: Source(constant=value.strip()) for name, value in found.items()}
    given = {name: _fill(source, found) for name, source in fields.items()}
    known = {name: source for name, source in made.items() if name not in given and name in shape.fields}
    return {**known, **given}


def _fill(source: Source, found: dict[str, str]) -> Source:
    def written(text: str) -> str:
        return _PLACEHOLDER.sub(lambda match: found.get(match[1].replace(".", "__"), match[0]), text)

    constant = None if source.constant is None else written(source.constant)
    return replace(source, column=written(source.column), constant=constant)
