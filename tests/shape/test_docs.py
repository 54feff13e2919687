"""The documentation covers the program: every act, setting and command is in it, and every link leads somewhere."""

from __future__ import annotations

import re
from pathlib import Path

from aimline.access.roles import Act, Role
from aimline.cli import docs, main, reference
from tests.shape.sources import PLATFORM, python_files

NAMED = re.compile(r"[\"'](AIMLINE_[A-Z_]+)[\"']")
# Set by one command for another, never by a person; and what names of settings begin with.
INTERNAL = {"AIMLINE_HOME_GIVEN", "AIMLINE_EDFI", "AIMLINE_ONEROSTER"}


def test_every_act_and_role_is_in_the_reference() -> None:
    page = reference.roles()
    assert [act for act in Act if f"| `{act.value}` |" not in page] == []
    assert [role for role in Role if f" {role.label} " not in page] == []


def test_every_setting_is_in_the_reference() -> None:
    read = {
        name for path in python_files(PLATFORM) for name in NAMED.findall(path.read_text(encoding="utf-8"))
    }
    assert read - INTERNAL == set(reference.SETTINGS)


def test_every_command_is_in_the_reference_with_an_example() -> None:
    page = reference.commands()
    assert [name for name in main.COMMANDS if f"## aimline {name}\n" not in page] == []
    texts = [text for text in page.split("\n## ")[1:] if not text.startswith("aimline\n")]
    assert [text.split("\n")[0] for text in texts if "Example: aimline" not in text] == []


def test_every_page_is_built_and_every_link_leads_somewhere(tmp_path: Path) -> None:
    pages = docs.build(tmp_path / "site")
    built = {path.relative_to(tmp_path / "site").as_posix() for path in (tmp_path / "site").rglob("*.html")}
    assert built == {page.address for page in pages}
    assert "index.html" in built


def test_the_site_names_no_other_host(tmp_path: Path) -> None:
    docs.build(tmp_path / "site")
    texts = [path.read_text(encoding="utf-8") for path in (tmp_path / "site").rglob("*.html")]
    assert [
        part for text in texts for part in re.findall(r"(?:src|<link[^>]*href)=\"(https?:[^\"]*)", text)
    ] == []
