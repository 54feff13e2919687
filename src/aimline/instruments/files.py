"""Instruments as files: written for download, and read when somebody brings one. See the guide to instrument files."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from aimline.core.errors import Unreadable
from aimline.instruments import library, shape
from aimline.instruments.form import settled
from aimline.instruments.models import AnsweredBy, Edition, Instrument, Purpose
from aimline.instruments.order import arranged
from aimline.instruments.toml import written

LARGEST = 1_000_000
# Where a file stands in the list of a library that does not know it: after its own.
PLACE = 900
MOST_FAULTS = 8
_AT = re.compile(r"\(at line (\d+), column (\d+)\)")


@dataclass(frozen=True, slots=True)
class Brought:
    purpose: Purpose
    answered_by: AnsweredBy
    minutes: int
    document: dict[str, Any]


def write(instrument: Instrument, edition: Edition) -> str:
    """Return an edition as a file of the library."""
    known, document = library.find(instrument.library_key), settled(edition.document)
    head = {
        "version": edition.number,
        "license": "CC0-1.0" if known and known.document == document else None,
        "place": known.place if known else PLACE,
        "purpose": str(instrument.purpose),
        "answered_by": str(instrument.answered_by),
        "minutes": edition.minutes,
    }
    body = {name: document[name] for name in library.DOCUMENT if name in document}
    return written(arranged({**head, **body}, document["languages"]))


def read(data: bytes) -> Brought:
    """Read a file that somebody brings. Raises Unreadable with what is wrong with it, and where."""
    given = _parsed(data)
    if faults := shape.faults(given):
        raise Unreadable(_not_an_instrument(faults))
    document = settled({name: given[name] for name in library.DOCUMENT if name in given})
    return Brought(Purpose(given["purpose"]), AnsweredBy(given["answered_by"]), given["minutes"], document)


def _parsed(data: bytes) -> dict[str, Any]:
    if len(data) > LARGEST:
        raise Unreadable(_("This file is larger than 1 MB. An instrument is text alone and far smaller."))
    try:
        return tomllib.loads(data.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise Unreadable(_("This is not a text file. An instrument file ends in .toml.")) from error
    except RecursionError as error:
        raise Unreadable(_("This file is nested too deeply to be an instrument.")) from error
    except ValueError as error:
        raise Unreadable(_misspelt(str(error))) from error


def _misspelt(reason: str) -> str:
    if found := _AT.search(reason):
        facts = {"line": found[1], "column": found[2]}
        return (
            _("Line %(line)s, column %(column)s cannot be read. Look for a missing quote or bracket.") % facts
        )
    return _("The file ends too early, or is not TOML. Look for a missing quote or bracket.")


def _not_an_instrument(faults: list[str]) -> str:
    more = len(faults) - MOST_FAULTS
    shown = " ".join(faults[:MOST_FAULTS])
    if more > 0:
        return _("The file cannot be used. %(faults)s And %(more)s more.") % {"faults": shown, "more": more}
    return _("The file cannot be used. %(faults)s") % {"faults": shown}
