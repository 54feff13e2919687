"""A small OneRoster server on this machine, that behaves as real ones do: tokens, pages, filters, refusals."""

from __future__ import annotations

import base64
import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

Item = dict[str, Any]
_SINCE = re.compile(r"dateLastModified>'([^']+)'")


@dataclass
class Provider:
    """What the server holds, and how it behaves."""

    held: dict[str, list[Item]] = field(default_factory=dict)
    key: str = "key"
    secret: str = "secret"
    most: int = 2
    links: bool = False
    counts: bool = False
    # Past the end: an empty page, nothing found, or the last page again.
    past_the_end: str = "empty"
    forbidden: set[str] = field(default_factory=set)
    absent: set[str] = field(default_factory=set)
    # Answers to give before the real ones: a status.
    troubles: list[int] = field(default_factory=list)
    token_lasts: int = 1_000_000
    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    scopes: list[str] = field(default_factory=list)
    _left: int = 0

    def queries(self, noun: str) -> list[dict[str, str]]:
        return [query for path, query in self.asked if path.endswith(f"/{noun}")]


@contextmanager
def serving(provider: Provider) -> Iterator[str]:
    """Serve on a free port; yield the address of the server alone."""
    bound = type("Bound", (_Handler,), {"provider": provider})
    server = ThreadingHTTPServer(("127.0.0.1", 0), bound)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


class _Handler(BaseHTTPRequestHandler):
    provider: Provider

    def log_message(self, *args: object) -> None:
        """Say nothing."""

    def do_POST(self) -> None:
        form = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
        wanted = base64.b64encode(f"{self.provider.key}:{self.provider.secret}".encode()).decode()
        if self.headers["Authorization"] != f"Basic {wanted}" or form["grant_type"] != ["client_credentials"]:
            self._answer(401, {"error": "invalid_client"})
            return
        self.provider.scopes += form["scope"][0].split()
        self.provider._left = self.provider.token_lasts
        self._answer(200, {"access_token": "t", "token_type": "bearer", "expires_in": 3600})

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        self.provider.asked.append((parts.path, query))
        noun = parts.path.rpartition("/")[2]
        status = self._status(noun)
        if status != 200:
            self._answer(status, {"imsx_codeMajor": "failure", "imsx_description": "Not now, please."})
            return
        self._page(noun, parts.path, query)

    def _status(self, noun: str) -> int:
        if self.provider.troubles:
            return self.provider.troubles.pop(0)
        if self.headers["Authorization"] != "Bearer t" or self.provider._left <= 0:
            return 401
        self.provider._left -= 1
        if noun in self.provider.forbidden:
            return 403
        return 404 if noun in self.provider.absent else 200

    def _page(self, noun: str, path: str, query: dict[str, str]) -> None:
        items = self.provider.held.get(noun, [])
        if match := _SINCE.search(query.get("filter", "")):
            items = [item for item in items if item["dateLastModified"] > match[1]]
        size = min(int(query.get("limit", 100)), self.provider.most)
        offset = int(query.get("offset", 0))
        page = items[offset : offset + size]
        if not page and offset and self.provider.past_the_end == "missing":
            self._answer(404, {"imsx_codeMajor": "failure", "imsx_description": "No such page."})
            return
        if not page and self.provider.past_the_end == "again":
            page = items[-size:]
        headers = {"X-Total-Count": str(len(items))} if self.provider.counts else {}
        if self.provider.links and offset + size < len(items):
            following = urlencode({**query, "offset": offset + size, "limit": size})
            headers["Link"] = f'<{path}?{following}>; rel="next", <{path}>; rel="first"'
        self._answer(200, {noun: page}, headers)

    def _answer(self, status: int, body: object, headers: dict[str, str] | None = None) -> None:
        content = json.dumps(body).encode()
        self.send_response(status)
        for name, value in {**(headers or {}), "Retry-After": "0"}.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)
