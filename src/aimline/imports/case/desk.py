"""Takes the elements of a file one by one and sorts out those that cannot stay."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from aimline.frameworks.models import CHILD_OF
from aimline.frameworks.parts import CRITERION, DOCUMENT, ITEM, LEVEL, LINK, MODELS, RUBRIC, Part
from aimline.imports.case.elements import Element, Package
from aimline.imports.case.kinds import part_of
from aimline.imports.case.values import Values, Wrong, is_uuid
from aimline.imports.records import Finding
from aimline.imports.refusals import Refused
from aimline.imports.report import MOST_VALUE, Code, Problem, Report, Severity

_NAMED = 10
# The facts of a part that name an item.
_REFERENCES = {LINK: ("origin_identifier", "target_identifier"), CRITERION: ("item_identifier",)}
Key = tuple[str, str]


@dataclass(slots=True)
class Taken:
    """A part that can be kept, and the element it was read from."""

    part: Part
    element: Element


@dataclass(slots=True)
class Desk:
    report: Report
    file: str
    kept: dict[Key, Taken] = field(default_factory=dict)
    # What the file names but nobody could read, so that what is held of it is not ended.
    spared: set[Key] = field(default_factory=set)
    _clashes: dict[Key, list[Taken]] = field(default_factory=dict)

    def take(self, package: Package) -> list[Taken]:
        """Return what can be kept, the document first and every part behind what it hangs on."""
        self._take_document(package.documents)
        for element in package.elements:
            self._take(element, "")
        self._settle()
        self._spell()
        self._unsaid()
        self._orphans()
        self._circles()
        order = {kind: place for place, kind in enumerate(MODELS)}
        return sorted(self.kept.values(), key=lambda taken: order[taken.part.kind])

    def _take_document(self, documents: list[Element]) -> None:
        if len(documents) != 1 or documents[0].stray:
            line = documents[-1].line if documents else 0
            words = _(
                "The file holds %(count)s frameworks (CFDocument). It must hold one: send each in a file of its own."
            )
            raise Refused(words % {"count": len(documents)}, code=Code.MALFORMED, line=line)
        document = documents[0]
        self._take(document, "")
        if not any(kind == DOCUMENT for kind, _id in self.kept):
            words = _(
                "The framework itself cannot be used, so nothing of it was loaded. Mend what is named here."
            )
            problem = self.report.problems.pop()
            self.report.counts[problem.code] -= 1
            raise Refused(
                f"{problem.message} {words}", code=problem.code, line=problem.line, column=problem.column
            )

    def _take(self, element: Element, parent: str) -> None:
        tally = self.report.tally(self.file, element.name)
        tally.read += not element.is_implied
        if element.stray or element.fault:
            self._reject_stray(element)
            return
        named = str(element.facts.get("identifier") or "")
        values = Values(element)
        try:
            part = part_of(values, parent)
        except Wrong as wrong:
            self.spared.add((element.name, named.strip()))
            self._spare_parts(element)
            self.reject(element, wrong)
            return
        taken = Taken(part, element)
        if self._is_unsaid(taken):
            self.spared.add((part.kind, part.identifier))
            return
        for finding in values.findings:
            self.note(finding)
        self._keep(taken)
        for below in element.parts:
            self._take(below, part.identifier)

    def _reject_stray(self, element: Element) -> None:
        code, words = element.fault or (
            Code.UNEXPECTED_ELEMENT,
            _("This is no element of a framework. Take it out, or send what belongs here."),
        )
        self.reject(element, Wrong(element.path(""), code, words, element.stray))

    def _spare_parts(self, element: Element) -> None:
        """Reject what is inside of an element that was rejected."""
        for below in element.parts:
            self.report.tally(self.file, below.name).read += 1
            self.spared.add((below.name, str(below.facts.get("identifier") or "").strip()))
            self._spare_parts(below)
            words = _("What this is a part of, in line %(line)s, was not loaded.") % {"line": element.line}
            self.reject(below, Wrong(below.path(""), Code.UNRESOLVED_REFERENCE, words))

    def _keep(self, taken: Taken) -> None:
        key = (taken.part.kind, taken.part.identifier)
        first = self.kept.setdefault(key, taken)
        if first is taken:
            return
        if key in self._clashes:
            self._clashes[key].append(taken)
        elif first.part == taken.part:
            self.report.tally(self.file, taken.part.kind).unchanged += 1
            words = _("This says the same as line %(line)s; it counts once.") % {"line": first.element.line}
            place = (taken.element.line, taken.element.path("identifier"))
            self.note(Finding(*place, Code.DUPLICATE_ROW, taken.part.identifier, words, is_warning=True))
        else:
            self._clashes[key] = [first, taken]

    def _settle(self) -> None:
        """Reject parts of one identifier that say different things."""
        for key, clash in self._clashes.items():
            del self.kept[key]
            self.spared.add(key)
            for taken in clash:
                lines = [str(other.element.line) for other in clash if other is not taken]
                shown = ", ".join(lines[:_NAMED] + ["…"] * (len(lines) > _NAMED))
                words = _(
                    "Lines %(lines)s have the same identifier, but say something else. "
                    "None of them was loaded. Keep the right one."
                ) % {"lines": shown}
                wrong = Wrong(taken.element.path("identifier"), Code.DUPLICATE_KEY, words, key[1])
                self.reject(taken.element, wrong)

    def _spell(self) -> None:
        """Write references the way what they name writes its own identifier: the letters of a UUID have no case."""
        named = {id for kind, id in self.kept if kind in (DOCUMENT, ITEM)}
        spelled = {id.lower(): id for id in named if is_uuid(id)}
        for taken in self.kept.values():
            for name in _REFERENCES.get(taken.part.kind, ()):
                given = taken.part.facts[name]
                if given not in named:
                    taken.part.facts[name] = spelled.get(given.lower(), given)

    def _is_unsaid(self, taken: Taken) -> bool:
        """Whether this was implied by a row that was rejected."""
        is_implied = taken.part.kind == LINK and taken.element.is_implied
        return is_implied and (ITEM, taken.part.facts["origin_identifier"]) not in self.kept

    def _unsaid(self) -> None:
        """Leave out what rejected rows implied; what is held of it stays."""
        for key, taken in list(self.kept.items()):
            if self._is_unsaid(taken):
                del self.kept[key]
                self.spared.add(key)

    def _orphans(self) -> None:
        """Reject criteria and levels whose rubric or criterion did not stay."""
        for kind, above in ((CRITERION, RUBRIC), (LEVEL, CRITERION)):
            for key, taken in [(key, each) for key, each in self.kept.items() if key[0] == kind]:
                if (above, taken.part.parent) not in self.kept:
                    words = _("The %(above)s this is a part of was not loaded.") % {"above": above}
                    self._drop(key, taken, Code.UNRESOLVED_REFERENCE, words, "")

    def _drop(self, key: Key, taken: Taken, code: str, words: str, name: str) -> None:
        del self.kept[key]
        self.spared.add(key)
        self.reject(taken.element, Wrong(taken.element.path(name), code, words, key[1]))

    def _circles(self) -> None:
        """Reject the links that would make an item its own parent, directly or in some steps."""
        children: dict[str, list[tuple[str, Key]]] = defaultdict(list)
        for key, taken in self.kept.items():
            if key[0] == LINK and taken.part.facts["kind"] == CHILD_OF:
                facts = taken.part.facts
                children[facts["origin_identifier"]].append((facts["target_identifier"], key))
        words = _("With this the item would be its own parent. Say which of the two stands above.")
        for key in closing(children):
            self._drop(key, self.kept[key], Code.BAD_VALUE, words, "destinationNodeURI")

    def reject(self, element: Element, wrong: Wrong) -> None:
        self.report.tally(self.file, element.name).rejected += 1
        self.note(Finding(element.line, wrong.path, wrong.code, str(wrong.value), wrong.words))

    def note(self, found: Finding) -> None:
        severity = Severity.WARNING if found.is_warning else Severity.ERROR
        value = "".join(char if char.isprintable() else "\ufffd" for char in found.value[:MOST_VALUE])
        self.report.note(
            Problem(self.file, found.line, found.column, found.code, value, found.words, severity)
        )


def closing(children: Mapping[str, list[tuple[str, Key]]]) -> list[Key]:
    """Return the links that close a circle, each node and link looked at once, without nesting calls."""
    closes: list[Key] = []
    on_the_way: set[str] = set()
    done: set[str] = set()
    for start in children:
        ways = [(start, iter(children[start]))] if start not in done else []
        on_the_way.update(node for node, _ways in ways)
        while ways:
            node, parents = ways[-1]
            parent, key = next(parents, (None, None))
            if parent is None or key is None:
                ways.pop()
                on_the_way.discard(node)
                done.add(node)
            elif parent in on_the_way:
                closes.append(key)
            elif parent not in done:
                on_the_way.add(parent)
                ways.append((parent, iter(children.get(parent, ()))))
    return closes
