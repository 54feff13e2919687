"""Typed readers for the environment. A value that cannot be used stops the start, in words."""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from urllib.parse import unquote, urlsplit

ROOT = Path(__file__).resolve().parents[3]


class BadSetting(ValueError):
    """A setting holds a value that cannot be used; the message names it and says what would work."""


def text(name: str, default: str = "") -> str:
    return os.environ.get(name, "").strip() or default


def number(name: str, default: int) -> int:
    value = text(name)
    if not value:
        return default
    if not value.isdigit():
        raise BadSetting(f"{name} is {value!r}. It must be a whole number, for example {default}.")
    return int(value)


def flag(name: str, *, default: bool = False) -> bool:
    value = text(name).lower()
    if value in {"1", "true", "yes", "on"}:
        return True
    if value in {"0", "false", "no", "off"}:
        return False
    if value:
        raise BadSetting(f"{name} is {value!r}. It must be yes or no.")
    return default


def home() -> Path:
    """Return the folder of all that an installation writes."""
    return Path(text("AIMLINE_HOME", "var")).expanduser().absolute()


def secret(name: str) -> str:
    """Return a secret kept in the home folder, made on first use and readable by its owner alone."""
    path = home() / "secrets" / name
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        _create_once(path, secrets.token_urlsafe(48))
    return path.read_text(encoding="utf-8").strip()


def _create_once(path: Path, value: str) -> None:
    # Web and worker may start together: the one that comes second keeps the first one's secret.
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    draft.touch(mode=0o600)
    draft.write_text(value, encoding="utf-8")
    try:
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()


def mail() -> dict[str, object]:
    """Return Django's mail settings. Without a server, messages are laid into the home, for its operator to read."""
    url = text("AIMLINE_MAIL_URL")
    if not url:
        return {
            "EMAIL_BACKEND": "django.core.mail.backends.filebased.EmailBackend",
            "EMAIL_FILE_PATH": home() / "tmp" / "mail",
        }
    parts = urlsplit(url)
    if parts.scheme not in {"smtp", "smtps"} or not parts.hostname:
        raise BadSetting(
            "AIMLINE_MAIL_URL is not a mail server. It looks like smtp://user:password@host:587 (or smtps:// on 465)."
        )
    sealed = parts.scheme == "smtps"
    return {
        "EMAIL_HOST": parts.hostname,
        "EMAIL_PORT": parts.port or (465 if sealed else 587),
        "EMAIL_HOST_USER": unquote(parts.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
        "EMAIL_USE_SSL": sealed,
        "EMAIL_USE_TLS": not sealed,
        "EMAIL_TIMEOUT": 10,
    }


def lake() -> str:
    """Return the address of the student lake; its folder is whole."""
    url = text("AIMLINE_LAKE_URL") or f"duckdb://{home() / 'lake'}"
    parts = urlsplit(url)
    fits = parts.scheme in {"duckdb", "spark"} and (parts.scheme == "spark") == bool(parts.netloc)
    if not fits or not parts.path.strip("/"):
        raise BadSetting(
            "AIMLINE_LAKE_URL is not the address of a lake. It looks like duckdb:///folder or spark://master:7077/folder."
        )
    return url


def database() -> dict[str, object]:
    url = text("AIMLINE_DATABASE_URL")
    return _postgresql(url) if url else _sqlite(home() / "aimline.sqlite3")


def _sqlite(path: Path) -> dict[str, object]:
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": str(path),
        # A connection is kept: opening the file anew and running the pragmas costs more than most queries.
        "CONN_MAX_AGE": None,
        "OPTIONS": {
            # IMMEDIATE and FULL: no write is lost to "database is locked", none that was acknowledged to a power cut.
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;",
        },
    }


def _postgresql(url: str) -> dict[str, object]:
    parts = urlsplit(url)
    if parts.scheme not in {"postgres", "postgresql"} or not parts.path.strip("/"):
        raise BadSetting(
            "AIMLINE_DATABASE_URL is not a PostgreSQL address. It looks like postgres://user:password@host:5432/name."
        )
    options = dict(pair.split("=", 1) for pair in parts.query.split("&") if "=" in pair)
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.strip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": unquote(options.pop("host", "") or parts.hostname or ""),
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {key: unquote(value) for key, value in options.items()},
    }
