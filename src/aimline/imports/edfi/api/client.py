"""Reading an Ed-Fi ODS API: where it keeps what, and its pages. Nothing is written there."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from django.utils.translation import gettext as _

from aimline.imports.readers.servers import Account, Answer, Denied, Session, expect_safe, refused

_ITEMS = 500
Window = Mapping[str, int]


@dataclass(slots=True)
class Client:
    """One session with a server. `pause` waits between tries."""

    account: Account
    pause: Callable[[float], object] = time.sleep
    _urls: dict[str, str] = field(default_factory=dict)
    _session: Session = field(init=False)

    def __post_init__(self) -> None:
        self._session = Session(self.account, "AIMLINE_EDFI", pause=self.pause)

    def discover(self) -> None:
        """Learn where the server keeps what."""
        base = self.account.url.rstrip("/")
        try:
            found = self._session.look(base + "/").body
        except Denied as error:
            words = _("There is no Ed-Fi API at %(url)s. Give the address that its discovery document has.")
            raise refused(words % {"url": base[:100]}) from error
        named = found.get("urls") if isinstance(found, dict) else None
        named = named if isinstance(named, dict) else {}
        data = self._named(named, "dataManagementApi", base + "/data/v3/")
        self._session.token_url = self._named(named, "oauth", base + "/oauth/token")
        self._urls = {
            "data": data.rstrip("/") + "/ed-fi/",
            "changes": self._named(named, "changeQueries", data.replace("/data/v3", "/changeQueries/v1")),
        }

    def _named(self, named: Mapping[str, object], name: str, other: str) -> str:
        url, base = str(named.get(name) or other), self.account.url
        if url.startswith("http:") and base.startswith("https:"):
            # Behind a proxy, servers often do not know that they are reached safely.
            url = "https:" + url.removeprefix("http:")
        if urlsplit(url).hostname != urlsplit(base).hostname:
            words = _("The server names an address on another server (%(url)s). We did not go there.")
            raise refused(words % {"url": url[:100]})
        expect_safe(url)
        return url

    def newest(self) -> tuple[int, int] | None:
        """Return the oldest and the newest change the server knows of; nothing where it keeps no list of changes."""
        try:
            found = self._session.get(self._urls["changes"].rstrip("/") + "/availableChangeVersions", {}).body
        except Denied:
            return None
        said = {str(name).lower(): value for name, value in found.items()} if isinstance(found, dict) else {}
        oldest, newest = said.get("oldestchangeversion"), said.get("newestchangeversion")
        return (int(str(oldest or 0)), int(str(newest))) if str(newest).isdecimal() else None

    def items(self, resource: str, window: Window) -> Iterator[dict[str, Any]]:
        """Yield everything of a resource, each item once."""
        seen: set[str] = set()
        for page in self._pages(self._urls["data"] + resource, window):
            for item in page:
                if not isinstance(item, dict):
                    raise refused(_("The server answered with something that is no list of records."))
                id = str(item.get("id") or item.get("Id") or "")
                if not id or id not in seen:
                    seen.add(id)
                    yield item

    def _pages(self, url: str, window: Window) -> Iterator[list[Any]]:
        first = self._session.get(url, {**window, "limit": _ITEMS, "totalCount": "true"})
        page = _listed(first)
        yield page
        if token := first.headers.get("next-page-token"):
            yield from self._by_token(url, window, token)
        elif page:
            yield from self._by_offset(url, window, len(page), first.headers.get("total-count", ""))

    def _by_token(self, url: str, window: Window, token: str) -> Iterator[list[Any]]:
        seen = {""}
        while token not in seen:
            seen.add(token)
            answer = self._session.get(url, {**window, "pageToken": token, "pageSize": _ITEMS})
            yield _listed(answer)
            token = answer.headers.get("next-page-token", "")

    def _by_offset(self, url: str, window: Window, size: int, total: str) -> Iterator[list[Any]]:
        """Read the pages from the last to the second: what leaves the window meanwhile moves others towards us."""
        if total.isdecimal():
            for offset in reversed(range(size, int(total), size)):
                yield _listed(self._session.get(url, {**window, "limit": size, "offset": offset}))
            return
        offset = size
        while page := _listed(self._session.get(url, {**window, "limit": size, "offset": offset})):
            yield page
            offset += len(page)


def _listed(answer: Answer) -> list[Any]:
    if not isinstance(answer.body, list):
        raise refused(_("The server answered with something that is no list of records."))
    return answer.body
