"""The style sheets of pages that are opened on cheap phones: `{% light_looks %}`."""

from __future__ import annotations

from django import template
from django.utils.html import format_html_join
from django.utils.safestring import SafeString

from aimline.web import looks

register = template.Library()


@register.simple_tag
def light_looks() -> SafeString:
    return format_html_join("\n", '<link rel="stylesheet" href="{}">', ((one,) for one in looks.addresses()))
