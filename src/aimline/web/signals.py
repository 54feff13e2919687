"""The drawn judgments: a shape judges, an arrow says which way the data moved, a word says both."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy as _

UP = '<path class="g-arrow" d="M12 17.5V7M7.5 11.2L12 6.7l4.5 4.5"/>'
DOWN = '<path class="g-arrow" d="M12 6.5V17M7.5 12.8l4.5 4.5 4.5-4.5"/>'
WAVE = '<path class="g-dash" d="M6.5 13l3-2.5 3 3 5-3"/>'

SHAPES: dict[str, tuple[str, Promise]] = {
    "better": ('<circle class="g-up" cx="12" cy="12" r="11"/>', _("Better")),
    "worse": ('<path class="g-down" d="M12 .5L23.5 12 12 23.5.5 12z"/>', _("Worse")),
    "steady": ('<circle class="g-steady" cx="12" cy="12" r="10"/>', _("Steady")),
    "changed": ('<rect class="g-shift" x="2" y="2" width="20" height="20" rx="2"/>', _("Changed")),
    "few": ('<circle class="g-none" cx="12" cy="12" r="10"/>', _("Too few points")),
}
MOVING = frozenset({"better", "worse", "changed"})

LETTERS: dict[str, tuple[str, str, str, Promise]] = {
    "pass": ("g-pass", "g-txt", "P", _("Will reach the goal")),
    "unsure": ("g-q", "g-txt dark", "?", _("Hit or miss")),
    "fail": ("g-fail", "g-txt", "F", _("Will miss unless it changes")),
}


def signal(kind: str, *, up: bool = True, word: object = "", note: object = "") -> SafeString:
    shape, usual = SHAPES[kind]
    inner = (UP if up else DOWN) if kind in MOVING else WAVE if kind == "steady" else ""
    return _badge(shape + inner, word or usual, note)


def assurance(kind: str, *, word: object = "", note: object = "") -> SafeString:
    box, text, letter, usual = LETTERS[kind]
    square = f'<rect class="{box}" x="2" y="2" width="20" height="20" rx="5"/>'
    return _badge(f'{square}<text class="{text}" x="12" y="16.7">{letter}</text>', word or usual, note)


def _badge(drawn: str, word: object, note: object) -> SafeString:
    small = format_html("<small>{}</small>", note) if note else ""
    # The drawing comes from the tables above alone.
    svg = mark_safe(drawn)  # noqa: S308
    return format_html(
        '<span class="sig"><svg viewBox="0 0 24 24" aria-hidden="true">{}</svg><span>{}{}</span></span>',
        svg,
        word,
        small,
    )


def ramp(reached: int, *, steps: int = 4, stopped: bool = False) -> SafeString:
    """Four rising bars: room, rooms, school, schools. Words must stand beside them."""
    bars = "".join(
        f'<rect class="{"r-on" if step < reached else "r-off"}" x="{1 + 17 * step}" y="{12 - 3 * step}" '
        f'width="14" height="{5 + 3 * step}" rx="1.5"/>'
        for step in range(steps)
    )
    cross = '<path class="r-x" d="M2 3L66 15"/>' if stopped else ""
    drawn = mark_safe(bars + cross)  # noqa: S308
    return format_html(
        '<span class="ramp"><svg viewBox="0 0 70 18" aria-hidden="true">{}</svg></span>', drawn
    )
