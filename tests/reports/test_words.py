from __future__ import annotations

from dataclasses import replace

import pytest

from aimline.reports.drawing import figures, words
from aimline.reports.drawing.words import Facts, Period, verdict_sentence
from aimline_analytics import judge, run_chart
from aimline_analytics.drawing import words as english
from aimline_analytics.drawing.parts import Unit
from aimline_analytics.drawing.voice import ENGLISH
from aimline_analytics.results import Verdict

WEEKLY = Facts("Attendance", Unit(), Period.WEEK, frozen=True)
ROSE = Verdict(
    signal="better",
    rule="shift",
    direction="up",
    since=12,
    ended=False,
    length=11,
    allowed=8,
    before=0.88,
    now=0.92,
    latest=0.93,
    latest_index=22,
    assurance=None,
    against_aimline="ahead",
    false_alarm_rate=0.05,
    rule_set="test",
    n_points=23,
    notes=(),
)
CASES = {
    "Attendance rose from 88% to about 92%, and [the rise is more than chance]: 11 weeks in a row sit above the "
    "frozen baseline, where chance alone allows 8.": (ROSE, WEEKLY),
    "Attendance fell from 88% to about 84%, and [the fall is more than chance]: 11 weeks in a row sit below the "
    "frozen baseline, where chance alone allows 8.": (
        replace(ROSE, signal="worse", direction="down", now=0.84),
        WEEKLY,
    ),
    "Attendance rose to about 92%, and [the rise is more than chance]: 11 weeks in a row sit above the middle line, "
    "where chance alone allows 8.": (ROSE, replace(WEEKLY, frozen=False)),
    "Attendance rose to about 92%, and [the change is more than chance]: 11 weeks in a row sit above the line, where "
    "chance alone allows 8. No direction is set as better.": (replace(ROSE, signal="changed"), WEEKLY),
    "[Steady at 25%]. These ups and downs are ordinary.": (replace(ROSE, signal="steady", now=0.25), WEEKLY),
    "[Too few points to judge]: 6 so far, 10 needed.": (replace(ROSE, signal="too_few", n_points=6), WEEKLY),
    "Attendance rose to about 92% for 11 weeks, then [came back]. The latest is 93%.": (
        replace(ROSE, ended=True),
        WEEKLY,
    ),
    "Attendance went [above the usual range]: 31%, where 12% to 25% is usual.": (
        replace(ROSE, rule="outside", now=0.31, signal="worse"),
        replace(WEEKLY, lower=0.12, upper=0.25),
    ),
    "Attendance [rose for 7 weeks in a row], which is more than chance.": (
        replace(ROSE, rule="trend", length=7),
        WEEKLY,
    ),
    "Attendance: [the baseline itself was not steady]. Choose a steadier one.": (
        replace(ROSE, signal="changed", notes=("baseline_unstable",)),
        WEEKLY,
    ),
    "Attendance [changed more than chance]: the line crosses its middle 3 times, where chance gives at least 8.": (
        replace(ROSE, signal="changed", rule="crossings", direction="none", length=3),
        WEEKLY,
    ),
}


@pytest.mark.parametrize("said", CASES)
def test_a_verdict_is_one_plain_sentence(said: str) -> None:
    sentence = verdict_sentence(*CASES[said])
    assert f"{sentence.before}[{sentence.marked}]{sentence.after}" == said


def test_no_verdict_claims_a_cause() -> None:
    causal = {"because", "due", "caused", "led", "thanks", "effect", "impact", "improved", "worked"}
    for verdict, facts in CASES.values():
        assert causal.isdisjoint(str(verdict_sentence(verdict, facts)).lower().split())


def test_a_verdict_of_the_rules_themselves_can_be_said() -> None:
    verdict = judge(run_chart([12, 14, 11, 15, 12, 15, 13, 12, 14, 11, 14, 12]), better="up")
    sentence = verdict_sentence(verdict, Facts("Visits", Unit(share=False)))
    assert sentence.marked.startswith("Steady at")


def test_brackets_in_a_name_do_no_harm() -> None:
    sentence = verdict_sentence(ROSE, replace(WEEKLY, what="Read [grade 3] at 100%"))
    assert sentence.marked == "the rise is more than chance"
    assert sentence.before.startswith("Read [grade 3] at 100% rose")


def test_values_that_would_read_alike_get_a_decimal() -> None:
    sentence = verdict_sentence(replace(ROSE, before=0.921, now=0.924), WEEKLY)
    assert "from 92.1% to about 92.4%" in str(sentence)


def test_half_goes_up_as_people_round() -> None:
    assert figures.figure(0.285, Unit()) == "29%"
    assert figures.figure(0.125, Unit()) == "13%"
    assert figures.figure(-0.001, Unit()) == "0%"


def test_the_aimline_has_a_sentence_of_its_own() -> None:
    assert words.aimline_sentence(ROSE) == "It is ahead of the aimline."
    assert words.aimline_sentence(replace(ROSE, against_aimline="none")) == ""


def test_one_week_is_not_weeks() -> None:
    assert english.stretch(ENGLISH, 1, Period.WEEK) == "1 week in a row"
    assert english.span(ENGLISH, 2, Period.MONTH) == "2 months"
