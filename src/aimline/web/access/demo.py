"""The accounts of a demo district, listed in a file that only `aimline demo` writes."""

from __future__ import annotations

import json
from dataclasses import dataclass

from django.conf import settings


@dataclass(frozen=True, slots=True)
class Account:
    id: str
    name: str
    role: str
    title: str
    email: str
    password: str

    @property
    def initials(self) -> str:
        words = self.name.split()
        return (words[0][0] + words[-1][0]).upper()


def accounts() -> list[Account]:
    """Return the demo's accounts; none in an installation that holds real people."""
    path = settings.HOME / "demo.json"
    if not path.exists():
        return []
    return [Account(**entry) for entry in json.loads(path.read_text(encoding="utf-8"))["accounts"]]
