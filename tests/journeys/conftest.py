from __future__ import annotations

from collections.abc import Generator

import pytest
from playwright.sync_api import expect

from tests.browser import OUTCOME, PATIENCE, browser, site, visit

expect.set_options(timeout=PATIENCE)

__all__ = ["browser", "site", "visit"]


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    # Kept so that the browser can leave pictures of a journey that failed.
    if report.when == "call":
        item.stash[OUTCOME] = report
    return report
