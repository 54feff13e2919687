"""How names are compared that people wrote: without case, spaces and signs."""

from __future__ import annotations

import re

_SIGNS = re.compile(r"[\W_]+")


def squeezed(name: str) -> str:
    return _SIGNS.sub("", name).casefold()
