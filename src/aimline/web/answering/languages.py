"""The languages an instrument is written in: by their own names, and which of them a reader gets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from babel import Locale, UnknownLocaleError
from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import get_language
from django.utils.translation.trans_real import parse_accept_lang_header

# Spoken by many families here, and missing among Babel's own names.
NAMES = {"ht": "Kreyòl ayisyen", "hmn": "Hmoob", "ilo": "Ilokano", "chk": "Chuuk", "mh": "Kajin Majel"}


@dataclass(frozen=True, slots=True)
class Tongue:
    code: str
    current: bool = False

    @property
    def name(self) -> str:
        """As its own speakers call it."""
        locale = _locale(self.code)
        own = NAMES.get(self.code) or (locale.get_display_name(locale) if locale else None) or self.code
        return own[:1].upper() + own[1:]

    @property
    def direction(self) -> str:
        locale = _locale(self.code)
        return str(locale.text_direction) if locale else "ltr"


def choose(request: HttpRequest, offered: Sequence[str], kept: str) -> str:
    """The language asked for, else the one kept on this device, else the browser's, else the first it is in."""
    ours, browsers = [get_language() or ""], _accepted(request)
    # Who chose a language for our pages gets it; to anyone else the browser speaks, and it knows more languages.
    chosen = hasattr(request, "person") or settings.LANGUAGE_COOKIE_NAME in request.COOKIES
    wanted = [request.GET.get("language", ""), kept, *(ours + browsers if chosen else browsers + ours)]
    short = [code.split("-")[0] for code in wanted]
    return next((code for code in short if code in offered), offered[0] if offered else "en")


def chrome_for(language: str) -> str:
    """The language of our own words around the questions: the same, where we speak it."""
    return language if language in dict(settings.LANGUAGES) else "en"


def tongues(offered: Sequence[str], current: str) -> list[Tongue]:
    return [Tongue(code, code == current) for code in offered]


def _accepted(request: HttpRequest) -> list[str]:
    header = request.headers.get("Accept-Language", "")
    return [code for code, _weight in parse_accept_lang_header(header)]


def _locale(code: str) -> Locale | None:
    try:
        return Locale.parse(code.replace("-", "_"))
    except (UnknownLocaleError, ValueError):
        return None
