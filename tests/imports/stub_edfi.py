"""A small Ed-Fi ODS API on this machine that behaves as real ones do: tokens, pages, changes, deletes, refusals."""

from __future__ import annotations

import base64
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

Item = dict[str, Any]
_DEFAULT, _MOST = 25, 500


@dataclass
class Ods:
    """What the server holds. Each item and each delete has the number of the change that made it."""

    key: str = "key"
    secret: str = "secret"
    resources: dict[str, list[tuple[int, Item]]] = field(default_factory=dict)
    deletes: dict[str, list[tuple[int, Item]]] = field(default_factory=dict)
    version: int = 1
    oldest: int = 0
    # How the server behaves.
    keeps_changes: bool = True
    has_cursor: bool = False
    counts: bool = True
    most: int = _MOST
    forbidden: set[str] = field(default_factory=set)
    # After how many answers a token runs out.
    token_lasts: int = 1_000_000
    # Answers to give before the real ones: a status, "cut" or "elsewhere".
    troubles: list[int | str] = field(default_factory=list)
    # What was asked: path and query.
    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    tokens: int = 0
    left: int = 0

    def put(self, resource: str, *items: Item) -> None:
        """Add items, or replace those with the same id; each is a change."""
        held = self.resources.setdefault(resource, [])
        for item in items:
            self.version += 1
            held[:] = [(version, each) for version, each in held if each["id"] != item["id"]]
            held.append((self.version, item))

    def delete(self, resource: str, id: str) -> None:
        self.version += 1
        held = self.resources[resource]
        held[:] = [(version, each) for version, each in held if each["id"] != id]
        gone = {"id": id, "changeVersion": self.version, "keyValues": {}}
        self.deletes.setdefault(resource, []).append((self.version, gone))

    def queries(self, resource: str) -> list[dict[str, str]]:
        return [query for path, query in self.asked if path.endswith(f"/ed-fi/{resource}")]


@contextmanager
def serving(ods: Ods) -> Iterator[str]:
    """Serve it on a free port; yield its address."""
    server = _Server(("127.0.0.1", 0), _Handler)
    server.ods = ods
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/api"
    finally:
        server.shutdown()
        server.server_close()


class _Server(ThreadingHTTPServer):
    ods: Ods


class _Handler(BaseHTTPRequestHandler):
    server: _Server

    @property
    def ods(self) -> Ods:
        return self.server.ods

    def log_message(self, *_said: object) -> None:
        """Say nothing."""

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        wanted = "Basic " + base64.b64encode(f"{self.ods.key}:{self.ods.secret}".encode()).decode()
        if self.headers.get("Authorization") != wanted:
            self.answer(401, {"error": "invalid_client"})
            return
        self.ods.tokens, self.ods.left = self.ods.tokens + 1, self.ods.token_lasts
        self.answer(200, {"access_token": f"token-{self.ods.tokens}", "expires_in": 1800})

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        if parts.path.rstrip("/") == "/api":
            self.discover()
            return
        self.ods.asked.append((parts.path, query))
        if self.ods.troubles:
            self.trouble(self.ods.troubles.pop(0))
        elif self.headers.get("Authorization") != f"Bearer token-{self.ods.tokens}" or self.ods.left < 1:
            self.answer(401, {"message": "Invalid token"})
        else:
            self.ods.left -= 1
            self.data(parts.path.removeprefix("/api/"), query)

    def discover(self) -> None:
        base = f"http://127.0.0.1:{self.server.server_port}/api"
        urls = {
            "oauth": f"{base}/oauth/token",
            "dataManagementApi": f"{base}/data/v3/",
            "changeQueries": f"{base}/changeQueries/v1/",
        }
        self.answer(200, {"version": "7.3", "apiMode": "SharedInstance", "urls": urls})

    def trouble(self, trouble: int | str) -> None:
        if trouble == "elsewhere":
            self.answer(302, {}, {"Location": "http://127.0.0.2:1/"})
        elif trouble == "cut":
            self.answer(200, [], {"Content-Length": "1000"})
            self.close_connection = True
        else:
            self.answer(int(trouble), {"message": "not now"}, {"Retry-After": "0"})

    def data(self, path: str, query: dict[str, str]) -> None:
        ods = self.ods
        if path.startswith("changeQueries/"):
            known = {"oldestChangeVersion": ods.oldest, "newestChangeVersion": ods.version}
            self.answer(200 if ods.keeps_changes else 404, known)
            return
        resource, _slash, rest = path.removeprefix("data/v3/ed-fi/").partition("/")
        if resource in ods.forbidden:
            self.answer(403, {"message": "Access to the resource could not be authorized."})
        elif resource not in ods.resources:
            self.answer(404, {"message": "not here"})
        else:
            held = ods.deletes.get(resource, []) if rest == "deletes" else ods.resources[resource]
            self.page(held, query, cursor=ods.has_cursor and rest != "deletes")

    def page(self, held: list[tuple[int, Item]], query: dict[str, str], *, cursor: bool) -> None:
        least, most = int(query.get("minChangeVersion", 0)), int(query.get("maxChangeVersion", 10**9))
        found = [item for version, item in held if least <= version <= most]
        size = min(int(query.get("pageSize", query.get("limit", _DEFAULT))), self.ods.most)
        start = int(query.get("pageToken", query.get("offset", 0)))
        headers = {"Total-Count": str(len(found))} if self.ods.counts and "totalCount" in query else {}
        if cursor and start < len(found) and "offset" not in query:
            headers["Next-Page-Token"] = str(start + size)
        self.answer(200, found[start : start + size], headers)

    def answer(self, status: int, body: object, headers: dict[str, str] | None = None) -> None:
        content = json.dumps(body).encode()
        self.send_response(status)
        for name, value in {"Content-Length": str(len(content)), **(headers or {})}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)
