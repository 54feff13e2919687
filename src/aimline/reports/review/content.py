"""The content of a report: everything it says, with where each sentence comes from, fixed as it stood on one day.

Figures are those that everybody may read, whoever composes the report. Sentences that come from charts and answers are
kept in every language of the interface; what people wrote stays as they wrote it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import Any
from uuid import UUID

from django.conf import settings
from django.utils.translation import override

from aimline.measures.frames import Line, lines
from aimline.measures.models import Series
from aimline.reports.answers import said_of
from aimline.reports.drawing import chart
from aimline.reports.lines import chart_of, sentence_of, title_of
from aimline.reports.review.drawn import figures_of
from aimline.reviews.hearing import TAKEN_BACK, UNPRINTED
from aimline.reviews.models import Evidence, Finding, Recommendation, Review, Stance
from aimline.reviews.weighing import weigh

# As many pictures as a leader looks at.
MOST_CHARTS = 3
_PIECES = ("uses__evidence__series__unit", "uses__evidence__collection__unit")
Content = dict[str, Any]
Texts = Mapping[UUID, dict[str, str]]


def compose(review: Review) -> Content:
    """Everything the report of a review says today: its final findings, with all they rest on."""
    findings = list(review.findings.exclude(final_on=None).prefetch_related(*_PIECES))
    used = [use.evidence for finding in findings for use in finding.uses.all()]
    drawn = lines_of(used)
    texts = live_texts(used, drawn)
    return {
        "unit": review.unit.name,
        "template": review.template,
        "review": review.name,
        "purpose": review.purpose,
        "scope": review.scope,
        "starts_on": review.starts_on.isoformat(),
        "ends_on": review.ends_on.isoformat(),
        "findings": [_finding(finding, texts) for finding in findings],
        "recommendations": _recommendations(review, findings),
        "charts": [_chart(line) for line in drawn.values() if line.shown][:MOST_CHARTS],
        "sample": figures_of(review),
        "pieces": dict(Counter(review.evidences.standing().values_list("source", flat=True))),
    }


def lines_of(evidence: Iterable[Evidence]) -> dict[UUID, Line]:
    """The lines that evidence points at, by series, as everybody may see them."""
    wanted = list(dict.fromkeys(one.series_id for one in evidence if one.series_id))
    found = {line.series.pk: line for line in lines(Series.objects.for_page().filter(pk__in=wanted))}
    return {id: found[id] for id in wanted if id in found}


def live_texts(evidence: Iterable[Evidence], drawn: Mapping[UUID, Line]) -> Texts:
    """What pieces of evidence that come from a chart or from answers say today, by language."""
    found = {}
    for one in evidence:
        line = drawn.get(one.series_id) if one.series_id else None
        if line:
            found[one.pk] = _in_every_language(partial(_sentence, line))
        elif one.collection is not None and one.construct:
            found[one.pk] = _in_every_language(partial(said_of, one.collection, one.construct))
    return found


def _sentence(line: Line) -> str:
    return str(sentence_of(line))


def _in_every_language(say: Callable[[], str]) -> dict[str, str]:
    said = {}
    for code, _name in settings.LANGUAGES:
        with override(code):
            said[code] = say()
    return said


def _finding(finding: Finding, texts: Texts) -> Content:
    uses = list(finding.uses.all())
    weighed = weigh(uses)
    return {
        "id": str(finding.pk),
        "kind": finding.kind,
        "text": finding.text,
        "nature": finding.nature,
        "driver": finding.driver,
        "against_sought": finding.against_sought,
        "supports": dict(weighed.supports),
        "against": weighed.against,
        "trail": [_piece(use.evidence, use.stance == Stance.AGAINST, texts) for use in uses],
    }


def _piece(evidence: Evidence, against: bool, texts: Texts) -> Content:
    """One piece under a finding; words that may not be printed, or were taken back, stay out of it."""
    facts = {"id": str(evidence.pk), "source": evidence.source, "against": against}
    kept_back = TAKEN_BACK if evidence.withdrawn_on else "" if evidence.may_print else UNPRINTED
    if kept_back:
        return {**facts, "text": "", "live": {}, "origin": "", "day": "", kept_back: True}
    return {
        **facts,
        "text": evidence.text,
        "live": texts.get(evidence.pk, {}),
        "origin": evidence.origin or _place(evidence),
        "day": evidence.day.isoformat() if evidence.day else "",
    }


def _place(evidence: Evidence) -> str:
    """Where a figure is from that nobody wrote a place beside."""
    pointed = evidence.series or evidence.collection
    return pointed.unit.name if pointed else ""


def _recommendations(review: Review, findings: Sequence[Finding]) -> list[Content]:
    """Those that answer a finding of the report; one that answers none has nothing to stand on yet."""
    final = {finding.pk for finding in findings}
    told = []
    for one in review.recommendations.prefetch_related("findings"):
        answers = [str(finding.pk) for finding in one.findings.all() if finding.pk in final]
        if answers:
            told.append(_recommendation(one, answers))
    return told


def _recommendation(one: Recommendation, answers: list[str]) -> Content:
    return {
        "text": one.text,
        "leads": one.leads,
        "effort": one.effort,
        "first_step": one.first_step,
        "first_sign": one.first_sign,
        "chance": one.chance,
        "answers": answers,
    }


def _chart(line: Line) -> Content:
    return {
        "sentence": _in_every_language(partial(_sentence, line)),
        "title": _in_every_language(partial(title_of, line.series)),
        "drawing": _in_every_language(partial(_draw, line)),
    }


def _draw(line: Line) -> str:
    return chart.draw(chart_of(line))
