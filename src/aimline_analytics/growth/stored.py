"""Growth models as facts that can be kept in a file, and back again to the last digit."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

import numpy as np

from aimline_analytics.errors import AnalyticsError
from aimline_analytics.growth.percentiles import LEVELS, Model
from aimline_analytics.growth.progressions import Baseline, Key
from aimline_analytics.growth.quantiles import Fit
from aimline_analytics.growth.splines import Knots

FORMAT = "growth models"
VERSION = 1
_PER_PRIOR = 7
_AGAIN = "Save the models again with this program"


def stored_models(baseline: Baseline) -> dict[str, Any]:
    """Facts of growth models, for a JSON file.

    Parameters
    ----------
    baseline : Baseline

    Returns
    -------
    dict
        `format, version, checksum` (SHA-256 of the rest), `years, levels, scales, models`; only words, numbers,
        lists and objects. Written in full precision, the models come back exactly as they were.
    """
    content = {
        "years": list(baseline.years),
        "levels": LEVELS.tolist(),
        "scales": [
            {"subject": subject, "grade": grade, "loss": float(loss), "hoss": float(hoss)}
            for (subject, grade), (loss, hoss) in sorted(baseline.scales.items())
        ],
        "models": [
            _told(key, model) for key, model in sorted(baseline.models.items(), key=lambda each: each[0])
        ],
    }
    return {"format": FORMAT, "version": VERSION, "checksum": _checksum(content), **content}


def restored_models(facts: object) -> Baseline:
    """Growth models from facts that were kept.

    Parameters
    ----------
    facts : object
        What `stored_models` gave, after any way through JSON.

    Returns
    -------
    Baseline

    Raises
    ------
    AnalyticsError
        When these are no growth models, or of another version, or were changed or damaged since.
    """
    if not isinstance(facts, Mapping) or facts.get("format") != FORMAT:
        raise AnalyticsError(
            "these are no growth models", where="models", remedy="Give a file of saved models"
        )
    if facts.get("version") != VERSION:
        raise AnalyticsError(
            f"they are kept in version {facts.get('version')}, and only version {VERSION} can be read",
            where="models",
            remedy=_AGAIN,
        )
    content = {name: value for name, value in facts.items() if name not in {"format", "version", "checksum"}}
    if facts.get("checksum") != _checksum(content):
        raise AnalyticsError(
            "they were changed or damaged after they were saved", where="models", remedy=_AGAIN
        )
    try:
        return _baseline(content)
    except (KeyError, TypeError, ValueError) as error:
        raise AnalyticsError(
            f"a part does not fit the others: {error}", where="models", remedy=_AGAIN
        ) from error


def _told(key: Key, model: Model) -> dict[str, Any]:
    subject, grade, order = key
    return {
        "subject": subject,
        "grade": grade,
        "order": order,
        "n": model.n,
        "knots": [
            {
                "grade": grade - back,
                "inner": list(knots.inner),
                "low": knots.low,
                "high": knots.high,
                "loss": knots.loss,
                "hoss": knots.hoss,
            }
            for back, knots in enumerate(model.knots, start=1)
        ],
        "coefficients": model.fit.coefficients.tolist(),
        "gap": model.fit.gap.tolist(),
    }


def _baseline(content: Mapping[str, Any]) -> Baseline:
    if content["levels"] != LEVELS.tolist():
        raise ValueError("the levels are not the hundred of growth percentiles")
    scales = {
        (each["subject"], each["grade"]): (float(each["loss"]), float(each["hoss"]))
        for each in content["scales"]
    }
    models = {(each["subject"], each["grade"], each["order"]): _model(each) for each in content["models"]}
    for subject, grade, _order in models:
        if (subject, grade) not in scales:
            raise ValueError(f"{subject}, grade {grade} has no scale")
    return Baseline(models, scales, tuple(content["years"]))


def _model(told: Mapping[str, Any]) -> Model:
    knots = tuple(
        Knots(tuple(each["inner"]), each["low"], each["high"], each["loss"], each["hoss"])
        for each in told["knots"]
    )
    coefficients = np.array(told["coefficients"], dtype=np.float64)
    if len(knots) != told["order"] or coefficients.shape != (1 + _PER_PRIOR * len(knots), LEVELS.size):
        raise ValueError(f"{told['subject']}, grade {told['grade']} has coefficients of another shape")
    return Model(knots, None, Fit(LEVELS, coefficients, np.array(told["gap"], dtype=np.float64)), told["n"])


def _checksum(content: Mapping[str, Any]) -> str:
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(text.encode()).hexdigest()
