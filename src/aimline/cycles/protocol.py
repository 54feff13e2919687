"""The protocol a cycle follows: its phases, what each asks, and what each must produce, read from the library."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from aimline.core.words import Words


@dataclass(frozen=True, slots=True)
class Prompt:
    field: str
    ask: Words
    hint: Words


@dataclass(frozen=True, slots=True)
class Phase:
    key: str
    name: Words
    lead: Words
    produces: tuple[str, ...]
    prompts: tuple[Prompt, ...]

    def asks(self, field: str) -> Prompt:
        return next(prompt for prompt in self.prompts if prompt.field == field)


@dataclass(frozen=True, slots=True)
class Protocol:
    id: str
    version: int
    name: Words
    phases: tuple[Phase, ...]

    def phase(self, key: str) -> Phase:
        return next(phase for phase in self.phases if phase.key == key)


@cache
def protocol(id: str = "pdsa") -> Protocol:
    """Read one protocol from the library; once for each process."""
    text = files("aimline").joinpath("library", "protocols", f"{id}.toml").read_text("utf-8")
    given = tomllib.loads(text)
    return Protocol(
        given["id"], given["version"], Words.of(given["name"]), tuple(map(_phase, given["phases"]))
    )


def _phase(given: dict[str, Any]) -> Phase:
    prompts = tuple(
        Prompt(each["field"], Words.of(each["ask"]), Words.of(each["hint"])) for each in given["prompts"]
    )
    return Phase(
        given["key"], Words.of(given["name"]), Words.of(given["lead"]), tuple(given["produces"]), prompts
    )
