"""What people said, as a table: what the page of results shows, and nothing that it hides."""

from __future__ import annotations

from collections.abc import Iterator

from aimline.instruments.form import By
from aimline.instruments.models import Collection
from aimline.instruments.results import Dimension, Distribution, End, Results, Score, results
from aimline.reports.tables import Line, csv_parts

# What is told as a band has no value; it lies from `least` to `most`.
COLUMNS = (
    *("row", "question", "answer", "dimension", "group", "answers", "value", "low", "high"),
    *("least", "most"),
)


def as_csv(collection: Collection, *, with_texts: bool) -> bytes:
    """Return the results as CSV; what people wrote only for those who ask."""
    return b"".join(csv_parts(COLUMNS, lines(results(collection), with_texts=with_texts)))


def lines(told: Results, *, with_texts: bool) -> Iterator[Line]:
    """Yield a line for each score, answer, group and text. What is hidden has a line that says so, without a figure."""
    if told.why_hidden:
        yield _line("hidden", str(told.why_hidden))
        return
    for score in told.scores:
        yield _score(score)
    for found in told.distributions:
        yield from _shares(found)
    for dimension in told.dimensions:
        yield from _groups(dimension)
    for item, texts in told.texts if with_texts else ():
        yield from (_line("text", str(item.ask), text) for text in texts)


def _groups(dimension: Dimension) -> Iterator[Line]:
    for group in dimension.groups:
        if not group.scores:
            yield _line("hidden", "", dimension=str(dimension.name), group=str(group.name))
        for score in group.scores:
            yield _score(score, str(dimension.name), str(group.name))


def _score(score: Score, dimension: str = "", group: str = "") -> Line:
    name = str(score.construct.name)
    if score.value is None:
        return _line("hidden", name, dimension=dimension, group=group)
    # As exact as on the page.
    places = 0 if score.construct.by in (By.PERCENT, By.SHARE) else 1
    of = ("score", name, "", dimension, group, score.n)
    value, low, high = (_rounded(one, places) for one in (score.value, score.low, score.high))
    if score.end:
        beyond = (None, value) if score.end is End.OR_LESS else (value, None)
        return (*of, None, low, high, *beyond)
    return (*of, value, low, high, None, None)


def _shares(found: Distribution) -> Iterator[Line]:
    asked = f"{found.item.ask}: {found.row}" if found.row else str(found.item.ask)
    for share in found.shares:
        told = (_rounded(share.percent, 0), None, None, None, None)
        band = (None, None, None, share.low, share.high)
        yield ("answer", asked, str(share.name), "", "", found.n, *(told if share.is_exact else band))


def _rounded(value: float | None, places: int) -> float | None:
    return None if value is None else round(value, places)


def _line(row: str, question: str, answer: str = "", *, dimension: str = "", group: str = "") -> Line:
    return (row, question, answer, dimension, group, *[None] * 6)
