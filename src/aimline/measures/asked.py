"""Measures made from answers: a construct of an instrument, with a point for each collection that has closed.

Only what `instruments.results` shows becomes a point, with the range it has there, so a chart tells no more than the
page of the collection, and no less surely. Where a new edition starts a new line for one of the construct's items,
the chart starts a new phase; where it links the two wordings, the chart gets a note.
"""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext as _

from aimline.core.errors import Invalid
from aimline.instruments.editions import Join
from aimline.instruments.form import By, Construct
from aimline.instruments.models import Collection, Edition, Instrument
from aimline.instruments.results import Score, public_score
from aimline.measures import loading
from aimline.measures.disclosure import BAND
from aimline.measures.models import Annotation, Better, Measure, MeasureKind, Phase, Rhythm, Scale, Series
from aimline.measures.periods import day_period
from aimline.measures.points import PointRow

_SCALES = {By.PERCENT: Scale.PERCENT, By.SHARE: Scale.PERCENT, By.MEAN: Scale.MEAN, By.SUM: Scale.MEAN}


def measure_of(instrument: Instrument, key: str, kind: MeasureKind) -> Measure:
    """The measure that follows a construct, not saved yet."""
    latest = instrument.editions.published().order_by("-number").first()
    construct = _construct(latest, key) if latest else None
    if construct is None:
        raise Invalid(_("This instrument adds up to nothing of this name."))
    return Measure(
        unit=instrument.unit,
        code=f"{instrument.library_key or instrument.pk.hex[-8:]}.{key}"[:60],
        name=f"{construct.name}"[:160],
        definition=_("%(means)s Asked with: %(instrument)s.")
        % {"means": construct.means, "instrument": instrument.name},
        kind=kind,
        better=Better(construct.better) if construct.better in Better.values else "",
        scale=_SCALES[construct.by],
        rhythm=Rhythm.TERM,
        instrument=instrument,
        construct=key,
    )


def keep(measure: Measure) -> list[Series]:
    """Write a point for every collection that has closed, and the joins between editions. Safe to repeat.

    Returns the series that changed; whoever asks for it makes their readings anew.
    """
    rows = {(row.unit.pk, row.period): row for row in _rows(measure)}
    _loaded, touched = loading.load(measure.unit, list(rows.values()))
    _removed, shrunk = loading.keep_only(measure, list(rows.values()), None)
    for edition in measure_editions(measure):
        _join(measure, edition)
    return [*touched, *shrunk]


def measure_editions(measure: Measure) -> list[Edition]:
    return list(Edition.objects.published().filter(instrument=measure.instrument_id).order_by("number"))


def _rows(measure: Measure) -> Iterator[PointRow]:
    closed = Collection.objects.filter(edition__instrument=measure.instrument_id, closed_on__isnull=False)
    for collection in closed.select_related("unit", "edition__instrument").order_by("opened_on", "id"):
        if score := public_score(collection, measure.construct):
            yield _row(measure, collection, score)


def _row(measure: Measure, collection: Collection, score: Score) -> PointRow:
    day = min(collection.closed_on or collection.closes_on, collection.closes_on)
    return PointRow(
        unit=collection.unit,
        measure=measure,
        period=day_period(day).label,
        value=score.value,
        n=score.n,
        # A figure of which only its end is told stands there, as a band.
        flag=BAND if score.end else "",
        low=score.low,
        high=score.high,
    )


def _join(measure: Measure, edition: Edition) -> None:
    """A new line or a note, from the first collection of an edition that words the construct's items anew."""
    construct = _construct(edition, measure.construct)
    items = {key.partition(".")[0] for key in construct.items} if construct else set()
    joins = {edition.joins[item] for item in items & edition.joins.keys()}
    first = edition.collections.exclude(closed_on=None).order_by("closed_on").first()
    if first is None or first.closed_on is None:
        return
    name = _("Edition %(number)s") % {"number": edition.number}
    if Join.NEW in joins:
        Phase.objects.get_or_create(
            measure=measure, series=None, starts_on=first.closed_on, defaults={"name": name}
        )
    elif Join.LINKED in joins:
        Annotation.objects.get_or_create(
            measure=measure, series=None, day=first.closed_on, text=_reworded(name)
        )


def _reworded(edition: str) -> str:
    return _("%(edition)s: some words changed; the line goes on") % {"edition": edition}


def _construct(edition: Edition, key: str) -> Construct | None:
    return next((one for one in edition.form.constructs if one.key == key), None)
