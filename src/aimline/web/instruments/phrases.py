"""Forms that hold every phrase beside its translations: one field for each language, drawn as one row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from aimline.core.errors import Conflict
from aimline.instruments import editing
from aimline.instruments.checks import phrases
from aimline.instruments.form import Form, read
from aimline.web.answering.languages import Tongue

LINE, PARAGRAPH, PAGE = 1, 2, 12
# How long a phrase may be, by the rows it is written in.
LONGEST = {LINE: 300, PARAGRAPH: 2_000, PAGE: 20_000}
STALE = gettext_lazy(
    "Not saved. Someone else changed this a moment ago; the preview shows it as it is now. "
    "What you wrote is still here: compare, then save again."
)


@dataclass(frozen=True, slots=True)
class Cell:
    """A phrase in one language. `state` is ready, missing, or older than its original; blank where none is needed."""

    language: str
    bound: forms.BoundField
    state: str

    @property
    def name(self) -> str:
        return Tongue(self.language).name


@dataclass(frozen=True, slots=True)
class PhraseRow:
    label: object
    cells: tuple[Cell, ...]
    # A number that stands before it: of a level, or the place in a list.
    lead: forms.BoundField | None = None
    # It says more of the row above it.
    follows: bool = False


@dataclass(frozen=True, slots=True)
class PhraseGroup:
    name: object
    hint: object
    rows: tuple[PhraseRow, ...]


class PhraseForm(forms.Form):
    """`held` is the part of the document as it is kept; what the form does not speak of stays in it."""

    mark = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(
        self,
        *facts: Any,
        document: editing.Document,
        held: Mapping[str, Any],
        past: Form | None = None,
        **options: Any,
    ) -> None:
        super().__init__(*facts, **options)
        self.document, self.held, self.past = document, held, past
        self.languages = read(document).languages or ["en"]
        self.fields["mark"].initial = editing.mark(held)
        self._needed: set[str] = set()
        self.build()

    def build(self) -> None:
        """Add the fields of this kind of form."""

    def expect_unchanged(self) -> None:
        """Refuse what was written on top of an older state of this part; sent once more, it is kept."""
        now = editing.mark(self.held)
        if self.cleaned_data["mark"] not in ("", now):
            sent = QueryDict(mutable=True)
            sent.update(self.data)
            sent["mark"] = now
            self.data = sent
            raise Conflict(STALE)

    def add_words(
        self,
        name: str,
        label: object,
        given: Mapping[str, str] | None,
        *,
        rows: int = PARAGRAPH,
        needed: bool = False,
    ) -> None:
        """One field for each language of the instrument."""
        if needed:
            self._needed.add(name)
        for language in self.languages:
            tongue = Tongue(language)
            attrs = {
                "lang": language,
                "dir": tongue.direction,
                **({"class": "page-long"} if rows == PAGE else {}),
            }
            widget = forms.TextInput(attrs) if rows == LINE else forms.Textarea({**attrs, "rows": rows})
            self.fields[f"{name}_{language}"] = forms.CharField(
                label=_("%(phrase)s, %(language)s") % {"phrase": label, "language": tongue.name},
                required=False,
                max_length=LONGEST[rows],
                initial=(given or {}).get(language, ""),
                widget=widget,
            )

    def words(self, name: str, held: Mapping[str, str] | None) -> dict[str, str]:
        """What was written, and what is held in languages that the instrument does not speak yet."""
        typed = {code: self.cleaned_data[f"{name}_{code}"].replace("\r\n", "\n") for code in self.languages}
        others = {code: text for code, text in (held or {}).items() if code not in typed}
        return {code: text for code, text in {**typed, **others}.items() if text}

    def row(self, name: str, label: object, lead: str = "", *, follows: bool = False) -> PhraseRow:
        bounds = [(code, self[f"{name}_{code}"]) for code in self.languages]
        texts = {code: _text(bound) for code, bound in bounds}
        asked = any(texts.values()) or name in self._needed
        cells = [Cell(code, bound, self._state(texts, code) if asked else "") for code, bound in bounds]
        return PhraseRow(label, tuple(cells), self[lead] if lead else None, follows)

    def _state(self, texts: Mapping[str, str], language: str) -> str:
        first = self.languages[0]
        if not texts[language]:
            return "missing"
        if language == first:
            return ""
        return "older" if self._is_older(texts[first], texts[language], language) else "ready"

    def _is_older(self, first: str, text: str, language: str) -> bool:
        """Whether the last edition has this translation, but of other words."""
        said = [dict(words.texts) for *_keys, words in phrases(self.past)] if self.past else []
        pairs = {(one.get(self.languages[0], ""), one.get(language, "")) for one in said}
        return (first, text) not in pairs and text in {translated for _original, translated in pairs}

    def count(self, stem: str, held: Sequence[Any], spare: int) -> int:
        """How many rows there are to write in: those held, or all that were sent, and a few to spare."""
        sent = 0
        while self.is_bound and f"{stem}_{sent}_{self.languages[0]}" in self.data:
            sent += 1
        return max(len(held) + spare, sent)

    @property
    def tongues(self) -> list[Tongue]:
        return [Tongue(code) for code in self.languages]


def _text(bound: forms.BoundField) -> str:
    return str(bound.value() or "").strip().replace("\r\n", "\n")
