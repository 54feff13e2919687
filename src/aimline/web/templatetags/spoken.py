"""What an instrument says, in the language asked for: `{{ item.ask|said:language }}`.

Where that is not the page's own language, the words come with theirs, so that they are read aloud as they should be.
`{% control form.ask %}` draws one control of a row of phrases.
"""

from __future__ import annotations

from django import template
from django.forms import BoundField
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from aimline.core.words import Words
from aimline.web import inputs
from aimline.web.answering.languages import Tongue

register = template.Library()


@register.filter
def said(words: Words, language: str) -> SafeString | str:
    text = words.written_in(language)
    spoken = language if words.has(language) else next((code for code, one in words.texts if one), language)
    if spoken == (get_language() or "en").split("-")[0]:
        return text
    return format_html('<span lang="{}" dir="{}">{}</span>', spoken, Tongue(spoken).direction, text)


@register.filter
def tongue(code: str) -> str:
    """A language as its own speakers call it."""
    return Tongue(code).name


@register.simple_tag
def control(bound: BoundField) -> SafeString:
    """A control alone, where its label and its faults stand elsewhere in the row."""
    inputs.decorate(bound)
    return SafeString(str(bound))
