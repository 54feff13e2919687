"""The sentences beside a chart in the reader's language."""

from __future__ import annotations

from aimline.reports.drawing.voice import here
from aimline_analytics.drawing import words
from aimline_analytics.drawing.words import Facts, Period, Sentence, marked
from aimline_analytics.results import RuleHit, Verdict

__all__ = [
    "Facts",
    "Period",
    "Sentence",
    "aimline_sentence",
    "caveat",
    "false_alarm_sentence",
    "marked",
    "run_words",
    "verdict_sentence",
]


def verdict_sentence(verdict: Verdict, facts: Facts) -> Sentence:
    return words.verdict_sentence(here(), verdict, facts)


def aimline_sentence(verdict: Verdict) -> str:
    return words.aimline_sentence(here(), verdict)


def false_alarm_sentence(rate: float) -> str:
    return words.false_alarm_sentence(here(), rate)


def caveat(code: str) -> str:
    return words.caveat(here(), code)


def run_words(hit: RuleHit, period: Period) -> tuple[str, str]:
    return words.run_words(here(), hit, period)
