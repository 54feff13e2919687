"""The drawn icons, by name. Each is one path in a 16 by 16 box, stroked in the colour of the words beside it."""

from __future__ import annotations

from django.utils.html import format_html
from django.utils.safestring import SafeString

ICONS: dict[str, str] = {
    "add": "M8 3v10M3 8h10",
    "back": "M13 8H3M7 4L3 8l4 4",
    "calendar": "M2.5 3.5h11v10h-11zM2.5 6.5h11M5 2v3M11 2v3",
    "chart": "M2 13.5h12M2.5 10.5l3-3 3 2 5-6",
    "check": "M3 8.5l3.5 3.5L13 4.5",
    "clock": "M8 2a6 6 0 1 0 0 12A6 6 0 0 0 8 2zM8 4.8V8l2.4 1.6",
    "close": "M3.5 3.5l9 9M12.5 3.5l-9 9",
    "down": "M4 6l4 4 4-4",
    "download": "M8 2.5v7.5M5 7l3 3 3-3M3 13.5h10",
    "downward": "M8 3v10M4 9l4 4 4-4",
    "edit": "M3 13l.7-3L11 2.8l2.2 2.2L6 12.3z",
    "flag": "M4 14V2.5h8l-2 3 2 3H4",
    "globe": (
        "M8 2a6 6 0 1 0 0 12A6 6 0 0 0 8 2zM2 8h12M8 2c2 2 2.4 4 2.4 6S10 12 8 14C6 12 5.6 10 5.6 8S6 4 8 2z"
    ),
    "arrow": "M3 8h10M9 4l4 4-4 4",
    "info": "M8 2a6 6 0 1 0 0 12A6 6 0 0 0 8 2zM8 7.5V11M8 5v.2",
    "lines": "M2.5 3.5h11M2.5 8h11M2.5 12.5h11",
    "lock": "M4 7.5h8v6H4zM5.5 7.5V5.3a2.5 2.5 0 0 1 5 0v2.2",
    "moon": "M13 9.5A5.5 5.5 0 0 1 6.5 3a5.5 5.5 0 1 0 6.5 6.5z",
    "offline": "M2 2l12 12M5.2 10.8A4.2 4.2 0 0 1 8 9.8M2.4 8.2A8 8 0 0 1 5.6 6.3M8.4 5.8a8 8 0 0 1 5.2 2.4M8 13.2h.01",
    "number": "M6 2.5L5 13.5M11 2.5l-1 11M3 6h10.5M2.5 10h10.5",
    "photo": "M2 5h3l1-1.5h4L11 5h3v8H2zM8 6.8a2.2 2.2 0 1 0 0 4.4a2.2 2.2 0 0 0 0-4.4z",
    "points": "M2 8h12M3 6v4M8 6v4M13 6v4",
    "print": "M4.5 6V2.5h7V6M4.5 11.5h-2V6h11v5.5h-2M4.5 9.5h7v4h-7z",
    "repeat": "M3 8a5 5 0 0 1 8.5-3.5L13 6M13 3v3h-3M13 8a5 5 0 0 1-8.5 3.5L3 10M3 13v-3h3",
    "search": "M7 2.5a4.5 4.5 0 1 0 0 9a4.5 4.5 0 0 0 0-9zM10.5 10.5l3.5 3.5",
    "share": (
        "M12 5.5a2 2 0 1 0 0-4a2 2 0 0 0 0 4zM4 10a2 2 0 1 0 0-4a2 2 0 0 0 0 4z"
        "M12 14.5a2 2 0 1 0 0-4a2 2 0 0 0 0 4zM5.8 7.1l4.4-2.5M5.8 8.9l4.4 2.6"
    ),
    "table": "M2.5 3h11v10h-11zM2.5 6.5h11M2.5 10h11M6.5 3v10",
    "tally": "M4 3v10M7 3v10M10 3v10M2 11L13 5",
    "target": "M8 2a6 6 0 1 0 0 12A6 6 0 0 0 8 2zM8 5.5a2.5 2.5 0 1 0 0 5a2.5 2.5 0 0 0 0-5z",
    "test": "M6 2h4M7 2v4L3.5 12.5a1 1 0 0 0 .9 1.5h7.2a1 1 0 0 0 .9-1.5L9 6V2M5 10.5h6",
    "text": "M3 4h10M3 8h10M3 12h6",
    "tick": "M2.5 2.5h11v11h-11zM5 8.3l2.2 2.2L11 6",
    "upload": "M8 10V2.5M5 5.5l3-3 3 3M3 13.5h10",
    "upward": "M8 13V3M4 7l4-4 4 4",
    "warn": "M8 2.5l6 11H2zM8 6.5v3.5M8 11.8v.2",
    "width": "M5.5 4.5L2 8l3.5 3.5M10.5 4.5L14 8l-3.5 3.5M2 8h12",
}
# Arrows that point along the line of reading turn round in a right-to-left page.
FLIPPED = frozenset({"arrow", "back"})


def icon(name: str, label: object = "") -> SafeString:
    """Return one icon; with a label it speaks for itself, without one it is decoration."""
    kind = "ico flip" if name in FLIPPED else "ico"
    if label:
        return format_html(
            '<svg class="{}" viewBox="0 0 16 16" role="img" aria-label="{}"><path d="{}"/></svg>',
            kind,
            label,
            ICONS[name],
        )
    return format_html(
        '<svg class="{}" viewBox="0 0 16 16" aria-hidden="true"><path d="{}"/></svg>', kind, ICONS[name]
    )
