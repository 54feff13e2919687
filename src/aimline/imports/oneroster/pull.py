"""Fetching: what a OneRoster server has goes into files like those of a package, and from there the same way in."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from aimline.imports.oneroster.package import scratch
from aimline.imports.oneroster.server import Address, address_of, records
from aimline.imports.oneroster.standard import KEY, Entity, entities
from aimline.imports.readers.limits import MEGABYTE
from aimline.imports.readers.servers import Account, Denied, Session, expect_safe, refused
from aimline.imports.report import Code
from aimline.imports.staging import Progress

NOUNS = (
    "orgs",
    "academicSessions",
    "courses",
    "classes",
    "users",
    "enrollments",
    "demographics",
    "categories",
    "lineItems",
    "results",
    "scoreScales",
)
_MOST = 8 * 1024 * MEGABYTE
# What a reference is called where that is not the name of its column without "SourcedId".
_SAID = {"orgSourcedIds": "orgs", "termSourcedIds": "terms", "agentSourcedIds": "agents"}
_ROLES = ("userSourcedId", "roleType", "role", "beginDate", "endDate", "orgSourcedId")
_METADATA = "metadata"
_OVERLAP = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class RosterServer:
    """A server, and where it gives out tokens, if that is not /token of the same host."""

    account: Account
    token_url: str = ""


@dataclass(frozen=True, slots=True)
class Fetched:
    """The records of one kind, as a file; `is_change` where these are only those that changed."""

    entity: Entity
    path: Path
    is_change: bool


@dataclass(slots=True)
class Pull:
    """One reading of a server. `newest` is, by kind, the moment up to which changes were read."""

    folder: Path
    fetched: list[Fetched] = field(default_factory=list)
    newest: dict[str, str] = field(default_factory=dict)
    denied: list[str] = field(default_factory=list)
    size: int = 0


@contextmanager
def pulled(
    server: RosterServer, since: Mapping[str, str], progress: Progress | None = None
) -> Iterator[Pull]:
    """Fetch what a server has, or what changed after the moments in `since`; the files go when this ends."""
    address = address_of(server.account.url)
    expect_safe(address.rostering)
    token = server.token_url or f"{address.origin}/token"
    session = Session(server.account, "AIMLINE_ONEROSTER", token, address.scope)
    with scratch() as folder:
        pull = Pull(folder)
        for noun in NOUNS:
            _fetch(session, address, noun, since.get(noun, ""), pull, progress)
        if not {"orgs", "users"} & pull.newest.keys():
            words = _("The server lets this key read neither organisations nor users at %(url)s.")
            raise refused(words % {"url": address.rostering[:100]}, Code.FORBIDDEN)
        yield pull


def _fetch(
    session: Session, address: Address, noun: str, since: str, pull: Pull, progress: Progress | None
) -> None:
    spool = pull.folder / f"{noun}.jsonl"
    try:
        facts = _spool(records(session, address.of(noun), since), spool, pull, progress)
    except Denied as denied:
        # Servers differ in what they have: what is not there is no trouble.
        if denied.is_forbidden:
            pull.denied.append(noun)
        return
    known = entities(address.version)
    pull.newest[noun] = _newest(facts, since)
    path = _table(spool, pull.folder / f"{noun}.csv", known[noun], facts.metadata)
    pull.fetched.append(Fetched(known[noun], path, bool(since)))
    if noun == "users" and address.version != "1.1":
        path = _roles(spool, pull.folder / "roles.csv")
        pull.fetched.append(Fetched(known["roles"], path, bool(since)))
    spool.unlink()


@dataclass(slots=True)
class _Facts:
    metadata: list[str] = field(default_factory=list)
    newest: datetime | None = None


def _moment(text: object) -> datetime | None:
    """Read when a record last changed; a day alone is its first moment."""
    try:
        found = datetime.fromisoformat(str(text))
    except ValueError:
        return None
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)


def _newest(facts: _Facts, since: str) -> str:
    """Up to when changes were read. The last moment is asked for again: it may not have been over."""
    if facts.newest is None:
        return since
    last = facts.newest - _OVERLAP
    return max(last.isoformat(timespec="milliseconds").replace("+00:00", "Z"), since)


def _spool(found: Iterable[dict[str, Any]], path: Path, pull: Pull, progress: Progress | None) -> _Facts:
    """Write records as they come, one a line, each id once: pages may move while they are read."""
    facts, seen = _Facts(), set[str]()
    with path.open("w", encoding="utf-8") as file:
        for count, record in enumerate(found, 1):
            id = str(record.get(KEY, ""))
            if id and id in seen:
                continue
            seen.add(id)
            pull.size += file.write(json.dumps(record) + "\n")
            if pull.size > _MOST:
                raise refused(_("The server holds more than we read at once."), Code.TOO_LARGE)
            facts.metadata += [key for key in _extra(record) if key not in facts.metadata]
            changed = _moment(record.get("dateLastModified"))
            facts.newest = max(filter(None, (facts.newest, changed)), default=None)
            if progress and count % 1000 == 0:
                progress(count)
    return facts


def _read(path: Path) -> Iterator[dict[str, Any]]:
    with path.open(encoding="utf-8") as file:
        yield from map(json.loads, file)


def _table(spool: Path, path: Path, entity: Entity, metadata: Sequence[str]) -> Path:
    """Write records as a file of the standard: the columns that any of them fills."""
    names = [name for name in entity.columns if any(_said(record, name) for record in _read(spool))]
    if KEY not in names:
        names.insert(0, KEY)
    extra = [f"{_METADATA}.{key}" for key in metadata]
    rows = (
        [*(_said(record, name) for name in names), *(_text(_extra(record).get(key)) for key in metadata)]
        for record in _read(spool)
    )
    return _write(path, [*names, *extra], rows)


def _extra(record: dict[str, Any]) -> dict[str, Any]:
    found = record.get(_METADATA)
    return found if isinstance(found, dict) else {}


def _roles(spool: Path, path: Path) -> Path:
    """Write the roles that users have with them, as 1.2 sends them."""
    return _write(path, list(_ROLES), (row for user in _read(spool) for row in _roles_of(user)))


def _roles_of(user: dict[str, Any]) -> Iterator[list[str]]:
    roles = user.get("roles")
    for role in roles if isinstance(roles, list) else []:
        if isinstance(role, dict):
            yield [_said({**role, "user": {KEY: user.get(KEY)}}, name) for name in _ROLES]


def _write(path: Path, header: list[str], rows: Iterable[list[str]]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)
    return path


def _said(record: dict[str, Any], column: str) -> str:
    """What a record says of a column: references stand there as objects, named without `SourcedId`."""
    name = _SAID.get(column, column if column == KEY else column.removesuffix("SourcedId"))
    return _text(record.get(name))


def _text(value: object) -> str:
    """A value as a file of the standard would have it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list):
        return ",".join(filter(None, map(_text, value)))
    if not isinstance(value, dict):
        return str(value)
    if "identifier" in value and "type" in value and KEY not in value:
        return f"{{{value['type']}:{value['identifier']}}}"
    if "itemValueLHS" in value:
        return f"{{{value['itemValueLHS']}:{value.get('itemValueRHS', '')}}}"
    return str(value.get(KEY) or "")
