"""A framework as a tree to read: every item below its parents, in the order its publisher gave."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID

from django.core.paginator import Page, Paginator
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from aimline.access.rules import Act, allowed
from aimline.frameworks.models import CHILD_OF, Framework, FrameworkItem, ItemLink
from aimline.people.models import Person

# More than a page can hold is shown branch by branch.
MOST, MOST_TOPS, DEEPEST, OPEN_BELOW = 1_500, 500, 10, 80
WORDS = {
    "isPeerOf": _("Beside"),
    "isPartOf": _("Part of"),
    "exactMatchOf": _("The same as"),
    "precedes": _("Comes before"),
    "isRelatedTo": _("Related to"),
    "replacedBy": _("Replaced by"),
    "exemplar": _("Example"),
    "hasSkillLevel": _("Skill level"),
    "isTranslationOf": _("Translation of"),
}


@dataclass(frozen=True, slots=True)
class Tie:
    """Another way in which an item belongs to one; without an address that one is not held."""

    word: object
    text: str
    href: str = ""


@dataclass(slots=True)
class Branch:
    """An item and what stands below it. `again`: it stands further up as well, with its branches."""

    item: FrameworkItem
    branches: list[Branch] = field(default_factory=list)
    ties: list[Tie] = field(default_factory=list)
    again: bool = False
    # How many are below that this page does not show.
    more: int = 0
    is_open: bool = False
    # For which grades, where the item above does not say the same.
    levels: str = ""


@dataclass(slots=True)
class Tree:
    branches: list[Branch]
    # The page of those at the top, where they are too many for one.
    tops: Page[UUID]
    count: int
    is_cut: bool


def tree(person: Person, framework: Framework, at: FrameworkItem | None, page: str, *, opened: bool) -> Tree:
    """Lay out a framework, or the branch at one item."""
    grown = _Grown(person, framework)
    tops = Paginator([at.pk] if at else grown.tops(), MOST_TOPS).get_page(page)
    layers = grown.layers(list(tops))
    shown = _layers_shown(layers)
    seen: set[UUID] = set()
    branches = [grown.branch(id, shown, seen) for id in tops]
    made = Tree(branches, tops, count=len(grown.items), is_cut=len(layers) > shown)
    every = sum(len(layer) for layer in layers[:shown])
    _open(made.branches, DEEPEST if opened or every <= OPEN_BELOW else 1)
    return made


def _layers_shown(layers: Sequence[Sequence[UUID]]) -> int:
    """How many layers fit on a page; the first is always shown."""
    shown, count = 0, 0
    for layer in layers[:DEEPEST]:
        count += len(layer)
        if shown and count > MOST:
            break
        shown += 1
    return shown


def _open(branches: Sequence[Branch], layers: int) -> None:
    for branch in branches if layers else ():
        branch.is_open = True
        _open(branch.branches, layers - 1)


class _Grown:
    """The items of a framework and how they hang together."""

    def __init__(self, person: Person, framework: Framework) -> None:
        self.framework = framework
        current = FrameworkItem.objects.filter(framework=framework, ended_on=None)
        self.items = {item.pk: item for item in allowed(person, Act.VIEW_UNIT, current)}
        self.below: dict[UUID, list[UUID]] = defaultdict(list)
        self.ties: dict[UUID, list[Tie]] = defaultdict(list)
        self._places: dict[UUID, float] = {}
        self._named_top: set[UUID] = set()
        # Items of other frameworks, those this person may read.
        reached = FrameworkItem.objects.filter(reached__framework=framework).exclude(framework=framework)
        self._known = self.items | {item.pk: item for item in allowed(person, Act.VIEW_UNIT, reached)}
        links = ItemLink.objects.filter(framework=framework, ended_on=None)
        for link in allowed(person, Act.VIEW_UNIT, links).order_by("sequence", "identifier"):
            if link.origin_id in self.items and link.origin_id is not None:
                self._hang(link.origin_id, link)

    def _hang(self, origin: UUID, link: ItemLink) -> None:
        if link.kind != CHILD_OF:
            target = self._known.get(link.target_id) if link.target_id else None
            self.ties[origin].append(_tie(link, target))
        elif link.target_id in self.items and link.target_id is not None:
            self.below[link.target_id].append(origin)
        else:
            self._places[origin] = link.sequence or 0
            if link.target_identifier == self.framework.identifier:
                self._named_top.add(origin)

    def tops(self) -> list[UUID]:
        """Those named as top, those without a parent that is held; in their order."""
        children = {child for below in self.below.values() for child in below}
        tops = [id for id in self.items if id in self._named_top or id not in children]
        return sorted(
            tops, key=lambda id: (self._places.get(id, 0), self.items[id].code, self.items[id].statement)
        )

    def layers(self, tops: Sequence[UUID]) -> list[list[UUID]]:
        """The items by how far below the top they first stand."""
        layers, seen = [list(tops)], set(tops)
        while layers[-1]:
            layer = [child for id in layers[-1] for child in self.below[id] if child not in seen]
            layers.append(list(dict.fromkeys(layer)))
            seen.update(layer)
        return layers[:-1]

    def branch(self, id: UUID, layers: int, seen: set[UUID], above: FrameworkItem | None = None) -> Branch:
        item = self.items[id]
        levels = ", ".join(item.levels) if above is None or item.levels != above.levels else ""
        made = Branch(item, ties=self.ties[id], again=id in seen, levels=levels)
        if made.again:
            return made
        seen.add(id)
        if layers > 1:
            made.branches = [self.branch(child, layers - 1, seen, item) for child in self.below[id]]
        else:
            made.more = len(self.below[id])
        return made


def _tie(link: ItemLink, target: FrameworkItem | None) -> Tie:
    word = WORDS.get(link.kind, link.kind)
    if target is None:
        named = str(link.extra.get("destinationNodeURI", {}).get("title") or link.target_identifier)
        return Tie(
            word, named, link.target_uri if link.target_uri.startswith(("https://", "http://")) else ""
        )
    return Tie(word, str(target), f"{reverse('frameworks:show', args=[target.framework_id])}?at={target.pk}")
