"""Fetching: all that a server has, or what changed there since the last time, goes to files before it is staged."""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.utils.translation import gettext as _

from aimline.imports.edfi.api.client import Client
from aimline.imports.edfi.api.json_elements import resource_of
from aimline.imports.edfi.names import KINDS, PROGRAMS
from aimline.imports.readers.limits import MEGABYTE
from aimline.imports.readers.servers import Account, Denied
from aimline.imports.refusals import Refused
from aimline.imports.report import Code
from aimline.imports.staging import Progress

_MOST = 8 * 1024 * MEGABYTE
_FORBIDDEN = 403
# What a pull that was killed has left is removed by a later one, when nobody can be writing it any more.
_LEFT_BEHIND = 24 * 3600


@dataclass(frozen=True, slots=True)
class Fetched:
    """The records of one kind, one a line, and those that the server no longer has."""

    entity: str
    items: Path
    deletes: Path | None = None


@dataclass(slots=True)
class Pull:
    """One reading of a server. `versions`: by resource, the newest change that was read."""

    folder: Path
    fetched: list[Fetched] = field(default_factory=list)
    versions: dict[str, int] = field(default_factory=dict)
    # Resources that the key may not read.
    denied: list[str] = field(default_factory=list)
    # Whether the server can say what changed, and whether it forgot what changed since the last time.
    has_changes: bool = True
    has_forgotten: bool = False
    _size: int = 0

    def write(self, name: str, items: Iterable[dict[str, Any]], progress: Progress | None) -> Path:
        path = self.folder / name
        with path.open("w", encoding="utf-8") as file:
            for count, item in enumerate(items, 1):
                self._size += file.write(json.dumps(item, ensure_ascii=True) + "\n")
                if self._size > _MOST:
                    raise Refused(_("The server holds more than we read at once."), code=Code.TOO_LARGE)
                if progress and count % 1000 == 0:
                    progress(count)
        return path


@contextmanager
def pulled(account: Account, since: Mapping[str, int], progress: Progress | None = None) -> Iterator[Pull]:
    """Fetch what the server has, or what changed after the versions in `since`; the files go when this ends."""
    scratch = Path(settings.HOME) / "tmp"
    _sweep(scratch)
    pull = Pull(scratch / f"edfi-{uuid4().hex}")
    pull.folder.mkdir(parents=True, mode=0o700)
    try:
        _fetch(Client(account), pull, since, progress)
        yield pull
    finally:
        shutil.rmtree(pull.folder, ignore_errors=True)


def _sweep(scratch: Path) -> None:
    for folder in scratch.glob("edfi-*"):
        if time.time() - folder.stat().st_mtime > _LEFT_BEHIND:
            shutil.rmtree(folder, ignore_errors=True)


def _fetch(client: Client, pull: Pull, since: Mapping[str, int], progress: Progress | None) -> None:
    client.discover()
    known = client.newest()
    pull.has_changes = known is not None
    for entity in (*KINDS, *PROGRAMS):
        resource = resource_of(entity)
        try:
            pull.fetched.append(_fetch_one(client, pull, entity, known, since.get(resource), progress))
        except Denied as denied:
            # Standards differ in what they have: what is not there is no trouble.
            if denied.status == _FORBIDDEN:
                pull.denied.append(resource)
            continue
        if known:
            pull.versions[resource] = known[1]
    if not pull.fetched:
        words = _(
            "The key may read nothing of what we keep. Ask for a claim set that may read students and schools."
        )
        raise Refused(words, code=Code.FORBIDDEN)


def _fetch_one(
    client: Client,
    pull: Pull,
    entity: str,
    known: tuple[int, int] | None,
    since: int | None,
    progress: Progress | None,
) -> Fetched:
    """Fetch one resource. The window ends at a fixed change, so that pages do not move while they are read."""
    resource, window = resource_of(entity), dict[str, int]()
    if known:
        window["maxChangeVersion"] = known[1]
    changes_alone = known is not None and since is not None and known[0] <= since + 1 and since <= known[1]
    if changes_alone and since is not None:
        window["minChangeVersion"] = since + 1
    elif since is not None:
        pull.has_forgotten = True
    items = pull.write(f"{resource}.jsonl", client.items(resource, window), progress)
    if not changes_alone:
        return Fetched(entity, items)
    try:
        gone = client.items(f"{resource}/deletes", window)
        return Fetched(entity, items, pull.write(f"{resource}.deletes.jsonl", gone, progress))
    except Denied:
        pull.denied.append(f"{resource}/deletes")
        return Fetched(entity, items)
