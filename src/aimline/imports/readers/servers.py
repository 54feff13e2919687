"""Reading a server that gives out records as JSON: signing in with a key and a secret, second tries, refusals in words.

Nothing is written there, no other server is asked, and keys travel over https alone.
"""

from __future__ import annotations

import base64
import http.client
import json
import time
from collections.abc import Callable, Mapping
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
# Seconds to wait before each further try, where the server does not say how long.
_PAUSES = (0.2, 1.0, 4.0, 15.0, 45.0)
_LONGEST_PAUSE = 120.0
_BUSY = frozenset({429, 500, 502, 503, 504})
_HERE = frozenset({"localhost", "127.0.0.1", "::1"})


class Denied(Exception):
    """This is not given to us: the key may not read it (403), or the server does not have it (404)."""

    def __init__(self, status: int) -> None:
        super().__init__(str(status))
        self.status = status

    @property
    def is_forbidden(self) -> bool:
        return self.status == http.client.FORBIDDEN


@dataclass(frozen=True, slots=True)
class Account:
    url: str
    key: str = field(repr=False)
    secret: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server said; numbers stand as they were written, and names of headers in small letters."""

    body: Any
    headers: Mapping[str, str]


@dataclass(slots=True)
class Session:
    """Questions to one server with one token, which is renewed once it has run out. `pause` waits between tries.

    `kept_in` is what the names of the variables begin with that the key and the secret stand in.
    """

    account: Account
    kept_in: str
    token_url: str = ""
    scope: str = ""
    pause: Callable[[float], object] = time.sleep
    _token: str = ""

    def look(self, url: str) -> Answer:
        """Read one address that is open to all."""
        try:
            return self._fetch(_request(url))
        except _Unsigned as error:
            raise Denied(http.client.UNAUTHORIZED) from error

    def get(self, url: str, query: Mapping[str, object]) -> Answer:
        asked = f"{url}{'&' if '?' in url else '?'}{urlencode(query)}" if query else url
        for renewed in (False, True):
            if not self._token or renewed:
                self._sign_in()
            try:
                return self._fetch(_request(asked, Authorization=f"Bearer {self._token}"))
            except _Unsigned:
                continue
        raise refused(_("The server does not accept the token it gave us."), Code.FORBIDDEN)

    def _sign_in(self) -> None:
        account = self.account
        basic = base64.b64encode(f"{account.key}:{account.secret}".encode()).decode()
        request = _request(self.token_url, Authorization=f"Basic {basic}")
        form = {"grant_type": "client_credentials", **({"scope": self.scope} if self.scope else {})}
        request.data = urlencode(form).encode()
        request.add_header("Content-Type", "application/x-www-form-urlencoded")
        try:
            found = self._fetch(request).body
        except (_Unsigned, Denied) as error:
            words = _(
                "The server does not accept the key and secret at %(url)s. Check %(name)s_KEY and %(name)s_SECRET."
            )
            facts = {"url": self.token_url[:100], "name": self.kept_in}
            raise refused(words % facts, Code.FORBIDDEN) from error
        token = found.get("access_token") if isinstance(found, dict) else None
        if not token:
            raise refused(_("The server gave no token."), Code.FORBIDDEN)
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
            words = _("%(host)s cannot be reached: %(why)s. Nothing was loaded; try again later.")
            facts = {"host": urlsplit(request.full_url).netloc, "why": str(busy)}
            raise refused(words % facts, Code.UNREACHABLE) from busy


def expect_safe(url: str) -> None:
    """Refuse an address to which a key would travel in the open; only this machine itself is asked without https."""
    parts = urlsplit(url)
    if parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _HERE):
        return
    raise refused(_("The address must begin with https://, or the key could be read on the way."))


def expect_same(url: str, other: str) -> None:
    """Refuse an address on another server than the one that was asked for."""
    if _origin(url) != _origin(other):
        words = _("The server names an address on another server (%(url)s). We did not go there.")
        raise refused(words % {"url": url[:100]})


def refused(words: str, code: Code = Code.MALFORMED) -> Refused:
    return Refused(words, code=code)


class _SameServer(HTTPRedirectHandler):
    """A redirect to another server would take the token there."""

    def redirect_request(
        self, req: Request, fp: Any, code: int, msg: str, headers: Any, newurl: str
    ) -> Request | None:
        expect_same(newurl, req.full_url)
        return super().redirect_request(req, fp, code, msg, headers, newurl)


class _Unsigned(Exception):
    """401: the token has run out, or the key is wrong."""


class _Busy(Exception):
    def __init__(self, why: str, after: float | None = None) -> None:
        super().__init__(why)
        self.after = after


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
        raise refused(_("One page of the server is larger than we read."), Code.TOO_LARGE)
    if expected.isdecimal() and len(body) < int(expected):
        raise _Busy(_("the connection was cut"))
    try:
        # Numbers stay as they are written: ids keep their zeros, and nothing is rounded.
        return Answer(json.loads(body, parse_float=str, parse_int=str), headers)
    except (ValueError, RecursionError) as error:
        raise refused(_("The server answered with something that is no JSON.")) from error


def _trouble(error: HTTPError) -> Exception:
    """What a status means: the token has run out, this is not ours, the server is busy, or all is lost."""
    if error.code == http.client.UNAUTHORIZED:
        return _Unsigned()
    if error.code in (http.client.FORBIDDEN, http.client.NOT_FOUND):
        return Denied(error.code)
    if error.code in _BUSY:
        after = error.headers.get("Retry-After", "")
        return _Busy(f"HTTP {error.code}", float(after) if after.isdecimal() else None)
    said = _said(error.read(2000).decode("utf-8", "replace"))
    words = _("The server refused a question of ours: HTTP %(status)s. %(said)s")
    return refused(words % {"status": error.code, "said": said})


def _said(body: str) -> str:
    """The sentence in an error that a person can read."""
    try:
        found = json.loads(body)
    except ValueError:
        found = None
    named = found if isinstance(found, dict) else {}
    words = named.get("imsx_description") or named.get("error_description") or named.get("message") or body
    return " ".join(str(words).split())[:300]


def _request(url: str, **headers: str) -> Request:
    expect_safe(url)
    return Request(url, headers=headers)  # noqa: S310 - checked in the line above


def _origin(url: str) -> tuple[str, str]:
    parts = urlsplit(url)
    return parts.scheme, parts.netloc
