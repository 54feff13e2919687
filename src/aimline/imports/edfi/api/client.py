"""Reading an Ed-Fi ODS API: signing in, pages, second tries. Nothing is written there, and no other server is asked."""

from __future__ import annotations

import base64
import http.client
import json
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, cast
from urllib.error import HTTPError
from urllib.parse import urlencode, urlsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener

from django.utils.translation import gettext as _

from aimline.imports.readers.limits import MEGABYTE
from aimline.imports.refusals import Refused
from aimline.imports.report import Code

_TIMEOUT = 60
_LARGEST_PAGE = 32 * MEGABYTE
_ITEMS = 500
# Seconds to wait before each further try, where the server does not say how long.
_PAUSES = (0.2, 1.0, 4.0, 15.0, 45.0)
_LONGEST_PAUSE = 120.0
_BUSY = frozenset({429, 500, 502, 503, 504})
_HERE = frozenset({"localhost", "127.0.0.1", "::1"})
Window = Mapping[str, int]


class Denied(Exception):
    """This resource is not given to us: the key may not read it (403), or the server does not have it (404)."""

    def __init__(self, status: int) -> None:
        super().__init__(str(status))
        self.status = status


@dataclass(frozen=True, slots=True)
class Account:
    url: str
    key: str = field(repr=False)
    secret: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Answer:
    items: Any
    headers: Mapping[str, str]


class _SameServer(HTTPRedirectHandler):
    """A redirect to another server would take the token there."""

    def redirect_request(
        self, req: Request, fp: Any, code: int, msg: str, headers: Any, newurl: str
    ) -> Request | None:
        if _origin(newurl) != _origin(req.full_url):
            raise _refused(_("The server sends us on to another server. We did not follow."))
        return super().redirect_request(req, fp, code, msg, headers, newurl)


@dataclass(slots=True)
class Client:
    """One session with a server. `pause` waits between tries."""

    account: Account
    pause: Callable[[float], object] = time.sleep
    _urls: dict[str, str] = field(default_factory=dict)
    _token: str = ""

    def discover(self) -> None:
        """Learn where the server keeps what."""
        base = self.account.url.rstrip("/")
        _check(base)
        try:
            found = self._fetch(_request(base + "/")).items
        except (_Unsigned, Denied) as error:
            words = _("There is no Ed-Fi API at %(url)s. Give the address that its discovery document has.")
            raise _refused(words % {"url": base[:100]}) from error
        named = found.get("urls") if isinstance(found, dict) else None
        named = named if isinstance(named, dict) else {}
        data = self._named(named, "dataManagementApi", base + "/data/v3/")
        self._urls = {
            "token": self._named(named, "oauth", base + "/oauth/token"),
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
            raise _refused(words % {"url": url[:100]})
        _check(url)
        return url

    def newest(self) -> tuple[int, int] | None:
        """Return the oldest and the newest change the server knows of; nothing where it keeps no list of changes."""
        try:
            found = self.get(self._urls["changes"].rstrip("/") + "/availableChangeVersions", {}).items
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
                    raise _refused(_("The server answered with something that is no list of records."))
                id = str(item.get("id") or item.get("Id") or "")
                if not id or id not in seen:
                    seen.add(id)
                    yield item

    def _pages(self, url: str, window: Window) -> Iterator[list[Any]]:
        first = self.get(url, {**window, "limit": _ITEMS, "totalCount": "true"})
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
            answer = self.get(url, {**window, "pageToken": token, "pageSize": _ITEMS})
            yield _listed(answer)
            token = answer.headers.get("next-page-token", "")

    def _by_offset(self, url: str, window: Window, size: int, total: str) -> Iterator[list[Any]]:
        """Read the pages from the last to the second: what leaves the window meanwhile moves others towards us."""
        if total.isdecimal():
            for offset in reversed(range(size, int(total), size)):
                yield _listed(self.get(url, {**window, "limit": size, "offset": offset}))
            return
        offset = size
        while page := _listed(self.get(url, {**window, "limit": size, "offset": offset})):
            yield page
            offset += len(page)

    def get(self, url: str, query: Mapping[str, object]) -> Answer:
        """Read one address, signed in; a token that has run out is renewed once."""
        asked = f"{url}?{urlencode(query)}" if query else url
        for renewed in (False, True):
            if not self._token or renewed:
                self._sign_in()
            try:
                return self._fetch(_request(asked, Authorization=f"Bearer {self._token}"))
            except _Unsigned:
                continue
        raise _refused(_("The server does not accept the token it gave us."), Code.FORBIDDEN)

    def _sign_in(self) -> None:
        account = self.account
        basic = base64.b64encode(f"{account.key}:{account.secret}".encode()).decode()
        request = _request(self._urls["token"], Authorization=f"Basic {basic}")
        request.data = b"grant_type=client_credentials"
        request.add_header("Content-Type", "application/x-www-form-urlencoded")
        try:
            found = self._fetch(request).items
        except (_Unsigned, Denied) as error:
            words = _(
                "The server does not accept the key and secret. "
                "Check AIMLINE_EDFI_KEY and AIMLINE_EDFI_SECRET."
            )
            raise _refused(words, Code.FORBIDDEN) from error
        token = found.get("access_token") if isinstance(found, dict) else None
        if not token:
            raise _refused(_("The server gave no token."), Code.FORBIDDEN)
        self._token = str(token)

    def _fetch(self, request: Request) -> Answer:
        """Read one address, trying again where the server is busy or the connection was cut."""
        request.add_header("Accept", "application/json")
        for wait in _PAUSES:
            try:
                return _read(request)
            except _Busy as busy:
                self.pause(min(wait if busy.after is None else busy.after, _LONGEST_PAUSE))
        try:
            return _read(request)
        except _Busy as busy:
            raise busy.refusal(request) from busy


class _Unsigned(Exception):
    """401: the token has run out, or the key is wrong."""


class _Busy(Exception):
    def __init__(self, why: str, after: float | None = None) -> None:
        super().__init__(why)
        self.after = after

    def refusal(self, request: Request) -> Refused:
        words = _("%(host)s cannot be reached: %(why)s. Nothing was loaded; try again later.")
        return _refused(
            words % {"host": urlsplit(request.full_url).netloc, "why": str(self)}, Code.UNREACHABLE
        )


_open = build_opener(_SameServer).open


def _read(request: Request) -> Answer:
    try:
        with cast(http.client.HTTPResponse, _open(request, timeout=_TIMEOUT)) as response:
            body = response.read(_LARGEST_PAGE + 1)
            expected = response.headers.get("Content-Length", "")
            headers = {name.lower(): value for name, value in response.headers.items()}
    except HTTPError as error:
        with error:
            raise _trouble(error) from error
    except (OSError, http.client.HTTPException) as error:
        raise _Busy(_("the connection broke (%(why)s)") % {"why": type(error).__name__}) from error
    if len(body) > _LARGEST_PAGE:
        raise _refused(_("One page of the server is larger than we read."), Code.TOO_LARGE)
    if expected.isdecimal() and len(body) < int(expected):
        raise _Busy(_("the connection was cut"))
    try:
        # Numbers stay as they are written: ids keep their zeros, and nobody has to be rounded.
        return Answer(json.loads(body, parse_float=str, parse_int=str), headers)
    except (ValueError, RecursionError) as error:
        raise _refused(_("The server answered with something that is no JSON.")) from error


def _trouble(error: HTTPError) -> Exception:
    """What a status means: somebody else signs in, a resource is not ours, the server is busy, or all is lost."""
    if error.code == http.client.UNAUTHORIZED:
        return _Unsigned()
    if error.code in (http.client.FORBIDDEN, http.client.NOT_FOUND):
        return Denied(error.code)
    if error.code in _BUSY:
        after = error.headers.get("Retry-After", "")
        return _Busy(f"HTTP {error.code}", float(after) if after.isdecimal() else None)
    said = error.read(300).decode("utf-8", "replace")
    words = _("The server refused a question of ours: HTTP %(status)s. %(said)s")
    return _refused(words % {"status": error.code, "said": " ".join(said.split())})


def _listed(answer: Answer) -> list[Any]:
    if not isinstance(answer.items, list):
        raise _refused(_("The server answered with something that is no list of records."))
    return answer.items


def _check(url: str) -> None:
    """Keys travel over https alone; only to this machine itself anything else will do."""
    parts = urlsplit(url)
    if parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _HERE):
        return
    raise _refused(_("The address must begin with https://, or the key could be read on the way."))


def _request(url: str, **headers: str) -> Request:
    _check(url)
    return Request(url, headers=headers)  # noqa: S310 - checked in the line above


def _origin(url: str) -> tuple[str, str]:
    parts = urlsplit(url)
    return parts.scheme, parts.netloc


def _refused(words: str, code: Code = Code.MALFORMED) -> Refused:
    return Refused(words, code=code)
