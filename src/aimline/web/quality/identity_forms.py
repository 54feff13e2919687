"""One form for a page of the queue: every item has its answer, and most may wait."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from aimline.students.codes import id_of
from aimline.students.deciding import Decision
from aimline.students.doubles import Pair
from aimline.students.models import Source
from aimline.students.reviewing import Waiting
from aimline.students.suggesting import Candidate, Suggestion
from aimline.students.tables import JOINT
from aimline.students.verdicts import Verdict
from aimline.web.parts import Option
from aimline.web.quality.identity_words import Book, pair_code, person_code, reasons, waiting_code, who

LATER, CHOICE, TYPED = "later", "choice-", "other-"
Known = tuple[UUID, str]
Item = tuple[Waiting, Sequence[Suggestion]]
LookUp = Callable[[str, Waiting], Sequence[Candidate]]
Decisions = dict[Source, list[Decision]]


def asked_about(names: Iterable[str]) -> list[list[str]]:
    """Return what the fields of a form that was sent are about; what was not made here is about nothing."""
    found = []
    for name in names:
        if name.startswith(CHOICE):
            try:
                found.append(id_of(name.removeprefix(CHOICE)).split(JOINT))
            except ValueError:
                continue
    return found


class WaitingForm(forms.Form):
    """Whom each id means."""

    def __init__(self, *given: Any, items: Sequence[Item], book: Book, look_up: LookUp, **facts: Any) -> None:
        super().__init__(*given, **facts)
        self.items = {waiting_code(one): one for one, _suggested in items}
        self.look_up = look_up
        for one, suggested in items:
            code = waiting_code(one)
            self.fields[CHOICE + code] = _answers(
                _("Who is %(name)s?") % {"name": one.student}, [*_suggestions(suggested, book), *_others()]
            )
            self.fields[TYPED + code] = forms.CharField(
                label=gettext_lazy("Or another student, by the id on the roster"),
                required=False,
                max_length=300,
            )

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        for code, one in self.items.items():
            if typed := given.get(TYPED + code):
                given[CHOICE + code] = self._other(code, one, typed)
        return given

    def _other(self, code: str, one: Waiting, typed: str) -> str:
        if self.data.get(CHOICE + code) != LATER:
            self.add_error(TYPED + code, _("Choose an answer above or write an id, not both."))
            return LATER
        found = self.look_up(typed, one)
        if len(found) == 1:
            return "same-" + person_code(found[0].source, found[0].id)
        if found:
            self.add_error(
                TYPED + code, _("Several students have this id. Write the one their own system gives.")
            )
        else:
            self.add_error(TYPED + code, _("No student whom you see here has this id."))
        return LATER

    def decisions(self, sources: Mapping[UUID, Source]) -> Decisions:
        made: Decisions = {}
        for code, one in self.items.items():
            chosen = self.cleaned_data[CHOICE + code]
            if chosen != LATER:
                of = _person(chosen)
                verdict = Verdict.SAME if of else Verdict.UNKNOWN
                decision = Decision(one.id_kind, one.student, verdict, of)
                made.setdefault(sources[one.source], []).append(decision)
        return made


class PairsForm(forms.Form):
    """Whether two people are one student."""

    def __init__(self, *given: Any, pairs: Sequence[Pair], **facts: Any) -> None:
        super().__init__(*given, **facts)
        self.pairs = {pair_code(pair): pair for pair in pairs}
        for code, pair in self.pairs.items():
            self.fields[CHOICE + code] = _answers(
                _("Is %(name)s one student or two?") % {"name": who(pair.first)}, _either()
            )

    def decisions(self, sources: Mapping[UUID, Source]) -> Decisions:
        made: dict[Source, dict[str, Decision]] = {}
        for code, pair in self.pairs.items():
            chosen = self.cleaned_data[CHOICE + code]
            if chosen != LATER:
                of = (pair.first.source, pair.first.id)
                decision = Decision("", pair.other.id, Verdict(chosen), of)
                # Who looks like two others is one with the first of them: the rest follows.
                made.setdefault(sources[pair.other.source], {}).setdefault(decision.key, decision)
        return {source: list(each.values()) for source, each in made.items()}


def _answers(label: str, options: Sequence[tuple[str, Option]]) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, choices=options, widget=forms.RadioSelect, initial=LATER)


def _suggestions(suggested: Sequence[Suggestion], book: Book) -> list[tuple[str, Option]]:
    return [
        (
            "same-" + person_code(each.student.source, each.student.id),
            Option(_("Same student: %(name)s") % {"name": who(each.student)}, reasons(each, book)),
        )
        for each in suggested
    ]


def _others() -> list[tuple[str, Option]]:
    return [
        (
            Verdict.UNKNOWN,
            Option(_("Nobody of ours"), _("A visitor, say. These rows then count in no figure.")),
        ),
        (LATER, Option(_("Decide later"))),
    ]


def _either() -> list[tuple[str, Option]]:
    return [
        (Verdict.SAME, Option(_("One student"), _("Figures then count them once, on every day."))),
        (Verdict.DIFFERENT, Option(_("Two students"), _("The pair does not come back."))),
        (LATER, Option(_("Decide later"))),
    ]


def _person(chosen: str) -> Known | None:
    if not chosen.startswith("same-"):
        return None
    source, id = id_of(chosen.removeprefix("same-")).split(JOINT)
    return UUID(source), id
