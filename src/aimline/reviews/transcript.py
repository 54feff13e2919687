"""Notes of a conversation as text: who speaks, what was said in one go, and where it is cut into excerpts."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

# As speakers are marked at the start of a line, in English and Spanish. Numbers are left away: "Teacher 14".
ASKS = frozenset(
    {"interviewer", "entrevistador", "entrevistadora", "int", "i", "q", "p", "question", "pregunta"}
)
ANSWERS = frozenset(
    {
        *("teacher", "student", "family", "parent", "mother", "father", "staff", "staff member", "leader"),
        *("community member", "answer", "a", "t", "s", "f", "docente", "maestra", "maestro", "estudiante"),
        *("alumna", "alumno", "familia", "madre", "padre", "personal", "líder", "respuesta", "r"),
        "integrante de la comunidad",
    }
)
_LABEL = re.compile(r"^\s*(?P<who>[^\W\d_][\w.'\u2019 -]{0,30}?)\s*\d{0,3}\s*[:\uff1a]\s+(?P<said>\S.*)$")
_ENDS = re.compile(r"(?<=[.!?…])([\"”\u2019»)]?)\s+(?=[¿¡“\"«(]?[^\W\d_a-z])")
# A stretch that says one thing: two sentences, as a rule.
_SENTENCES = 2


@dataclass(frozen=True, slots=True)
class Stretch:
    """A piece of what was said; those said in one go have one turn."""

    turn: int
    is_question: bool
    text: str


def stretches(text: str, *, cut: bool) -> list[Stretch]:
    """`cut` into groups of sentences; else each line is a stretch as it stands."""
    found: list[Stretch] = []
    turn, asks = 0, False
    for line in filter(None, (line.strip() for line in text.splitlines())):
        label, said = speaker(line)
        if label is not None or not found:
            turn, asks = turn + 1, bool(label)
        # A question stays whole: it is not coded.
        parts = groups(said) if cut and not asks else [said]
        found += [Stretch(turn, asks, part) for part in parts]
    return found


def speaker(line: str) -> tuple[bool | None, str]:
    """Whether a line begins a question (or an answer, or neither is said), and what was said."""
    match = _LABEL.match(line)
    who = " ".join(match["who"].casefold().split()) if match else ""
    if match and who in ASKS | ANSWERS:
        return who in ASKS, match["said"].strip()
    return None, line.strip()


def sentences(text: str) -> list[str]:
    marked = _ENDS.sub(lambda found: f"{found[1]}\n", text)
    return [part.strip() for part in marked.split("\n") if part.strip()]


def groups(text: str) -> list[str]:
    held = sentences(text)
    return [" ".join(held[start : start + _SENTENCES]) for start in range(0, len(held), _SENTENCES)]


def strangers(text: str) -> Iterator[str]:
    """Words before a colon at the start of a line that look like the name of a speaker."""
    for line in text.splitlines():
        match = _LABEL.match(line)
        words = match["who"].split() if match else []
        if (
            words
            and speaker(line)[0] is None
            and len(words) <= 2
            and all(word[0].isupper() for word in words)
        ):
            yield " ".join(words)


def written(stretches: Iterable[Stretch], asks: str, answers: str) -> str:
    """As text again: a line for each stretch, a name in front where a turn begins."""
    lines: list[str] = []
    turn = 0
    for one in stretches:
        lead = f"{asks if one.is_question else answers}: " if one.turn != turn else ""
        lines += [*([""] if lead and lines else []), f"{lead}{one.text}"]
        turn = one.turn
    return "\n".join(lines)
