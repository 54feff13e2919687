"""Invented series for the drawings: a rise, a worsening, cut scores that moved, a usual range, a steady year."""

from __future__ import annotations

from datetime import date, timedelta
from math import sqrt

from aimline_analytics.drawing.parts import (
    Aimline,
    Break,
    Chart,
    Diagram,
    Layer,
    Link,
    Mark,
    Node,
    Note,
    Panel,
    Phase,
    Point,
    Run,
    Unit,
)

WEEK = timedelta(days=7)
SPRING = (0.37, 0.40, 0.36, 0.38, 0.41)
LATE_SPRING = (0.35, 0.39, 0.38, 0.36, 0.40, 0.42, 0.37)
FALL = (0.39, 0.36, 0.41, 0.40, 0.43, 0.42, 0.46, 0.44, 0.47, 0.49, 0.48, 0.51, 0.50)


def weekly(first: date, values: tuple[float | None, ...], mark: Mark = Mark.ORDINARY) -> tuple[Point, ...]:
    return tuple(_point(first + index * WEEK, value, mark) for index, value in enumerate(values))


def _point(day: date, value: float | None, mark: Mark, tickets: int = 190) -> Point:
    if value is None:
        return Point(day, None)
    half = 1.96 * sqrt(value * (1 - value) / tickets)
    return Point(day, value, value - half, value + half, mark, denominator=tickets)


def reasoning() -> Chart:
    spring = weekly(date(2026, 3, 2), SPRING) + weekly(date(2026, 4, 13), LATE_SPRING)
    fall = weekly(date(2026, 8, 17), FALL[:2]) + weekly(date(2026, 8, 31), FALL[2:], Mark.BETTER)
    words = "11 weeks in a row above the baseline", "11 weeks above baseline"
    return Chart(
        "reasoning",
        "Students who explain their reasoning",
        Unit(),
        spring + fall,
        phases=(
            Phase(date(2026, 3, 2), "Baseline, spring 2026", 0.38, date(2026, 5, 25)),
            Phase(date(2026, 8, 17), "Talk moves in grade 7"),
        ),
        breaks=(
            Break(date(2026, 4, 4), date(2026, 4, 11)),
            Break(date(2026, 5, 29), date(2026, 8, 14), "summer"),
        ),
        runs=(Run(date(2026, 8, 31), date(2026, 11, 9), *words, Mark.BETTER),),
        notes=(
            Note(date(2026, 8, 24), "2 of 6 rooms", "start testing"),
            Note(date(2026, 9, 28), "All 6 rooms"),
            Note(date(2026, 10, 19), "Substitute in", "room 214"),
        ),
        aim=Aimline(date(2026, 8, 17), 0.38, date(2027, 4, 23), 0.60),
    )


def absent() -> Chart:
    """Worse by rising, with a missing week and a goal below."""
    before = (0.14, 0.146, 0.137, 0.136, 0.129, 0.137, 0.153, 0.145, None, 0.143, 0.145, 0.142)
    after = (0.173, 0.177, 0.168, 0.172, 0.18, 0.187, 0.196, 0.198, 0.205, 0.202)
    points = weekly(date(2025, 9, 1), before) + weekly(date(2025, 11, 24), after, Mark.WORSE)
    run = Run(date(2025, 11, 24), date(2026, 1, 26), "10 weeks in a row above the baseline", "", Mark.WORSE)
    return Chart(
        "absent",
        "Students absent 1 day in 10",
        Unit(),
        points,
        phases=(Phase(date(2025, 9, 1), "Baseline", 0.14, date(2025, 11, 17)),),
        runs=(run,),
        aim=Aimline(date(2025, 9, 1), 0.14, date(2026, 6, 15), 0.10),
    )


def cut_scores() -> Chart:
    """New York City, grades 3 to 8, level 3 or 4 in mathematics: the State moved the cut scores in 2010."""
    shares = {2006: 0.5841, 2007: 0.6698, 2008: 0.7574, 2009: 0.8286, 2010: 0.5514, 2011: 0.5840}
    points = tuple(
        Point(date(year, 5, 1), share, share - 0.012, share + 0.012, label=str(year))
        for year, share in shares.items()
    )
    return Chart(
        "cut-scores",
        "Students at level 3 or 4 in mathematics",
        Unit(),
        points,
        phases=(
            Phase(date(2006, 5, 1), "Old cut scores", 0.7136),
            Phase(date(2010, 1, 1), "New cut scores: the line starts anew", 0.5677, anew=True),
        ),
        notes=(Note(date(2010, 5, 1), "Cut scores changed", "the State asked for more points"),),
    )


def referrals() -> Chart:
    """An XmR chart with one week outside its limits, and one left out of them."""
    values = (18, 20, 16, 20, 17, 17, 9, 18, 18, 19, 20, 18, 19, 16, 17, 29, 15, 15, 14, 17)
    marks = {15: Mark.WORSE, 6: Mark.EXCLUDED}
    points = tuple(
        Point(
            date(2026, 1, 5) + index * WEEK,
            value,
            mark=marks.get(index, Mark.ORDINARY),
            lower=11.2,
            upper=24.9,
        )
        for index, value in enumerate(values)
    )
    outside = Run(points[15].day, points[15].day, "above the usual range", "", Mark.WORSE)
    return Chart(
        "referrals",
        "Referrals a week",
        Unit(share=False),
        points,
        phases=(Phase(points[0].day, "All weeks", 18.1),),
        runs=(outside,),
        mean=True,
    )


def below() -> Chart:
    """Better by falling: the triangles point down and the bracket stands below."""
    values = (0.50, 0.52, 0.55, 0.55, 0.54, 0.52, 0.53, 0.51, 0.49, 0.51, 0.54, 0.52)
    after = (0.44, 0.43, 0.45, 0.44, 0.45, 0.46, 0.42, 0.45, 0.43)
    points = weekly(date(2025, 9, 1), values) + weekly(date(2025, 11, 24), after, Mark.BETTER)
    run = Run(date(2025, 11, 24), points[-1].day, "9 weeks in a row below", "", Mark.BETTER, above=False)
    phase = Phase(date(2025, 9, 1), "Before", 0.52, date(2025, 11, 17))
    return Chart("below", "Late arrivals", Unit(), points, phases=(phase,), runs=(run,))


def steady() -> Chart:
    values = (0.25, 0.27, 0.24, 0.26, 0.28, 0.23, 0.25, 0.22, 0.27, 0.25, 0.26, 0.24, 0.19)
    phase = Phase(date(2026, 2, 2), "", 0.25)
    return Chart("steady", "Multilingual learners", Unit(), weekly(date(2026, 2, 2), values), phases=(phase,))


def panels(count: int = 8) -> list[Panel]:
    chart = reasoning()
    return [
        Panel(
            f"panel-{index}",
            f"Group {index}",
            tuple(
                Point(point.day, (point.value or 0) + (index % 7 - 3) / 50, mark=point.mark)
                for point in chart.points
            ),
            0.38 + (index % 7 - 3) / 50,
            date(2026, 5, 25),
            chart.aim if index % 3 else None,
        )
        for index in range(count)
    ]


def theory() -> Diagram:
    """Three primary drivers, five secondary, nine ideas; some causes feed more than one effect."""
    primary = (
        "Students explain and argue in every lesson",
        "Tasks worth talking about",
        "Families as partners",
    )
    secondary = (
        "Routines that make talk safe",
        "Language support inside the task",
        "Teams plan from the unit",
    )
    secondary += ("Families see what is being learned", "Time for talk in the timetable")
    ideas = ("Teach four talk moves", "Write first, then talk", "Sentence frames in two languages")
    ideas += ("Pre-teach five words", "Rehearse the launch together", "One open task a week")
    ideas += ("Voice note home each Friday", "Math night run by students", "Ten protected minutes a block")
    nodes = [
        Node(
            "aim",
            Layer.AIM,
            "60% of grade 6 to 8 on grade in math by June 2028",
            ("From 41%.",),
            "better",
            "Better",
        )
    ]
    nodes += [
        Node(f"p{n}", Layer.PRIMARY, words, ("Measured",), "steady", "Steady", href=f"/drivers/{n}/")
        for n, words in enumerate(primary)
    ]
    nodes += [
        Node(f"s{n}", Layer.SECONDARY, words, href=f"/drivers/s{n}/") for n, words in enumerate(secondary)
    ]
    nodes += [
        Node(
            f"i{n}",
            Layer.IDEA,
            words,
            ("Testing in 2 rooms",),
            reach=n % 5,
            stopped=n == 3,
            href=f"/ideas/{n}/",
        )
        for n, words in enumerate(ideas)
    ]
    ties = "aim<p0 aim<p1 aim<p2? p0<s0 p0<s1 p1<s1? p1<s2 p2<s3? p0<s4 p1<s4 "
    ties += "s0<i0 s0<i1 s1<i2 s1<i3 s2<i4 s2<i5 s3<i6 s3<i7? s4<i8 s2<i1? p2<i2?"
    links = tuple(Link(*tie.rstrip("?").split("<"), sure=not tie.endswith("?")) for tie in ties.split())
    return Diagram("theory", "How grade 6 to 8 math will improve", tuple(nodes), links)
