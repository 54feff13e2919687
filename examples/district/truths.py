"""What is true in the demo district, and what the product does not know.

Each number is an effect on the underlying process, before noise. `examples/README.md` tells them as a story.
"""

from __future__ import annotations

SEED = 20261116

# T1: a daily small-group decoding routine, in four of the six Early Readers schools, one after another. A start is a
# school year (0 to 2) and a school week in it. It works from its third week, twice as much for multilingual learners.
ROUTINE_STARTS = {"PA-KEL": (1, 8), "PA-JUN": (1, 14), "TF-BIT": (1, 20), "PA-DRI": (2, 2)}
ROUTINE_WORKS_FROM_WEEK = 3
ROUTINE_POINTS = 6.0
ROUTINE_POINTS_MULTILINGUAL = 12.0
# Where less than half of the sessions were held it does nothing.
ROUTINE_FIDELITY = {"PA-KEL": 0.9, "PA-JUN": 0.8, "TF-BIT": 0.4, "PA-DRI": 0.75}

# T2: attendance letters in all of Three Forks, from the second January: no effect. Attendance rises each spring anyway.
LETTERS_FROM = (1, 20)
LETTERS_POINTS = 0.0
SPRING_RISE = 1.6

# T3: a homework platform in Port Alder's middle schools, from the first week of the last year.
HOMEWORK_FROM = (2, 1)
HOMEWORK_COMPLETION_POINTS = 12.0
HOMEWORK_SLEEP_HOURS = -0.35

# T4: an advisory period at Harbor Middle; belonging rises by 0.3 SD, but only from the fourth month.
ADVISORY_FROM = (1, 1)
ADVISORY_WORKS_FROM_MONTH = 4
ADVISORY_BELONGING = 0.24

# T5: the five lowest mathematics teams of the first year were picked for help; the help does nothing.
MATH_HELP_TEAMS = 5
MATH_HELP_POINTS = 0.0

# T6: new cut scores in the second tested year: nine points lower everywhere, with no change in what students know.
CUT_SCORES_YEAR = 2
CUT_SCORES_POINTS = -9.0

# The spring in which they came in, as years of the demo: 0 is the first of its three school years.
CUT_SCORES_SPRING = 0
# T1, on the spring test: in standard deviations of a student's score, twice as much for multilingual learners.
ROUTINE_SPRING_TEST = 0.15

# T7: one grade-level team whose students learn more, every year; two others that were lucky once. What teams add to a
# student's year besides is luck, and goes again.
BRIGHT_SPOT = 0.25
BRIGHT_TEAM = ("PA-JUN", 4)
LUCKY_TEAMS = {("PA-HER", 5, 0), ("TF-TWO", 4, 1)}
TEAM_LUCK = 0.08

# T10: who is tested at Three Forks High: the share falls, and those who stay away score low.
TESTED_FROM, TESTED_TO = 0.96, 0.88
TESTED_LIFT = 5.0

# T11: how often it comes true when teams say how sure they are.
CAME_TRUE_AT = {50: 0.50, 60: 0.60, 70: 0.62, 80: 0.65, 90: 0.66}

# T12: the multilingual gap on the state test closes by 2 points a year where the routine runs, widens by 1 elsewhere
GAP_CLOSES, GAP_WIDENS = 2.0, -1.0

# Three observers of one rubric, in steps of a row: how far they are apart in one lesson, and the row whose words each
# reads in a way of their own. None of them drifts.
OBSERVERS_APART = 0.15
OBSERVERS_APART_ON = {"voices": 1.1}
