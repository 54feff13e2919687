"""One text in the languages somebody wrote it in: what library files and instruments are made of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import get_language


@dataclass(frozen=True, slots=True)
class Words:
    """Shown in the reader's language, else in the language it was written in first."""

    texts: tuple[tuple[str, str], ...] = ()

    @classmethod
    def of(cls, given: Mapping[str, str] | None, languages: Sequence[str] = ()) -> Words:
        """With `languages` in their order, others after them: a database keeps names in an order of its own."""
        texts = (given or {}).items()
        if not languages:
            return cls(tuple(texts))
        places = {language: place for place, language in enumerate(languages)}
        return cls(tuple(sorted(texts, key=lambda pair: (places.get(pair[0], len(places)), pair[0]))))

    def __str__(self) -> str:
        return self.written_in((get_language() or "en").split("-")[0])

    def __bool__(self) -> bool:
        return any(text for _language, text in self.texts)

    def written_in(self, language: str) -> str:
        texts = {key: text for key, text in self.texts if text}
        return texts.get(language) or next(iter(texts.values()), "")

    def has(self, language: str) -> bool:
        return bool(dict(self.texts).get(language))

    @property
    def language(self) -> str:
        """The language the reader gets it in: to be said on the page where it is not the page's own."""
        asked = (get_language() or "en").split("-")[0]
        return asked if self.has(asked) else next((key for key, text in self.texts if text), asked)
