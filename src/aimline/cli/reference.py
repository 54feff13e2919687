"""The reference, read out of the program itself: each function gives one page as Markdown."""

from __future__ import annotations

import inspect
from collections.abc import Iterable, Iterator

import click
from django.apps import apps
from django.db import models
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils import translation
from django.utils.translation import gettext as _

from aimline.access.roles import ROLES, Act, Role
from aimline.api import v1
from aimline.cli import main
from aimline.core.inventory import CLASSES, Privacy
from aimline.students.inventory import everything, who_sees

# A new setting needs a line here: a test compares this list with the names the sources read.
SETTINGS = {
    "AIMLINE_HOME": (
        "`./var`",
        "The folder of all that an installation writes. A relative path starts where you stand.",
    ),
    "AIMLINE_DATABASE_URL": (
        "SQLite in the home",
        "`postgres://user:password@host:5432/name` for PostgreSQL.",
    ),
    "AIMLINE_BENCH_DATABASE_URL": (
        "SQLite in a folder of its own",
        "An empty PostgreSQL database for `aimline bench answers`, which writes into it.",
    ),
    "AIMLINE_LAKE_URL": (
        "`lake/` in the home",
        "Where rows about students lie: `duckdb:///folder`, or `spark://master:7077/folder` for a cluster.",
    ),
    "AIMLINE_LAKE_MEMORY": (
        "`700MB`",
        "How much memory questions to the lake may take; what does not fit is worked on in `tmp/lake/` of the home.",
    ),
    "AIMLINE_HOST": ("`127.0.0.1`", "The address to listen on. Behind a proxy this default is right."),
    "AIMLINE_PORT": ("`8000`", "The port to listen on; `--port` goes before it."),
    "AIMLINE_URL": (
        "host and port",
        "The public address. With `https://` cookies and headers are the strict ones.",
    ),
    "AIMLINE_TIME_ZONE": ("`UTC`", "The time zone in which days begin, for example `America/New_York`."),
    "AIMLINE_TRUSTED_PROXIES": (
        "`0`",
        "How many proxies stand before the server, so that limits see the real caller.",
    ),
    "AIMLINE_MAIL_URL": (
        "none",
        "The mail server, `smtp://user:password@host:587`. Without it, messages lie in `tmp/mail/` of the home.",
    ),
    "AIMLINE_MAIL_FROM": ("`aimline@` and the public host", "The address that messages come from."),
    "AIMLINE_BACKUP_DAYS": (
        "`35`",
        "For how many days you keep backups: `privacy purge` says until when they hold what it has removed.",
    ),
    "AIMLINE_OIDC": ("none", "Single sign-on: `google`, `microsoft`, `clever`, `classlink` or `generic`."),
    "AIMLINE_OIDC_CLIENT_ID": ("", "What the provider issued for this installation."),
    "AIMLINE_OIDC_CLIENT_SECRET": ("", "The secret that belongs to it."),
    "AIMLINE_OIDC_TENANT": ("`organizations`", "The directory, for `microsoft`."),
    "AIMLINE_OIDC_SERVER": ("", "The provider's https address, for `generic`."),
    "AIMLINE_OIDC_NAME": ("`Single sign-on`", "What the button says, for `generic`."),
    "AIMLINE_API_REQUESTS_PER_MINUTE": ("`600`", "How many requests a token may make in a minute."),
    "AIMLINE_EDFI_KEY": ("", "The key for `import edfi-api`."),
    "AIMLINE_EDFI_SECRET": ("", "The secret that belongs to it."),
    "AIMLINE_ONEROSTER_KEY": ("", "The key for `import oneroster-api`."),
    "AIMLINE_ONEROSTER_SECRET": ("", "The secret that belongs to it."),
    "AIMLINE_CHROMIUM": ("searched for", "The Chromium that the browser tests drive."),
}
INTRO = "This page is made from the program itself each time the documentation is built.\n"


def pages() -> dict[str, str]:
    """Return every generated page by its path under `reference/`."""
    return {
        "roles.md": roles(),
        "settings.md": settings(),
        "commands.md": commands(),
        "records.md": records(),
        "addresses.md": addresses(),
        "interface.md": interface(),
        "inventory.md": inventory("en"),
        "inventory-es.md": inventory("es"),
    }


def roles() -> str:
    rows = [[f"`{act.value}`", *(_reach(role, act) for role in Role)] for act in Act]
    words = (
        "**all**: at the unit where the role was given and everywhere below it. **here**: at that unit alone. "
        "**own**: on what the person started themselves. Blank: not at all.\n"
    )
    return (
        f"# Roles and acts\n\n{INTRO}\n{words}\n{_table(['Act', *(str(role.label) for role in Role)], rows)}"
    )


def _reach(role: Role, act: Act) -> str:
    rights = ROLES[role]
    for name, acts in (("all", rights.everywhere), ("here", rights.here), ("own", rights.own)):
        if act in acts:
            return name
    return ""


def settings() -> str:
    rows = [[f"`{name}`", default, meaning] for name, (default, meaning) in SETTINGS.items()]
    words = "Settings come from the environment; an installation runs with none of them set.\n"
    return f"# Settings\n\n{words}\n{_table(['Name', 'Without it', 'Meaning'], rows)}"


def commands() -> str:
    context = click.Context(main.aimline, info_name="aimline")
    # As if help had been asked for, so that no command wants a home.
    context.args = ["--help"]
    parts = [f"## {path}\n\n```text\n{text}\n```\n" for path, text in _helps(main.aimline, context)]
    return f"# Commands\n\n{INTRO}\n" + "\n".join(parts)


def _helps(command: click.Command, context: click.Context) -> Iterator[tuple[str, str]]:
    yield context.command_path, command.get_help(context)
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            below = command.get_command(context, name)
            if below is not None:
                yield from _helps(below, click.Context(below, parent=context, info_name=name))


def records() -> str:
    parts = [f"# Records\n\n{INTRO}"]
    for config in sorted(apps.get_app_configs(), key=lambda config: config.label):
        if config.name.startswith("aimline.") and config.models_module is not None:
            parts.append(f"## {config.label}\n\n{inspect.getdoc(config.models_module) or ''}\n")
            parts += [_record(model) for model in config.get_models()]
    return "\n".join(parts)


def _record(model: type[models.Model]) -> str:
    doc = inspect.getdoc(model) or ""
    # Django writes a docstring of its own, the list of fields, where there is none.
    words = "" if doc.startswith(f"{model.__name__}(") else doc
    rows = [[f"`{field.name}`", _kind(field), str(field.help_text)] for field in model._meta.fields]
    return f"### {model.__name__}\n\n{words}\n\n{_table(['Field', 'Kind', 'Note'], rows)}"


def _kind(field: models.Field[object, object]) -> str:
    target = field.related_model
    kind = field.get_internal_type().removesuffix("Field")
    if isinstance(target, type):
        kind = f"→ {target._meta.object_name}"
    return f"{kind}, may be empty" if field.null else kind


def inventory(language: str) -> str:
    """What is kept about people, for families and for those who answer to them."""
    with translation.override(language):
        fields = [
            [
                f"`{one.table}`",
                f"`{one.field}`",
                str(one.privacy),
                str(one.purpose),
                str(one.kept),
                who_sees(one),
            ]
            for one in everything()
            if one.privacy is not Privacy.SYSTEM
        ]
        classes = "\n".join(f"- {words}" for words in CLASSES.values())
        head = [_("Table"), _("Field"), _("Class"), _("What for"), _("Kept"), _("Seen by")]
        title = _("What is kept, and why")
        return f"# {title}\n\n{classes}\n\n{_table(head, fields)}"


def addresses() -> str:
    rows = [
        [f"`/{path}`", f"`{name}`"] for path, name in sorted(_routes(get_resolver().url_patterns, "", ""))
    ]
    return f"# Addresses\n\n{INTRO}\n{_table(['Address', 'Name'], rows)}"


def _routes(
    patterns: Iterable[URLPattern | URLResolver], before: str, space: str
) -> Iterator[tuple[str, str]]:
    for pattern in patterns:
        path = before + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from _routes(
                pattern.url_patterns, path, f"{pattern.namespace or ''}{':' if pattern.namespace else ''}"
            )
        elif pattern.name:
            yield path, space + pattern.name


def interface() -> str:
    described = v1.spec()
    rows = [
        [f"`{verb.upper()}`", f"`{path}`", operation.get("summary", "")]
        for path, operations in described["paths"].items()
        for verb, operation in operations.items()
    ]
    words = described["info"].get("description", "")
    return f"# The interface for programs\n\n{INTRO}\n{words}\n\n{_table(['Verb', 'Address', 'What it does'], rows)}"


def _table(head: list[str], rows: list[list[str]]) -> str:
    def line(cells: list[str]) -> str:
        return "| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in cells) + " |"

    return "\n".join([line(head), line(["---"] * len(head)), *map(line, rows)]) + "\n"
