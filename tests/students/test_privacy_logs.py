"""Nobody's data is in a log: neither the values a fault speaks of nor the addresses of students' pages."""

from __future__ import annotations

import logging
from io import StringIO

import polars as pl
import pytest
from django.http import HttpRequest
from django.test import Client
from django.urls import ResolverMatch

from aimline.core import discreet
from aimline.core.discreet import Formatter
from tests.world import World

CANARY = "Zzyzx Canary"


def lines(record: logging.LogRecord) -> str:
    return Formatter("{levelname} {message}", style="{").format(record)


def fail() -> None:
    try:
        pl.Series([CANARY]).str.to_date()
    except pl.exceptions.PolarsError as error:
        raise ValueError(f"{CANARY} is no day") from error


def test_a_traceback_says_where_and_not_what() -> None:
    try:
        fail()
    except ValueError as error:
        told = discreet.traceback_of(error)
    assert CANARY not in told
    assert "in fail" in told
    assert "Which led to" in told
    assert told.endswith("ValueError\n")


def test_a_fault_of_the_machine_keeps_its_words() -> None:
    assert (
        discreet.words_of(OSError(28, "No space left on device", CANARY))
        == "OSError: No space left on device"
    )
    assert discreet.words_of(TypeError("no such argument")) == "TypeError: no such argument"


def test_a_log_line_of_a_fault_holds_no_value() -> None:
    logger, stream = logging.Logger("test"), StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(Formatter("{message}", style="{"))
    logger.addHandler(handler)
    try:
        fail()
    except ValueError:
        logger.exception("Job 1 failed")
    assert CANARY not in stream.getvalue()
    assert "ValueError" in stream.getvalue()


def test_a_log_line_of_a_request_names_the_pattern_of_its_address() -> None:
    request = HttpRequest()
    request.method, request.path = "GET", "/students/604822/"
    request.resolver_match = ResolverMatch(lambda: None, (), {}, route="students/<str:student>/")
    record = logging.LogRecord(
        "django.request", logging.WARNING, "", 0, "Not Found: %s", (request.path,), None
    )
    record.__dict__.update(request=request, status_code=404)
    assert lines(record) == "WARNING 404 GET /students/<str:student>/"


@pytest.mark.parametrize("address", ["/students/604822-canary/", "/nowhere/604822-canary/"])
def test_the_log_of_a_refused_page_says_nothing_of_what_was_asked(
    world: World, client: Client, address: str, caplog: pytest.LogCaptureFixture
) -> None:
    client.force_login(world.fay)
    assert client.get(address).status_code == 404
    assert caplog.records
    assert "604822-canary" not in "".join(lines(record) for record in caplog.records)
