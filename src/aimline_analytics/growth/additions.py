"""What is added to the growth percentiles of a year: measurement error, targets, groups. One row for each student."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import polars as pl

from aimline_analytics.errors import AnalyticsError
from aimline_analytics.growth.error import ErrorTable, drawn_band, error_at, error_band
from aimline_analytics.growth.gains import conditional_status
from aimline_analytics.growth.groups import FEWEST, group_growth
from aimline_analytics.growth.percentiles import Model
from aimline_analytics.growth.progressions import Group, Growth, Key, Through
from aimline_analytics.growth.projections import overall_target, project, target_percentiles
from aimline_analytics.growth.simex import REFITS, simex
from aimline_analytics.results import Floats

#: Standard errors of measurement of each subject and grade.
ErrorTables = Mapping[tuple[str, int], ErrorTable]


def error_columns(
    growth: Growth, tables: ErrorTables, *, level: float = 0.95, draws: int | None = None, seed: int = 1
) -> pl.DataFrame:
    """Carry the measurement error of this year's scores over to every percentile.

    Parameters
    ----------
    growth : Growth
    tables : mapping of (subject, grade) to ErrorTable
    level : float
    draws : int, optional
        Simulate with so many draws; without it the band is exact.
    seed : int
        Of the draws.

    Returns
    -------
    polars.DataFrame
        `sgp_low, sgp_high, sgp_se`, a row for each of `growth.students`; null without a percentile.

    Raises
    ------
    AnalyticsError
        When a grade has no errors of measurement.
    """
    low, high, se = (np.full(growth.students.height, np.nan) for _column in range(3))
    for group in growth.reported():
        model, (subject, grade, _order) = growth.models[group.key], group.key
        if not group.places.size:
            continue
        csem = error_at(_table(tables, subject, grade), group.score)
        scale = growth.scales[subject, grade]
        if draws is None:
            band = error_band(model, group.score, group.priors, csem, scale=scale, level=level)
        else:
            rng = np.random.default_rng(_seeds(seed, group.key))
            band = drawn_band(
                model, group.score, group.priors, csem, rng=rng, draws=draws, scale=scale, level=level
            )
        low[group.places], high[group.places] = band.low, band.high
        se[group.places] = np.round(band.se, 2)
    return pl.DataFrame(
        {"sgp_low": _whole(low), "sgp_high": _whole(high), "sgp_se": pl.Series(se).fill_nan(None)}
    )


def simex_columns(
    growth: Growth,
    tables: ErrorTables,
    *,
    refits: int = REFITS,
    degree: int = 1,
    seed: int = 1,
    through: Through = lambda keys: keys,
) -> pl.DataFrame:
    """Free every percentile from the measurement error of earlier scores, on average.

    Parameters
    ----------
    growth : Growth
        With models of this very year, not of a baseline.
    tables : mapping of (subject, grade) to ErrorTable
        Of the earlier grades.
    refits : int
    degree : int
    seed : int
    through : callable
        Given the models to come, hands them out one by one.

    Returns
    -------
    polars.DataFrame
        `sgp_simex, sgp_simex_ranked`, a row for each of `growth.students`, from the most earlier scores that the
        student has; null without a percentile.

    Raises
    ------
    AnalyticsError
        When an earlier grade has no errors of measurement.
    """
    plain, ranked = (np.full(growth.students.height, np.nan) for _column in range(2))
    groups = {group.key: group for group in growth.able()}
    # Models with more earlier scores come later and so take the place of those with fewer.
    for key in through(sorted(groups)):
        group, (subject, grade, _order) = groups[key], key
        errors = [
            error_at(_table(tables, subject, grade - back), prior)
            for back, prior in enumerate(group.priors, start=1)
        ]
        rng = np.random.default_rng(_seeds(seed, key))
        found = simex(
            growth.models[key], group.score, group.priors, errors, rng=rng, refits=refits, degree=degree
        )
        plain[group.places], ranked[group.places] = found.percentiles, found.ranked
    return pl.DataFrame({"sgp_simex": _whole(plain), "sgp_simex_ranked": _whole(ranked)})


def target_columns(
    growth: Growth,
    cuts: Mapping[tuple[str, int], float],
    *,
    years: int = 3,
    until: int | None = None,
    lagged: bool = False,
) -> pl.DataFrame:
    """Growth that takes each student to the standard.

    Parameters
    ----------
    growth : Growth
    cuts : mapping of (subject, grade) to float
        Score from which a student is at the standard.
    years : int
        Years ahead, 1 or more.
    until : int, optional
        No further than to this grade.
    lagged : bool
        Start from last year's score, so that the first target is for the year that has just ended and the percentile
        says whether it was met. Without it start from this year's score and look ahead.

    Returns
    -------
    polars.DataFrame
        `target_1 … target_years` (growth percentile that, kept up for so many years, reaches the cut), `direction`
        (`catch-up` or `keep-up`, by the score it starts from), `target` (over the years: the least to catch up, the
        greatest to keep up), `on_track` (the percentile is at least that), a row for each of `growth.students`; null
        where there is no cut, no model or no score.

    Raises
    ------
    AnalyticsError
        When `years` is below 1.

    Notes
    -----
    Models of this year's grades, or of the baseline, stand for the years ahead. A percentile that is on track once
    need not stay so: the target assumes the same rate each year, which nobody keeps.

    References
    ----------
    Betebenner 2009, doi:10.1111/j.1745-3992.2009.00161.x.
    """
    if years < 1:
        raise AnalyticsError(f"{years} years ahead are none", where="years", remedy="Give 1 or more")
    targets = np.full((growth.students.height, years), np.nan)
    total, standing = targets[:, 0].copy(), targets[:, 0].copy()
    for group in _by_history(growth, lagged):
        each = _targets(growth, group, cuts, years, until)
        targets[group.places] = each
        cut = cuts.get(group.key[:2])
        if cut is not None:
            there = group.score >= cut
            standing[group.places] = there
            total[group.places] = overall_target(each, there)
    columns = {f"target_{ahead}": _whole(targets[:, ahead - 1]) for ahead in range(1, years + 1)}
    words = {0.0: "catch-up", 1.0: "keep-up"}
    columns["direction"] = pl.Series([words.get(each) for each in standing.tolist()], dtype=pl.String)
    columns["target"] = _whole(total)
    columns["on_track"] = growth.students["sgp"] >= columns["target"]
    return pl.DataFrame(columns)


def plain_columns(growth: Growth) -> pl.DataFrame:
    """Two plainer measures beside the percentiles: points gained, and status given earlier status.

    Parameters
    ----------
    growth : Growth

    Returns
    -------
    polars.DataFrame
        `gain` (points since last year) and `conditional_status` (0 to 100, from the most earlier scores that the
        student has), a row for each of `growth.students`; null without an earlier score, and the second also where
        fewer than ten students more than there are earlier scores could be compared.
    """
    rows = growth.histories.hstack(growth.students.select("subject", "grade")).with_row_index("place")
    orders = growth.histories.width - 1
    status = np.full(rows.height, np.nan)
    for part in rows.partition_by("subject", "grade"):
        for order in range(1, orders + 1):
            names = [f"prior_{back}" for back in range(1, order + 1)]
            whole = part.drop_nulls(names)
            if whole.height >= FEWEST + order:
                priors = [whole[name].to_numpy() for name in names]
                status[whole["place"].to_numpy()] = conditional_status(whole["score"].to_numpy(), priors)
    gained = growth.histories.select((pl.col("score") - pl.col("prior_1")).alias("gain"))
    return gained.with_columns(pl.Series("conditional_status", status).fill_nan(None))


def growth_groups(
    growth: Growth, groups: pl.DataFrame, *, fewest: int = FEWEST, level: float = 0.95
) -> pl.DataFrame:
    """Growth of groups of students, such as schools, in each subject.

    Parameters
    ----------
    growth : Growth
    groups : polars.DataFrame
        One row for each of `growth.students`, a column for each trait; a null leaves the student out.
    fewest : int
        With fewer students nothing but their number is said.
    level : float

    Returns
    -------
    polars.DataFrame
        `subject`, the traits, `n`, `mean, se, low, high`, `median, median_low, median_high`, in order. Not in the
        order of growth: a ranking of groups is mostly noise.

    Raises
    ------
    AnalyticsError
        When a trait bears the name of another column.
    """
    told = ["n", "mean", "se", "low", "high", "median", "median_low", "median_high"]
    clash = [name for name in groups.columns if name in {"subject", "sgp", *told}]
    if clash:
        raise AnalyticsError(
            f"{clash[0]!r} is a column of the result", where="groups", remedy="Rename that column"
        )
    rows = growth.students.select("subject", "sgp").hstack(groups).drop_nulls(groups.columns)
    keys = ["subject", *groups.columns]
    found = []
    for key, part in rows.group_by(keys):
        values = part["sgp"].drop_nulls().to_numpy().astype(np.float64)
        one = group_growth(values, fewest=fewest, level=level)
        mean, median = one.mean, one.median
        se = float(values.std(ddof=1) / np.sqrt(values.size)) if mean else None
        ends = [each for it in (mean, median) for each in ((it.low, it.high) if it else (None, None))]
        found.append(
            (
                *key,
                one.n,
                mean.estimate if mean else None,
                se,
                *ends[:2],
                median.estimate if median else None,
                *ends[2:],
            )
        )
    kinds = {name: rows.schema[name] for name in keys} | {"n": pl.Int64} | dict.fromkeys(told[1:], pl.Float64)
    return pl.DataFrame(found, schema=kinds, orient="row").sort(keys)


def _by_history(growth: Growth, lagged: bool) -> list[Group]:
    """Students by how many scores without a gap they start from; the key is subject, grade and that number."""
    names = [name for name in growth.histories.columns if name != "score" or not lagged]
    known = pl.sum_horizontal(
        pl.all_horizontal(pl.col(names[: back + 1]).is_not_null()).cast(pl.Int64)
        for back in range(len(names))
    )
    rows = growth.histories.select(*names, known.alias("known"))
    rows = rows.hstack(growth.students.select("subject", "grade")).with_row_index("place")
    found = []
    for part in rows.filter(pl.col("known") > 0).partition_by("subject", "grade", "known"):
        subject, grade, count = part.select("subject", "grade", "known").row(0)
        scores = [part[name].to_numpy() for name in names[:count]]
        places = part["place"].to_numpy().astype(np.intp)
        found.append(Group((subject, grade - lagged, count), places, scores[0], scores))
    return found


def _targets(
    growth: Growth, group: Group, cuts: Mapping[tuple[str, int], float], years: int, until: int | None
) -> Floats:
    """Targets of a group for each year ahead, nan where there is none."""
    subject, grade, known = group.key
    ahead = years if until is None else min(years, until - grade)
    found = np.full((group.places.size, years), np.nan)
    models: dict[int, dict[int, Model]] = {}
    for (topic, of_grade, order), model in growth.models.items():
        if topic == subject:
            models.setdefault(of_grade, {})[order] = model
    if ahead < 1 or not any(order <= known for order in models.get(grade + 1, {})):
        return found
    scales = {of_grade: scale for (topic, of_grade), scale in growth.scales.items() if topic == subject}
    projected = project(np.column_stack(group.priors), grade, models, scales, years=ahead)
    named = [cuts.get((subject, each)) for each in projected.grades]
    values = target_percentiles(projected, [np.inf if cut is None else cut for cut in named])
    for place, cut in enumerate(named):
        if cut is not None:
            found[:, place] = values[:, place]
    return found


def _whole(values: Floats) -> pl.Series:
    return pl.Series(values).fill_nan(None).cast(pl.Int64)


def _table(tables: ErrorTables, subject: str, grade: int) -> ErrorTable:
    if (subject, grade) not in tables:
        raise AnalyticsError(
            f"{subject}, grade {grade} has no errors of measurement",
            where="csem",
            remedy="Add its scores and errors, or leave the grade out",
        )
    return tables[subject, grade]


def _seeds(seed: int, key: Key) -> list[int]:
    """Make draws of a grade not depend on the other grades of the file."""
    subject, grade, order = key
    return [seed, grade, order, *subject.encode()]
