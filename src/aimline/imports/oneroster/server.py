"""A OneRoster server as a client sees it: where each kind of record lies, and its pages until one is empty."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urljoin, urlsplit

from django.utils.translation import gettext as _

from aimline.imports.readers.servers import Answer, Denied, Session, expect_same, refused

_ROSTERING = "/ims/oneroster/rostering/v1p2"
_ITEMS = 1000
_NEXT = re.compile(r'<([^>]+)>\s*;[^,]*\brel\s*=\s*"?next"?', re.IGNORECASE)
_SCOPE = "https://purl.imsglobal.org/spec/or/{version}/scope/{name}.readonly"
_SCOPES = {
    "1.1": ("roster-core", "roster", "roster-demographics", "resource", "gradebook"),
    "1.2": ("roster-core", "roster", "roster-demographics", "gradebook-core", "gradebook"),
}
_GRADEBOOK = frozenset({"categories", "lineItems", "results", "scoreScales"})


@dataclass(frozen=True, slots=True)
class Address:
    """Where a server keeps its services. Version 1.1 has one for all."""

    rostering: str
    version: str

    @property
    def origin(self) -> str:
        parts = urlsplit(self.rostering)
        return f"{parts.scheme}://{parts.netloc}"

    @property
    def scope(self) -> str:
        version = self.version.replace("1.", "v1p")
        return " ".join(_SCOPE.format(version=version, name=name) for name in _SCOPES[self.version])

    def of(self, noun: str) -> str:
        base = self.rostering
        if noun in _GRADEBOOK:
            base = base.replace("/rostering/", "/gradebook/")
        return f"{base}/{noun}"


def address_of(url: str) -> Address:
    """Read the address of a server: that of its rostering service, or of the server alone."""
    base = url.rstrip("/")
    if not urlsplit(base).path:
        base += _ROSTERING
    return Address(base, "1.1" if "/v1p1" in base or "/v1p0" in base else "1.2")


def records(session: Session, url: str, since: str = "") -> Iterator[dict[str, Any]]:
    """Yield the records of one kind; `since` asks for those that changed after a moment."""
    wanted = {"limit": _ITEMS, **({"filter": f"dateLastModified>'{since}'"} if since else {})}
    asked, query = url, {**wanted, "offset": 0}
    first, offset = "", 0
    while True:
        answer = _page(session, asked, query, offset)
        page = _listed(answer.body)
        if not page:
            return
        if _id(page[0]) == first and len(page) > 1:
            raise refused(_("The server gives the same page again and again. Nothing was loaded."))
        yield from page
        first, offset = _id(page[0]), offset + len(page)
        # Servers name the next page, or leave that out; a short page need not be the last.
        following = _NEXT.search(answer.headers.get("link", ""))
        asked, query = (urljoin(url, following[1]), {}) if following else (url, {**wanted, "offset": offset})
        expect_same(asked, url)


def _page(session: Session, url: str, query: dict[str, object], offset: int) -> Answer:
    try:
        return session.get(url, query)
    except Denied as denied:
        if offset and not denied.is_forbidden:
            # Past the last page some servers find nothing.
            return Answer([], {})
        raise


def _id(record: dict[str, Any]) -> str:
    return str(record.get("sourcedId", ""))


def _listed(body: Any) -> list[dict[str, Any]]:
    """The list in the envelope, whatever it is called there."""
    if isinstance(body, dict):
        body = next((value for value in body.values() if isinstance(value, list)), None)
    if not isinstance(body, list) or not all(isinstance(record, dict) for record in body):
        raise refused(_("The server answered with something that is no list of records."))
    return body
